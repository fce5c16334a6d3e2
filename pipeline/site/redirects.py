"""Redirects, as hosts of static sites read them (``_redirects``), and `pipeline serve` does."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from urllib.parse import quote, unquote

from .history import Redirect

NAME = "_redirects"


def dump(redirects: Iterable[Redirect]) -> str:
    """The file, one redirect a line; empty without any."""
    return "".join(f"{quote(one.old)} {one.new} {one.status}\n" for one in redirects)


def read(output: Path) -> Mapping[str, tuple[str, int]]:
    """What was published: by path, as people read it, the new address and the status."""
    try:
        lines = (output / NAME).read_text(encoding="utf-8").splitlines()
    except (OSError, ValueError):
        return {}
    found = {}
    for line in lines:
        fields = line.split()
        if len(fields) == 3 and fields[2] in ("301", "302"):
            found[unquote(fields[0])] = (fields[1], int(fields[2]))
    return found
