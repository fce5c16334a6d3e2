"""Documents: a published page as the checks look at it.

Its texts with the language that each is said to be in, its links, what it carries that a strict
content security policy forbids, and what its head claims.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from typing import NamedTuple

from lxml import etree


@dataclass(frozen=True, slots=True)
class Head:
    """What a page claims about itself.

    Attributes:
        file, path: Its file below the output folder, and its address without the host.
        lang: The language of its ``html`` element.
        canonical: The addresses it says are its own; there should be one.
        alternates: Its ``hreflang`` set: languages and addresses, in the order of the page.
        og_locale: What it tells Open Graph.
        hidden: Whether search engines are asked to leave it out.
        leads_on: Whether it only leads on to another address.
    """

    file: str
    path: str
    lang: str = ""
    canonical: tuple[str, ...] = ()
    alternates: tuple[tuple[str, str], ...] = ()
    og_locale: str = ""
    hidden: bool = False
    leads_on: bool = False

    @property
    def language(self) -> str:
        """Its language without script and territory: ``pt`` of ``pt-BR``."""
        return base(self.lang)


class Passage(NamedTuple):
    """A text that readers meet in one piece.

    Attributes:
        text, lang: What it says, and in which language it is said to be.
        kind: ``text``, or an attribute's name.
        at: The element in which it begins, counted from 1 through the page.
    """

    text: str
    lang: str
    kind: str
    at: int


class Anchor(NamedTuple):
    """A link: where it leads, what it says of that, its element, and the passage around it."""

    href: str
    hreflang: str
    rel: str
    text: str
    lang: str
    at: int
    around: str


@dataclass(frozen=True)
class Document:
    """A page.

    Attributes:
        head: What it claims.
        passages, anchors: Its texts and its links.
        text: All its texts, line by line, to be searched at once.
        beyond: Its texts that have more than ASCII in them.
        unsafe: What a strict policy forbids, and the element it is in.
        data: Its JSON-LD, and the element it is in.
        markup: Its HTML.
    """

    head: Head
    passages: tuple[Passage, ...]
    anchors: tuple[Anchor, ...]
    text: str
    beyond: tuple[Passage, ...]
    unsafe: tuple[tuple[str, int], ...]
    data: tuple[tuple[str, int], ...]
    markup: str

    def line(self, at: int) -> int:
        """The line on which an element begins; 0 if it is none.

        Parsed once more for a page on which something is wrong, so that the others need no tree.
        """
        return self._lines[at - 1] if 0 < at <= len(self._lines) else 0

    @cached_property
    def _lines(self) -> list[int]:
        root = etree.fromstring(self.markup.encode(), html_parser())
        return [element.sourceline or 0 for element in root.iter()]


@cache
def base(lang: str) -> str:
    """A language without script and territory."""
    return lang.replace("_", "-").partition("-")[0].lower()


def html_parser(target: object | None = None) -> etree.HTMLParser:
    """A parser of pages as browsers are lenient with them; it tells a target what it meets."""
    options = {"encoding": "utf-8", "huge_tree": True, "remove_comments": True, "remove_pis": True}
    return etree.HTMLParser(target=target, **options)


def texts(document: Document) -> Iterator[str]:
    """Every text of a page, attributes included."""
    return (passage.text for passage in document.passages)
