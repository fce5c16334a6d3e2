"""The flow of an article's blocks, as what holds other blocks asks for it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol

from .nodes import Child, Node


class Flow(Protocol):
    """Makes blocks and lines of what builders write; :mod:`.tidy` has the one there is."""

    def flow(self, children: Iterable[Child]) -> list[Node]:
        """Blocks, and paragraphs of the lines between them."""

    def line(self, children: Iterable[Child]) -> list[Child]:
        """One line of text."""

    def named(self, node: Node) -> Node:
        """A block with the name that links lead to, if one waits for a block."""


def content_of(blocks: Sequence[Node]) -> list[Child]:
    """Blocks as the content of an item or cell: a first paragraph is its line."""
    if not blocks or blocks[0].name != "p" or blocks[0].attributes:
        return list(blocks)
    if len(blocks) == 1 or all(block.name in ("ul", "ol") for block in blocks[1:]):
        return [*blocks[0].children, *blocks[1:]]
    return list(blocks)


def named_content_of(blocks: Sequence[Node]) -> tuple[dict[str, str], list[Child]]:
    """The same, with the name of its first paragraph for the element that holds it."""
    first = blocks[0] if blocks else None
    if first is None or first.name != "p" or set(first.attributes) != {"id"}:
        return {}, content_of(blocks)
    return first.attributes, content_of([Node("p", {}, first.children), *blocks[1:]])
