"""The skeleton: an article's markup with a slot for every text, address and language.

A skeleton is made once per version of a source and kept as plain lists. Publishing fills its slots
and joins strings; no parser is involved. Each text slot knows its tokens, and each token the
markup it stands for, which may hold slots of its own (the ``alt`` of an image, the choices of a
``select``).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, TypeAlias

from . import tokens
from .tokens import TOKEN, Token


class Link(NamedTuple):
    """A slot for an attribute with an address: ``value`` is the address as the author wrote it."""

    element: str
    attribute: str
    value: str
    marked: bool
    """Whether the author said which language the address is in (``hreflang``)."""


class PageLanguage(NamedTuple):
    """A slot for the ``lang`` and ``dir`` of a whole page; ``xml`` adds ``xml:lang``."""

    xml: bool
    direction: bool


Part: TypeAlias = str | int | Link | PageLanguage
"""A literal, the number of a text slot, or one of the other slots."""

Parts: TypeAlias = tuple[Part, ...]


class Place(NamedTuple):
    """What may be put around a text where it stands."""

    attribute: bool = False
    """Inside quotation marks of an attribute."""
    plain: bool = False
    """In an element that takes no further elements (``title``, ``option``)."""


IN_ELEMENT = Place()
"""In an element that may hold further elements."""


@dataclass(frozen=True, slots=True)
class Segment:
    """One text for a translator.

    Attributes:
        text: The msgid: text with tokens.
        context: The msgctxt, if the author gave one or one is needed.
        notes: What a translator wants to know (``#.`` lines).
        line: Where it begins in the source file, from 1.
        tokens: The tokens in ``text``, in order.
    """

    text: str
    context: str | None = None
    notes: tuple[str, ...] = ()
    line: int = 0
    tokens: tuple[Token, ...] = ()

    @property
    def key(self) -> tuple[str | None, str]:
        """What a catalogue finds it by: (msgctxt, msgid)."""
        return (self.context, self.text)

    def problems(self, translation: str) -> list[str]:
        """Why a translation cannot stand in for this text, in words; empty if it can."""
        return tokens.problems(self.tokens, translation)


@dataclass(frozen=True, slots=True)
class Slot:
    """Where a segment's text goes, and the markup of each of its tokens.

    Attributes:
        place: What its surroundings allow.
        markup: For each token what it opens and closes with; for protected ones all they hold.
        protected: The names of tokens whose text comes from the source.
    """

    place: Place = IN_ELEMENT
    markup: Mapping[str, tuple[Parts, Parts]] = field(default_factory=dict)
    protected: frozenset[str] = frozenset()


class Shown(NamedTuple):
    """What a page shows for a segment: a msgid or msgstr, and its language if not the page's."""

    text: str
    lang: str | None = None
    direction: str = "ltr"


class Target(NamedTuple):
    """Where a link leads on the published site.

    ``address`` is None if that is live nowhere: the attribute is left out, which makes of a link a
    placeholder (HTML §4.6.1). ``lang`` is the target's language if it is not the page's.
    """

    address: str | None
    lang: str | None = None


_FORBIDDEN = re.compile("[\0-\x08\x0b\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
"""Controls, surrogates and noncharacters (HTML §13.2.3.5, "Preprocessing the input stream")."""

_CANDIDATE = re.compile(r"[\s,]*([^\s,](?:\S*[^\s,])?)(?:,+|\s+([^,]*)(?:,|$)|$)")
"""An address of a ``srcset``, which may hold commas but not end with one, and its descriptor."""

Resolve: TypeAlias = Callable[[Link], Target]


@dataclass(frozen=True, slots=True)
class Skeleton:
    """An article's body: what is literal, and what is filled in."""

    parts: Parts
    segments: tuple[Segment, ...]
    slots: tuple[Slot, ...]

    @property
    def links(self) -> Iterator[Link]:
        """Every address in the body, in no particular order."""
        yield from _links(self.parts)
        for slot in self.slots:
            for opening, closing in slot.markup.values():
                yield from _links(opening)
                yield from _links(closing)

    def render(
        self,
        shown: Sequence[Shown],
        *,
        lang: str,
        direction: str = "ltr",
        resolve: Resolve = lambda link: Target(link.value),
    ) -> str:
        """The body as HTML.

        Args:
            shown: One text per segment, whose tokens fit it (``Segment.problems``).
            lang, direction: The page's language, for ``<html lang>``.
            resolve: Where each address of the source leads on the published site.
        """
        filling = _Filling([""] * len(self.slots), lang, direction, resolve)
        # A token's own texts come after the text it stands in, so the last is filled first.
        for number in range(len(self.slots) - 1, -1, -1):
            filling.texts[number] = _fill(self.slots[number], shown[number], filling)
        return filling.join(self.parts)


def quote(text: str) -> str:
    """Text as the value of a double-quoted attribute."""
    return escape(text).replace('"', "&quot;")


def escape(text: str) -> str:
    """Text as the content of an element; a character that no page may hold becomes U+FFFD."""
    if _FORBIDDEN.search(text):
        text = _FORBIDDEN.sub("\ufffd", text)
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


@dataclass(slots=True)
class _Filling:
    """One rendering under way: the texts filled so far, and what fills the other slots."""

    texts: list[str]
    lang: str
    direction: str
    resolve: Resolve

    def join(self, parts: Parts) -> str:
        return "".join([part if type(part) is str else self.slot(part) for part in parts])

    def slot(self, part: Part) -> str:
        if isinstance(part, int):
            return self.texts[part]
        if isinstance(part, Link):
            return self.link(part)
        if isinstance(part, PageLanguage):
            attributes = f' lang="{quote(self.lang)}"'
            if part.xml:
                attributes += f' xml:lang="{quote(self.lang)}"'
            if part.direction or self.direction != "ltr":
                attributes += f' dir="{self.direction}"'
            return attributes
        return part

    def link(self, link: Link) -> str:
        if link.attribute.endswith("srcset"):
            return f'{link.attribute}="{quote(self.candidates(link))}"'
        target = self.resolve(link)
        if target.address is None:
            return ""
        attribute = f'{link.attribute}="{quote(target.address)}"'
        if target.lang and not link.marked and link.element in ("a", "area"):
            attribute += f' hreflang="{quote(target.lang)}"'
        return attribute

    def candidates(self, link: Link) -> str:
        """The addresses of a ``srcset``, each with its descriptor."""
        found = []
        for one, descriptor in _candidates(link):
            address = self.resolve(one).address
            if address is not None:
                found.append(f"{address} {descriptor}".strip())
        return ", ".join(found)


def _candidates(link: Link) -> Iterator[tuple[Link, str]]:
    """The addresses of a ``srcset`` with their descriptors (HTML §4.8.4.3)."""
    for match in _CANDIDATE.finditer(link.value):
        yield link._replace(value=match[1]), (match[2] or "").strip()


def _fill(slot: Slot, shown: Shown, filling: _Filling) -> str:
    text = shown.text
    safe = quote if slot.place.attribute else escape
    if slot.markup and "<" in text:
        filled = _with_tokens(slot, text, filling)
    else:
        filled = safe(tokens.unescape(text))
    if shown.lang and not slot.place.attribute and not slot.place.plain:
        return f'<span lang="{quote(shown.lang)}" dir="{shown.direction}">{filled}</span>'
    return filled


def _with_tokens(slot: Slot, text: str, filling: _Filling) -> str:
    pieces: list[str] = []
    position = 0
    protected = ""
    for match in TOKEN.finditer(text):
        closing, name, _ = match.groups()
        if name not in slot.markup:
            continue
        if not protected:
            pieces.append(escape(tokens.unescape(text[position : match.start()])))
        position = match.end()
        opening, ending = slot.markup[name]
        if closing:
            pieces.append(filling.join(ending))
            protected = "" if protected == name else protected
        else:
            pieces.append(filling.join(opening))
            protected = name if name in slot.protected else protected
    pieces.append(escape(tokens.unescape(text[position:])))
    return "".join(pieces)


def _links(parts: Parts) -> Iterator[Link]:
    for part in parts:
        if not isinstance(part, Link):
            continue
        if part.attribute.endswith("srcset"):
            yield from (link for link, _ in _candidates(part))
        else:
            yield part
