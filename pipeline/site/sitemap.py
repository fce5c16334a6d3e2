"""Sitemaps: one for each language, with what each page is called in the others, and their index.

The protocol of sitemaps.org 0.9, with ``xhtml:link`` for languages.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from xml.sax.saxutils import escape, quoteattr

from .page import Page

_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
_NAMESPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"
_XHTML = "http://www.w3.org/1999/xhtml"
_SPECIAL = re.compile(r"""[&<>"'\s]""")


def sitemap(pages: Iterable[Page]) -> str:
    """The sitemap of pages in one language; those that are hidden are in none."""
    lines = [f'{_HEAD}<urlset xmlns="{_NAMESPACE}" xmlns:xhtml="{_XHTML}">']
    for page in pages:
        if page.is_hidden:
            continue
        lines.append(f"<url>\n<loc>{escape(page.canonical)}</loc>")
        if page.modified:
            lines.append(f"<lastmod>{page.modified.isoformat()}</lastmod>")
        lines.extend(
            f'<xhtml:link rel="alternate" hreflang="{lang}" href={_quoted(url)}/>'
            for lang, url in page.editions.hreflang
        )
        lines.append("</url>")
    return "\n".join([*lines, "</urlset>\n"])


def _quoted(url: str) -> str:
    """An address as an attribute; most have nothing to escape, and there are very many."""
    return quoteattr(url) if _SPECIAL.search(url) else f'"{url}"'


def index(sitemaps: Iterable[tuple[str, date | None]]) -> str:
    """The index of sitemaps, by their absolute addresses and their last changes."""
    lines = [f'{_HEAD}<sitemapindex xmlns="{_NAMESPACE}">']
    for url, day in sitemaps:
        changed = f"<lastmod>{day.isoformat()}</lastmod>" if day else ""
        lines.append(f"<sitemap><loc>{escape(url)}</loc>{changed}</sitemap>")
    return "\n".join([*lines, "</sitemapindex>\n"])
