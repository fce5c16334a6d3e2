"""Figures: pictures with what is said of them."""

from __future__ import annotations

from collections.abc import Sequence

from .flow import Flow
from .inline import has_content
from .nodes import Child, Node

_CAPTIONS = frozenset(("wp-caption-text", "gallery-caption", "image-caption"))
_NEAR = 4


def with_captions(root: Node) -> None:
    """Make figures of pictures whose captions builders wrote beside them without saying so."""
    _captioned(root, [])


def _captioned(node: Node, holders: list[Node]) -> None:
    if node.name in ("figure", "figcaption"):
        return
    if _is_caption(node):
        near = holders[: -_NEAR - 1 : -1]
        for number, holder in enumerate(near):
            if any(n.name == "img" for n in holder.below()):
                if holder is not holders[0]:
                    node.name, holder.name = "figcaption", "figure"
                    for between in near[:number]:
                        between.name = "div"
                return
        return
    for child in list(node.children):
        if isinstance(child, Node):
            _captioned(child, [*holders, node])


def _is_caption(node: Node) -> bool:
    said = node.attributes
    classes = said.get("class", "").split()
    return said.get("data-hook") == "image-caption" or not _CAPTIONS.isdisjoint(classes)


def figure(node: Node, within: Flow) -> list[Node]:
    """A figure with its caption; without one, the blocks that are in it.

    One of other figures, a gallery, is these figures, and a paragraph of what is said of all.
    """
    inner_figures = [n for n in node.below() if n.name == "figure"]
    theirs = {id(n) for one in inner_figures for n in one.below()}
    captions = [n for n in node.below() if n.name == "figcaption" and id(n) not in theirs]
    rest = _without(node, captions)
    blocks = within.flow(rest.children)
    caption = within.line([c for n in captions for c in n.children])
    if not has_content(caption):
        return blocks
    if not blocks:
        return [Node("p", {}, caption)]
    if any(n.name == "figcaption" for one in inner_figures for n in one.below()):
        return [*blocks, Node("p", {}, caption)]
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
