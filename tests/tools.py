"""Real tools that tests judge by: a missing one skips loudly, and fails where ``CI`` is set."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path
from typing import NoReturn

import pytest


def missing(what: str, package: str) -> NoReturn:
    """Skip, saying what to install; fail where ``CI`` is set."""
    message = f"{what} is missing: install {package}"
    if os.environ.get("CI"):
        pytest.fail(message)
    pytest.skip(message)


def gettext(tool: str, *arguments: str | Path, stdin: bytes | None = None) -> str:
    """What a GNU gettext tool prints; it must succeed and may not complain."""
    done = run(tool, *arguments, stdin=stdin)
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout.decode()


def run(
    tool: str, *arguments: str | Path, stdin: bytes | None = None
) -> subprocess.CompletedProcess[bytes]:
    """A GNU gettext tool, run."""
    if shutil.which(tool) is None:
        missing(tool, "gettext")
    command = [tool, *map(str, arguments)]
    return subprocess.run(command, input=stdin, capture_output=True, check=False)


def check(path: Path) -> None:
    """``msgfmt -c`` accepts the file without a word, and ``msgcat`` would write the same bytes."""
    done = run("msgfmt", "-c", "-o", os.devnull, path)
    assert (done.returncode, done.stderr.decode()) == (0, "")
    assert gettext("msgcat", path) == path.read_text(encoding="utf-8")
