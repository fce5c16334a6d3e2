"""The parts of a whole HTML page: what its head says, and where the article itself stands."""

from __future__ import annotations

from collections.abc import Iterator

from ..markup.scan import Kind
from ..markup.text import of_attribute, of_element
from ..markup.tree import Node
from .metadata import Value

_NAMES = frozenset(
    "slug description date updated author tags image image_alt image_caption order layout draft"
    " title".split()
)


def head_values(html: str, tree: Node, first_line: int) -> dict[str, Value]:
    """What ``title`` and ``meta`` elements say that is metadata of an article."""
    found: dict[str, Value] = {}
    head = next(tree.find("head"), tree)
    for meta in head.find("meta"):
        name = of_attribute(meta.attribute("name") or "").lower().replace("-", "_")
        content = of_attribute(meta.attribute("content") or "")
        if name in _NAMES and content.strip():
            found[name] = Value(content, first_line + html.count("\n", 0, meta.start))
    for title in head.find("title"):
        line = first_line + html.count("\n", 0, title.start)
        found.setdefault("title", Value(text_in(html, title), line))
        break
    return found


def body_of(tree: Node) -> Node:
    """The element that the article's body is in: ``main``, else ``body``, else all of it."""
    for name in ("main", "body"):
        for node in tree.find(name):
            return node
    return tree


def take_heading(html: str, body: Node, title: str) -> Node | None:
    """Take the first heading of the first level out, if it says the title or there is none.

    The template sets the title; what a page says twice is read twice.
    """
    for parent in (body, *body.below()):
        for child in parent.children:
            if child.name == "h1":
                if title and text_in(html, child) != title:
                    return None
                parent.children.remove(child)
                return child
    return None


def text_in(html: str, node: Node) -> str:
    """The text in an element as a reader sees it."""
    return of_element("".join(_texts(html, node))).strip(" ")


def _texts(html: str, node: Node) -> Iterator[str]:
    for child in node.children:
        if child.kind is Kind.TEXT:
            yield html[child.start : child.end]
        else:
            yield from _texts(html, child)
