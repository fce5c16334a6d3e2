"""Anchors: the names of places in articles, which links lead to."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from html import unescape
from urllib.parse import unquote

from .nodes import Child, Node

_FRAGMENT = re.compile(r"""\bhref\s*=\s*["']?[^"'\s>#]{0,1000}#([^"'\s>]+)""", re.IGNORECASE)

TOP = frozenset(("", "top"))
"""What leads to the beginning of a page, whatever names it has (HTML \u00a77.4.6.4)."""


def fragment_of(said: str) -> str:
    """The name that the fragment of an address leads to, without what only browsers read of it."""
    return unquote(said.partition(":~:")[0])


def fragments_in(html: str) -> Iterator[str]:
    """The names of places that links in some HTML lead to, in whatever page."""
    return (fragment_of(unescape(said)) for said in _FRAGMENT.findall(html))


def names_in(blocks: Iterable[Node]) -> list[str]:
    """The names of places in blocks, in their order."""
    return [node.attributes["id"] for node in _all(blocks) if "id" in node.attributes]


def keep_names(blocks: Iterable[Node], names: Collection[str]) -> None:
    """Take away the names that no link leads to: an article has them for nothing else."""
    for node in _all(blocks):
        if node.attributes.get("id", "") not in names:
            node.attributes = {key: said for key, said in node.attributes.items() if key != "id"}


def rename(blocks: Iterable[Node], names: Mapping[str, str]) -> None:
    """Give places other names."""
    for node in _all(blocks):
        if node.attributes.get("id") in names:
            node.attributes = {**node.attributes, "id": names[node.attributes["id"]]}


def links_in(blocks: Iterable[Node]) -> Iterator[str]:
    """The addresses of links."""
    return (node.attributes["href"] for node in _all(blocks) if node.name == "a")


def _all(children: Iterable[Child]) -> Iterator[Node]:
    for child in children:
        if isinstance(child, Node):
            yield child
            yield from child.below()
