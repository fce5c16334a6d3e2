"""A document: what a format finds in a file that people have, before it is an article."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from ..errors import ImportingError


class Kind(StrEnum):
    """What a document is on the site it comes from."""

    ARTICLE = "article"
    PAGE = "page"
    HOME = "home"


@dataclass(frozen=True, slots=True)
class Left:
    """Something that was left out: what it is, how many words it had, and how it began."""

    what: str
    words: int = 0
    beginning: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """One text with what is known of it.

    Attributes:
        path, line: The file it stands in, and where it begins there (0 for a file of its own).
        html: Its body.
        address: Where it is published now; links to there become links to the article.
        image, image_alt: Its picture, as an address, and in words.
        language: A language tag, as its author stated it.
        translations: Addresses of the same text in other languages, by their tags.
        files: Pictures that came in the file itself, by the addresses that ``html`` has for them.
        alts: Texts for pictures, by address, for those that have none in ``html``.
        lines: Whether an empty line in ``html`` begins a paragraph, as WordPress once wrote.
        left: What the format left out.
        notes: What a person should look at.
    """

    path: Path
    html: str
    line: int = 0
    title: str = ""
    slug: str = ""
    description: str = ""
    date: datetime.date | None = None
    updated: datetime.date | None = None
    author: str = ""
    tags: tuple[str, ...] = ()
    image: str = ""
    image_alt: str = ""
    kind: Kind = Kind.ARTICLE
    draft: bool = False
    address: str = ""
    language: str = ""
    translations: Mapping[str, str] = field(default_factory=dict)
    files: Mapping[str, bytes] = field(default_factory=dict)
    alts: Mapping[str, str] = field(default_factory=dict)
    lines: bool = False
    left: tuple[Left, ...] = ()
    notes: tuple[str, ...] = ()


def contents(path: Path, *, most: int) -> bytes:
    """The bytes of a file that is not larger than ``most``.

    Raises:
        ImportingError: It cannot be read, or is larger.
    """
    try:
        size = path.stat().st_size
        if size > most:
            raise too_large(path, most)
        with path.open("rb") as file:
            data = file.read(most + 1)
    except OSError as error:
        raise unreadable(path, error) from error
    if len(data) > most:
        raise too_large(path, most)
    return data


def too_large(path: Path, most: int) -> ImportingError:
    """The error for a file of more than ``most`` bytes."""
    return ImportingError(
        f"the file is larger than {most >> 20} MB",
        path=path,
        hint="Nothing was read of it. Divide it, or leave out what is not text.",
    )


def unreadable(path: Path, error: OSError) -> ImportingError:
    """The error for a file that the system does not give."""
    reason = error.strerror or str(error)
    return ImportingError(f"the file cannot be read: {reason}", path=path, hint="Name another.")
