"""Hints: what helps to translate a message: its tokens as chips, and what is proposed for it."""

from __future__ import annotations

from dataclasses import dataclass

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


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of a text: words, or a token (``insert`` is what it puts into a translation)."""

    text: str
    insert: str = ""


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
    """A msgid or msgstr as words and tokens."""
    found: list[Piece] = []
    position = 0
    for match in TOKEN.finditer(text):
        if match.start() > position:
            found.append(Piece(unescape(text[position : match.start()])))
        found.append(Piece(match[0][1:-1], match[0]))
        position = match.end()
    if position < len(text):
        found.append(Piece(unescape(text[position:])))
    return found


def tokens(text: str) -> list[tuple[str, str, str]]:
    """The tokens of a text, each once: its name, what it opens and what it closes with."""
    found: dict[str, tuple[str, str, str]] = {}
    for match in TOKEN.finditer(text):
        closing, name, single = match.groups()
        if not closing:
            found[name] = (name, match[0], "" if single else f"</{name}>")
    return list(found.values())


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
