"""Hints: what helps to translate a message: its tokens as chips, and what is proposed for it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.checks.markup import VARIABLE
from pipeline.markup.tokens import TOKEN, unescape
from pipeline.memory import Memory, difference
from pipeline.translation.suggestions import suggestions

from .message import Opened

TYPES = {
    "css": "text/css; charset=utf-8",
    "svg": "image/svg+xml",
    "png": "image/png",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "gif": "image/gif",
    "webp": "image/webp",
    "avif": "image/avif",
    "woff2": "font/woff2",
}
"""The types of what a page shows."""

_MOST = 9
"""As many as there are keys with a digit."""

_KINDS = {
    "a": "link",
    "abbr": "abbreviation",
    "b": "bold",
    "bdi": "text in another direction",
    "bdo": "text in another direction",
    "br": "line break",
    "button": "button",
    "cite": "title of a work",
    "code": "code, stays as it is",
    "del": "struck out",
    "dfn": "defined term",
    "em": "emphasis",
    "i": "italic",
    "img": "image",
    "input": "form field",
    "ins": "underlined",
    "kbd": "key, stays as it is",
    "label": "label",
    "mark": "highlighted",
    "q": "quotation",
    "s": "struck out",
    "samp": "output, stays as it is",
    "small": "small print",
    "span": "marked words",
    "strong": "bold",
    "sub": "subscript",
    "sup": "superscript",
    "svg": "drawing",
    "time": "date",
    "u": "underlined",
    "var": "variable, stays as it is",
    "wbr": "place to break a word",
}
"""What translators call elements."""

_NOTED = re.compile(r"<([a-z][a-z-]*\d+)/?>")
_DRESSED = re.compile(f"\u2066((?:{TOKEN.pattern})|(?:{VARIABLE.pattern}))\u2069")
_EITHER = re.compile(f"{TOKEN.pattern}|(?P<variable>{VARIABLE.pattern})")


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of a text: words, or what is inserted as one (``insert`` is what it inserts).

    ``shape`` is ``opening``, ``closing``, ``single`` or ``variable``; empty for words.
    """

    text: str
    insert: str = ""
    shape: str = ""


@dataclass(frozen=True, slots=True)
class Insert:
    """What a translator inserts and never types.

    Attributes:
        name: What it is called: ``a1``, or a variable as it stands in the text.
        opening: What it puts before.
        closing: What it puts after; empty for one that stands alone.
        about: What it is: ``link to /contact``, ``emphasis``.
    """

    name: str
    opening: str
    closing: str
    about: str


@dataclass(frozen=True, slots=True)
class Proposal:
    """A translation that is proposed.

    Attributes:
        text: The translation.
        origin: The memory, or the engine that made it.
        score: How alike its source is, in per cent; 100 for one made for this very text.
        markup: ``whole``, ``looked up`` or ``to place``: what became of the tokens.
        difference: How its source differs from this one, word by word; empty where it does not.
    """

    text: str
    origin: str
    score: float
    markup: str
    difference: tuple[tuple[str, str], ...] = ()


def pieces(text: str) -> list[Piece]:
    """A msgid or msgstr as words, tokens and variables."""
    found: list[Piece] = []
    position = 0
    for match in _EITHER.finditer(text):
        if match.start() > position:
            found.append(Piece(unescape(text[position : match.start()])))
        found.append(_piece(match))
        position = match.end()
    if position < len(text):
        found.append(Piece(unescape(text[position:])))
    return found


def _piece(match: re.Match[str]) -> Piece:
    whole = match[0]
    if match["variable"]:
        return Piece(whole, whole, "variable")
    shape = "closing" if match[1] else "single" if match[3] else "opening"
    return Piece(whole.strip("<>").rstrip("/"), whole, shape)


def inserts(text: str, notes: Sequence[str] = ()) -> list[Insert]:
    """The tokens and variables of a text, each once, with what its notes say of them."""
    found: dict[str, Insert] = {}
    for match in _EITHER.finditer(text):
        closing, name, single = match.groups()[:3]
        if match["variable"]:
            about = "filled in by the program"
            found.setdefault(match[0], Insert(match[0], match[0], "", about))
        elif not closing:
            found[name] = Insert(
                name, match[0], "" if single else f"</{name}>", _about(name, notes)
            )
    return list(found.values())


def undressed(text: str) -> str:
    """A text without the signs that keep a token together among words from right to left.

    The script in the browser puts them around tokens in fields of such languages.
    """
    return _DRESSED.sub(r"\1", text)


def _about(name: str, notes: Sequence[str]) -> str:
    """What a token is, in words, from its element and the notes for translators."""
    element = name.rstrip("0123456789")
    kind = _KINDS.get(element, element)
    for note in notes:
        said = _NOTED.match(note)
        if said and said[1] == name and (target := note.partition(" links to ")[2]):
            return f"{kind} to {target}"
    return kind


def is_of_token(note: str) -> bool:
    """Whether a note says where a link leads, which its token says already."""
    return bool(_NOTED.match(note)) and " links to " in note


def with_insert(strings: Sequence[str], one: Insert) -> tuple[str, ...]:
    """A translation with a token at the end of the first form that lacks it."""
    lacking = next((n for n, string in enumerate(strings) if one.opening not in string), 0)
    if not strings or one.opening in strings[lacking]:
        return tuple(strings)
    text = strings[lacking]
    gap = " " if text and not text[-1].isspace() else ""
    done = f"{text}{gap}{one.opening}{one.closing}"
    return (*strings[:lacking], done, *strings[lacking + 1 :])


def proposals(opened: Opened) -> list[Proposal]:
    """What the memory and machines propose, the best first; each text once."""
    message, place, desk = opened.message, opened.place, opened.desk
    if message.plural is not None or message.context == "slug":
        return []
    found: dict[str, Proposal] = {}
    for one in suggestions(desk.database, place.locale, place.domain, message.key):
        found[one.text] = Proposal(
            one.text, one.origin, one.score, one.markup, _difference(one.source, message.id)
        )
    memory = Memory(desk.database, desk.project.source_locale, place.locale)
    for match in memory.fuzzy(message.id):
        unit = match.unit
        origin = f"memory, {unit.domain}" if unit.domain else "memory"
        if unit.target not in found:
            differs = _difference(unit.source, message.id)
            found[unit.target] = Proposal(unit.target, origin, match.score, "whole", differs)
    found.pop(message.text, None)
    return sorted(found.values(), key=lambda one: -one.score)[:_MOST]


def _difference(source: str, wanted: str) -> tuple[tuple[str, str], ...]:
    return tuple(difference(source, wanted)) if source and source != wanted else ()
