"""Lists that a builder broke apart, put together again.

Builders of pages write each item as a list of its own, or as a paragraph that begins with a
bullet or number. Readers saw one list; translators and screen readers should, too.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from .inline import line_of
from .nodes import Child, Node

_BULLET = re.compile(r"[•·‣▪◦●○■–—*-][\s\xa0]+|[•‣▪◦●]")
_SURE = frozenset("•‣▪◦●○■")
_NUMBER = re.compile(r"(\d{1,3})[.)][\s\xa0]+")


def mended(blocks: Sequence[Node]) -> list[Node]:
    """The blocks with their lists put together."""
    return _joined(_of_paragraphs(blocks))


def _joined(blocks: Sequence[Node]) -> list[Node]:
    found: list[Node] = []
    for block in blocks:
        last = found[-1] if found else None
        if last is not None and _continues(last, block):
            found[-1] = Node(last.name, last.attributes, [*last.children, *block.children])
        else:
            found.append(block)
    return found


def _continues(one: Node, other: Node) -> bool:
    """Whether a list is the rest of the one before it."""
    if one.name != other.name or one.name not in ("ul", "ol"):
        return False
    if one.name == "ul":
        return True
    if one.attributes.get("type") != other.attributes.get("type"):
        return False
    first = _start(one) + len(one.children)
    if "start" in other.attributes:
        return _start(other) == first
    return len(other.children) == 1  # a list of its own for each item begins at 1 each time


def _start(node: Node) -> int:
    said = node.attributes.get("start", "1")
    return int(said) if said.isdecimal() else 1


def _of_paragraphs(blocks: Sequence[Node]) -> list[Node]:
    """Runs of paragraphs that look like items, as lists."""
    found: list[Node] = []
    index = 0
    while index < len(blocks):
        last = found[-1] if found else None
        count, made = _run(blocks[index:], last)
        if made is None:
            found.append(blocks[index])
            index += 1
        else:
            found.append(made)
            index += count
    return found


def _run(blocks: Sequence[Node], last: Node | None) -> tuple[int, Node | None]:
    """How many paragraphs from the first on are items of one list, and that list."""
    bullets = _while(blocks, lambda block, n: _BULLET.match(_beginning(block)) is not None)
    if bullets:
        sign = _beginning(blocks[0])[0]
        alone = last is not None and last.name == "ul"
        beside = bullets < len(blocks) and blocks[bullets].name == "ul"
        if bullets > 1 or (sign in _SURE and (alone or beside)):
            items: list[Child] = [_item(block, _BULLET) for block in blocks[:bullets]]
            return bullets, Node("ul", {}, items)
        return 0, None
    first = _start(last) + len(last.children) if last is not None and last.name == "ol" else 1
    numbers = _while(blocks, lambda block, n: _numbered(block) == first + n)
    if numbers > 1 or (numbers and first > 1):
        start = {"start": str(first)} if first > 1 else {}
        return numbers, Node("ol", start, [_item(block, _NUMBER) for block in blocks[:numbers]])
    return 0, None


def _while(blocks: Sequence[Node], holds: Callable[[Node, int], bool]) -> int:
    count = 0
    for block in blocks:
        if block.name != "p" or not holds(block, count):
            break
        count += 1
    return count


def _numbered(block: Node) -> int:
    match = _NUMBER.match(_beginning(block))
    return int(match[1]) if match else -1


def _beginning(block: Node) -> str:
    """The text that a paragraph begins with, also within emphasis."""
    child: Child | None = block
    while isinstance(child, Node):
        child = child.children[0] if child.children else None
    return child or ""


def _item(block: Node, sign: re.Pattern[str]) -> Node:
    """A paragraph as an item, without its bullet or number."""
    return Node("li", dict(block.attributes), line_of(_without(block.children, sign)))


def _without(children: Sequence[Child], sign: re.Pattern[str]) -> list[Child]:
    if not children:
        return []
    first = children[0]
    if isinstance(first, str):
        return [sign.sub("", first, count=1), *children[1:]]
    inner = _without(first.children, sign)
    return [Node(first.name, first.attributes, inner), *children[1:]]
