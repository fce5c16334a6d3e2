"""Pages: what each is made of, and setting it into the theme.

A `Page` holds everything it is made of but the article's own text: so its hash, with that of the
text, says whether a page is out of date, and rendering it needs no other page.
"""

from __future__ import annotations

import datetime
import hashlib
import posixpath
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import msgspec
from markupsafe import Markup

from ..articles import NO_LAYOUT, Article
from ..errors import LinkError
from ..markup import Link, Target
from .choice import Choice, Policy, Standing
from .editions import NOWHERE, Editions
from .language import Language, language
from .pictures import Size, localised, with_sizes
from .quoting import quote
from .strings import Strings
from .structured import json_ld
from .theme import Theme
from .typography import typeset

_OF_THE_RECORD = re.compile(
    r"""[ \t]*<link\b[^>]*\brel=["']?canonical\b[^>]*>\n?"""
    r"""|[ \t]*<link\b(?=[^>]*\brel=["']?alternate\b)(?=[^>]*\bhreflang=)[^>]*>\n?"""
    r"""|[ \t]*<meta\b[^>]*\bproperty=["']?og:(?:url|locale(?::alternate)?)["']?[^>]*>\n?""",
    re.IGNORECASE,
)
_BEFORE_HEAD = re.compile(
    r"(?:\s*<!doctype[^>]*>)?(?:\s*<!--.*?-->)*(?:\s*<html\b[^>]*>)?(?:\s*<head\b[^>]*>)?",
    re.IGNORECASE | re.DOTALL,
)
_WORDS_A_MINUTE = 220
"""Words that an adult reads silently in a minute (Brysbaert 2019 found 238 for English)."""


@dataclass(frozen=True, slots=True)
class Item:
    """An entry of the menu; ``lang`` if it is not in the page's language."""

    title: str
    url: str
    current: bool = False
    lang: str | None = None


@dataclass(frozen=True, slots=True)
class TagLink:
    """A tag on a page; ``lang`` if its name is not in the page's language."""

    name: str
    url: str
    lang: str | None = None


@dataclass(frozen=True, slots=True)
class Picture:
    """An article's picture; its texts say their languages where those are not the page's."""

    src: str
    alt: str
    caption: str = ""
    width: int | None = None
    height: int | None = None
    alt_lang: str | None = None
    caption_lang: str | None = None


@dataclass(frozen=True, slots=True)
class Card:
    """An article as a list shows it; ``lang`` and ``description_lang`` if its title and description
    are not in the page's language."""

    title: str
    url: str
    description: str = ""
    date: datetime.date | None = None
    tags: tuple[TagLink, ...] = ()
    image: Picture | None = None
    lang: str | None = None
    description_lang: str | None = None


@dataclass(frozen=True, slots=True)
class Notice:
    """What a page has to say about itself: ``draft``, ``stale``, ``partial`` or ``reviewed``.

    ``count`` is how many passages it is said of, ``whole`` whether that is all of them; ``date`` is
    when the source changed, or the page was reviewed.
    """

    kind: str
    count: int = 0
    date: datetime.date | None = None
    source_url: str | None = None
    whole: bool = False


@dataclass(frozen=True, slots=True)
class Alternate:
    """A language in the switcher; ``url`` is None where the page is not available in it."""

    locale: str
    lang: str
    dir: str
    name: str
    url: str | None
    home: str | None
    current: bool


@dataclass(frozen=True, slots=True)
class Page:
    """Everything a page is made of, apart from an article's own text (``content`` is its hash)."""

    path: str
    kind: str
    locale: str
    title: str = ""
    description: str = ""
    article: str | None = None
    content: str = ""
    layout: str = ""
    editions: Editions = NOWHERE
    languages: tuple[Alternate, ...] = ()
    crumbs: tuple[Item, ...] = ()
    menu: tuple[Item, ...] = ()
    articles: tuple[Card, ...] = ()
    notices: tuple[Notice, ...] = ()
    tags: tuple[TagLink, ...] = ()
    topics: tuple[tuple[TagLink, int], ...] = ()
    links: Mapping[str, tuple[str | None, str | None]] | None = None
    sizes: Mapping[str, Size] | None = None
    image: Picture | None = None
    date: datetime.date | None = None
    updated: datetime.date | None = None
    modified: datetime.date | None = None
    author: str = ""
    translators: tuple[str, ...] = ()
    words: int = 0
    title_lang: str | None = None
    description_lang: str | None = None
    home: str = ""
    articles_url: str = ""
    tags_url: str = ""
    feed: str = ""
    search: str = ""
    target: str = ""
    preview: bool = False

    @property
    def language(self) -> Language:
        """The language it is in."""
        return language(self.locale)

    @property
    def canonical(self) -> str:
        """Its own absolute address, in its own language."""
        return self.editions.site + quote(self.path)

    @property
    def is_hidden(self) -> bool:
        """Whether search engines are told to leave it alone."""
        return self.preview or self.kind in ("404", "moved", "search")

    @property
    def file(self) -> str:
        """Where it is written below the output folder."""
        return (
            f"{self.path.strip('/')}/index.html".lstrip("/")
            if self.path.endswith("/")
            else (self.path.lstrip("/"))
        )

    def digest(self, around: str) -> str:
        """A hash of all it is made of; ``around`` is that of theme, words and settings."""
        return hashlib.sha256(msgspec.msgpack.encode((self, around))).hexdigest()[:24]


