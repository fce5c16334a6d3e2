"""A WordPress export (WXR): posts and pages, drafts among them, with their dates and tags.

Pictures are not in the export; their texts are, and their addresses say which file of a copy of
``wp-content/uploads`` they are (``--media``).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from html import escape, unescape
from pathlib import Path

from ..document import Document, Kind, Left
from ..head import slug_of
from ..pictures import full_size
from ..shortcodes import without_shortcodes
from ..xml import Item, items
from .registry import importable

_CONTENT = "{http://purl.org/rss/1.0/modules/content/}encoded"
_CREATOR = "{http://purl.org/dc/elements/1.1/}creator"
_LIVE = frozenset(("publish",))
_DRAFTS = frozenset(("draft", "pending", "future", "private"))
_KINDS = {"post": Kind.ARTICLE, "page": Kind.PAGE}
_UNSAID = frozenset(("uncategorized", "uncategorised", "geen-categorie"))
_BLOCK = re.compile(r"<!--\s*/?wp:.*?-->", re.DOTALL)
_MADE_LATER = re.compile(r"<!--\s*wp:([\w/-]+)(?:\s[^<>]*)?/-->")
_ANY_BLOCK = re.compile(r"<!--\s*wp:|<p[\s>]")
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)


@dataclass(slots=True)
class _Attachments:
    addresses: dict[str, str] = field(default_factory=dict)
    alts: dict[str, str] = field(default_factory=dict)


def _is_export(head: bytes) -> bool:
    return b"wordpress.org/export/" in head


@importable("WordPress export", ".xml", ".wxr", recognises=_is_export)
def read_export(path: Path) -> Iterator[Document]:
    """The posts and pages of an export; what is in the bin is left.

    Raises:
        ImportingError: It is no well-formed XML, or means harm.
    """
    known = _attachments(path)
    for item in items(path, {"item"}):
        wp = _namespace(item)
        kind = _KINDS.get(item.text(f"{wp}post_type"))
        status = item.text(f"{wp}status")
        if kind is not None and (status in _LIVE or status in _DRAFTS):
            yield _document(path, item, kind, wp, known)


def _document(path: Path, item: Item, kind: Kind, wp: str, known: _Attachments) -> Document:
    metas = _metas(item, wp)
    html, later = _with_footnotes(item.text(_CONTENT), metas.get("footnotes", ""))
    html, unknown = without_shortcodes(html, known.addresses)
    lines = not _ANY_BLOCK.search(html)
    html = _COMMENT.sub("", _BLOCK.sub("", html))
    address = item.text("link")
    excerpt = item.text(f"{wp[:-1]}excerpt/}}encoded") or metas.get("_yoast_wpseo_metadesc", "")
    image = known.addresses.get(metas.get("_thumbnail_id", ""), "")
    status = item.text(f"{wp}status")
    return Document(
        path=path,
        line=item.line,
        html=html,
        title=_plain(item.text("title")),
        slug=item.text(f"{wp}post_name") or ("" if "?" in address else slug_of(address)),
        description=_plain(re.sub(r"<[^>]*>", "", excerpt)),
        date=_day(item.text(f"{wp}post_date")),
        updated=_later(_day(item.text(f"{wp}post_modified")), _day(item.text(f"{wp}post_date"))),
        author=_plain(item.text(_CREATOR)),
        tags=_tags(item),
        image=image,
        image_alt=known.alts.get(full_size(image), ""),
        kind=kind,
        draft=status in _DRAFTS,
        address=address,
        language=_language(item),
        alts=known.alts,
        lines=lines,
        left=(
            *(Left(f"shortcode [{name}]") for name in unknown),
            *(Left(f"block {name}, which WordPress makes when it is read") for name in later),
        ),
        notes=("it is a draft",) if status in _DRAFTS else (),
    )


def _with_footnotes(html: str, said: str) -> tuple[str, list[str]]:
    """The text with its footnotes, which stand beside it, and the blocks that have no text."""
    later: list[str] = []

    def put(match: re.Match[str]) -> str:
        if match[1] == "footnotes":
            return _footnotes(said)
        if match[1] not in _EMPTY:
            later.append(match[1])
        return ""

    return _MADE_LATER.sub(put, html), list(dict.fromkeys(later))


_EMPTY = frozenset(("spacer", "separator", "more", "nextpage"))


def _footnotes(said: str) -> str:
    try:
        notes = json.loads(said)
        items = [(str(note["id"]), str(note["content"])) for note in notes]
    except (ValueError, TypeError, KeyError, RecursionError):
        return ""
    made = (
        f'<li id="{escape(name)}">{text} <a href="#{escape(name)}-link">\u21a9\ufe0e</a></li>'
        for name, text in items
    )
    return f"<ol>{''.join(made)}</ol>"


def _attachments(path: Path) -> _Attachments:
    found = _Attachments()
    for item in items(path, {"item"}):
        wp = _namespace(item)
        if item.text(f"{wp}post_type") != "attachment":
            continue
        address = item.text(f"{wp}attachment_url") or item.text("guid")
        if address:
            found.addresses[item.text(f"{wp}post_id")] = address
            alt = _metas(item, wp).get("_wp_attachment_image_alt", "")
            found.alts[full_size(address)] = " ".join(alt.split())
    return found


def _namespace(item: Item) -> str:
    """The namespace of the export's version, as ``{…}``."""
    for child in item.element:
        if "wordpress.org/export/" in child.tag and "/excerpt/" not in child.tag:
            return child.tag.rpartition("}")[0] + "}"
    return "{http://wordpress.org/export/1.2/}"


def _metas(item: Item, wp: str) -> dict[str, str]:
    found = {}
    for meta in item.element.findall(f"{wp}postmeta"):
        found[meta.findtext(f"{wp}meta_key") or ""] = (
            meta.findtext(f"{wp}meta_value") or ""
        ).strip()
    return found


def _tags(item: Item) -> tuple[str, ...]:
    found = []
    for category in item.element.findall("category"):
        domain, name = category.get("domain", ""), _plain(category.text or "")
        if domain in ("category", "post_tag") and category.get("nicename", "") not in _UNSAID:
            found.append(name)
    return tuple(dict.fromkeys(name for name in found if name))


def _language(item: Item) -> str:
    said = (c.get("nicename", "") for c in item.element.findall("category[@domain='language']"))
    return next(said, "")


def _plain(text: str) -> str:
    return " ".join(unescape(text).split())


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        return None


def _later(day: date | None, than: date | None) -> date | None:
    return day if day and than and day > than else None
