"""Figures: pictures with what is said of them."""

from __future__ import annotations

from collections.abc import Sequence

from .flow import Flow
from .inline import has_content
from .nodes import Child, Node


def figure(node: Node, within: Flow) -> list[Node]:
    """A figure with its caption; without one, the blocks that are in it."""
    captions = [n for n in node.below() if n.name in ("figcaption",)]
    rest = _without(node, captions)
    blocks = within.flow(rest.children)
    caption = within.line([c for n in captions for c in n.children])
    if not has_content(caption):
        return blocks
    if not blocks:
        return [Node("p", {}, caption)]
    if len(blocks) == 1 and blocks[0].name == "table":
        table = blocks[0]
        return [Node("table", table.attributes, [Node("caption", {}, caption), *table.children])]
    inner: list[Child] = []
    for block in blocks:
        pictures = [c for c in block.children if not isinstance(c, str) or c.strip()]
        only = block.name == "p" and all(_is_picture(c) for c in pictures)
        inner += pictures if only else [block]
    return [within.named(Node("figure", {}, [*inner, Node("figcaption", {}, caption)]))]


def _is_picture(child: Child) -> bool:
    if isinstance(child, str):
        return False
    if child.name == "a":
        return bool(child.children) and all(_is_picture(c) for c in child.children)
    return child.name == "img"


def _without(node: Node, gone: Sequence[Node]) -> Node:
    kept: list[Child] = []
    for child in node.children:
        if isinstance(child, str):
            kept.append(child)
        elif not any(child is one for one in gone):
            kept.append(_without(child, gone))
    return Node(node.name, node.attributes, kept)
