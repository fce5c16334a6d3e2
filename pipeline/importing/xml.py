"""XML from anywhere, read as a stream of items: entities are refused, nothing else is opened."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO
from xml.etree.ElementTree import Element, TreeBuilder
from xml.parsers import expat

from ..errors import ImportingError
from .document import too_large, unreadable

LARGEST = 512 << 20
"""Bytes of one export."""

LONGEST = 8 << 20
"""Characters of one item."""

DEEPEST = 100
_CHUNK = 1 << 16


@dataclass(frozen=True, slots=True)
class Item:
    """One element with all that is in it, and the line it begins in."""

    element: Element
    line: int

    def text(self, *names: str) -> str:
        """The text of the first of these children that has one."""
        for name in names:
            for child in self.element.findall(name):
                said = "".join(child.itertext()).strip()
                if said:
                    return said
        return ""


def items(path: Path, names: Collection[str]) -> Iterator[Item]:
    """The elements of these names, wherever they stand outside of each other.

    Names with a namespace are written ``{namespace}name``.

    Raises:
        ImportingError: It is no well-formed XML, or means harm; the error has the line.
    """
    reading = _Reading(path, frozenset(names))
    try:
        if path.stat().st_size > LARGEST:
            raise too_large(path, LARGEST)
        with path.open("rb") as file:
            yield from reading.items(file)
    except OSError as error:
        raise unreadable(path, error) from error
    except expat.ExpatError as error:
        raise ImportingError(
            f"the file is no well-formed XML: {expat.errors.messages[error.code]}",
            path=path,
            line=error.lineno,
            hint="Export it anew.",
        ) from None


def _parser() -> expat.XMLParserType:
    parser = expat.ParserCreate(namespace_separator="}")
    parser.buffer_text = True
    parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)
    return parser


@dataclass(slots=True)
class _Reading:
    path: Path
    names: frozenset[str]
    parser: expat.XMLParserType = field(default_factory=_parser)
    found: list[Item] = field(default_factory=list)
    builder: TreeBuilder | None = None
    line: int = 0
    depth: int = 0
    size: int = 0

    def items(self, file: BinaryIO) -> Iterator[Item]:
        parser = self.parser
        parser.StartElementHandler = self.start
        parser.EndElementHandler = self.end
        parser.CharacterDataHandler = self.characters
        parser.EntityDeclHandler = lambda *said: self.refuse("declares entities")
        while True:
            data = file.read(_CHUNK)
            parser.Parse(data, not data)
            yield from self.found
            self.found.clear()
            if not data:
                return

    def refuse(self, why: str) -> None:
        raise ImportingError(
            f"the file {why}",
            path=self.path,
            line=self.parser.CurrentLineNumber,
            hint="No export of a site needs that; do not trust this file.",
        )

    def start(self, name: str, attributes: dict[str, str]) -> None:
        name = _clark(name)
        if self.builder is None:
            if name not in self.names:
                return
            self.builder, self.depth, self.size = TreeBuilder(), 0, 0
            self.line = self.parser.CurrentLineNumber
        self.depth += 1
        if self.depth > DEEPEST:
            self.refuse(f"has elements in more than {DEEPEST} others")
        self.builder.start(name, {_clark(key): said for key, said in attributes.items()})

    def end(self, name: str) -> None:
        if self.builder is None:
            return
        self.builder.end(_clark(name))
        self.depth -= 1
        if self.depth == 0:
            self.found.append(Item(self.builder.close(), self.line))
            self.builder = None

    def characters(self, data: str) -> None:
        if self.builder is not None:
            self.size += len(data)
            if self.size > LONGEST:
                self.refuse(f"has an item of more than {LONGEST >> 20} million characters")
            self.builder.data(data)


def _clark(name: str) -> str:
    return f"{{{name}" if "}" in name else name
