"""The headings of an article: its title, and levels that leave none out."""

from __future__ import annotations

from .document import Document
from .links import changed
from .nodes import Child, Node, text_of

_HEADINGS = frozenset("h1 h2 h3 h4 h5 h6".split())


def titled(document: Document, blocks: list[Node]) -> tuple[str, list[Node]]:
    """The title, and the blocks without the heading that says it, their first level the second."""
    heads = [n for n, block in enumerate(blocks) if block.name == "h1"]
    title = document.title
    said = next((n for n in heads if title and text_of(blocks[n]).lower() == title.lower()), None)
    if said is None and heads and (heads[0] == 0 or not title):
        said = heads[0]
        title = title or text_of(blocks[said])
        said = said if text_of(blocks[said]) == title else None
    rest = [block for n, block in enumerate(blocks) if n != said]
    if not title:
        title = next((text_of(b) for b in rest if b.name in ("h2", "h3")), "")
        title = title or document.path.stem.replace("-", " ").replace("_", " ").strip().capitalize()
    return title, _levelled(rest)


def _levelled(blocks: list[Node]) -> list[Node]:
    """The blocks with headings from the second level on, and no level left out.

    The title is the first; builders choose levels for their size.
    """
    found = [node for block in blocks for node in (block, *block.below())]
    levels = sorted({node.name for node in found if node.name in _HEADINGS})
    names = {name: f"h{number}" for number, name in enumerate(levels, start=2)}

    def change(node: Node) -> list[Child] | None:
        if node.name not in names:
            return None
        return [Node(min(names[node.name], "h6"), node.attributes, node.children)]

    return [n for n in changed(blocks, change) if isinstance(n, Node)]
