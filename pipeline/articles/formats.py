"""Article formats: one function each, registered by the endings of their files."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from .metadata import Value


@dataclass(frozen=True, slots=True)
class Content:
    """What a format finds in a file.

    Attributes:
        values: The metadata it states.
        html: The article's HTML: a whole page, or its body.
        first_line: The line of the file that ``html`` begins in.
        lines: The line of the file for each line of ``html``, where they do not count up.
    """

    values: Mapping[str, Value]
    html: str
    first_line: int = 1
    lines: Sequence[int] | None = field(default=None)


Reader = Callable[[bytes, Path], Content]

READERS: dict[str, Reader] = {}


def article_format(*endings: str) -> Callable[[Reader], Reader]:
    """Registers the reader of the files with these endings."""

    def register(reader: Reader) -> Reader:
        READERS.update(dict.fromkeys(endings, reader))
        return reader

    return register
