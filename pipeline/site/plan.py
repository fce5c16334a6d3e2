"""The plan: every page of the site, from the versions of its articles.

Nothing is read here: a plan of the same versions is the same plan.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from ..articles import HOME
from ..markup import Link
from ..settings import Site
from .addresses import Addresses, Tag
from .editions import Editions
from .history import Redirect
from .language import language
from .page import Alternate, Card, Item, Notice, Page, Picture, TagLink, picture
from .pictures import Size
from .quoting import quote
from .strings import Strings
from .version import Version

_LATEST = 6
"""How many articles a home page shows."""


@dataclass(frozen=True, slots=True)
class Plan:
    """Makes the pages of a site.

    Attributes:
        site: The site's settings.
        addresses: Where everything is.
        directories: For each article the folder of its source below ``source/``.
        sizes: The sizes of pictures, by their paths below ``source/``.
        redirects: The addresses that have moved.
        preview: Whether the pages are a preview that nobody may find.
    """

    site: Site
    addresses: Addresses
    directories: Mapping[str, str]
    sizes: Mapping[str, Size]
    redirects: tuple[Redirect, ...] = ()
    preview: bool = False
    _menus: dict[str, tuple[tuple[str, Item], ...]] = field(default_factory=dict)

    def pages(self, locales: Iterable[str]) -> Iterator[Page]:
        """Every page in the given locales, and the page at the root."""
        locales = tuple(locales)
        for locale in self.addresses.locales:
            if locale in locales:
                for article in sorted(self.directories):
                    version = self.addresses.version(article, locale)
                    if version is not None:
                        yield self.article(version)
        yield from self.others(locales)

    def others(self, locales: Iterable[str]) -> Iterator[Page]:
        """Those of them that are no article's."""
        locales = tuple(locales)
        for locale in self.addresses.locales:
            if locale in locales:
                yield from self._locale(locale)
        for one in self.redirects:
            if one.locale in locales:
                yield self._page(one.old, "moved", one.locale, {}, target=one.new)
        yield self._page("/", "root", self.site.source_locale, self._homes)
        yield self._page("/404.html", "404", self.site.source_locale, self._homes)

    def _locale(self, locale: str) -> Iterator[Page]:
        yield self._list(locale)
        tags = self.addresses.tags(locale)
        if tags:
            yield self._topics(locale, tags)
        for tag in tags.values():
            yield self._tag(locale, tag)
        if self.site.search:
            yield self._search(locale)
        folder = language(locale).lang
        yield self._page(f"/{folder}/404.html", "404", locale, self._homes)
        if self.addresses.path(HOME, locale) is None:
            yield self._bare_home(locale)

    def article(self, version: Version) -> Page:
        """The page of an article in a language."""
        locale = version.locale
        kind = "home" if version.article == HOME else version.layout
        source = language(self.site.source_locale).lang
        cards: tuple[Card, ...] = ()
        if kind == "home":
            cards = tuple(self._card(v) for v in self.addresses.articles(locale)[:_LATEST])
        return self._page(
            self.addresses.path(version.article, locale) or "",
            "article" if kind == "none" else kind,
            locale,
            {code: self.addresses.path(version.article, code) for code in self.addresses.locales},
            title=version.title,
            description=version.fields.get("description", ""),
            article=version.article,
            content=version.digest,
            layout=version.layout,
            articles=cards,
            notices=tuple(self._notices(version)),
            tags=self._tag_links(version),
            links=(links := self._links(version)),
            sizes=self._sizes(links),
            image=self._image(version),
            date=version.date,
            updated=version.updated,
            modified=version.modified,
            author=version.author,
            translators=version.translators if self.site.credit else (),
            words=version.words,
            title_lang=source if "title" in version.foreign else None,
            description_lang=source if "description" in version.foreign else None,
        )

    def _list(self, locale: str) -> Page:
        paths: dict[str, str | None] = {
            code: self.addresses.articles_path(code) for code in self.addresses.locales
        }
        cards = tuple(self._card(version) for version in self.addresses.articles(locale))
        title = self._strings(locale).gettext("Articles")
        return self._page(
            self.addresses.articles_path(locale), "list", locale, paths, title=title, articles=cards
        )

    def _topics(self, locale: str, tags: Mapping[str, Tag]) -> Page:
        paths = {
            code: self.addresses.tags_path(code) if self.addresses.tags(code) else None
            for code in self.addresses.locales
        }
        topics = tuple((self._tag_link(tag), len(tag.versions)) for tag in tags.values())
        title = self._strings(locale).gettext("Topics")
        path = self.addresses.tags_path(locale)
        return self._page(path, "tags", locale, paths, title=title, topics=topics)

    def _search(self, locale: str) -> Page:
        paths: dict[str, str | None] = {
            code: self.addresses.search_path(code) for code in self.addresses.locales
        }
        title = self._strings(locale).gettext("Search")
        return self._page(self.addresses.search_path(locale), "search", locale, paths, title=title)

    def _tag(self, locale: str, tag: Tag) -> Page:
        paths = {
            code: found.path if (found := self.addresses.tags(code).get(tag.source)) else None
            for code in self.addresses.locales
        }
        cards = tuple(self._card(version) for version in tag.versions)
        lang = self._tag_link(tag).lang
        return self._page(
            tag.path, "tag", locale, paths, title=tag.name, title_lang=lang, articles=cards
        )

    def _bare_home(self, locale: str) -> Page:
        """The home page of a site that has no article ``index``."""
        cards = tuple(self._card(v) for v in self.addresses.articles(locale)[:_LATEST])
        path = self.addresses.home(locale) or ""
        title = self._strings(locale).gettext(self.site.title)
        return self._page(path, "home", locale, self._homes, title=title, articles=cards)

    def _page(
        self, path: str, kind: str, locale: str, paths: Mapping[str, str | None], **values: object
    ) -> Page:
        default = "/" if path == "/" or path == self.addresses.home(locale) else ""
        known = paths if kind not in ("404", "moved") else {}
        editions = Editions.of(self.site.url, self.site.source_locale, known, default)
        live = locale in self.addresses.locales
        title = str(values.get("title", ""))
        return Page(
            path=path,
            kind=kind,
            locale=locale,
            editions=editions,
            languages=tuple(self._alternates(locale, kind, paths)),
            crumbs=tuple(self._crumbs(path, kind, locale, title)),
            menu=self._menu(locale, quote(path)),
            home=quote(self.addresses.home(locale) or "/"),
            articles_url=quote(self.addresses.articles_path(locale)),
            tags_url=quote(self.addresses.tags_path(locale)),
            feed=self._feed(locale),
            search=quote(self.addresses.search_path(locale)) if self.site.search and live else "",
            preview=self.preview,
            **values,  # type: ignore[arg-type]  # the callers above are all there are
        )

    def _feed(self, locale: str) -> str:
        if self.preview or locale not in self.addresses.locales:
            return ""
        return f"/{language(locale).lang}/feed.atom" if self.addresses.has_dates(locale) else ""

    def _crumbs(self, path: str, kind: str, locale: str, title: str) -> Iterator[Item]:
        """The way to a page, from the home page on."""
        home = self.addresses.home(locale)
        if home is None or path == home or kind in ("root", "404", "moved", "search"):
            return
        words = self._strings(locale)
        yield Item(words.gettext(self.site.title), quote(home))
        if kind == "article":
            path_above = self.addresses.articles_path(locale)
            yield Item(words.gettext("Articles"), quote(path_above))
        elif kind == "tag":
            yield Item(words.gettext("Topics"), quote(self.addresses.tags_path(locale)))
        yield Item(title, quote(path), True)

    @property
    def _homes(self) -> Mapping[str, str | None]:
        return {locale: self.addresses.home(locale) for locale in self.addresses.locales}

    def _alternates(
        self, locale: str, kind: str, paths: Mapping[str, str | None]
    ) -> Iterator[Alternate]:
        for code, path in paths.items():
            known = language(code)
            current = code == locale and kind != "root"
            home = self.addresses.home(code)
            url = quote(path) if path else None
            home = quote(home) if home else None
            yield Alternate(code, known.lang, known.dir, known.name, url, home, current)

    def _menu(self, locale: str, path: str) -> tuple[Item, ...]:
        if locale not in self._menus:
            self._menus[locale] = tuple(self._menu_items(locale))
        return tuple(
            Item(item.title, item.url, True, item.lang) if item.url == path else item
            for _, item in self._menus[locale]
        )

    def _menu_items(self, locale: str) -> Iterator[tuple[str, Item]]:
        source = self.site.source_locale
        for name in self.site.menu:
            if name == "articles" and not self.addresses.version(name, locale):
                title = self._strings(locale).gettext("Articles")
                yield name, Item(title, quote(self.addresses.articles_path(locale)))
                continue
            for code in dict.fromkeys((locale, source)):
                version = self.addresses.version(name, code)
                path = self.addresses.path(name, code)
                if version is not None and path is not None:
                    foreign = code != locale or "title" in version.foreign
                    lang = language(source).lang if foreign else None
                    yield name, Item(version.title, quote(path), False, lang)
                    break

    def _card(self, version: Version) -> Card:
        source = language(self.site.source_locale).lang
        return Card(
            title=version.title,
            url=quote(self.addresses.path(version.article, version.locale) or ""),
            description=version.fields.get("description", ""),
            date=version.date,
            tags=self._tag_links(version),
            image=self._image(version),
            lang=source if "title" in version.foreign else None,
            description_lang=source if "description" in version.foreign else None,
        )

    def _notices(self, version: Version) -> Iterator[Notice]:
        if version.locale == self.site.source_locale:
            return
        path = self.addresses.path(version.article, self.site.source_locale)
        original = quote(path) if path else None
        counts = version.standings
        if counts.get("draft"):
            whole = counts["draft"] == sum(counts.values())
            yield Notice("draft", counts["draft"], None, original, whole)
        if counts.get("stale"):
            yield Notice("stale", counts["stale"], version.stale_since, original)
        if counts.get("source"):
            yield Notice("partial", counts["source"], None, original)
        if version.reviewed:
            yield Notice("reviewed", sum(counts.values()), version.reviewed, original, True)

    def _tag_links(self, version: Version) -> tuple[TagLink, ...]:
        known = self.addresses.tags(version.locale)
        return tuple(self._tag_link(tag) for tag in known.values() if tag.source in version.tags)

    def _tag_link(self, tag: Tag) -> TagLink:
        source = language(self.site.source_locale).lang
        return TagLink(tag.name, quote(tag.path), source if tag.foreign else None)

    def _links(self, version: Version) -> Mapping[str, tuple[str | None, str | None]]:
        directory = self.directories[version.article]
        found: dict[str, tuple[str | None, str | None]] = {}
        for value in version.links:
            link = Link("a", "href", value, False)
            target = self.addresses.resolve(link, directory=directory, locale=version.locale)
            found[value] = (None, None) if target is None else (target.address, target.lang)
        return found

    def _sizes(self, links: Mapping[str, tuple[str | None, str | None]]) -> Mapping[str, Size]:
        """The sizes of the pictures in a body, by their addresses on the site."""
        addresses = {address for address, _ in links.values() if address}
        named = ((quote(f"/{name}"), size) for name, size in self.sizes.items())
        return {address: size for address, size in named if address in addresses}

    def _image(self, version: Version) -> Picture | None:
        if not version.image:
            return None
        found = picture(
            version.image,
            version.fields.get("image_alt", ""),
            version.fields.get("image_caption", ""),
            locale=version.locale,
            directory=self.directories[version.article],
            sizes=self.sizes,
        )
        source = language(self.site.source_locale).lang
        return replace(
            found,
            alt_lang=source if "image_alt" in version.foreign else None,
            caption_lang=source if "image_caption" in version.foreign else None,
        )

    def _strings(self, locale: str) -> Strings:
        return self.addresses.strings[locale]


def directory_of(source: str) -> str:
    """The folder of a source file below ``source/``, empty at the top."""
    return posixpath.dirname(source)
