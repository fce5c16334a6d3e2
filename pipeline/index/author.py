"""Who changed a file elsewhere: what its header or git says, and nothing if neither is certain."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

from ..catalogues import Catalogue

_PERSON = re.compile(r"\s*([^<]*?)\s*(?:<[^>]*>)?\s*")
_PLACEHOLDERS = frozenset(("", "nobody yet", "FULL NAME", "Automatically generated"))


def author_of(catalogue: Catalogue, path: Path, *, revision: str) -> str:
    """A name, or nothing.

    A PO editor writes its user into the header, with the time; where the time is another one than
    before (``revision``), the name counts. Else, where the file is as it was committed, it is the
    author of that commit.
    """
    if catalogue.header.get("PO-Revision-Date", "") != revision:
        match = _PERSON.fullmatch(catalogue.header.get("Last-Translator", ""))
        if match and match[1] not in _PLACEHOLDERS:
            return match[1]
    if _git(path, "status", "--porcelain", "--ignored"):
        return ""
    return _git(path, "log", "-1", "--format=%an")


def _git(path: Path, *arguments: str) -> str:
    """What git says of a file; something where it says an error, so that nothing is concluded."""
    command = ["git", "-C", str(path.parent), *arguments, "--", path.name]
    try:
        done = subprocess.run(command, capture_output=True, timeout=10, check=True)  # noqa: S603
    except (OSError, subprocess.SubprocessError):
        return "?" if arguments[0] == "status" else ""
    return done.stdout.decode(errors="replace").strip()
