"""A feed file, RSS 2.0 or Atom: its entries, with what they hold of each article."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from email.utils import parsedate_to_datetime
from html import escape, unescape
from pathlib import Path
from urllib.parse import urljoin
from xml.etree.ElementTree import Element, tostring

from ...errors import ImportingError
from ..document import Document
from ..head import slug_of
from ..xml import Item, items
from .registry import importable

_ATOM = "{http://www.w3.org/2005/Atom}"
_DC = "{http://purl.org/dc/elements/1.1/}"
_CONTENT = "{http://purl.org/rss/1.0/modules/content/}encoded"
_MEDIA = "{http://search.yahoo.com/mrss/}"
_XML = "{http://www.w3.org/XML/1998/namespace}"
_SIGNATURE = re.compile(
    r"""<p>[^<]*<a\b[^<>]*\bhref="([^"<>]*)"[^<>]*>[^<]*</a>[^<]*<a\b[^<>]*>[^<]*</a>[^<]*</p>\s*"""
)
_BLOCK = re.compile(r"<(?:p|h[1-6]|ul|ol|figure|blockquote)\b")
_CUT = re.compile(r"(?:\u2026|\.\.\.|\[\u2026\]|\[\.\.\.\])$")
_SUMMARY = "the feed has only a summary of it"


def _is_feed(head: bytes) -> bool:
    """Whether it is RSS or Atom for readers; a WordPress export is RSS, but for WordPress."""
    if b"wordpress.org/export/" in head:
        return False
    return re.search(rb"<(?:\w+:)?(?:rss|feed)[\s>]", head) is not None


@importable("RSS or Atom feed", ".xml", ".rss", ".atom", recognises=_is_feed)
def read_feed(path: Path) -> Iterator[Document]:
    """The entries of a feed.

    Raises:
        ImportingError: It is no well-formed XML, means harm, or has no entries.
    """
    count = 0
    for item in items(path, {"item", f"{_ATOM}entry"}):
        count += 1
        yield _atom(path, item) if item.element.tag.startswith(_ATOM) else _rss(path, item)
    if not count:
        hint = "Save the feed of the site's articles."
        raise ImportingError("the feed has no entries", path=path, hint=hint)


def _rss(path: Path, item: Item) -> Document:
    address = item.text("link")
    content = _without_signature(item.text(_CONTENT), address)
    summary = _without_signature(item.text("description"), address)
    return Document(
        path=path,
        line=item.line,
        html=content or summary,
        title=_plain(item.text("title")),
        slug=slug_of(address),
        description=_short(summary) if content else "",
        date=_rss_day(item.text("pubDate")) or _iso_day(item.text(f"{_DC}date")),
        author=_plain(item.text(f"{_DC}creator") or _name(item.text("author"))),
        tags=_unique(_plain(c.text or "") for c in item.element.findall("category")),
        image=_picture(item.element),
        address=address,
        notes=() if content or _is_whole(summary) else (_SUMMARY,),
    )


def _without_signature(html: str, address: str) -> str:
    """Without WordPress's last line: that this post, a link, appeared on that site, a link."""
    found = _SIGNATURE.search(html)
    return html[: found.start()] + html[found.end() :] if found and found[1] == address else html


def _is_whole(html: str) -> bool:
    """Whether a description is the text: some feeds have it there, in paragraphs."""
    return len(_BLOCK.findall(html)) > 1 and not _CUT.search(_short(html))


def _atom(path: Path, item: Item) -> Document:
    entry = item.element
    content = entry.find(f"{_ATOM}content")
    summary = entry.find(f"{_ATOM}summary")
    body = content if content is not None and not content.get("src") else summary
    links = entry.findall(f"{_ATOM}link")
    address = next(
        (k.get("href", "") for k in links if k.get("rel", "alternate") == "alternate"), ""
    )
    published = _iso_day(item.text(f"{_ATOM}published"))
    updated = _iso_day(item.text(f"{_ATOM}updated"))
    terms = entry.findall(f"{_ATOM}category")
    base = entry.get(f"{_XML}base", "")
    return Document(
        path=path,
        line=item.line,
        html=_html(body) if body is not None else "",
        title=_short(_html(entry.find(f"{_ATOM}title"))),
        slug=slug_of(address),
        description=_short(_html(summary)) if body is not summary else "",
        date=published or updated,
        updated=updated if published and updated and updated > published else None,
        author=item.text(f"{_ATOM}author/{_ATOM}name"),
        tags=_unique((c.get("label") or c.get("term") or "").strip() for c in terms),
        image=_picture(entry),
        address=urljoin(base, address) if base else address,
        language=entry.get(f"{_XML}lang", ""),
        notes=() if body is not summary else (_SUMMARY,),
    )


def _html(text: Element | None) -> str:
    """A text construct of Atom as HTML (RFC 4287 §3.1)."""
    if text is None:
        return ""
    kind = text.get("type", "text").lower()
    if kind in ("html", "text/html"):
        return "".join(text.itertext())
    if kind == "xhtml":
        for element in text.iter():
            element.tag = element.tag.rpartition("}")[2]
            element.attrib = {k.rpartition("}")[2]: v for k, v in element.attrib.items()}
        return "".join(tostring(child, encoding="unicode", method="html") for child in text)
    return escape("".join(text.itertext()), quote=False)


def _picture(entry: Element) -> str:
    """The picture that an entry comes with."""
    for media in (*entry.findall(f"{_MEDIA}content"), *entry.findall(f"{_MEDIA}thumbnail")):
        if media.get("medium", "image") == "image" and media.get("url"):
            return media.get("url", "")
    for enclosure in (
        *entry.findall("enclosure"),
        *entry.findall(f"{_ATOM}link[@rel='enclosure']"),
    ):
        if enclosure.get("type", "").startswith("image/"):
            return enclosure.get("url") or enclosure.get("href") or ""
    return ""


def _unique(names: Iterator[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for name in names if name))


def _plain(text: str) -> str:
    return " ".join(unescape(text).split())


def _short(html: str) -> str:
    return _plain(re.sub(r"<[^>]*>", " ", html))


def _name(author: str) -> str:
    """The name in RSS's ``mail@example.org (Name)``; an address alone names nobody."""
    match = re.search(r"\(([^)]+)\)", author)
    return match[1] if match else "" if "@" in author else author


def _rss_day(text: str) -> date | None:
    try:
        return parsedate_to_datetime(text).date()
    except (ValueError, TypeError, IndexError):
        return None


def _iso_day(text: str) -> date | None:
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        return None
