"""TMX 1.4, the exchange format of translation memories, read and written as a stream.

A file may be of any size and from anywhere: nothing is held but the unit at hand, entities are
refused, and no external file is ever opened.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, NoReturn
from xml.parsers import expat
from xml.sax.saxutils import escape, quoteattr

from ..errors import MemoryStoreError
from ..files import TEMPORARY_PREFIX, TEMPORARY_SUFFIX
from ..markup.tokens import TOKEN
from .store import Memory
from .unit import ALIGNED, Unit

_CHUNK = 1 << 16
_LONGEST = 1 << 20
"""Characters of one segment; a longer one is no segment."""

_LONGEST_TAG = 1 << 20
"""Bytes of one tag, comment or the like."""

_DEEPEST = 64

_ORIGIN = "x-origin"
"""The property of a unit that says that nobody approved it."""

_CODES = frozenset(("bpt", "ept", "ph", "it", "ut", "sub"))


def import_tmx(memory: Memory, path: Path) -> int:
    """Take the units of a file into a memory, all or none; how many there were.

    The file is read twice: to the end, before the first unit is taken.

    Raises:
        MemoryStoreError: As of `read_tmx`; nothing was imported.
    """
    pair = {"source_locale": memory.source_locale, "locale": memory.locale}
    for _ in read_tmx(path, **pair):
        pass
    return memory.add(read_tmx(path, **pair))


def export_tmx(memory: Memory, path: Path) -> int:
    """Write a memory to a file, which is there when all of it is; how many units there were.

    Raises:
        MemoryStoreError: The file cannot be written; what was there is there.
    """
    beside = path
    if path.is_file() or not path.exists():
        beside = path.with_name(f"{TEMPORARY_PREFIX}{secrets.token_hex(8)}{TEMPORARY_SUFFIX}")
    try:
        with beside.open("wb") as file:
            count = write_tmx(
                memory.units(), file, source_locale=memory.source_locale, locale=memory.locale
            )
        if beside != path:
            beside.replace(path)
    except OSError as error:
        raise MemoryStoreError(
            f"the file cannot be written: {error.strerror or error}",
            path=path,
            hint="Name another, in a folder that is there.",
        ) from error
    finally:
        if beside != path:
            beside.unlink(missing_ok=True)
    return count


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
    except (LookupError, ValueError) as error:
        raise MemoryStoreError(
            f"the file is in an encoding that cannot be read: {error}",
            path=path,
            hint="Export it as UTF-8.",
        ) from None
    except expat.ExpatError as error:
        raise MemoryStoreError(
            f"the file is no well-formed XML: {expat.errors.messages[error.code]}",
            path=path,
            line=error.lineno,
            hint="Export it anew, whole, and in the encoding that its first line names.",
        ) from None


@dataclass(slots=True)
class _Reading:
    path: Path
    source: str
    target: str
    parser: expat.XMLParserType = field(default_factory=expat.ParserCreate)
    found: list[Unit] = field(default_factory=list)
    texts: dict[str, str] = field(default_factory=dict)
    language: str = ""
    pieces: list[str] | None = None
    code: list[str] | None = None
    size: int = 0
    depth: int = 0
    origin: str = "tmx"
    property: str = ""
    said: str = ""

    def units(self, file: BinaryIO) -> Iterator[Unit]:
        parser = self.parser
        parser.buffer_text = True
        parser.StartElementHandler = self.start
        parser.EndElementHandler = self.end
        parser.CharacterDataHandler = self.characters
        parser.StartDoctypeDeclHandler = self.doctype
        parser.SkippedEntityHandler = lambda *said: self.refuse("uses entities of its own")
        parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)
        given = 0
        while True:
            data = file.read(_CHUNK)
            parser.Parse(data, not data)
            given += len(data)
            if data and given - parser.CurrentByteIndex > _LONGEST_TAG:
                self.refuse(f"has a tag of more than {_LONGEST_TAG} bytes")
            yield from self.found
            self.found.clear()
            if not data:
                return

    def refuse(self, why: str) -> NoReturn:
        raise MemoryStoreError(
            f"the file {why}",
            path=self.path,
            line=self.parser.CurrentLineNumber,
            hint="No translation memory needs that; do not trust this file.",
        )

    def doctype(self, name: str, system: str | None, public: str | None, own: int) -> None:
        if own:
            self.refuse("declares entities or a grammar of its own")

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if not self.depth and name != "tmx":
            raise MemoryStoreError(
                f"the file is no TMX: it begins with <{name[:40]}>",
                path=self.path,
                hint="Name another.",
            )
        self.depth += 1
        if self.depth > _DEEPEST:
            self.refuse(f"has more than {_DEEPEST} elements in each other")
        if name == "tu":
            self.texts, self.origin = {}, "tmx"
        elif name == "prop":
            self.property, self.said = attributes.get("type", ""), ""
        elif name == "tuv":
            self.language = attributes.get("xml:lang") or attributes.get("lang") or ""
        elif name == "seg":
            self.pieces, self.code, self.size = [], None, 0
        elif name in _CODES and self.pieces is not None:
            self.code = []

    def end(self, name: str) -> None:
        self.depth -= 1
        if name == "seg" and self.pieces is not None:
            self.keep(_tag(self.language), "".join(self.pieces))
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
            source, target = self.texts.get(self.source), self.texts.get(self.target)
            if source and target:
                self.found.append(Unit(source, target, "", f"tmx:{self.path.name}", self.origin))

    def characters(self, data: str) -> None:
        if self.property == _ORIGIN:
            self.said = (self.said + data)[:64]  # a chunk may end in the middle of it
        if self.pieces is None:
            return
        self.size += len(data)
        if self.size > _LONGEST:
            self.refuse(f"has a segment of more than {_LONGEST} characters")
        (self.pieces if self.code is None else self.code).append(data)

    def keep(self, language: str, text: str) -> None:
        """Keep a text in one of the two languages, or else in one of its regions."""
        pair = (self.source, self.target)
        if language in pair:
            self.texts[language] = text.strip()
        elif (near := language.partition("-")[0]) in pair:
            self.texts.setdefault(near, text.strip())


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
