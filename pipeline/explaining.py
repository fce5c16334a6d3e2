"""Explaining: why each file of the site changed, told from what is remembered of the last build.

The pages of the last build are planned again, from the versions that they were made of; that they
are the ones that are live says their hash. What does not fit is said to be unknown, not guessed.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from .causes import SHARED, Cause, Causes, Why, of_pages, of_versions
from .remembering import eras_of
from .rendering import hash_of
from .site.page import Page
from .site.plan import Plan
from .site.publication import Published
from .site.version import Version

if TYPE_CHECKING:
    from .making import Making

_MOST = 5000
"""Up to so many pages are looked into one by one; of more, what they have in common is told."""


def explain(making: Making, plan: Plan, pages: Iterable[Page], published: Published) -> Causes:
    """Why these files are new, changed or gone."""
    work = _Explaining(making, plan, {page.file: page for page in pages}, published)
    found = {name: work.changed(name) for name in published.changed}
    found |= {name: work.new(name) for name in published.new}
    found |= {name: work.removed(name) for name in published.removed}
    return {name: tuple(causes) for name, causes in found.items()}


@dataclass
class _Explaining:
    """One build that is explained."""

    making: Making
    plan: Plan
    pages: dict[str, Page]
    published: Published

    def changed(self, name: str) -> list[Cause]:
        """Why a file says something else."""
        page = self.pages.get(name)
        if page is None:
            return [self._of_a_file(name)]
        if page.kind == "moved":
            was_a_page = bool(self.making.before[name].owner)
            return self.removed(name) if was_a_page else [Cause(Why.MOVED, (page.target,))]
        shared = self._shared(page.locale)
        if not self._is_little:
            return [*self._of_texts(page), *shared] or [Cause(Why.UNKNOWN)]
        old = self._old(page)
        if old is None:
            return [*shared, Cause(Why.UNKNOWN)]
        found = [*self._of_texts(page), *of_pages(old, page), *shared]
        made_of = self.making.before[name].made_of
        if not found and page.digest(self.making.job.around[page.locale]) == made_of:
            return [Cause(Why.FORCED if self.making.force else Why.MENDED)]
        if not self._is_known(old, made_of):
            told = {one.why for one in found}
            if not told & {Why.WORDS, Why.SETTINGS, Why.FILES}:  # by those it cannot be known
                found.append(Cause(Why.UNKNOWN))
        return found

    def new(self, name: str) -> list[Cause]:
        """Why there is a file that was not there."""
        page = self.pages.get(name)
        if page is None:
            return [self._of_a_file(name)]
        if page.kind == "moved":
            return [Cause(Why.MOVED, (page.target,))]
        if page.locale not in self._before.addresses.locales and self.making.before:
            return [Cause(Why.LANGUAGES, (f"+{page.locale}",))]
        if page.article is None:
            return [Cause(Why.LIST, tuple(f"+{card.title}" for card in page.articles))]
        return self._arrived(page, page.article)

    def _arrived(self, page: Page, article: str) -> list[Cause]:
        """Why an article has a page at an address that had none."""
        old = self.making.memory.live(article, page.locale)
        now = self._now(page)
        if old is None or now is None:
            return [Cause(Why.NEW)]
        path = self._before.addresses.path(article, page.locale)
        if path is not None and path != page.path:
            return [Cause(Why.MOVED, (path,)), *of_versions(old, now)]
        return [Cause(Why.READY), *of_versions(old, now)]

    def removed(self, name: str) -> list[Cause]:
        """Why there is a file no longer."""
        article, is_page, locale = self.making.before[name].owner.partition("\t")
        if not is_page:
            folder = name.partition("/")[0]
            gone = sorted(
                code
                for code in {locale for _, locale in self.making.owners}
                if code.replace("_", "-") == folder and code not in self.plan.addresses.locales
            )
            if gone:
                return [Cause(Why.LANGUAGES, (f"-{gone[0]}",))]
            return [Cause(Why.LIST)] if name.endswith(".html") else [self._of_a_file(name)]
        if not any(source.id == article for source in self.making.found.sources):
            return [Cause(Why.GONE)]
        path = self.plan.addresses.path(article, locale)
        old = self.making.memory.live(article, locale)
        now = self._versions.get((article, locale))
        texts = of_versions(old, now) if old and now else []
        if path is not None:
            return [Cause(Why.MOVED, (path,)), *texts]
        return [Cause(Why.WITHDRAWN), *texts]

    # What is known

    @cached_property
    def _is_little(self) -> bool:
        return len(self.published.changed) <= _MOST

    @cached_property
    def _versions(self) -> dict[tuple[str, str], Version]:
        return {
            (surveyed.article, locale): version
            for surveyed in self.making.surveys
            for locale, version in surveyed.versions.items()
        }

    @cached_property
    def _before(self) -> Plan:
        """The plan of the last build, from what its pages were made of."""
        memory = self.making.memory
        versions = [
            version
            for place in sorted(self.making.owners)
            if place[1] in self.making.policies  # of a former language the words are not known
            and (version := memory.live(*place)) is not None
        ]
        return Plan(
            self.plan.site,
            self.making.addresses(versions),
            self.making.directories,
            self.plan.sizes,
            preview=self.plan.preview,
        )

    @cached_property
    def _others(self) -> dict[str, Page]:
        return {page.file: page for page in self._before.others(self.making.policies)}

    def _old(self, page: Page) -> Page | None:
        if page.article is None:
            return self._others.get(page.file)
        version = self._before.addresses.version(page.article, page.locale)
        return self._before.article(version) if version is not None else None

    def _now(self, page: Page) -> Version | None:
        return self.plan.addresses.version(page.article or "", page.locale)

    def _shared(self, locale: str) -> list[Cause]:
        """What changed of all that pages of a locale have in common."""
        eras = self.making.memory.eras.get(locale)
        now = eras_of(self.making, self.plan).get(locale)
        if not eras or now is None:
            return []
        both = zip(SHARED, eras[0], now, strict=True)
        return [Cause(why) for why, before, after in both if before != after]

    def _is_known(self, old: Page, made_of: str) -> bool:
        """Whether a page that was planned again is the one that is live."""
        eras = self.making.memory.eras.get(old.locale, ())
        return any(old.digest(hash_of(*era[:4])) == made_of for era in eras)

    def _of_texts(self, page: Page) -> list[Cause]:
        old = self.making.memory.live(page.article, page.locale) if page.article else None
        now = self._now(page)
        return of_versions(old, now) if old is not None and now is not None else []

    def _of_a_file(self, name: str) -> Cause:
        """Of what is no page: the theme's, an author's, or made of the pages."""
        if name.startswith("assets/"):
            return Cause(Why.THEME)
        own = any(asset == name for asset, _ in self.making.found.assets)
        return Cause(Why.FILES if own else Why.PAGES)
