"""Tokens: what stands for an inline element inside a segment.

``A <em1>safe</em1> place: <a2>read more</a2><br3/>`` shows a translator that something is
emphasised, linked and broken there, and nothing of how. Names are the elements' own, numbers count
up through the segment; attributes stay with us. Text that merely looks like a token, or like the
escape for one, is escaped: a source that says ``<a1>`` becomes ``&lt;a1>`` in a msgid. All other
``<`` and ``&`` stand as themselves.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from .rules import BOUND_TO_PARENT, NOT_IN_ITSELF

TOKEN = re.compile(r"<(/?)([a-z][a-z-]*\d+)(/?)>")
"""A token in a msgid or msgstr: opening, closing or single."""

_LOOKS_LIKE_TOKEN = re.compile(r"<(?=/?[a-z][a-z-]*\d+/?>)")
_LOOKS_ESCAPED = re.compile(r"&(?=(?:amp;)*lt;)")
_ESCAPED = re.compile(r"&((?:amp;)*lt;)")


class Shape(StrEnum):
    """How a token is written."""

    PAIR = "pair"
    SINGLE = "single"
    PROTECTED = "protected"


@dataclass(frozen=True, slots=True)
class Token:
    """One inline element of a segment.

    Attributes:
        name: As written between the angle brackets, such as ``em1``.
        element: The element's own name.
        shape: A pair around text, a single code, or a pair whose text belongs to the source.
        parent: The name of the pair it stands in, empty at the top.
    """

    name: str
    element: str
    shape: Shape
    parent: str = ""


def escape(text: str) -> str:
    """Plain text as it stands in a msgid."""
    if "&" in text:
        text = _LOOKS_ESCAPED.sub("&amp;", text)
    if "<" in text:
        text = _LOOKS_LIKE_TOKEN.sub("&lt;", text)
    return text


def unescape(text: str) -> str:
    """The plain text that a piece of a msgid or msgstr between tokens stands for."""
    if "&" not in text:
        return text
    return _ESCAPED.sub(lambda match: "<" if match[1] == "lt;" else "&" + match[1][4:], text)


def plain(text: str) -> str:
    """A msgid or msgstr without its tokens: what a reader reads."""
    return unescape(TOKEN.sub("", text)) if "<" in text else unescape(text)


def problems(tokens: Sequence[Token], translation: str) -> list[str]:
    """Why a translation's tokens do not fit its source's, in words for a translator.

    Every token stands once, pairs nest, nothing stands inside protected text, and what a page
    cannot nest (a link in a link) is not nested.
    """
    if not tokens and "<" not in translation:
        return []
    return list(_problems({token.name: token for token in tokens}, translation))


def _problems(known: dict[str, Token], translation: str) -> Iterator[str]:
    seen: set[str] = set()
    nested: list[str] = []
    for match in TOKEN.finditer(translation):
        closing, name, single = match.groups()
        token = known.get(name)
        if token is None:
            yield f"{match[0]} is not in the source"
        elif bool(single) != (token.shape is Shape.SINGLE) or (closing and single):
            yield f"{match[0]} is written {_written(token)} in the source"
        elif closing:
            if not nested or nested[-1] != name:
                yield f"{match[0]} does not close what was opened last"
            if name in nested:
                nested.remove(name)
        elif name in seen:
            yield f"{match[0]} stands more than once"
        else:
            seen.add(name)
            yield from _misplaced(known, token, nested)
            if token.shape is not Shape.SINGLE:
                nested.append(name)
    for name in nested:
        yield f"<{name}> is not closed"
    for name, token in known.items():
        if name not in seen:
            yield f"{_written(token)} is missing"


def _misplaced(known: dict[str, Token], token: Token, nested: list[str]) -> Iterator[str]:
    around = [known[name] for name in nested]
    if any(outer.shape is Shape.PROTECTED for outer in around):
        yield f"{_written(token)} stands inside protected text"
    if token.element in NOT_IN_ITSELF and any(outer.element == token.element for outer in around):
        yield f"{_written(token)} stands inside another <{token.element}>"
    if token.element in BOUND_TO_PARENT and (nested[-1] if nested else "") != token.parent:
        yield f"{_written(token)} stands outside the <{token.parent}> it belongs to"


def _written(token: Token) -> str:
    if token.shape is Shape.SINGLE:
        return f"<{token.name}/>"
    return f"<{token.name}>…</{token.name}>"
