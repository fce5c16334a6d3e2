"""Reading: from the bytes of a page to its head, its texts and its links.

Documents are read as the parser meets them, without a tree: that takes half the time.
"""

from __future__ import annotations

import re
from typing import Any

from lxml import etree

from ..markup.rules import INLINE, PROTECTED, TEXT_ATTRIBUTES, is_text_attribute
from .document import Anchor, Document, Head, Passage, html_parser

_QUIET = PROTECTED | {"pre", "template", "noscript"}
"""Elements whose text is no prose."""

_SCRIPTS = frozenset({"script", "style"})
_SPECIAL = _QUIET | _SCRIPTS
_LINKS = frozenset({"a", "area"})
_DULL = frozenset({"class", "id", "rel", "hreflang", "name", "property", "type", "width", "height"})
_ADDRESSES = frozenset({"href", "src", "action", "formaction"})
_HARMLESS = frozenset("/#.?hm")
"""What an address that runs no script begins with, nearly always."""

_MAYBE_TEXT = TEXT_ATTRIBUTES | {"content", "value", "label"}
_END_OF_HEAD = re.compile(rb"</head\s*>|<body\b", re.IGNORECASE)


def read_head(file: str, path: str, data: bytes) -> Head:
    """What a page claims; nothing after its head is parsed."""
    end = _END_OF_HEAD.search(data)
    root = _tree(data[: end.start()] if end else data)
    if root is None:
        return Head(file, path)
    links = [(_words(link.get("rel")), link) for link in root.iter("link")]
    metas = {(m.get("name") or m.get("property") or ""): m.get("content", "") for m in root.iter("meta")}  # fmt: skip # noqa: E501
    return Head(
        file,
        path,
        root.get("lang", ""),
        tuple(link.get("href", "") for rel, link in links if "canonical" in rel),
        tuple(
            (link.get("hreflang", ""), link.get("href", ""))
            for rel, link in links
            if "alternate" in rel and link.get("hreflang") and not link.get("type")
        ),
        metas.get("og:locale", ""),
        "noindex" in metas.get("robots", "").lower(),
        any(meta.get("http-equiv", "").lower() == "refresh" for meta in root.iter("meta")),
    )


def _tree(data: bytes) -> Any:
    return etree.fromstring(data, _PARSER) if data.strip() else None


_PARSER = html_parser()


def _words(value: str | None) -> frozenset[str]:
    return frozenset((value or "").lower().split())


class _Run:
    """Text that runs on in one language from an element on, and the links in it."""

    __slots__ = ("anchors", "at", "kind", "lang", "pieces")

    def __init__(self, at: int, lang: str, kind: str = "text") -> None:
        self.at = at
        self.lang = lang
        self.kind = kind
        self.pieces: list[str] = []
        self.anchors: list[tuple[dict[str, str], int, str]] = []


