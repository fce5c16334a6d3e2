"""Tidying: a builder's boxes, styles and scripts become the blocks that an article has.

Every text comes out in order and once, or is said to be left out. Tidying what is tidy changes
nothing, which is how :mod:`.wording` knows whether Markdown says the same.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from .accordions import is_hidden, unfold
from .anchors import fragment_of
from .document import Left
from .figures import figure, with_captions
from .flow import named_content_of
from .images import EMBEDDED, embedded, with_players, without_doubles
from .inline import ODD, has_content, line_of, lines_of
from .lists import mended
from .nodes import INLINE, Child, Node, text_of, words_in
from .tables import table

_HEADINGS = frozenset("h1 h2 h3 h4 h5 h6".split())
_LISTS = frozenset(("ul", "ol", "menu"))
_NOTHING = frozenset("head meta link base title template source track param svg canvas map".split())
_LEFT = {
    "script": "script",
    "style": "style sheet",
    "form": "form",
    "button": "button",
    "input": "form",
    "select": "form",
    "textarea": "form",
    "label": "form",
    "nav": "menu",
    "dialog": "window",
}
_BLANK_LINE = re.compile(r"\n[ \t]*\n\s*")


@dataclass(frozen=True, slots=True)
class Tidied:
    """The blocks of an article, and what was left out of them.

    Attributes:
        names: Names of places that have another name now: a block has one.
    """

    blocks: list[Node]
    left: tuple[Left, ...]
    names: Mapping[str, str] = field(default_factory=dict)


def tidy(root: Node, *, lines: bool = False, wanted: Iterable[str] = ()) -> Tidied:
    """The blocks of what is in an element.

    Args:
        root: Its own name and attributes do not count.
        lines: Whether an empty line begins a paragraph, and a line feed a line.
        wanted: Names of places to keep, besides those that its own links lead to.
    """
    own = (n.attributes.get("href", "") for n in root.below() if n.name == "a")
    names = {fragment_of(href[1:]) for href in own if href.startswith("#") and len(href) > 1}
    tidying = _Tidying(names.union(wanted), lines)
    without_doubles(root)
    with_players(root)
    unfold(root)
    with_captions(root)
    blocks = tidying.flow(root.children)
    return Tidied(_without_loose_rules(blocks), tuple(tidying.left), tidying.names)


@dataclass(slots=True)
class _Tidying:
    wanted: Collection[str]
    lines: bool
    left: list[Left] = field(default_factory=list)
    anchors: list[str] = field(default_factory=list)
    names: dict[str, str] = field(default_factory=dict)
    given: set[str] = field(default_factory=set)

    def flow(self, children: Iterable[Child]) -> list[Node]:
        """Blocks, and paragraphs of the lines between them."""
        found: list[Node] = []
        run: list[Child] = []
        for child in children:
            if isinstance(child, Node) and self.goes(child):
                continue
            if isinstance(child, str) or _runs_in_line(child):
                run.append(child)
                continue
            self.paragraphs(run, found)
            run = []
            self.anchor(child)
            self.block(child, found)
        self.paragraphs(run, found)
        return mended(found)

    def goes(self, node: Node) -> bool:
        """Whether an element is no part of an article."""
        if node.name in _NOTHING:
            return True
        what = _LEFT.get(node.name)
        if what is None and not _is_hidden(node):
            return False
        words = "" if node.name in ("script", "style") else text_of(node)
        if what in ("script", "style sheet") or words:
            self.left.append(Left(what or "hidden text", words_in(words), words[:60]))
        return True

    def anchor(self, node: Node) -> None:
        """Remember a name that a link in the article leads to, for the next block."""
        for name in (node.attributes.get("id"), node.attributes.get("name")):
            if name and name in self.wanted and name not in self.given:
                self.given.add(name)
                self.anchors.append(name)

    def named(self, node: Node) -> Node:
        """A block with the name that was remembered; other names for it lead to that one."""
        if self.anchors:
            first = node.attributes.setdefault("id", self.anchors[0])
            node.attributes = {"id": first, **node.attributes}
            self.names |= {name: first for name in self.anchors if name != first}
            self.anchors.clear()
        return node

    # Lines

    def paragraphs(self, run: Sequence[Child], found: list[Node]) -> None:
        for part in self.divided(run):
            children = self.line(part)
            for piece in _at_double_breaks(children):
                if has_content(piece):
                    found.append(self.named(Node("p", {}, piece)))

    def divided(self, run: Sequence[Child]) -> list[list[Child]]:
        """Where empty lines count, the runs between them, with breaks for line feeds."""
        if not self.lines:
            return [list(run)]
        parts: list[list[Child]] = [[]]
        for child in run:
            if not isinstance(child, str):
                parts[-1].append(child)
                continue
            for number, piece in enumerate(_BLANK_LINE.split(child)):
                if number:
                    parts.append([])
                for count, line in enumerate(piece.split("\n")):
                    parts[-1] += [Node("br"), line] if count else [line]
        return parts

    def line(self, children: Iterable[Child]) -> list[Child]:
        return line_of(self.without_what_goes(children))

    def without_what_goes(self, children: Iterable[Child]) -> list[Child]:
        found: list[Child] = []
        for child in children:
            if isinstance(child, str):
                found.append(child)
            elif not self.goes(child):
                self.anchor(child)
                if child.name in EMBEDDED and embedded(child) is None:
                    self.left.append(Left(f"{child.name} that shows nothing"))
                    continue
                inner = self.without_what_goes(child.children)
                found.append(Node(child.name, child.attributes, inner))
        return found

    # Blocks

    def block(self, node: Node, found: list[Node]) -> None:
        name = node.name
        if name in _HEADINGS:
            self.heading(node, found)
        elif name in _LISTS:
            found += self.list_(node)
        elif name == "blockquote":
            blocks = self.flow(node.children)
            if blocks:
                found.append(Node("blockquote", {}, list(blocks)))
        elif name == "pre":
            found += _preformatted(node)
        elif name == "hr":
            found.append(Node("hr"))
        elif name == "figure":
            found += figure(node, self)
        elif name == "table":
            found += table(node, self)
        elif name == "dl":
            found += self.definitions(node)
        elif name == "details":
            found += self.details(node)
        else:
            found += self.flow(node.children)

    def heading(self, node: Node, found: list[Node]) -> None:
        children = self.line(node.children)
        if len(children) == 1 and isinstance(children[0], Node) and children[0].name == "strong":
            children = children[0].children
        if not has_content(children):
            return
        name = node.name if text_of(Node("p", {}, children)) else "p"
        children = [" " if isinstance(c, Node) and c.name == "br" else c for c in children]
        found.append(self.named(Node(name, {}, line_of(children))))

    def list_(self, node: Node) -> list[Node]:
        name = "ul" if node.name == "menu" else node.name
        items: list[Child] = []
        for child in node.children:
            if isinstance(child, str):
                if child.strip():
                    items.append(Node("li", {}, self.line([child])))
            elif child.name in _LISTS and items:
                last = items[-1]
                if isinstance(last, Node):
                    last.children = _with_lists(last.children, self.list_(child))
            elif not self.goes(child):
                items += self.item(child)
        if not items:
            return []
        if all(isinstance(item, Node) and _is_headed(item) for item in items):
            return [block for item in items for block in _blocks_of(item)]
        keep = ("start", "reversed", "type") if name == "ol" else ()
        said = {n: node.attributes[n] for n in keep if n in node.attributes}
        if said.get("start") == "1":
            del said["start"]
        if said.get("type") == "1":
            del said["type"]
        return [Node(name, said, items)]

    def item(self, node: Node) -> list[Child]:
        self.anchor(node)
        blocks = self.flow(node.children)
        if not blocks:
            return []
        return [self.named(Node("li", *named_content_of(blocks)))]

    def definitions(self, node: Node) -> list[Node]:
        found: list[Child] = []
        for child in (n for n in node.below() if n.name in ("dt", "dd")):
            name, content = named_content_of(self.flow(child.children))
            if has_content(content):
                found.append(Node(child.name, name, content))
        return [Node("dl", {}, found)] if found else []

    def details(self, node: Node) -> list[Node]:
        summary = next(
            (n for n in node.children if isinstance(n, Node) and n.name == "summary"), None
        )
        rest = [n for n in node.children if n is not summary]
        blocks = self.flow(rest)
        said = self.line(summary.children) if summary is not None else []
        if not has_content(said):
            return blocks
        return [Node("details", {}, [Node("summary", {}, said), *blocks])]


def _with_lists(children: Sequence[Child], lists: Sequence[Node]) -> list[Child]:
    """What is in an item with lists after it, joined with those that it ends with."""
    own, last = list(children), list(lists)
    while own and isinstance(end := own[-1], Node) and end.name in _LISTS:
        last.insert(0, end)
        own.pop()
    return [*own, *mended(last)]


def _is_headed(item: Node) -> bool:
    """Whether an item is a section of its own: builders lay them out in lists."""
    first = item.children[0] if item.children else ""
    return isinstance(first, Node) and first.name in _HEADINGS


def _blocks_of(item: Child) -> list[Node]:
    return [n for n in item.children if isinstance(n, Node)] if isinstance(item, Node) else []


def _runs_in_line(node: Node) -> bool:
    """Whether an element is part of a line: inline, with nothing in it that begins a line."""
    if node.name in EMBEDDED or node.name in _NOTHING or node.name in _LEFT:
        return True
    if node.name not in INLINE and "-" not in node.name and node.name not in ODD:
        return False
    if node.name == "a":  # a card: what is in it is one link
        return not any(n.name in ("table", "ul", "ol") for n in node.below())
    return all(_runs_in_line(n) for n in node.children if isinstance(n, Node))


def _is_hidden(node: Node) -> bool:
    said = node.attributes
    if said.get("aria-hidden") == "true" and node.name not in ("img", "figure"):
        return not any(n.name == "img" for n in node.below())
    return is_hidden(node)


def _at_double_breaks(children: Sequence[Child]) -> list[list[Child]]:
    """A paragraph divided where two breaks follow each other, and where its lines are items."""
    lines = lines_of(children)
    items = sum(_looks_like_item(line) for line in lines)
    found: list[list[Child]] = [[]]
    for number, line in enumerate(lines):
        if not has_content(line):
            found.append([])
            continue
        apart = items > 1 and (_looks_like_item(line) or _looks_like_item(lines[number - 1]))
        if number and apart:
            found.append([])
        if found[-1]:
            found[-1].append(Node("br"))
        found[-1] += line
    return [line_of(part) for part in found]


def _looks_like_item(line: Sequence[Child]) -> bool:
    first = line[0] if line else ""
    return isinstance(first, str) and bool(re.match(r"\s*(?:[•‣▪◦●]|[–-]\s|\d{1,2}[.)]\s)", first))


def _preformatted(node: Node) -> list[Node]:
    pieces: list[str] = []

    def collect(parent: Node) -> None:
        for child in parent.children:
            if isinstance(child, str):
                pieces.append(child)
            elif child.name == "br":
                pieces.append("\n")
            else:
                collect(child)

    collect(node)
    text = "".join(pieces).strip("\n")
    return [Node("pre", {}, [Node("code", {}, [f"{text}\n"])])] if text.strip() else []


def _without_loose_rules(blocks: Sequence[Node]) -> list[Node]:
    """Without lines across that divide nothing."""
    found: list[Node] = []
    for block in blocks:
        if block.name == "hr" and (not found or found[-1].name == "hr"):
            continue
        found.append(block)
    while found and found[-1].name == "hr":
        found.pop()
    return found
