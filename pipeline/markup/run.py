"""A run of text: what stands in a line together, flattened into texts, tags and codes in order."""

from __future__ import annotations

import re
from collections.abc import Sequence

from .rules import ATOMIC, PROTECTED
from .scan import Kind
from .text import of_element
from .tree import Node

TRANSLATABLE = re.compile(r"[^\W\d_]|\d[.,:]\d")
"""A letter, or a number whose notation may differ between languages."""

Item = tuple[str, Node]
"""A piece: ``text``, ``open``, ``close``, ``protected``, ``single`` or ``aside``, and its node."""


class Run:
    """A run of text flattened: texts, tags and codes in order, each with its node."""

    __slots__ = ("items",)

    def __init__(self, nodes: Sequence[Node]) -> None:
        self.items: list[tuple[str, Node]] = []
        for node in nodes:
            self._add(node)

    def _add(self, node: Node) -> None:
        if node.kind is Kind.TEXT:
            self.items.append(("text", node))
        elif node.kind is not Kind.START:
            self.items.append(("aside", node))
        elif node.name in ATOMIC or not _has_text(node):
            self.items.append(("single", node))
        elif node.name in PROTECTED or node.attribute("translate") == "no":
            self.items.append(("protected", node))
        else:
            self.items.append(("open", node))
            for child in node.children:
                self._add(child)
            self.items.append(("close", node))


def _has_text(node: Node) -> bool:
    return any(
        child.kind is Kind.TEXT or (child.kind is Kind.START and _has_text(child))
        for child in node.children
    ) or any(child.name in ATOMIC for child in node.children)


def wraps(first: tuple[str, Node], last: tuple[str, Node]) -> bool:
    return first[0] == "open" and last[0] == "close" and first[1] is last[1]


def texts_in(html: str, node: Node) -> list[str]:
    if node.kind is Kind.TEXT:
        return [html[node.start : node.end]]
    return [text for child in node.children for text in texts_in(html, child)]


def is_translatable(html: str, items: list[tuple[str, Node]]) -> bool:
    return any(
        kind == "text" and TRANSLATABLE.search(of_element(html[node.start : node.end]))
        for kind, node in items
    )
