"""Where everything is: the address of every page in every language, and what leads where.

Addresses are made from the versions alone. A page that is not live has none, so nothing can link
to it.
"""

from __future__ import annotations

import posixpath
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit, urlunsplit

from ..articles import HOME
from ..errors import SlugError
from ..markup import Link, Target
from ..slug import is_slug, slugify
from .collation import sort_key
from .language import language
from .pictures import localised
from .quoting import quote
from .strings import Strings
from .version import Version


@dataclass(frozen=True, slots=True)
class Tag:
    """A tag in one language: its name, its page's path, and the pages that carry it.

    ``foreign`` is whether its name is that of the source, for want of a translation.
    """

    source: str
    name: str
    path: str
    versions: tuple[Version, ...]
    foreign: bool = False


@dataclass(frozen=True, slots=True)
class Clash:
    """A version that cannot have the address it asks for, and why."""

    version: Version
    error: SlugError


class Addresses:
    """The addresses of one build.

    Args:
        versions: All versions, live or not.
        files: For every source file, its path below ``source/``, what it is published as: the id
            of an article, or (for assets) its path.
        strings: Each locale's words.
        source_locale: The locale the articles are written in.
        search: Whether there is a page that searches.
    """

    def __init__(
        self,
        versions: Iterable[Version],
        files: Mapping[str, str],
        strings: Mapping[str, Strings],
        *,
        source_locale: str,
        search: bool = False,
    ) -> None:
        self.files = files
        self.strings = strings
        self.source_locale = source_locale
        self.search = search
        self.clashes: list[Clash] = []
        self._by_article: dict[str, dict[str, Version]] = defaultdict(dict)
        self._paths: dict[tuple[str, str], str] = {}
        self.locales = self._live_locales(versions := list(versions))
        for version in versions:
            if version.live and version.locale in self.locales:
                self._by_article[version.article][version.locale] = version
        self._assign()
        self._dated: dict[str, bool] = {}
        self._lists = {locale: self._listed(locale) for locale in self.locales}
        self._tags = {locale: self._tagged(locale) for locale in self.locales}

    def path(self, article: str, locale: str) -> str | None:
        """The path of a live page, such as ``/nl/over-ons/``, or None."""
        return self._paths.get((article, locale))

    def paths(self, locale: str) -> Iterator[tuple[str, str]]:
        """The articles that are live in a locale, with their paths."""
        for (article, code), path in self._paths.items():
            if code == locale:
                yield article, path

    def version(self, article: str, locale: str) -> Version | None:
        """The version of a live page, or None."""
        return self._by_article[article].get(locale) if article in self._by_article else None

    def home(self, locale: str) -> str | None:
        """The path of a locale's home page, or None while the locale is not live."""
        return f"/{_folder(locale)}/" if locale in self.locales else None

    def articles_path(self, locale: str) -> str:
        """The path of the list of articles."""
        return f"/{_folder(locale)}/{self._list_slug(locale, 'articles')}/"

    def tags_path(self, locale: str) -> str:
        """The path of the list of tags."""
        return f"/{_folder(locale)}/{self._list_slug(locale, 'tags')}/"

    def search_path(self, locale: str) -> str:
        """The path of the page that searches."""
        return f"/{_folder(locale)}/{self._list_slug(locale, 'search')}/"

    def articles(self, locale: str) -> tuple[Version, ...]:
        """The live articles of a locale, the newest first."""
        return self._lists[locale]

    def has_dates(self, locale: str) -> bool:
        """Whether any live article of a locale has a date."""
        if locale not in self._dated:
            self._dated[locale] = any(version.date for version in self._lists[locale])
        return self._dated[locale]

    def tags(self, locale: str) -> Mapping[str, Tag]:
        """The tags of a locale by their names in the source, in the order of the locale's."""
        return self._tags[locale]

    def resolve(self, link: Link, *, directory: str, locale: str) -> Target | None:
        """Where a relative address in an article leads, or None if to nothing that exists.

        Args:
            link: The address as the author wrote it: relative to the article's file, or (with a
                slash at its start) to the folder of the sources.
            directory: The article's folder below ``source/``, empty at the top.
            locale: The page's; a link stays in its language where it can, and else says so.
        """
        parts = urlsplit(link.value)
        if not parts.path:
            return Target(link.value)
        wanted = self._file(unquote(parts.path), directory)
        if wanted is None:
            return None
        kind, name = wanted
        if kind == "asset":
            name = localised(name, locale, self.files)
            return Target(urlunsplit(("", "", quote(f"/{name}"), parts.query, parts.fragment)))
        for place in dict.fromkeys((locale, self.source_locale)):
            path = self.path(name, place)
            if path is not None:
                address = urlunsplit(("", "", quote(path), parts.query, parts.fragment))
                return Target(address, None if place == locale else language(place).lang)
        return Target(None)

    def _file(self, path: str, directory: str) -> tuple[str, str] | None:
        """What a path in a link means: ``("article", id)``, ``("asset", path)``, or None."""
        whole = path.lstrip("/") if path.startswith("/") else posixpath.join(directory, path)
        name = posixpath.normpath(whole).removeprefix("./")
        name = HOME if name in (".", "") else name
        for candidate in (name, f"{name}.md", f"{name}.html", f"{name}/{HOME}.md"):
            if candidate in self.files:
                published = self.files[candidate]
                return ("article", published) if published != candidate else ("asset", candidate)
        return None

    def _live_locales(self, versions: Iterable[Version]) -> tuple[str, ...]:
        """The locales whose home page is live; all of them if no site has a home page."""
        homes = {v.locale: v.live for v in versions if v.article == HOME}
        found = dict.fromkeys(v.locale for v in versions if v.live)
        return tuple(locale for locale in found if homes.get(locale, not homes))

    def _assign(self) -> None:
        """Give every live version its path; of two that want the same one, the first keeps it."""
        taken: dict[str, str] = {}
        for locale in self.locales:
            taken[self.articles_path(locale)] = "the list of articles"
            taken[self.tags_path(locale)] = "the tags"
            if self.search:
                taken[self.search_path(locale)] = "the search"
            taken[f"/{_folder(locale)}/"] = "the home page"
        for article in sorted(self._by_article):
            for locale, version in list(self._by_article[article].items()):
                problem = self._claim(version, taken)
                if problem:
                    self.clashes.append(Clash(version, problem))
                    del self._by_article[article][locale]

    def _claim(self, version: Version, taken: dict[str, str]) -> SlugError | None:
        folder = _folder(version.locale)
        if version.article == HOME:
            self._paths[HOME, version.locale] = f"/{folder}/"
            return None
        slug = version.slug
        if not is_slug(slug):
            return SlugError(
                f"“{slug}” cannot be part of an address",
                hint="Use lower-case words joined by hyphens.",
            )
        path = f"/{folder}/{slug}/"
        if path in taken:
            return SlugError(
                f"the address {path} is already that of {taken[path]}",
                hint="Give one of them another slug.",
            )
        taken[path] = version.article
        self._paths[version.article, version.locale] = path
        return None

    def _listed(self, locale: str) -> tuple[Version, ...]:
        found = [
            versions[locale]
            for versions in self._by_article.values()
            if locale in versions and versions[locale].layout == "article"
        ]
        found.sort(key=lambda v: (sort_key(v.title, locale), v.article))
        found.sort(key=lambda v: (-(v.date.toordinal() if v.date else 0), v.order))
        return tuple(found)

    def _tagged(self, locale: str) -> Mapping[str, Tag]:
        strings = self.strings[locale]
        carried: dict[str, list[Version]] = defaultdict(list)
        for version in self._lists[locale]:
            for tag in version.tags:
                carried[tag].append(version)
        tags: dict[str, Tag] = {}
        slugs: set[str] = set()
        names = {source: strings.pgettext("tag", source) for source in carried}
        for source in sorted(carried, key=lambda one: (sort_key(names[one], locale), one)):
            name = names[source]
            slug = slugify(name) or slugify(source) or "tag"
            while slug in slugs:
                slug += "-2"
            slugs.add(slug)
            path = f"{self.tags_path(locale)}{slug}/"
            foreign = locale != self.source_locale and not strings.knows(source, "tag")
            tags[source] = Tag(source, name, path, tuple(carried[source]), foreign)
        return tags

    def _list_slug(self, locale: str, word: str) -> str:
        slug = self.strings[locale].pgettext("slug", word)
        return slug if is_slug(slug) else word


def _folder(locale: str) -> str:
    return language(locale).lang
