"""Puts the pieces of a page into the tree its author meant.

End tags that HTML lets an author leave out are supplied; anything else that does not nest is an
error with its line. Nodes keep their offsets, so that whatever is not translated can be copied from
the source as it was written.
"""

from __future__ import annotations

from collections.abc import Iterator

from .rules import CLOSED_BY, VOID, is_inline
from .scan import Attribute, BrokenMarkup, Kind, Piece, scan

DEEPEST = 200
"""Elements in elements; browsers stop at 512, and people long before."""


class Node:
    """An element, or (without a name) a text, comment or declaration.

    Attributes:
        start, end: Where it stands in the source, tags included.
        inner_start, inner_end: Where an element's content stands.
        blocky: Whether it is, or holds, an element that begins a line of its own.
    """

    __slots__ = (
        "blocky",
        "children",
        "end",
        "inner_end",
        "inner_start",
        "kind",
        "name",
        "piece",
        "start",
    )

    def __init__(self, kind: Kind, name: str, piece: Piece | None, start: int, end: int) -> None:
        self.kind = kind
        self.name = name
        self.piece = piece
        self.start = start
        self.end = end
        self.inner_start = end
        self.inner_end = end
        self.children: list[Node] = []
        self.blocky = kind is Kind.START and not is_inline(name)

    @property
    def attributes(self) -> tuple[Attribute, ...]:
        """The attributes of an element's start tag."""
        return self.piece.attributes if self.piece is not None else ()

    def attribute(self, name: str) -> str | None:
        """The raw value of an attribute, or None."""
        for attribute in self.attributes:
            if attribute.name == name:
                return attribute.value
        return None

    def below(self) -> Iterator[Node]:
        """All nodes below this one, in document order."""
        for child in self.children:
            yield child
            yield from child.below()

    def find(self, name: str) -> Iterator[Node]:
        """All elements of that name below this node, in document order."""
        return (node for node in self.below() if node.name == name)


def build(source: str) -> Node:
    """The tree of a page or fragment; its root has no name.

    Raises:
        BrokenMarkup: An element that is not closed, or an end tag that closes nothing.
    """
    root = Node(Kind.START, "", None, 0, len(source))
    root.inner_start = 0
    stack = [root]
    xhtml = _is_xhtml(source)
    for piece in scan(source):
        if piece.kind is Kind.START:
            _open(stack, piece, xhtml=xhtml)
        elif piece.kind is Kind.END:
            _close(stack, piece)
        else:
            stack[-1].children.append(Node(piece.kind, "", piece, piece.start, piece.end))
    for node in reversed(stack[1:]):
        if node.name not in CLOSED_BY:
            raise _not_closed(node)
        _end(stack, len(source), len(source))
    return root


def _is_xhtml(source: str) -> bool:
    head = source[:1000]
    return head.startswith("<?xml") or "//DTD XHTML" in head


def _open(stack: list[Node], piece: Piece, *, xhtml: bool) -> None:
    name = piece.name
    while piece.name in CLOSED_BY.get(stack[-1].name, ()):
        _end(stack, piece.start, piece.start)
    node = Node(Kind.START, name, piece, piece.start, piece.end)
    stack[-1].children.append(node)
    if name in VOID or (piece.closed and (xhtml or _in_foreign(stack, name))):
        stack[-1].blocky |= node.blocky
        return
    if len(stack) > DEEPEST:
        raise BrokenMarkup(
            f"<{name}> stands in {DEEPEST} elements", piece.start, "Nest the markup less deeply."
        )
    if piece.closed:
        raise BrokenMarkup(
            f"<{name}/> is not a complete element in HTML",
            piece.start,
            f"Write “<{name}></{name}>”.",
        )
    stack.append(node)


def _in_foreign(stack: list[Node], name: str) -> bool:
    return name in ("svg", "math") or any(node.name in ("svg", "math") for node in stack)


def _close(stack: list[Node], piece: Piece) -> None:
    name = piece.name
    depth = len(stack) - 1
    while depth > 0 and stack[depth].name != name and stack[depth].name in CLOSED_BY:
        depth -= 1
    if depth == 0 or stack[depth].name != name:
        if name == "p" and not any(node.name == "p" for node in stack):
            # A browser makes an empty paragraph of it (§13.2.6.4.7): harmless, and common.
            stray = Node(Kind.OTHER, "", piece, piece.start, piece.end)
            stray.blocky = True
            stack[-1].children.append(stray)
            return
        _complain(stack, piece)
    while len(stack) - 1 > depth:
        _end(stack, piece.start, piece.start)
    _end(stack, piece.start, piece.end)


def _complain(stack: list[Node], piece: Piece) -> None:
    if any(node.name == piece.name for node in stack[1:]):
        raise _not_closed(stack[-1], before=piece.name)
    raise BrokenMarkup(
        f"</{piece.name}> closes nothing",
        piece.start,
        f"Remove it, or add the “<{piece.name}>” it belongs to.",
    )


def _end(stack: list[Node], inner_end: int, end: int) -> None:
    node = stack.pop()
    node.inner_end = inner_end
    node.end = end
    stack[-1].blocky |= node.blocky


def _not_closed(node: Node, before: str = "") -> BrokenMarkup:
    where = f" before </{before}>" if before else ""
    return BrokenMarkup(
        f"<{node.name}> is not closed{where}", node.start, f"Add “</{node.name}>” where it ends."
    )
