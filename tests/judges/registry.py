"""The registry of judges: each a function of one built site that yields what it objects to."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from .built import Built

HERE = Path(__file__).parent
MODULES = HERE / "node_modules"


class Absent(Exception):
    """Something that a judge needs is not on this machine; the argument says what and how to
    get it."""


@dataclass(frozen=True, slots=True)
class Note:
    """What a judge says besides its objections, such as scores."""

    words: str


Judge = Callable[[Built], Iterator[str | Note]]

JUDGES: dict[str, Judge] = {}

_WHERE = {
    "node": "Node.js 20.19 or newer",
    "java": "Java 17 or newer (Debian: default-jre-headless)",
    "chromium": "Chromium (Debian: chromium)",
    "nginx": "nginx (Debian: nginx-light)",
}


def judge(name: str) -> Callable[[Judge], Judge]:
    """Registers a judge under the name that its line begins with."""

    def register(function: Judge) -> Judge:
        JUDGES[name] = function
        return function

    return register


def program(name: str) -> str:
    """The path of a program.

    Raises:
        Absent: It is not there.
    """
    found = shutil.which(name, path=f"{os.environ.get('PATH', '')}:/usr/sbin")
    if found is None:
        raise Absent(f"{name} is missing: install {_WHERE[name]}")
    return found


def module(path: str) -> Path:
    """A file of an npm package.

    Raises:
        Absent: The packages are not installed.
    """
    found = MODULES / path
    if not found.exists():
        raise Absent(f"{path} is missing: npm ci --prefix tests/judges --ignore-scripts")
    return found


def run(
    *command: str | Path, cwd: Path | None = None, stdin: str = "", timeout: int = 300
) -> subprocess.CompletedProcess[str]:
    """A tool, run to its end; what it prints is its judgement."""
    return subprocess.run(
        [str(part) for part in command],
        cwd=cwd or HERE,
        input=stdin,
        capture_output=True,
        text=True,
        check=False,
        timeout=timeout,
        env={**os.environ, **_QUIET},
    )


_QUIET: Mapping[str, str] = {"NO_COLOR": "1", "FORCE_COLOR": "0", "NO_UPDATE_NOTIFIER": "1"}
