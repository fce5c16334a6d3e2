"""TMX 1.4, the exchange format of translation memories, read and written as a stream.

A file may be of any size and from anywhere: nothing is held but the unit at hand, entities are
refused, and no external file is ever opened.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO
from xml.parsers import expat
from xml.sax.saxutils import escape, quoteattr

from ..errors import MemoryStoreError
from ..markup.tokens import TOKEN
from .unit import ALIGNED, Unit

_CHUNK = 1 << 16
_LONGEST = 1 << 20
"""Characters of one segment; a longer one is no segment."""

_ORIGIN = "x-origin"
"""The property of a unit that says that nobody approved it."""

_CODES = frozenset(("bpt", "ept", "ph", "it", "ut", "sub"))


def read_tmx(path: Path, *, source_locale: str, locale: str) -> Iterator[Unit]:
    """The units of a file in a language pair, one after the other.

    Raises:
        MemoryStoreError: It is no TMX, or one that means harm; the error has the line.
    """
    reading = _Reading(path, _tag(source_locale), _tag(locale))
    try:
        with path.open("rb") as file:
            yield from reading.units(file)
    except OSError as error:
        raise MemoryStoreError(
            f"the file cannot be read: {error.strerror or error}", path=path, hint="Name another."
        ) from error
    except expat.ExpatError as error:
        raise MemoryStoreError(
            f"the file is no well-formed XML: {expat.errors.messages[error.code]}",
            path=path,
            line=error.lineno,
            hint="What stands before that line was imported; export the file anew.",
        ) from None


@dataclass(slots=True)
class _Reading:
    path: Path
    source: str
    target: str
    found: list[Unit] = field(default_factory=list)
    texts: dict[str, str] = field(default_factory=dict)
    language: str = ""
    pieces: list[str] | None = None
    code: list[str] | None = None
    size: int = 0
    origin: str = "tmx"
    property: str = ""
    said: str = ""
    is_tmx: bool = False

    def units(self, file: BinaryIO) -> Iterator[Unit]:
        parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.StartElementHandler = self.start
        parser.EndElementHandler = self.end
        parser.CharacterDataHandler = self.characters
        parser.EntityDeclHandler = lambda *said: self.refuse(parser, "declares entities")
        parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)
        while True:
            data = file.read(_CHUNK)
            parser.Parse(data, not data)
            if self.size > _LONGEST:
                self.refuse(parser, f"has a segment of more than {_LONGEST} characters")
            yield from self.found
            self.found.clear()
            if not data:
                return

    def refuse(self, parser: expat.XMLParserType, why: str) -> None:
        raise MemoryStoreError(
            f"the file {why}",
            path=self.path,
            line=parser.CurrentLineNumber,
            hint="No translation memory needs that; do not trust this file.",
        )

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if not self.is_tmx and name != "tmx":
            raise MemoryStoreError(
                f"the file is no TMX: it begins with <{name}>", path=self.path, hint="Name another."
            )
        self.is_tmx = True
        if name == "tu":
            self.texts, self.origin = {}, "tmx"
        elif name == "prop":
            self.property, self.said = attributes.get("type", ""), ""
        elif name == "tuv":
            self.language = attributes.get("xml:lang") or attributes.get("lang") or ""
        elif name == "seg":
            self.pieces, self.size = [], 0
        elif name in _CODES and self.pieces is not None:
            self.code = []

    def end(self, name: str) -> None:
        if name == "seg" and self.pieces is not None:
            self.texts[self.language.lower()] = "".join(self.pieces)
            self.pieces = None
        elif name in _CODES and self.code is not None and self.pieces is not None:
            said = "".join(self.code)
            self.pieces.append(said if TOKEN.fullmatch(said) else "")
            self.code = None
        elif name == "prop":
            if self.property == _ORIGIN and self.said.strip() == ALIGNED:
                self.origin = ALIGNED
            self.property = ""
        elif name == "tu":
            source, target = self.text(self.source), self.text(self.target)
            if source and target:
                self.found.append(Unit(source, target, "", f"tmx:{self.path.name}", self.origin))

    def characters(self, data: str) -> None:
        if self.code is not None:
            self.code.append(data)
        elif self.property == _ORIGIN:
            self.said = (self.said + data)[:64]  # a chunk may end in the middle of it
        elif self.pieces is not None:
            self.size += len(data)
            if self.size <= _LONGEST:
                self.pieces.append(data)

    def text(self, language: str) -> str:
        """The text in a language, or in one of its regions."""
        if language in self.texts:
            return self.texts[language].strip()
        near = (t for tag, t in self.texts.items() if tag.partition("-")[0] == language)
        return next(near, "").strip()


def write_tmx(units: Iterable[Unit], file: BinaryIO, *, source_locale: str, locale: str) -> int:
    """Write units as TMX 1.4 with our tokens as placeholders; how many there were."""
    one, other = quoteattr(_tag(source_locale)), quoteattr(_tag(locale))
    file.write(
        '<?xml version="1.0" encoding="UTF-8"?>\n<tmx version="1.4">\n'
        f'<header creationtool="pipeline" creationtoolversion="1" segtype="block" o-tmf="po"'
        f' adminlang="en" srclang={one} datatype="plaintext"/>\n<body>\n'.encode()
    )
    count = 0
    for unit in units:
        segments = (
            f"<tuv xml:lang={tag}><seg>{_coded(said)}</seg></tuv>"
            for tag, said in ((one, unit.source), (other, unit.target))
        )
        mark = f'<prop type="{_ORIGIN}">{ALIGNED}</prop>' if unit.origin == ALIGNED else ""
        file.write(f"<tu>{mark}{''.join(segments)}</tu>\n".encode())
        count += 1
    file.write(b"</body>\n</tmx>\n")
    return count


def _coded(text: str) -> str:
    pieces: list[str] = []
    position = 0
    for match in TOKEN.finditer(text):
        pieces.append(escape(_clean(text[position : match.start()])))
        pieces.append(f"<ph>{escape(match[0])}</ph>")
        position = match.end()
    return "".join([*pieces, escape(_clean(text[position:]))])


def _clean(text: str) -> str:
    """Text without what XML 1.0 cannot hold."""
    return re.sub("[\0-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]", "", text)


def _tag(locale: str) -> str:
    return locale.replace("_", "-").lower()
