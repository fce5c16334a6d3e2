"""Comparing: what readers read on a page before and after, line by line and word by word."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from lxml import html as lxml_html

from pipeline.memory import difference

_BLOCKS = frozenset(
    "address article aside blockquote body caption dd details div dl dt fieldset figcaption figure"
    " footer form h1 h2 h3 h4 h5 h6 header hr li main nav ol p pre section summary table tbody td"
    " tfoot th thead tr ul br".split()
)
_SILENT = frozenset(("script", "style", "template", "noscript", "svg"))
_SPOKEN = ("alt", "title", "aria-label", "placeholder")
_AROUND = 2
"""Lines that are shown around what changed."""

Piece = tuple[str, str]
"""``same``, ``gone`` or ``new``, and words."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a page's text, and what became of it: ``same``, ``gone``, ``new`` or ``changed``;
    ``skipped`` stands for so many lines that are as they were."""

    kind: str
    pieces: tuple[Piece, ...] = ()
    skipped: int = 0


def lines_of(html: str) -> list[str]:
    """What a page says: its title and description, and a line for each block of its text."""
    if not html.strip():
        return []
    root = lxml_html.document_fromstring(html)
    described = [str(one) for one in root.xpath("//meta[@name='description']/@content")]
    named = [("title", root.findtext(".//title") or ""), *(("description", d) for d in described)]
    found = [f"{name}: {value.strip()}" for name, value in named if value.strip()]
    body = root.find("body")
    if body is not None:
        pieces = "".join(_texts(body)).split("\n")
        found += [line for piece in pieces if (line := re.sub(r"\s+", " ", piece).strip())]
    return found


def compared(before: str, after: str) -> list[Line]:
    """How two pages differ in what they say; what is the same is left out but for a few lines."""
    old, new = lines_of(before), lines_of(after)
    found: list[Line] = []
    matcher = difflib.SequenceMatcher(None, old, new, autojunk=False)
    for kind, a, b, c, d in matcher.get_opcodes():
        if kind == "equal":
            found += [Line("same", (("same", line),)) for line in new[c:d]]
        else:
            found += _replaced(old[a:b], new[c:d])
    return list(_folded(found))


def _texts(element: lxml_html.HtmlElement) -> Iterator[str]:
    """The text of an element, with a line for each block; in brackets what is only said."""
    if not isinstance(element.tag, str) or element.tag in _SILENT:
        return
    edge = "\n" if element.tag in _BLOCKS else ""
    yield edge
    for name in _SPOKEN:
        if value := element.get(name, "").strip():
            yield f" [{value}] "
    yield re.sub(r"\s+", " ", element.text or "")
    for child in element:
        yield from _texts(child)
        yield re.sub(r"\s+", " ", child.tail or "")
    yield edge


def _replaced(old: Sequence[str], new: Sequence[str]) -> Iterator[Line]:
    """Lines for others: those that are alike, word by word."""
    rest = list(old)
    for line in new:
        close = difflib.get_close_matches(line, rest, 1, 0.5)
        if not close:
            yield Line("new", (("new", line),))
            continue
        place = rest.index(close[0])
        yield from (Line("gone", (("gone", one),)) for one in rest[:place])
        del rest[: place + 1]
        yield Line("changed", tuple(difference(close[0], line)))
    yield from (Line("gone", (("gone", one),)) for one in rest)


def _folded(lines: Sequence[Line]) -> Iterator[Line]:
    """Without what is far from anything that changed."""
    shown = {
        near
        for place, line in enumerate(lines)
        if line.kind != "same"
        for near in range(place - _AROUND, place + _AROUND + 1)
    }
    skipped = 0
    for place, line in enumerate(lines):
        if place not in shown:
            skipped += 1
            continue
        if skipped:
            yield Line("skipped", skipped=skipped)
            skipped = 0
        yield line
    if skipped:
        yield Line("skipped", skipped=skipped)
