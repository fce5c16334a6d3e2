"""Tables: rows of cells, without what builders use tables for besides."""

from __future__ import annotations

from .flow import Flow, named_content_of
from .inline import has_content
from .nodes import Child, Node

_CELL = ("colspan", "rowspan", "scope", "headers")


def table(node: Node, within: Flow) -> list[Node]:
    """A table as articles have it; the blocks in its cells where it only laid them out."""
    rows = _rows(node)
    cells = [cell for _, row in rows for cell in row]
    if node.attributes.get("role") in ("presentation", "none") or len(cells) <= 1:
        return [block for cell in cells for block in within.flow(cell.children)]
    parts: dict[str, list[Child]] = {}
    for part, row in rows:
        made: list[Child] = [_cell(cell, within) for cell in row]
        whole = all(isinstance(c, Node) and c.name == "th" for c in made)
        head = part == "thead" or (part == "" and whole and not parts)
        parts.setdefault("thead" if head else part or "tbody", []).append(Node("tr", {}, made))
    if not any(
        has_content(n.children) for rows_ in parts.values() for n in rows_ if isinstance(n, Node)
    ):
        return []
    caption = next((n for n in node.below() if n.name == "caption"), None)
    said = within.line(caption.children) if caption is not None else []
    children: list[Child] = [Node("caption", {}, said)] if has_content(said) else []
    order = [name for name in ("thead", "tbody", "tfoot") if name in parts]
    return [within.named(Node("table", {}, children + [Node(n, {}, parts[n]) for n in order]))]


def _cell(cell: Node, within: Flow) -> Node:
    said = {n: cell.attributes[n] for n in _CELL if cell.attributes.get(n)}
    said = {n: v for n, v in said.items() if (n, v) not in (("colspan", "1"), ("rowspan", "1"))}
    name, content = named_content_of(within.flow(cell.children))
    return Node(cell.name, {**name, **said}, content)


def _rows(table: Node) -> list[tuple[str, list[Node]]]:
    found: list[tuple[str, list[Node]]] = []
    for child in (c for c in table.children if isinstance(c, Node)):
        rows = [child] if child.name == "tr" else child.children
        part = child.name if child.name in ("thead", "tbody", "tfoot") else ""
        for row in (r for r in rows if isinstance(r, Node) and r.name == "tr"):
            own = [c for c in row.children if isinstance(c, Node) and c.name in ("td", "th")]
            if own:
                found.append((part if part != "tbody" else "", own))
    return found
