"""Reads HTML as a sequence of pieces, each of which knows where it stands in the source.

Follows the tokeniser of the HTML Living Standard (§13.2.5) where it says what a piece is; where the
standard mends broken markup, this raises, because an author should know. Nothing is decoded here:
what is not translated is published exactly as it was written.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import IntEnum
from typing import NamedTuple

from .rules import ESCAPABLE_RAW_TEXT, FOREIGN, RAW_TEXT

WHITE = " \t\n\r\f"
"""The white space of HTML; a no-break space is not part of it."""

_NAME = r"[^\s/>=\"'<][^\s/>=]*"
_VALUE = r"""(?>"[^"]*"|'[^']*'|[^\s>"'][^\s>]*)"""
_TAG = re.compile(
    rf"<(/?)([A-Za-z][^\t\n\r\f />]*)"
    rf"((?>(?:[ \t\n\r\f/]++{_NAME}(?:[ \t\n\r\f]*=[ \t\n\r\f]*{_VALUE})?)*))"
    rf"[ \t\n\r\f]*(/?)[ \t\n\r\f]*>",
)
_ATTRIBUTE = re.compile(
    rf"({_NAME})(?:[ \t\n\r\f]*=[ \t\n\r\f]*(?:\"([^\"]*)\"|'([^']*)'|([^\s>\"'][^\s>]*)))?"
)
_MARKUP = re.compile(r"<(?=[A-Za-z!?]|/.)", re.DOTALL)
_COMMENT_END = re.compile(r"--!?>")


class Kind(IntEnum):
    """What a piece is."""

    TEXT = 0
    START = 1
    END = 2
    COMMENT = 3
    OTHER = 4


class BrokenMarkup(ValueError):
    """Markup that a browser would have to guess at; ``offset`` says where it stands."""

    def __init__(self, message: str, offset: int, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.offset = offset
        self.hint = hint


class Attribute(NamedTuple):
    """One attribute: ``name`` in lower case, ``value`` as written, offsets into the source."""

    name: str
    value: str
    start: int
    end: int


class Piece:
    """A run of the source from ``start`` to ``end``.

    ``name`` is the element's name in lower case; ``closed`` tells a self-closing tag. A page has
    thousands of these, so they are plain slots: a frozen dataclass took half as long again.
    """

    __slots__ = ("_attributes", "_inner", "closed", "end", "kind", "name", "source", "start")

    def __init__(
        self,
        kind: Kind,
        source: str,
        start: int,
        end: int,
        name: str = "",
        closed: bool = False,
        inner: tuple[int, int] = (0, 0),
    ) -> None:
        self.kind = kind
        self.source = source
        self.start = start
        self.end = end
        self.name = name
        self.closed = closed
        self._inner = inner
        self._attributes: tuple[Attribute, ...] | None = None

    @property
    def attributes(self) -> tuple[Attribute, ...]:
        """The attributes of a start tag, in order; raises on one that stands twice."""
        if self._attributes is None:
            start, end = self._inner
            self._attributes = () if start == end else self._read_attributes(start, end)
        return self._attributes

    def _read_attributes(self, start: int, end: int) -> tuple[Attribute, ...]:
        found: dict[str, Attribute] = {}
        for match in _ATTRIBUTE.finditer(self.source, start, end):
            name = match[1].lower()
            if name in found:
                raise BrokenMarkup(
                    f"<{self.name}> has the attribute “{name}” twice",
                    match.start(),
                    "Keep one of them.",
                )
            value = match[2] or match[3] or match[4] or ""
            found[name] = Attribute(name, value, match.start(), match.end())
        return tuple(found.values())


def scan(source: str) -> Iterator[Piece]:
    """The pieces of a page or fragment, in order and without gaps.

    Raises:
        BrokenMarkup: A tag, comment or raw text that does not end.
    """
    position = 0
    length = len(source)
    foreign: list[str] = []
    while position < length:
        angle = _next_markup(source, position)
        if angle > position:
            yield Piece(Kind.TEXT, source, position, angle)
        if angle >= length:
            return
        piece = _markup(source, angle, in_foreign=bool(foreign) and foreign[-1] != "foreignobject")
        yield piece
        position = piece.end
        if piece.kind not in (Kind.START, Kind.END):
            continue
        name = piece.name
        if name in FOREIGN or (foreign and name == "foreignobject"):
            if piece.kind is Kind.START and not piece.closed:
                foreign.append(name)
            elif piece.kind is Kind.END and name in foreign:
                del foreign[len(foreign) - 1 - foreign[::-1].index(name) :]
        elif (
            piece.kind is Kind.START
            and (name in RAW_TEXT or name in ESCAPABLE_RAW_TEXT)
            and not piece.closed
            and not foreign
        ):
            end = _end_of_raw_text(source, piece)
            if end > position:
                yield Piece(Kind.TEXT, source, position, end)
            position = end


def _next_markup(source: str, position: int) -> int:
    """Where the next tag, comment or declaration begins; a lone ``<`` is text."""
    match = _MARKUP.search(source, position)
    return match.start() if match else len(source)


def _markup(source: str, start: int, *, in_foreign: bool) -> Piece:
    match = _TAG.match(source, start)
    if match is not None:
        return Piece(
            Kind.END if match[1] else Kind.START,
            source,
            start,
            match.end(),
            match[2].lower(),
            bool(match[4]),
            match.span(3),
        )
    if source.startswith("<!--", start):
        return Piece(Kind.COMMENT, source, start, _end_of_comment(source, start))
    if in_foreign and source.startswith("<![CDATA[", start):
        return _until(source, start, "]]>", Kind.TEXT, "This <![CDATA[ does not end")
    if source[start + 1] in "!?":
        return _until(source, start, ">", Kind.OTHER, "This declaration does not end")
    raise BrokenMarkup(
        f"The tag “{_shown(source, start)}” is broken",
        start,
        "Check its quotation marks and its “>”; write a literal “<” as “&lt;”.",
    )


def _until(source: str, start: int, mark: str, kind: Kind, complaint: str) -> Piece:
    end = source.find(mark, start + 2)
    if end < 0:
        raise BrokenMarkup(complaint, start, f"End it with “{mark}”.")
    return Piece(kind, source, start, end + len(mark))


def _end_of_comment(source: str, start: int) -> int:
    for short in ("<!-->", "<!--->"):
        if source.startswith(short, start):
            return start + len(short)
    match = _COMMENT_END.search(source, start + 4)
    if match is None:
        raise BrokenMarkup("This comment does not end", start, "End it with “-->”.")
    return match.end()


def _end_of_raw_text(source: str, piece: Piece) -> int:
    match = re.compile(rf"</{piece.name}(?=[\s/>])", re.IGNORECASE).search(source, piece.end)
    if match is None:
        raise BrokenMarkup(
            f"<{piece.name}> is not closed", piece.start, f"Add “</{piece.name}>” where it ends."
        )
    return match.start()


def _shown(source: str, start: int) -> str:
    line = source[start : start + 40].split("\n", 1)[0]
    return line if len(line) < 40 else f"{line}…"
