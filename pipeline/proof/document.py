"""Documents: a published page as the checks look at it.

Its texts with the language that each is said to be in, its links, what it carries that a strict
content security policy forbids, and what its head claims.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Any, NamedTuple

from lxml import etree

from ..markup.rules import INLINE, PROTECTED, TEXT_ATTRIBUTES, is_text_attribute

_QUIET = PROTECTED | {"pre", "template", "noscript"}
"""Elements whose text is no prose."""

_ADDRESSES = frozenset({"href", "src", "action", "formaction"})
_HARMLESS = frozenset("/#.?hm")
"""What an address that runs no script begins with, nearly always."""

_MAYBE_TEXT = TEXT_ATTRIBUTES | {"content", "value", "label"}
_END_OF_HEAD = re.compile(rb"</head\s*>|<body\b", re.IGNORECASE)


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
    """A text that readers meet in one piece; ``kind`` is ``text`` or an attribute's name."""

    text: str
    lang: str
    kind: str
    line: int


class Anchor(NamedTuple):
    """A link: where it leads, what it says of that, and the passage it stands in."""

    href: str
    hreflang: str
    rel: str
    text: str
    lang: str
    line: int
    around: str


@dataclass(frozen=True, slots=True)
class Document:
    """A page.

    Attributes:
        head: What it claims.
        passages, anchors: Its texts and its links.
        text: All its texts, line by line, to be searched at once.
        unsafe: What a strict policy forbids, and where.
        data: Its JSON-LD, and where.
        markup: Its HTML.
    """

    head: Head
    passages: tuple[Passage, ...]
    anchors: tuple[Anchor, ...]
    text: str
    unsafe: tuple[tuple[str, int], ...]
    data: tuple[tuple[str, int], ...]
    markup: str


@cache
def base(lang: str) -> str:
    """A language without script and territory."""
    return lang.replace("_", "-").partition("-")[0].lower()


def read_head(file: str, path: str, data: bytes) -> Head:
    """What a page claims; nothing after its head is parsed."""
    end = _END_OF_HEAD.search(data)
    root = _parse(data[: end.start()] if end else data)
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


def read_document(head: Head, data: bytes) -> Document:
    """A page, read whole."""
    reader = _Reader()
    root = _parse(data)
    if root is not None:
        run = _Run("", 1)
        reader.visit(root, run, "", quiet=False)
        reader.end(run)
    return Document(
        head,
        tuple(reader.passages),
        tuple(reader.anchors),
        "\n".join(passage.text for passage in reader.passages),
        tuple(reader.unsafe),
        tuple(reader.data),
        data.decode("utf-8", "replace"),
    )


_PARSER = etree.HTMLParser(encoding="utf-8", huge_tree=True, remove_comments=True, remove_pis=True)


def _parse(data: bytes) -> Any:
    return etree.fromstring(data, _PARSER) if data.strip() else None


def _words(value: str | None) -> frozenset[str]:
    return frozenset((value or "").lower().split())


@dataclass(slots=True)
class _Run:
    """Text that runs on in one language, and the links in it."""

    lang: str
    line: int
    pieces: list[str] = field(default_factory=list)
    anchors: list[tuple[Any, int, str]] = field(default_factory=list)


@dataclass(slots=True)
class _Reader:
    """One walk over a page."""

    passages: list[Passage] = field(default_factory=list)
    anchors: list[Anchor] = field(default_factory=list)
    unsafe: list[tuple[str, int]] = field(default_factory=list)
    data: list[tuple[str, int]] = field(default_factory=list)

    def visit(self, element: Any, run: _Run, lang: str, *, quiet: bool) -> None:
        """Read an element and what is in it; its tail belongs to its parent."""
        tag = element.tag
        if attributes := element.items():
            lang = element.get("lang", lang)
            self._attributes(tag, element, attributes, lang)
            quiet = quiet or element.get("translate") == "no"
        if tag in ("script", "style"):
            self._script(tag, element)
            return
        quiet = quiet or tag in _QUIET
        inline = tag in INLINE or "-" in tag
        if inline and lang == run.lang:
            self._content(tag, element, run, lang, quiet=quiet)
            return
        own = _Run(lang, element.sourceline or 0)
        if inline:  # in another language
            run.pieces.append(" ")
        elif run.pieces:
            self.end(run)
        self._content(tag, element, own, lang, quiet=quiet)
        if own.pieces or own.anchors:
            self.end(own, kind="title" if tag == "title" else "text")

    def _content(self, tag: str, element: Any, run: _Run, lang: str, *, quiet: bool) -> None:
        pieces = run.pieces
        begun = len(pieces)
        text = element.text
        if text and (pieces or not text.isspace()):
            pieces.append(" " if quiet else text)
        for child in element:
            self.visit(child, run, lang, quiet=quiet)
            text = child.tail
            if text and (pieces or not text.isspace()):
                pieces.append(" " if quiet else text)
        if tag == "br":
            pieces.append(" ")
        elif tag in ("a", "area") and element.get("href") is not None:
            said = " ".join("".join(pieces[begun:]).split())
            run.anchors.append((element.attrib, element.sourceline or 0, said))

    def end(self, run: _Run, kind: str = "text") -> None:
        """What ran on so far is a passage, and its links know it."""
        text = " ".join("".join(run.pieces).split())
        run.pieces.clear()
        if text:
            self.passages.append(Passage(text, run.lang, kind, run.line))
        if not run.anchors:
            return
        for attributes, line, said in run.anchors:
            get = attributes.get
            anchor = Anchor(
                attributes["href"],
                get("hreflang", ""),
                get("rel", ""),
                said,
                run.lang,
                line,
                text,
            )
            self.anchors.append(anchor)
        run.anchors.clear()

    def _attributes(
        self, tag: str, element: Any, attributes: list[tuple[str, str]], lang: str
    ) -> None:
        for name, value in attributes:
            if name in _MAYBE_TEXT:
                if value and is_text_attribute(tag, name, dict(attributes)):
                    kind = name if name != "content" else _meta_name(element)
                    text = " ".join(value.split())
                    self.passages.append(Passage(text, lang, kind, element.sourceline or 0))
            elif name == "style":
                self.unsafe.append(("a style attribute", element.sourceline or 0))
            elif name.startswith("on"):
                self.unsafe.append((f"a handler, {name}", element.sourceline or 0))
            elif name in _ADDRESSES and _runs_script(value):
                self.unsafe.append((f"a script in {name}", element.sourceline or 0))

    def _script(self, tag: str, element: Any) -> None:
        line, kind = element.sourceline or 0, element.get("type", "")
        if tag == "style":
            self.unsafe.append(("a style element", line))
        elif kind == "application/ld+json":
            self.data.append((element.text or "", line))
        elif element.get("src") is None and kind not in ("application/json", "text/plain"):
            self.unsafe.append(("a script without src", line))


def _meta_name(element: Any) -> str:
    return f"meta {element.get('name') or element.get('property') or ''}".strip()


def _runs_script(value: str) -> bool:
    if value[:1] in _HARMLESS:
        return False
    return re.sub(r"[\x00-\x20]", "", value[:40]).lower().startswith(("javascript:", "vbscript:"))


def texts(document: Document) -> Iterator[str]:
    """Every text of a page, attributes included."""
    return (passage.text for passage in document.passages)
