"""The outline of a build: all that it found out before it makes a page, and keeping that.

A build by workers makes its outline twice, once to say which pages are to be made and once to
publish them, perhaps on another machine. If nothing was touched in between it is the same one; so
it is kept in a file, with a hash of everything that it was made of.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import msgspec

from . import files, garbage
from .said import Said
from .site.page import Page
from .site.plan import Plan
from .site.survey import Surveyed
from .site.version import Version

OUTLINES = "outlines"
"""The folder among what may be deleted at any time."""


@dataclass(frozen=True, slots=True)
class Outline:
    """What a build is going to make.

    Attributes:
        surveys: The articles' versions.
        plan: What makes pages of them.
        pages: Every page of the site, with the hash of all that it is made of.
    """

    surveys: Sequence[Surveyed]
    plan: Plan
    pages: Sequence[tuple[Page, str]]


class _Head(msgspec.Struct):
    """What an outline was made of, as a hash."""

    basis: str


class Kept(_Head):
    """An outline as it is kept, and what was found wrong on the way to it.

    ``failed`` are the articles and locales of which what is live stays.
    """

    surveys: Sequence[tuple[str, str, Mapping[str, Version]]]
    pages: Sequence[tuple[Page, str]]
    errors: Sequence[Said]
    warnings: Sequence[Said]
    failed: Sequence[tuple[str, str]]


_HEAD, _KEPT = msgspec.msgpack.Decoder(_Head), msgspec.msgpack.Decoder(Kept)


def write_outline(path: Path, kept: Kept) -> None:
    """Keep an outline, if the disk lets us: it can be made again."""
    with suppress(OSError):
        files.write(path, msgspec.msgpack.encode(kept), durable=False)


def read_outline(path: Path, basis: str) -> Kept | None:
    """The outline that was kept; None if there is none, or it was made of something else."""
    try:
        data = path.read_bytes()
        with garbage.kept():
            return _KEPT.decode(data) if _HEAD.decode(data).basis == basis else None
    except (OSError, ValueError):
        return None
