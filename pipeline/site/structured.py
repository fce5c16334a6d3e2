"""What a page says to machines: JSON-LD in the vocabulary of schema.org."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from uuid import NAMESPACE_URL, uuid5

from .editions import Editions

if TYPE_CHECKING:
    from .page import Page

_UNSAFE = {ord("<"): "\\u003c", ord(">"): "\\u003e", ord("&"): "\\u0026"}
Thing = dict[str, Any]


def json_ld(page: Page, *, site_title: str) -> str:
    """A page as the text of a ``<script type="application/ld+json">``; empty for one that nobody
    is meant to find."""
    edition = page.editions.get(page.locale)
    if edition is None or page.is_hidden or page.kind in ("root", "moved", "search"):
        return ""
    url = page.editions.url(edition)
    thing: Thing = {"@context": "https://schema.org", "@type": _type(page), "@id": url, "url": url}
    thing |= {"inLanguage": edition.language.lang}
    thing |= _article(page, site_title) if page.kind == "article" else _web_page(page, site_title)
    if page.description:
        thing["description"] = page.description
    if page.image:
        thing["image"] = _image(page)
    thing |= _translations(page)
    crumbs = _breadcrumbs(page)
    if crumbs and page.kind == "article":
        thing["mainEntityOfPage"] = {"@type": "WebPage", "@id": url, "breadcrumb": crumbs}
    elif crumbs:
        thing["breadcrumb"] = crumbs
    return json.dumps(thing, ensure_ascii=False).translate(_UNSAFE)


def urn(page_of: str, site: str, lang: str) -> str:
    """A name for an article in a language that stays when its title, slug or date changes."""
    return f"urn:uuid:{uuid5(NAMESPACE_URL, f'{site}/#{lang}/{page_of}')}"


def _type(page: Page) -> str:
    return "BlogPosting" if page.kind == "article" else "WebPage"


def _article(page: Page, site_title: str) -> Thing:
    publisher = _organisation(page.editions, site_title)
    thing: Thing = {"headline": page.title, "publisher": publisher}
    if page.author and page.author != site_title:
        thing["author"] = {"@type": "Person", "name": page.author}
    else:
        thing["author"] = publisher
    if page.date:
        thing["datePublished"] = page.date.isoformat()
        thing["dateModified"] = (page.modified or page.date).isoformat()
    if page.tags:
        thing["keywords"] = [tag.name for tag in page.tags]
    return thing


def _web_page(page: Page, site_title: str) -> Thing:
    thing: Thing = {"name": page.title or site_title}
    thing["isPartOf"] = {"@type": "WebSite", "name": site_title, "url": f"{page.editions.site}/"}
    if page.modified:
        thing["dateModified"] = page.modified.isoformat()
    return thing


def _organisation(editions: Editions, site_title: str) -> Mapping[str, str]:
    return {"@type": "Organization", "name": site_title, "url": f"{editions.site}/"}


def _image(page: Page) -> Thing:
    assert page.image is not None  # noqa: S101 - asked by the caller
    image: Thing = {"@type": "ImageObject", "url": page.editions.site + page.image.src}
    if page.image.width and page.image.height:
        image["width"] = _pixels(page.image.width)
        image["height"] = _pixels(page.image.height)
    if page.image.alt:
        image["caption"] = page.image.alt
    return image


def _pixels(value: int) -> Thing:
    return {"@type": "QuantitativeValue", "value": value, "unitText": "px"}


def _translations(page: Page) -> Thing:
    """What it is a translation of and by whom, or what translations there are of it."""
    if page.article is None:
        return {}
    editions, kind = page.editions, _type(page)

    def work(locale: str) -> Thing | None:
        edition = editions.get(locale)
        if edition is None:
            return None
        url = editions.url(edition)
        return {"@type": kind, "@id": url, "url": url, "inLanguage": edition.language.lang}

    if page.locale == editions.source:
        found = [work(edition.locale) for edition in editions.others(page.locale)]
        return {"workTranslation": found} if found else {}
    thing: Thing = {}
    original = work(editions.source)
    if original:
        thing["translationOfWork"] = original
    if page.translators:
        people = [{"@type": "Person", "name": name} for name in page.translators]
        thing["translator"] = people if len(people) > 1 else people[0]
    return thing


def _breadcrumbs(page: Page) -> Thing:
    if len(page.crumbs) < 2:
        return {}
    items = [
        {
            "@type": "ListItem",
            "position": position,
            "name": crumb.title,
            "item": page.editions.site + crumb.url,
        }
        for position, crumb in enumerate(page.crumbs, 1)
    ]
    return {"@type": "BreadcrumbList", "itemListElement": items}
