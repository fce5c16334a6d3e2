"""A page and all that it shows in one file, as browsers save it: its pictures and frames.

A frame of the page's own site is part of the page and comes into its place; one from elsewhere (a
player, a map) becomes a link, as it does in every page.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

from ..errors import ImportingError
from .document import Document
from .images import candidates, is_unseen
from .nodes import parse_page
from .page import LARGEST, document_in, text_in

if TYPE_CHECKING:
    from lxml.html import HtmlElement

MOST = 5_000
"""Files in one archive."""

_DEEPEST = 3
_SOURCES = ("src", "data-src", "data-image", "data-orig-file", "data-lazy-src", "data-original")
_SETS = ("srcset", "data-srcset")


@dataclass(frozen=True, slots=True)
class Resource:
    """One file of an archive: where it was published, what it is, and its bytes.

    Attributes:
        charset: The encoding of its text, where the archive states it.
    """

    address: str
    kind: str
    data: bytes
    charset: str = ""

    @property
    def is_page(self) -> bool:
        """Whether it is HTML."""
        return self.kind in ("text/html", "application/xhtml+xml")


@dataclass(frozen=True, slots=True)
class Archive:
    """The page of an archive, and its files by the addresses that pages have for them."""

    path: Path
    page: Resource
    files: Mapping[str, Resource] = field(default_factory=dict)

    def find(self, address: str, base: str) -> Resource | None:
        """The file of an address in a page that is at ``base``."""
        return self.files.get(joined(base, address)) or self.files.get(address)


def document_of(archive: Archive) -> Document:
    """The article of an archive, with the pictures that it shows.

    Raises:
        ImportingError: Its page is no text, too large, or nested beyond measure.
    """
    html, tree = _read(archive, archive.page)
    pictures = dict(_within(tree, archive, archive.page, 0))
    address = archive.page.address
    document = document_in(tree, html, archive.path, saved_from=address if _host(address) else "")
    image = archive.find(document.image, address) if document.image else None
    if image is not None:
        pictures.setdefault(document.image, image.data)
    return replace(document, files=pictures)


def joined(base: str, address: str) -> str:
    """An address as a whole one, without the part of a page; as it is where that makes no sense."""
    try:
        return urljoin(base, address.strip()).partition("#")[0]
    except ValueError:
        return address


def _read(archive: Archive, page: Resource) -> tuple[str, HtmlElement]:
    data = page.data
    if len(data) > LARGEST:
        raise ImportingError(
            f"its page is larger than {LARGEST >> 20} MB",
            path=archive.path,
            hint="Nothing was read of it. Save a part of it.",
        )
    charset = "cp1252" if page.charset.lower() in ("iso-8859-1", "us-ascii") else page.charset
    if charset:
        try:
            data = "\ufeff".encode() + data.decode(charset).encode()
        except (LookupError, UnicodeError):
            data = page.data  # what the page says of itself is tried next
    html = text_in(data, archive.path)
    return html, parse_page(html, path=archive.path)


def _within(
    tree: HtmlElement, archive: Archive, page: Resource, depth: int
) -> Iterator[tuple[str, bytes]]:
    """The pictures of a page by their addresses; puts its frames into their places."""
    base = page.address
    said = tree.find(".//base")
    if said is not None and said.get("href"):
        base = joined(base, said.get("href"))
    for image in tree.iter("img"):
        found = _picture(image, archive, base)
        if found is None and _host(joined(base, image.get("src") or "")):
            image.set("src", joined(base, image.get("src") or ""))
        elif found is not None:
            name = found.address or image.get("src") or "picture"
            for attribute in (*_SOURCES, *_SETS):
                image.attrib.pop(attribute, None)
            image.set("src", name)
            yield name, found.data
    for frame in list(tree.iter("iframe", "frame")):
        found = archive.find(frame.get("src") or "", base)
        if found is None or not found.is_page:
            continue
        if _host(found.address) not in ("", _host(archive.page.address)):
            frame.set("src", found.address)
        elif depth < _DEEPEST and not is_unseen(frame.attrib):
            _, inner = _read(archive, found)
            yield from _within(inner, archive, found, depth + 1)
            _replace(frame, inner)


def _picture(image: HtmlElement, archive: Archive, base: str) -> Resource | None:
    """The largest of the files that an image may show."""
    addresses = [image.get(name) or "" for name in _SOURCES]
    parent = image.getparent()
    holders = [image, *(parent.iter("source") if parent is not None else ())]
    for holder in holders:
        addresses += [one for name in _SETS for one in candidates(holder.get(name) or "")]
    found = [archive.find(one, base) for one in addresses if one and not one.startswith("data:")]
    shown = [one for one in found if one is not None and not one.is_page]
    return max(shown, key=lambda one: len(one.data), default=None)


def _replace(frame: HtmlElement, inner: HtmlElement) -> None:
    """Put what is in a frame's page where the frame was."""
    body = inner.find("body")
    body.tag = "div"
    body.attrib.clear()
    body.tail = frame.tail
    parent = frame.getparent()
    if parent.tag == "frameset":
        parent.tag = "body"
    parent.replace(frame, body)


def _host(address: str) -> str:
    try:
        parts = urlsplit(address)
    except ValueError:
        return ""
    return (parts.hostname or "").removeprefix("www.") if parts.scheme in ("http", "https") else ""
