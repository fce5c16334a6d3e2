"""What is vendored is what it is said to be, and no page asks another host for anything."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

REVIEW = Path(__file__).parents[2] / "review"


def test_vendored_files_have_the_hashes_that_are_noted() -> None:
    """Nobody changed them here."""
    said = (REVIEW / "static" / "VENDORED.md").read_text(encoding="utf-8")
    rows = re.findall(r"\| `([\w.-]+)` \|.*`([0-9a-f]{64})` \|", said)
    assert {name for name, _ in rows} == {"htmx.js", "hx-sse.js"}
    for name, digest in rows:
        assert hashlib.sha256((REVIEW / "static" / name).read_bytes()).hexdigest() == digest


def test_nothing_is_inline_and_nothing_from_elsewhere() -> None:
    """In any template, stylesheet or script of our own."""
    own = [*(REVIEW / "templates").glob("*.html"), *(REVIEW / "static").glob("*.css")]
    for path in [*own, REVIEW / "static" / "desk.js"]:
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"https?://|//[a-z]+\.", text.replace("// ", "")), path.name
        assert not re.search(r"<style|\sstyle=|\son[a-z]+=|<script>", text), path.name