@dataclass(frozen=True, slots=True)
class Setting:
    """What all pages of a site in one language share."""

    theme: Theme
    strings: Strings
    title: str
    url: str
    description: str


def render(
    page: Page,
    setting: Setting,
    *,
    article: Article | None = None,
    choices: Mapping[tuple[str | None, str], Choice] | None = None,
    policy: Policy | None = None,
) -> str:
    """A page as HTML.

    Raises:
        ThemeError: The theme cannot set it.
        LinkError: The article has an address that the page was not planned with.
    """
    own = page.language
    body = ""
    if article is not None and choices is not None:
        body = _body(page, article, choices, policy, own)
        if page.layout == NO_LAYOUT:
            context = _context(page, setting, own, "")
            return whole_page(body, setting.theme.render("_record.html", context))
        body = with_sizes(body, page.sizes or {})
    return setting.theme.render(f"{page.kind}.html", _context(page, setting, own, body))


def _body(
    page: Page,
    article: Article,
    choices: Mapping[tuple[str | None, str], Choice],
    policy: Policy | None,
    own: Language,
) -> str:
    from ..markup import Shown  # noqa: PLC0415

    shown = []
    for segment in article.skeleton.segments:
        choice = choices[segment.key]
        foreign = choice.standing is Standing.SOURCE and policy is not None
        one = choice.shown(policy) if foreign and policy else Shown(choice.text)
        if page.layout != NO_LAYOUT:
            spoken = policy.source_locale if foreign and policy else page.locale
            one = one._replace(text=typeset(one.text, spoken))
        shown.append(one)
    links = page.links or {}

    def resolve(link: Link) -> Target:
        try:
            return Target(*links[link.value])
        except KeyError:
            raise LinkError(
                f"the article changed while it was being built: it now links to {link.value}",
                path=article.path,
                hint="Build again.",
            ) from None

    return article.skeleton.render(shown, lang=own.lang, direction=own.dir, resolve=resolve)


def whole_page(html: str, record: str) -> str:
    """A page that is published as it is, with what the site knows of its languages in its head.

    What it says itself of that was true of one language only, and makes room.
    """
    end = html.lower().find("</head>")
    head, rest = (html[:end], html[end:]) if end >= 0 else ("", html)
    head = _OF_THE_RECORD.sub("", head)
    if head:
        return f"{head}{record}{rest}"
    start = _BEFORE_HEAD.match(rest)
    cut = start.end() if start else 0
    return f"{rest[:cut]}\n{record}{rest[cut:]}"


def _context(page: Page, setting: Setting, own: Language, body: str) -> dict[str, Any]:
    return {
        "strings": setting.strings,
        "language": own,
        "site": {
            "title": setting.title,
            "url": setting.url,
            "description": setting.description,
            "home": page.home,
            "articles_url": page.articles_url,
            "tags_url": page.tags_url,
            "search_url": page.search,
            "feed_url": page.feed,
        },
        "page": {
            "kind": page.kind,
            "title": page.title,
            "description": page.description,
            "lang": own.lang,
            "dir": own.dir,
            "og_locale": own.og,
            "path": quote(page.path),
            "canonical": page.canonical,
            "hreflang": page.editions.hreflang,
            "og_others": [one.language.og for one in page.editions.others(page.locale)],
            "json_ld": _json_ld(page, setting),
            "is_hidden": page.is_hidden,
            "target": page.target,
            "crumbs": page.crumbs,
            "source_lang": language(page.editions.source).lang if page.editions.source else "",
            "source_name": own.name_of(page.editions.source) if page.editions.source else "",
            "body": Markup(body),  # noqa: S704 - made by Skeleton.render, which escapes every text
            "date": page.date,
            "updated": page.updated,
            "modified": page.modified,
            "author": page.author,
            "tags": page.tags,
            "image": page.image,
            "minutes": max(1, round(page.words / _WORDS_A_MINUTE)),
            "languages": page.languages,
            "notices": page.notices,
            "title_lang": page.title_lang,
            "description_lang": page.description_lang,
            "preview": page.preview,
        },
        "menu": page.menu,
        "articles": page.articles,
        "topics": page.topics,
    }


def _json_ld(page: Page, setting: Setting) -> Markup:
    said = "" if page.layout == NO_LAYOUT else json_ld(page, site_title=setting.title)
    return Markup(said)  # noqa: S704 - escaped there


def picture(
    src: str, alt: str, caption: str, *, locale: str, directory: str, sizes: Mapping[str, Size]
) -> Picture:
    """An article's picture, with its size if that is known."""
    name = posixpath.normpath(posixpath.join(directory, src)).lstrip("/")
    name = localised(name, locale, sizes)
    width, height = sizes.get(name, (None, None))
    return Picture(quote(f"/{name}"), alt, caption, width, height)
