"""From an article's HTML to its skeleton: what stays, and what goes to translators.

A segment is one block-level run of text, or one attribute that readers read. Codes at its edges and
pairs that wrap it whole stay in the skeleton, so that a translator sees text and only the markup
that matters inside it (the grouping of W3C ITS 2.0 §8.8, "Elements Within Text").
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from pathlib import Path

from ..errors import MarkupError
from . import tokens
from .inline import Inline, joined
from .rules import (
    KIND_NOTES,
    PLAIN,
    PRESERVED,
    RAW_TEXT,
    URL_ATTRIBUTES,
    is_text_attribute,
)
from .run import TRANSLATABLE, Item, Run, is_translatable, texts_in, wraps
from .scan import WHITE, Attribute, BrokenMarkup, Kind
from .skeleton import Link, PageLanguage, Part, Place, Segment, Skeleton, Slot
from .text import of_attribute, of_element
from .tokens import Shape
from .tree import Node, build

_NOT_RELATIVE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:|//|#|$")
_AUTHOR_NOTE = re.compile(r"<!--\s*l10n( context)?:\s*(.*?)\s*-->", re.DOTALL)


def parse(
    html: str,
    *,
    path: Path | None = None,
    first_line: int = 1,
    lines: Sequence[int] | None = None,
    root: Node | None = None,
) -> Skeleton:
    """The skeleton of a whole page or a fragment.

    Args:
        html: The markup, with ``\\n`` at line ends.
        path: The source file, for errors.
        first_line: The line of the source file that ``html`` begins in.
        lines: The source line of each line of ``html``, where they do not simply count up.
        root: The element of ``html`` whose content is wanted, if that is not all of it.

    Raises:
        MarkupError: Markup that does not nest or end.
    """
    position = _Lines(html, first_line, lines)
    try:
        return Parsing(html, position).skeleton(root or build(html))
    except BrokenMarkup as broken:
        raise MarkupError(
            broken.message, path=path, line=position.of(broken.offset), hint=broken.hint
        ) from None


class _Lines:
    """Which line of the source file an offset stands in."""

    def __init__(self, html: str, first: int, lines: Sequence[int] | None) -> None:
        self._starts = [match.end() for match in re.finditer("\n", html)]
        self._first = first
        self._lines = lines

    def of(self, offset: int) -> int:
        line = bisect_right(self._starts, offset)
        if self._lines:
            return self._lines[min(line, len(self._lines) - 1)]
        return self._first + line


class Parsing:
    """One article being parsed."""

    def __init__(self, html: str, lines: _Lines) -> None:
        self.html = html
        self.lines = lines
        self.segments: list[Segment] = []
        self.slots: list[Slot] = []
        self.author_notes: list[str] = []
        self.author_context: str | None = None

    def skeleton(self, root: Node) -> Skeleton:
        parts: list[Part] = []
        self.flow(root, parts, preserve=False)
        return Skeleton(joined(parts), tuple(self.segments), tuple(self.slots))

    # Blocks

    def flow(self, parent: Node, parts: list[Part], *, preserve: bool) -> None:
        """The content of a block: runs of text, and further blocks between them."""
        run: list[Node] = []
        for node in parent.children:
            if node.kind is Kind.COMMENT and self.author_note(node):
                continue
            if node.blocky or node.name in RAW_TEXT:
                self.run(run, parent, parts, preserve=preserve)
                run = []
                self.block(node, parts, preserve=preserve)
            else:
                run.append(node)
        self.run(run, parent, parts, preserve=preserve)

    def block(self, node: Node, parts: list[Part], *, preserve: bool) -> None:
        if node.kind is Kind.OTHER or _is_closed_to_translators(node):
            self.literal(node, parts)
            return
        self.start_tag(node, parts)
        self.flow(node, parts, preserve=preserve or node.name in PRESERVED)
        parts.append(self.html[node.inner_end : node.end])

    def literal(self, node: Node, parts: list[Part]) -> None:
        """A node as it is, but for its addresses."""
        if node.kind is not Kind.START:
            parts.append(self.html[node.start : node.end])
            return
        self.start_tag(node, parts, text=False)
        for child in node.children:
            self.literal(child, parts)
        parts.append(self.html[node.inner_end : node.end])

    def author_note(self, node: Node) -> bool:
        """Takes ``<!-- l10n: … -->`` out of the page and keeps it for the next segment."""
        match = _AUTHOR_NOTE.fullmatch(self.html, node.start, node.end)
        if match is None:
            return False
        if match[1]:
            self.author_context = of_element(match[2]) or None
        else:
            self.author_notes.append(of_element(match[2]))
        return True

    # Runs of text

    def run(self, nodes: list[Node], parent: Node, parts: list[Part], *, preserve: bool) -> None:
        if not nodes:
            return
        asides = [node for node in nodes if node.kind is Kind.COMMENT]
        items = [item for item in Run(nodes).items if item[0] != "aside" or item[1] not in asides]
        for node in asides:
            parts.append(self.html[node.start : node.end])
        first, last, before, after = self.edges(items)
        for item in before:
            self.edge(item, parts)
        core = items[first:last]
        if is_translatable(self.html, core):
            self.segment(core, parent, parts, preserve=preserve)
        else:
            for item in core:
                self.edge(item, parts)
        for item in after:
            self.edge(item, parts)

    def edges(self, items: list[Item]) -> tuple[int, int, list[Item], list[Item]]:
        """Where the text itself begins and ends, and the items before and after it."""
        first, last = 0, len(items)
        moved = True
        while moved and first < last:
            moved = False
            while first < last and self.is_code(items[first]):
                first += 1
                moved = True
            while first < last and self.is_code(items[last - 1]):
                last -= 1
                moved = True
            if last - first > 1 and wraps(items[first], items[last - 1]):
                first += 1
                last -= 1
                moved = True
        return first, last, items[:first], items[last:]

    def is_code(self, item: Item) -> bool:
        kind, node = item
        if kind == "text":
            return not self.html[node.start : node.end].strip(WHITE)
        if kind == "protected":
            return not TRANSLATABLE.search("".join(texts_in(self.html, node)))
        return kind in ("single", "aside")

    def edge(self, item: Item, parts: list[Part]) -> None:
        """An item that stays in the skeleton."""
        kind, node = item
        if kind == "open":
            self.start_tag(node, parts)
        elif kind == "close":
            parts.append(self.html[node.inner_end : node.end])
        elif kind == "protected":
            self.literal(node, parts)
        elif kind == "single":
            self.atom(node, parts)
        else:
            parts.append(self.html[node.start : node.end])

    def atom(self, node: Node, parts: list[Part]) -> None:
        """An element that is one token: what it holds may have segments of its own."""
        if _is_closed_to_translators(node):
            self.literal(node, parts)
            return
        self.start_tag(node, parts)
        self.flow(node, parts, preserve=node.name in PRESERVED)
        parts.append(self.html[node.inner_end : node.end])

    def segment(
        self, items: list[Item], parent: Node, parts: list[Part], *, preserve: bool
    ) -> None:
        number = self.reserve()
        inline = Inline(self, preserve=preserve)
        for item in items:
            inline.add(item)
        text = inline.text
        core = text.strip(WHITE)
        start = items[0][1].start
        lead = len(text) - len(text.lstrip(WHITE))
        parts.append(text[:lead])
        parts.append(number)
        parts.append(text[lead + len(core) :])
        notes = self.notes_for(parent) + inline.notes
        self.segments[number] = Segment(
            core,
            self.take_context(),
            (*self.take_notes(), *notes),
            self.lines.of(start),
            tuple(inline.tokens),
        )
        self.slots[number] = Slot(
            Place(plain=parent.name in PLAIN or _in_svg(parent)),
            inline.markup,
            frozenset(t.name for t in inline.tokens if t.shape is Shape.PROTECTED),
        )

    def reserve(self) -> int:
        """A number for a segment whose own texts are to come after it."""
        self.segments.append(Segment(""))
        self.slots.append(Slot())
        return len(self.segments) - 1

    def take_notes(self) -> tuple[str, ...]:
        notes, self.author_notes = tuple(self.author_notes), []
        return notes

    def take_context(self) -> str | None:
        context, self.author_context = self.author_context, None
        return context

    def notes_for(self, parent: Node) -> tuple[str, ...]:
        note = KIND_NOTES.get(parent.name)
        return (note,) if note else ()

    # Tags

    def start_tag(
        self, node: Node, parts: list[Part], *, text: bool = True, label: str = ""
    ) -> None:
        """A start tag with slots for its texts and addresses."""
        if not node.attributes and node.name != "html":
            parts.append(self.html[node.start : node.inner_start])
            return
        values = {attribute.name: of_attribute(attribute.value) for attribute in node.attributes}
        text = text and values.get("translate") != "no"
        position = node.start
        if node.name == "html":
            position = self.page_language(node, values, parts)
        for attribute in node.attributes:
            slot = self.attribute_slot(node, attribute, values, text=text, label=label)
            if slot is None:
                continue
            parts.append(self.html[position : attribute.start])
            parts.extend(slot)
            position = attribute.end
        parts.append(self.html[position : node.inner_start])

    def page_language(self, node: Node, values: dict[str, str], parts: list[Part]) -> int:
        """``<html>`` says its language anew; the other attributes follow."""
        name_end = node.start + len("<html")
        parts.append(self.html[node.start : name_end])
        parts.append(PageLanguage(xml="xml:lang" in values, direction="dir" in values))
        return name_end

    def attribute_slot(
        self, node: Node, attribute: Attribute, values: dict[str, str], *, text: bool, label: str
    ) -> list[Part] | None:
        name, value = attribute.name, values[attribute.name]
        if node.name == "html" and name in ("lang", "xml:lang", "dir"):
            return []
        if node.name == "meta" and name in ("charset", "content"):
            unified = _in_utf8(name, value)
            if unified is not None:
                return [f'{name}="{unified}"']
        if text and TRANSLATABLE.search(value) and is_text_attribute(node.name, name, values):
            return [f'{name}="', self.attribute_text(node, attribute, value, label=label), '"']
        if name in URL_ATTRIBUTES and not _NOT_RELATIVE.match(value.strip(WHITE)):
            return [Link(node.name, name, value.strip(WHITE), marked="hreflang" in values)]
        return None

    def attribute_text(self, node: Node, attribute: Attribute, value: str, *, label: str) -> int:
        number = self.reserve()
        where = f"<{label}/>" if label else f"<{node.name}>"
        if node.name == "img" and not label:
            where = of_attribute(node.attribute("src") or "") or where
        kind = {"alt": "alt text", "content": "summary"}.get(attribute.name, attribute.name)
        if node.name == "meta":
            kind, where = "metadata", node.attribute("name") or node.attribute("property") or ""
        note = f"{kind} of {where}"
        self.segments[number] = Segment(
            tokens.escape(value.strip(WHITE)),
            None,
            (note,),
            self.lines.of(attribute.start),
        )
        self.slots[number] = Slot(Place(attribute=True))
        return number


def _is_closed_to_translators(node: Node) -> bool:
    return node.name in RAW_TEXT or node.attribute("translate") == "no"


def _in_svg(node: Node) -> bool:
    return node.name in ("desc", "text", "tspan", "textpath", "metadata")


def _in_utf8(name: str, value: str) -> str | None:
    """What a declaration of another encoding says once the page is written as UTF-8."""
    if name == "charset":
        return None if value.lower() in ("utf-8", "utf8") else "utf-8"
    match = re.fullmatch(r"text/html;\s*charset=(.*)", value, re.IGNORECASE)
    if match is None or match[1].lower() in ("utf-8", "utf8"):
        return None
    return "text/html; charset=utf-8"
