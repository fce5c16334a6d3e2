"""Accordions: texts that a page shows on demand, by a heading or a button before them.

Builders hide them by style until a reader asks; in an article they are text as any other.
"""

from __future__ import annotations

import re

from .nodes import Node

_HIDDEN = re.compile(r"(?:display:\s*none|visibility:\s*hidden)\s*(?:;|$)", re.IGNORECASE)
_HEADINGS = frozenset("h1 h2 h3 h4 h5 h6".split())


def unfold(root: Node) -> None:
    """Open what is folded: a text that follows what opens it is shown, a button as its heading."""
    for node in [root, *root.below()]:
        before: Node | None = None
        for child in node.children:
            if not isinstance(child, Node):
                continue
            if before is not None and is_hidden(child) and _opens(before):
                _show(child)
            before = child
        if node.name == "button" and "aria-expanded" in node.attributes:
            node.name = "span"
        elif _opens_itself(node) and not any(n.name in _HEADINGS for n in node.below()):
            node.children = [Node("p", {}, [Node("strong", {}, node.children)])]


def is_hidden(node: Node) -> bool:
    """Whether a page shows none of an element."""
    return "hidden" in node.attributes or bool(_HIDDEN.search(node.attributes.get("style", "")))


def _show(node: Node) -> None:
    node.attributes = {
        name: _HIDDEN.sub("", said) if name == "style" else said
        for name, said in node.attributes.items()
        if name not in ("hidden", "aria-hidden")
    }


def _opens(node: Node) -> bool:
    return any("aria-expanded" in one.attributes for one in (node, *node.below()))


def _opens_itself(node: Node) -> bool:
    said = node.attributes
    return node.name == "div" and said.get("role") == "button" and "aria-expanded" in said
