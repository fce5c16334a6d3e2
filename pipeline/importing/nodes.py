"""Nodes: HTML as a plain tree, read as browsers read it and written as authors write it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from ..errors import ImportingError
from ..markup.rules import VOID
from ..markup.skeleton import escape, quote
from .extra import need

if TYPE_CHECKING:
    from lxml.html import HtmlElement

DEEPEST = 200
"""Elements in elements, as in articles."""

_CONTROLS = re.compile("[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")

_HEAD = frozenset("base link meta noscript script style template title".split())

_UNCLOSED = ("source", "track", "wbr", "embed")

INLINE = frozenset(
    "a abbr b bdi bdo br cite code data del dfn em i img ins kbd mark q s samp small span strong"
    " sub sup time u var".split()
)
"""Elements of a line of text, as far as articles keep them."""


@dataclass(slots=True)
class Node:
    """An element: its name, its attributes, and what is in it."""

    name: str
    attributes: dict[str, str] = field(default_factory=dict)
    children: list[Child] = field(default_factory=list)

    def below(self) -> Iterator[Node]:
        """All elements below this one, in document order."""
        for child in self.children:
            if isinstance(child, Node):
                yield child
                yield from child.below()


_NOTHING = b"<html></html>"

Child: TypeAlias = "Node | str"


def parse_page(html: str, *, path: Path | None = None) -> HtmlElement:
    """A page or fragment as lxml's tree.

    Raises:
        ImportingError: It is nested beyond measure, or lxml is not installed.
    """
    need("lxml")
    from lxml import etree  # noqa: PLC0415 - slow, for those who import
    from lxml import html as lxml_html  # noqa: PLC0415

    parser = lxml_html.HTMLParser(
        encoding="utf-8", no_network=True, remove_pis=True, remove_comments=True
    )
    data = _CONTROLS.sub("", html).encode()
    try:
        tree = lxml_html.document_fromstring(data, parser=parser, ensure_head_body=True)
    except etree.ParserError:  # nothing is there, or nothing but a comment
        tree = lxml_html.document_fromstring(_NOTHING, parser=parser, ensure_head_body=True)
    for entry in parser.error_log:
        if "depth" in entry.message.lower():
            raise _too_deep(path, entry.line)
    _fill_body(tree)
    for element in list(tree.iter(*_UNCLOSED)):
        _close(element)
    return tree


def _fill_body(tree: HtmlElement) -> None:
    """Move to the body what libxml2 leaves in the head: elements that it does not know."""
    head, body = tree.find("head"), tree.find("body")
    own = list(head)
    first = next((n for n, one in enumerate(own) if one.tag not in _HEAD), len(own))
    for position, element in enumerate(own[first:]):
        body.insert(position, element)


def _close(element: HtmlElement) -> None:
    """Move out what libxml2 puts into elements that it does not know to be empty."""
    parent, inner, rest = element.getparent(), list(element), element.tail
    if parent is None or not (inner or element.text):
        return
    element.tail, element.text = element.text, None
    place = parent.index(element) + 1
    for number, child in enumerate(inner):
        parent.insert(place + number, child)
    last = inner[-1] if inner else element
    last.tail = (last.tail or "") + (rest or "") or None


def nodes_of(element: HtmlElement, *, path: Path | None = None) -> Node:
    """An element of lxml's tree with all below it, without comments.

    Raises:
        ImportingError: It is nested beyond measure.
    """
    top = Node(str(element.tag).lower(), dict(element.attrib))
    stack = [(element, top, 1)]
    while stack:
        source, node, depth = stack.pop()
        if depth > DEEPEST:
            raise _too_deep(path, source.sourceline)
        _append_text(node, source.text)
        for child in source:
            if isinstance(child.tag, str):
                made = Node(child.tag.lower(), dict(child.attrib))
                node.children.append(made)
                stack.append((child, made, depth + 1))
            _append_text(node, child.tail)
    return top


def _append_text(node: Node, text: str | None) -> None:
    if text:
        node.children.append(text)


def _too_deep(path: Path | None, line: int | None) -> ImportingError:
    return ImportingError(
        f"elements stand in more than {DEEPEST} others",
        path=path,
        line=line,
        hint="No page for readers is like that; save it again, or leave it out.",
    )


def text_of(node: Node) -> str:
    """The text in an element, with a space where a block or a line begins."""
    pieces: list[str] = []
    _texts(node, pieces)
    return " ".join("".join(pieces).split())


def _texts(node: Node, pieces: list[str]) -> None:
    for child in node.children:
        if isinstance(child, str):
            pieces.append(child)
            continue
        apart = child.name not in INLINE or child.name == "br"
        pieces.append(" " if apart else "")
        _texts(child, pieces)
        pieces.append(" " if apart else "")


def words_in(text: str) -> int:
    """How many words a text has."""
    return len(text.split())


def write_html(nodes: Sequence[Child]) -> str:
    """Blocks as HTML that people can edit: one to a line, those within others indented."""
    lines: list[str] = []
    for node in nodes:
        _write_block(node, lines, "")
    return "".join(f"{line}\n" for line in lines)


def _write_block(node: Child, lines: list[str], indent: str) -> None:
    if isinstance(node, str) or node.name in INLINE or node.name == "pre":
        lines.append(indent + inline_html([node]) if not _is_pre(node) else inline_html([node]))
        return
    if not any(isinstance(c, Node) and c.name not in INLINE for c in node.children):
        lines.append(indent + inline_html([node]))
        return
    lines.append(f"{indent}{_start_tag(node)}")
    run: list[Child] = []
    for child in [*node.children, None]:
        if child is not None and (isinstance(child, str) or child.name in INLINE):
            run.append(child)
            continue
        if run:
            lines.append(indent + "  " + inline_html(run))
            run = []
        if child is not None:
            _write_block(child, lines, indent + "  ")
    lines.append(f"{indent}</{node.name}>")


def _is_pre(node: Child) -> bool:
    return isinstance(node, Node) and node.name == "pre"


def inline_html(children: Sequence[Child]) -> str:
    """Nodes as HTML in one line."""
    pieces = []
    for child in children:
        if isinstance(child, str):
            pieces.append(escape(child))
        elif child.name in VOID:
            pieces.append(_start_tag(child))
        else:
            # A line feed right after <pre> is not part of its text (HTML §13.1.2.5).
            lead = "\n" if child.name == "pre" else ""
            inner = inline_html(child.children)
            pieces.append(f"{_start_tag(child)}{lead}{inner}</{child.name}>")
    return "".join(pieces)


def _start_tag(node: Node) -> str:
    return f"<{node.name}{_attributes(node.attributes)}>"


def _attributes(attributes: Mapping[str, str]) -> str:
    return "".join(f' {name}="{quote(value)}"' for name, value in attributes.items())