class Reader:
    """A target of lxml's parser. It takes most of the time that all checks do, so it calls little.

    One reads page after page: lxml takes as long to make a parser for it as to read a short page.
    What an element began is on the stack: the run, language and prose around it, how many pieces
    the run had, its number and attributes.
    """

    def __init__(self) -> None:
        self._parser = html_parser(self)
        self._begin()

    def read(self, head: Head, data: bytes) -> Document:
        """A page, read whole."""
        self._begin()
        if data.strip():
            etree.fromstring(data, self._parser)
        passages = self._passages
        return Document(
            head,
            tuple(passages),
            tuple(self._anchors),
            "\n".join([passage.text for passage in passages]),
            tuple([passage for passage in passages if not passage.text.isascii()]),
            tuple(self._unsafe),
            tuple(self._graphs),
            data.decode("utf-8", "replace"),
        )

    def _begin(self) -> None:
        self._passages: list[Passage] = []
        self._anchors: list[Anchor] = []
        self._unsafe: list[tuple[str, int]] = []
        self._graphs: list[tuple[str, int]] = []
        self._at = 0
        self._run = _Run(0, "")
        self._lang = ""
        self._quiet = False
        self._script: list[str] | None = None
        self._stack: list[tuple[_Run, str, bool, int, int, dict[str, str]]] = []

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """An element begins: in the run around it, or in one of its own."""
        self._at += 1
        run = self._run
        self._stack.append((run, self._lang, self._quiet, len(run.pieces), self._at, attributes))
        if attributes and not _DULL.issuperset(attributes):
            self._attributes(tag, attributes)
        if tag in _SPECIAL:
            if tag in _SCRIPTS:
                self._script = []
                return
            self._quiet = True
        if tag in INLINE or "-" in tag:
            if self._lang == run.lang:
                return
            run.pieces.append(" ")
        elif run.pieces:
            self._end(run)
        self._run = _Run(self._at, self._lang, "title" if tag == "title" else "text")

    def data(self, text: str) -> None:
        """Text, in one piece or several, in the element that began last and has not ended."""
        if self._script is not None:
            self._script.append(text)
        elif (pieces := self._run.pieces) or not text.isspace():
            pieces.append(" " if self._quiet else text)

    def end(self, tag: str) -> None:
        """An element ends, and with it what it began."""
        run = self._run
        around, self._lang, self._quiet, begun, at, attributes = self._stack.pop()
        if self._script is not None:
            self._end_script(tag, attributes, at)
            return
        if tag in _LINKS and "href" in attributes:
            said = _plain(run.pieces[begun:] if run is around else run.pieces)
            run.anchors.append((attributes, at, said))
        if run is not around:
            if run.pieces or run.anchors:
                self._end(run)
            self._run = around
        elif tag == "br":
            run.pieces.append(" ")

    def close(self) -> None:
        """The page is read."""
        self._end(self._run)

    def _end(self, run: _Run) -> None:
        """What ran on so far is a passage, and its links know it."""
        text = _plain(run.pieces)
        run.pieces.clear()
        if text:
            self._passages.append(Passage(text, run.lang, run.kind, run.at))
        for attributes, at, said in run.anchors:
            get = attributes.get
            around = (said, run.lang, at, text)
            self._anchors.append(
                Anchor(attributes["href"], get("hreflang", ""), get("rel", ""), *around)
            )
        run.anchors.clear()

    def _attributes(self, tag: str, attributes: dict[str, str]) -> None:
        """Texts in attributes, what must not be in any, and what they say of the element's text."""
        lang = self._lang = attributes.get("lang", self._lang)
        for name, value in attributes.items():
            if name in _DULL:
                continue
            if name in _ADDRESSES:
                if value[:1] not in _HARMLESS and _runs_script(value):
                    self._unsafe.append((f"a script in {name}", self._at))
            elif name in _MAYBE_TEXT:
                if value and is_text_attribute(tag, name, attributes):
                    kind = name if name != "content" else _meta_name(attributes)
                    self._passages.append(Passage(" ".join(value.split()), lang, kind, self._at))
            elif name == "translate":
                self._quiet = self._quiet or value == "no"
            elif name == "style":
                self._unsafe.append(("a style attribute", self._at))
            elif name.startswith("on"):
                self._unsafe.append((f"a handler, {name}", self._at))

    def _end_script(self, tag: str, attributes: dict[str, str], at: int) -> None:
        """A script or a style ends; nothing can be in it but text."""
        said, self._script = "".join(self._script or ()), None
        kind = attributes.get("type", "")
        if tag == "style":
            self._unsafe.append(("a style element", at))
        elif kind == "application/ld+json":
            self._graphs.append((said, at))
        elif "src" not in attributes and kind not in ("application/json", "text/plain"):
            self._unsafe.append(("a script without src", at))


def _plain(pieces: list[str]) -> str:
    return " ".join((pieces[0] if len(pieces) == 1 else "".join(pieces)).split())


def _meta_name(attributes: dict[str, str]) -> str:
    return f"meta {attributes.get('name') or attributes.get('property') or ''}".strip()


def _runs_script(value: str) -> bool:
    return re.sub(r"[\x00-\x20]", "", value[:40]).lower().startswith(("javascript:", "vbscript:"))
