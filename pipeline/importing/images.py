"""Pictures and players in pages: which address is the picture's own, and what a player shows."""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import unescape
from urllib.parse import unquote, urlsplit

from .nodes import Node

_SAFE = frozenset(("", "http", "https", "mailto", "tel", "sms"))

EMBEDDED = {"iframe": "src", "embed": "src", "video": "src", "audio": "src", "object": "data"}
"""Elements that show something from elsewhere, and the attribute that says from where."""

_SOURCES = ("data-orig-file", "data-src", "data-image", "data-lazy-src", "data-original", "src")
_PLACEHOLDER = re.compile(r"data:image/(?:gif|svg\+xml)|about:blank", re.IGNORECASE)


_PLAYERS = (
    (
        re.compile(r"https?://(?:www\.)?youtube(?:-nocookie)?\.com/embed/([\w-]+)"),
        "https://www.youtube.com/watch?v=",
    ),
    (re.compile(r"https?://player\.vimeo\.com/video/(\d+)"), "https://vimeo.com/"),
)
_PLAYER_TITLE = re.compile(r"\s*(?:youtube|vimeo)?\s*video(?: player)?\s*$", re.IGNORECASE)
_KEPT_PLAYER = re.compile(r"""<iframe\b[^<>]*\bsrc=["']([^"'<>]+)["'][^<>]*>""", re.IGNORECASE)
_TITLE = re.compile(r"""\btitle=["']([^"']*)["']""")
_FILE_NAME = re.compile(r"[\w().%+~ -]+\.(?:jpe?g|png|gif|webp|avif|svg|heic|tiff?)", re.IGNORECASE)


def is_safe(address: str) -> bool:
    """Whether a link may lead there: pages, mail and telephone, and no script."""
    try:
        scheme = urlsplit(re.sub(r"[\0-\x20]", "", address)).scheme.lower()
    except ValueError:
        return False
    return scheme in _SAFE


def is_unseen(said: Mapping[str, str]) -> bool:
    """Whether attributes say that nobody is to see an element: it only counts visits."""
    style = said.get("style", "").replace(" ", "").lower()
    sizes = {said.get(name, "").removesuffix("px") for name in ("width", "height")}
    return bool(sizes & {"0", "1"}) or "display:none" in style or "visibility:hidden" in style


def image_of(node: Node) -> Node | None:
    """The picture of an ``img``; None for one that only counts visits, or has no address."""
    said = node.attributes
    if is_unseen(said):
        return None
    address = next(
        (said[name] for name in _SOURCES if said.get(name) and not _PLACEHOLDER.match(said[name])),
        next(iter(candidates(said.get("srcset", "") or said.get("data-srcset", ""))), ""),
    )
    if not address and said.get("src", "").startswith("data:image/"):
        address = said["src"]
    if not address:
        return None
    # What a browser saved beside the page is nearer than where the builder has it.
    if said.get("src") and not urlsplit(said["src"]).scheme and urlsplit(address).scheme:
        address = said["src"]
    alt = " ".join(said.get("alt", "").split())
    if _FILE_NAME.fullmatch(alt):  # Squarespace's and WordPress's, where nobody wrote one
        alt = ""
    attributes = {"src": address.strip(), "alt": alt}
    if said.get("title", "").strip() and said["title"].strip() != attributes["alt"]:
        attributes["title"] = " ".join(said["title"].split())
    return Node("img", attributes)


def candidates(srcset: str) -> list[str]:
    """The addresses of a ``srcset``, the widest picture first."""
    found = []
    for one in re.split(r",\s+", srcset.strip()):
        address, _, width = one.strip().partition(" ")
        number = re.match(r"[\d.]+", width)
        if address:
            found.append((float(number[0]) if number else 1.0, address))
    return [address for _, address in sorted(found, key=lambda one: -one[0])]


def embedded(node: Node) -> Node | None:
    """A link to what an element shows from elsewhere; None if it shows nothing."""
    if is_unseen(node.attributes):
        return None
    address = node.attributes.get(EMBEDDED[node.name], "") or node.attributes.get("data-src", "")
    if not address:
        inner = (n.attributes.get("src", "") for n in node.below() if n.name in ("source", "embed"))
        address = next(inner, "")
    address = f"https:{address}" if address.startswith("//") else address
    if not address or not is_safe(address):
        return None
    title = node.attributes.get("title") or node.attributes.get("aria-label") or ""
    if not title.strip() or _PLAYER_TITLE.match(title):
        title = _name_of(address)
    return Node("a", {"href": _page_of(address)}, [" ".join(title.split())])


def _page_of(address: str) -> str:
    """The page of a film: what only shows it in another page is no page to read."""
    for pattern, page in _PLAYERS:
        match = pattern.match(address)
        if match:
            return page + match[1]
    return address


def _name_of(address: str) -> str:
    """What to call what has no title: the name of a file, or where it is."""
    parts = urlsplit(_page_of(address))
    name = unquote(parts.path).rpartition("/")[2]
    host = (parts.hostname or "").removeprefix("www.")
    return name if "." in name else host or address


def with_players(root: Node) -> None:
    """Put players where a page keeps them in an attribute until a script wants them."""
    for node in [root, *root.below()]:
        match = _KEPT_PLAYER.search(node.attributes.get("data-html", ""))
        if match:
            title = _TITLE.search(match[0])
            said = {"src": unescape(match[1]), "title": unescape(title[1]) if title else ""}
            node.children = [*node.children, Node("iframe", said)]


def without_doubles(root: Node) -> None:
    """Take out the pictures that are there once more for browsers without scripts."""
    for node in [root, *root.below()]:
        spare = [c for c in node.children if isinstance(c, Node) and c.name == "noscript"]
        if not spare:
            continue
        for one in spare:
            beside = any(
                image_of(n) is not None
                for c in node.children
                if isinstance(c, Node) and c is not one
                for n in (c, *c.below())
                if n.name == "img"
            )
            index = next(i for i, c in enumerate(node.children) if c is one)
            node.children[index : index + 1] = [] if beside else one.children
