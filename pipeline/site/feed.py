"""Feeds: the newest articles of one language, in Atom (RFC 4287)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from xml.sax.saxutils import escape, quoteattr

from .page import Page
from .structured import urn

_LATEST = 20
"""How many articles a feed has."""


def feed(pages: Sequence[Page], *, title: str, subtitle: str, home: str) -> str:
    """The feed of articles, the newest first; empty if none of them has a date.

    Args:
        pages: The articles of one language.
        title, subtitle: What the site is called and what it is, in that language.
        home: The absolute address of its home page.
    """
    dated = [page for page in pages if page.date and page.article]
    dated.sort(key=lambda page: (page.date or date.min, page.article or ""), reverse=True)
    if not dated:
        return ""
    first = dated[0]
    site, lang = first.editions.site, first.language.lang
    updated = max(page.modified or date.min for page in dated)
    parts = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f'<feed xmlns="http://www.w3.org/2005/Atom" xml:lang={quoteattr(lang)}>',
        f"<id>{urn('', site, lang)}</id>",
        f"<title>{escape(title)}</title>",
    ]
    if subtitle:
        parts.append(f"<subtitle>{escape(subtitle)}</subtitle>")
    parts += [
        f"<updated>{_time(updated)}</updated>",
        f"<author><name>{escape(title)}</name><uri>{escape(home)}</uri></author>",
        f'<link rel="self" type="application/atom+xml" href={quoteattr(site + first.feed)}/>',
        _alternate(home, lang),
    ]
    for page in dated[:_LATEST]:
        parts += _entry(page)
    return "\n".join([*parts, "</feed>\n"])


def _entry(page: Page) -> list[str]:
    assert page.date is not None  # noqa: S101 - only dated articles are in a feed
    site, lang = page.editions.site, page.language.lang
    parts = [
        "<entry>",
        f"<id>{urn(page.article or '', site, lang)}</id>",
        f"<title{_spoken(page.title_lang)}>{escape(page.title)}</title>",
        _alternate(page.canonical, lang),
        f"<published>{_time(page.date)}</published>",
        f"<updated>{_time(page.modified or page.date)}</updated>",
    ]
    if page.author:
        parts.append(f"<author><name>{escape(page.author)}</name></author>")
    parts += [f"<category term={quoteattr(tag.name)}/>" for tag in page.tags]
    if page.description:
        spoken = _spoken(page.description_lang)
        parts.append(f"<summary{spoken}>{escape(page.description)}</summary>")
    return [*parts, "</entry>"]


def _alternate(url: str, lang: str) -> str:
    return (
        f'<link rel="alternate" type="text/html" hreflang={quoteattr(lang)} href={quoteattr(url)}/>'
    )


def _spoken(lang: str | None) -> str:
    return f" xml:lang={quoteattr(lang)}" if lang else ""


def _time(day: date) -> str:
    """Midnight of a day (RFC 3339)."""
    return f"{day.isoformat()}T00:00:00Z"
