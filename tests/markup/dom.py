"""What html5lib makes of a page: elements, attributes and text, as lists that can be compared."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import html5lib

Fact = tuple[Any, ...]
_AS_IT_IS = frozenset(("pre", "textarea", "script", "style"))


def facts(html: str, *, fragment: bool = False) -> list[Fact]:
    """Every start tag with its attributes, every text, every end tag, in the order of the page.

    White space is folded as a browser folds it, outside of elements in which it counts.
    """
    read = html5lib.parseFragment if fragment else html5lib.parse
    return list(_facts(read(html, treebuilder="etree", namespaceHTMLElements=False), raw=False))


def elements(html: str) -> list[Fact]:
    """Name and attributes of every element of a fragment."""
    return [fact for fact in facts(html, fragment=True) if fact[0] == "start"]


def _facts(element: Any, *, raw: bool) -> Iterator[Fact]:
    if not isinstance(element.tag, str):
        yield ("comment",)
        return
    raw = raw or element.tag in _AS_IT_IS
    yield ("start", element.tag, tuple(sorted(element.attrib.items())))
    yield from _text(element.text, raw=raw)
    for child in element:
        yield from _facts(child, raw=raw)
        yield from _text(child.tail, raw=raw)
    yield ("end", element.tag)


def _text(text: str | None, *, raw: bool) -> Iterator[Fact]:
    folded = text or "" if raw else re.sub("[ \t\n\r\f]+", " ", text or "")
    if folded:
        yield ("text", folded)
