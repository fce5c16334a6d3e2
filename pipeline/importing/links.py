"""Links of imported articles: to files where they lead to one another, as the site needs them."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import parse_qsl, quote, unquote, urljoin, urlsplit

from .anchors import TOP, fragment_of
from .document import Document
from .nodes import Child, Node

_WORDPRESS = frozenset(("p", "page_id"))

Change = Callable[[Node], "list[Child] | None"]


@dataclass(slots=True)
class Addresses:
    """Which article each address was, by where it was published and by the file it came from."""

    published: dict[str, str] = field(default_factory=dict)
    saved: dict[Path, str] = field(default_factory=dict)

    def add(self, document: Document, id_: str, *, is_alone: bool) -> None:
        """Remember where an article was; ``is_alone`` says that its file holds nothing else."""
        if document.address:
            self.published.setdefault(_key(document.address), id_)
        if is_alone:
            self.saved[document.path.resolve()] = id_

    def find(self, document: Document, href: str) -> tuple[str | None, str]:
        """The id of the article that a link leads to, if it is one, and its whole address.

        The address is empty where nobody knows what it is relative to.
        """
        parts = urlsplit(href)
        if not parts.scheme and not parts.netloc and parts.path and not parts.path.startswith("/"):
            saved = (document.path.parent / unquote(parts.path)).resolve()
            if saved in self.saved:
                return self.saved[saved], href
        whole = urljoin(document.address, href)
        if urlsplit(whole).scheme not in ("http", "https"):
            return None, ""
        return self.published.get(_key(whole)), whole


def _key(address: str) -> str:
    """What two addresses of one page have in common."""
    parts = urlsplit(address)
    host = (parts.hostname or "").removeprefix("www.")
    path = unquote(parts.path).rstrip("/")
    for index in ("/index.html", "/index.htm", "/index.php"):
        path = path.removesuffix(index)
    numbers = [f"{name}={value}" for name, value in parse_qsl(parts.query) if name in _WORDPRESS]
    return f"{host}{path}?{'&'.join(numbers)}"


def link_between(one: str, other: str, fragment: str = "") -> str:
    """The link from one file below the sources to another."""
    path = posixpath.relpath(other, posixpath.dirname(one) or ".")
    return f"{path}#{fragment}" if fragment else path


def changed(children: Iterable[Child], change: Change) -> list[Child]:
    """Nodes in which some were put in the place of others; None keeps a node and goes on below."""
    found: list[Child] = []
    for child in children:
        instead: list[Child] | None
        instead = [child] if isinstance(child, str) else change(child)
        if instead is None and isinstance(child, Node):
            instead = [Node(child.name, child.attributes, changed(child.children, change))]
        for piece in instead or ():
            last = found[-1] if found else None
            if isinstance(piece, str) and isinstance(last, str):
                found[-1] = last + piece  # a text is one text, also where a link was
            else:
                found.append(piece)
    return found


@dataclass(slots=True)
class Linking:
    """The links of one article being rewritten.

    Attributes:
        names: The file below the sources of each article, by its id.
        places: For each article, what the names of its places are now; empty for its beginning.
        lost: Links of which only the text is kept: nobody knows where they lead.
        displaced: Links to an article that lack the place in it which they led to.
    """

    document: Document
    id: str
    addresses: Addresses
    names: Mapping[str, str]
    places: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    lost: list[str] = field(default_factory=list)
    displaced: list[str] = field(default_factory=list)

    def change(self, node: Node) -> list[Child] | None:
        """What stands for a link afterwards; None for what is none."""
        if node.name != "a":
            return None
        inner = changed(node.children, self.change)
        href = self.resolved(node.attributes["href"].strip())
        if href is None:
            return inner
        return [Node("a", {**node.attributes, "href": href}, inner)]

    def target(self, href: str) -> tuple[str | None, str, str]:
        """The id of the article that a link leads to, the place in it, and its whole address."""
        parts = urlsplit(href)
        if parts.scheme in ("mailto", "tel", "sms"):
            return None, "", href
        place = fragment_of(parts.fragment)
        if href.startswith("#"):
            return self.id, place, href
        target, whole = self.addresses.find(self.document, href)
        return target, place, whole

    def resolved(self, href: str) -> str | None:
        """The address that a link has in the article; None where it leads nowhere."""
        target, place, whole = self.target(href)
        if target is None:
            if not whole:
                self.lost.append(href)
            return whole or None
        now = self.places.get(target, {}).get(place)
        missing = now is None and place not in TOP
        if target == self.id:
            if missing:
                self.lost.append(href)
            return f"#{quote(now)}" if now else None
        if missing:
            self.displaced.append(href)
        return link_between(self.names[self.id], self.names[target], quote(now or ""))
