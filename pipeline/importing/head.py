"""What the head of a saved page states: nothing is guessed, only what is said is taken."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urljoin, urlsplit

from .document import Kind

if TYPE_CHECKING:
    from lxml.html import HtmlElement

_ARTICLES = frozenset(("Article", "BlogPosting", "NewsArticle", "MedicalWebPage", "TechArticle"))
_POSTS = re.compile(r"/(?:posts?|blog|news|articles?|journal)/|/\d{4}/\d{2}/", re.IGNORECASE)
_BESIDE = re.compile(r"\s+[|–—·-]\s+")


class Head:
    """The metadata of a page, from ``meta``, ``link``, ``time`` and JSON-LD.

    Args:
        saved_from: Where it was published, as the browser that saved it says.
    """

    def __init__(self, tree: HtmlElement, saved_from: str = "") -> None:
        self.tree = tree
        self.saved_from = saved_from
        self.metas = _metas(tree)
        self.stated = _stated(tree)

    def first(self, *names: str) -> str:
        """The first of these ``meta`` elements that says something."""
        return next((self.metas[name] for name in names if self.metas.get(name)), "")

    @property
    def title(self) -> str:
        """The title without the name of the site beside it."""
        said = self.first("og:title") or _text(self.tree.findtext(".//title"))
        heading = next((_text(h.text_content()) for h in self.tree.iter("h1")), "")
        pieces = _BESIDE.split(said)
        site = self.first("og:site_name")
        if heading and (heading in pieces or not said):
            return heading
        if len(pieces) > 1 and pieces[-1] in (site, _text(self.stated.get("publisher"))):
            return said[: said.rindex(pieces[-1])].rstrip(" |–—·-\t")
        if site and said.endswith(site) and said != site:
            return said.removesuffix(site).rstrip(" |–—·-\t")
        return said

    @property
    def description(self) -> str:
        """What the page is about."""
        return self.first("description", "og:description") or _text(self.stated.get("description"))

    @property
    def published(self) -> date | None:
        """The day it was published."""
        said = self.first("article:published_time", "date", "dc.date", "datepublished")
        return _day(said) or _day(self.stated.get("datePublished")) or self._time()

    @property
    def updated(self) -> date | None:
        """The day it was last revised, if that is another."""
        said = self.first("article:modified_time", "og:updated_time")
        day = _day(said) or _day(self.stated.get("dateModified"))
        return None if day == self.published else day

    @property
    def author(self) -> str:
        """Who wrote it, by name."""
        said = self.stated.get("author")
        if isinstance(said, list) and said:
            said = said[0]
        name = said.get("name") if isinstance(said, dict) else said
        found = _text(name) or self.first("author", "dc.creator", "article:author")
        return "" if "://" in found else found

    @property
    def tags(self) -> tuple[str, ...]:
        """What it belongs to."""
        found = [_text(m.get("content")) for m in self._metas_named("article:tag")]
        if not found:
            said = self.stated.get("keywords") or self.stated.get("articleSection") or ""
            found = said if isinstance(said, list) else str(said).split(",")
        if not any(found):
            found = [_text(m.get("content")) for m in self._metas_named("article:section")]
        return tuple(dict.fromkeys(_text(tag) for tag in found if _text(tag)))

    @property
    def image(self) -> str:
        """Its picture."""
        return self.first("og:image", "og:image:url", "twitter:image")

    @property
    def address(self) -> str:
        """Where it is published."""
        for link in self.tree.iter("link"):
            if "canonical" in (link.get("rel") or "").lower().split():
                return urljoin(self.saved_from, _text(link.get("href")))
        return self.first("og:url") or self.saved_from

    @property
    def language(self) -> str:
        """Its language tag."""
        return (self.tree.get("lang") or self.tree.get("xml:lang") or "").strip()

    @property
    def translations(self) -> dict[str, str]:
        """Its addresses in other languages, by their tags."""
        found = {}
        for link in self.tree.iter("link"):
            tag, href = (link.get("hreflang") or "").strip(), (link.get("href") or "").strip()
            if tag and href and tag.lower() != "x-default":
                found[tag] = href
        return found

    @property
    def kind(self) -> Kind:
        """An article, the home page, or another page."""
        if self.address and urlsplit(self.address).path.strip("/") == "":
            return Kind.HOME
        if self.stated or self.first("og:type").lower() == "article":
            return Kind.ARTICLE
        is_post = self.published or _POSTS.search(urlsplit(self.address).path)
        return Kind.ARTICLE if is_post else Kind.PAGE

    def _metas_named(self, name: str) -> Iterator[HtmlElement]:
        return (m for m in self.tree.iter("meta") if (m.get("property") or m.get("name")) == name)

    def _time(self) -> date | None:
        for time in self.tree.iter("time"):
            if "published" in (time.get("class") or "") or time.get("itemprop") == "datePublished":
                return _day(time.get("datetime"))
        times = list(self.tree.iter("time"))
        return _day(times[0].get("datetime")) if len(times) == 1 else None


def slug_of(address: str) -> str:
    """The last part of an address, without its ending."""
    path = unquote(urlsplit(address).path).rstrip("/")
    return re.sub(r"\.(?:html?|php|aspx?)$", "", path.rpartition("/")[2], flags=re.IGNORECASE)


def _metas(tree: HtmlElement) -> dict[str, str]:
    found: dict[str, str] = {}
    for meta in tree.iter("meta"):
        name = (meta.get("property") or meta.get("name") or meta.get("itemprop") or "").lower()
        if name and name not in found:
            found[name] = _text(meta.get("content"))
    return found


def _stated(tree: HtmlElement) -> Mapping[str, Any]:
    """What JSON-LD says of the article; nothing where it is broken or of something else."""
    for script in tree.iter("script"):
        if (script.get("type") or "").lower() != "application/ld+json":
            continue
        try:
            said = json.loads(script.text or "")
        except (ValueError, RecursionError):
            continue
        for thing in _things(said):
            kind = thing.get("@type")
            if _ARTICLES & set(kind if isinstance(kind, list) else [str(kind)]):
                return thing
    return {}


def _things(said: object) -> Iterator[Mapping[str, Any]]:
    if isinstance(said, list):
        for one in said:
            yield from _things(one)
    elif isinstance(said, dict):
        yield said
        yield from _things(said.get("@graph", []))


def _text(value: object) -> str:
    if isinstance(value, dict):
        value = value.get("name")
    return " ".join(value.split()) if isinstance(value, str) else ""


def _day(value: object) -> date | None:
    try:
        return date.fromisoformat(str(value or "").strip()[:10])
    except ValueError:
        return None
