"""The registry of formats: which function reads a file."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from ...errors import ImportingError
from ..document import Document, unreadable

_HEAD = 4096

Reader: TypeAlias = Callable[[Path], Iterator[Document]]
Recognises: TypeAlias = Callable[[bytes], bool]


@dataclass(frozen=True, slots=True)
class Format:
    """One kind of file.

    Attributes:
        name: What people call it.
        endings: The endings of its files, in lower case.
        recognises: Whether a file of such an ending is one, by its first bytes.
        read: The documents in a file.
    """

    name: str
    endings: tuple[str, ...]
    recognises: Recognises
    read: Reader


FORMATS: dict[str, Format] = {}


def importable(
    name: str, *endings: str, recognises: Recognises = lambda head: True
) -> Callable[[Reader], Reader]:
    """Registers the reader of the files with these endings that ``recognises`` says are its own."""

    def register(reader: Reader) -> Reader:
        FORMATS[name] = Format(name, endings, recognises, reader)
        return reader

    return register


def endings() -> tuple[str, ...]:
    """The endings of all files that can be imported, sorted."""
    return tuple(sorted({ending for one in FORMATS.values() for ending in one.endings}))


def format_of(path: Path) -> Format:
    """The format of a file.

    Raises:
        ImportingError: There is no such file, or no format for it.
    """
    try:
        with path.open("rb") as file:
            head = file.read(_HEAD)
    except OSError as error:
        raise unreadable(path, error) from error
    suffix = path.suffix.lower()
    for one in FORMATS.values():
        if suffix in one.endings and one.recognises(head):
            return one
    if any(suffix in one.endings for one in FORMATS.values()):
        known = ", ".join(one.name for one in FORMATS.values() if suffix in one.endings)
        raise ImportingError(
            f"the file is none of what ends in {suffix}: {known}",
            path=path,
            hint="Export it anew, or save it in another format.",
        )
    raise ImportingError(
        f"no format ends in “{suffix}”" if suffix else "the file has no ending",
        path=path,
        hint=f"What can be imported ends in {', '.join(endings())}.",
    )
