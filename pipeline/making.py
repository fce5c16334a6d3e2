"""Making a site: survey, plan, render, publish.

Each step knows only what the one before it found. An article, a catalogue or a template that is
broken stops nothing else, and what is live of it stays.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import cached_property
from pathlib import Path

from . import articles, garbage
from .build import Progress, Report
from .causes import Causes
from .errors import (
    PipelineError,
    ProjectError,
)
from .explaining import explain
from .filling import Filling
from .fingerprint import stamp
from .mistakes import Mistakes, misfits
from .outline import Kept, Outline, write_outline
from .pool import Pool
from .project import Project
from .record import Record, remembered_by
from .remembering import places_of, remember
from .rendering import Job, Sizes, Wanted, hash_of
from .said import Said
from .site import search
from .site.addresses import Addresses
from .site.compression import is_variant
from .site.history import Histories, history_path
from .site.page import Page
from .site.pictures import Size, is_picture, sizes_of
from .site.plan import Plan, directory_of
from .site.publication import MANIFEST, Manifest, Publication, Published, read_manifest
from .site.remembered import Memory, read_memory
from .site.survey import Surveyed
from .site.version import Version
from .tables import nearest

Read = Callable[[Sequence[articles.Source]], Iterable[Surveyed]]
"""Surveys articles, in their order."""

Make = Callable[[Sequence[tuple[Wanted, str]]], Iterable[Sizes | PipelineError]]
"""Puts pages beside the site, in their order; each with the hash of what it is made of."""


class Making:
    """One build under way."""

    def __init__(  # noqa: PLR0913 - what was asked for, and what is known already
        self,
        project: Project,
        record: Record,
        locales: Sequence[str],
        today: date,
        force: bool,
        progress: Progress,
        only: Sequence[str] = (),
        *,
        inputs: str = "",
        job: Callable[[], Job] | None = None,
    ) -> None:
        self.project = project
        self.record = record
        self.locales = locales
        self.today = today
        self.force = force
        self.only = frozenset(only)
        self.at = time.time()
        self.progress = progress
        self.preview = record.output != project.output_dir
        self.warnings: list[PipelineError] = []
        self.inputs = inputs or record.inputs(project)  # before anything is read, too
        self.found = articles.find(project)
        self.job = job() if job else Job.of(project, today, preview=self.preview)
        self.errors: list[PipelineError] = list(self.job.errors)
        self.theme, self.policies, self.words = self.job.theme, self.job.policies, self.job.words
        self.failed: set[tuple[str, str]] = set()
        self.surveys: Sequence[Surveyed] = ()

    def assert_articles(self) -> None:
        """Refuse to build what is neither written nor live.

        Raises:
            ProjectError: There is no such article.
        """
        known = {*self.sources, *(article for article, _ in self.owners)}
        for article in sorted(self.only - known):
            raise ProjectError(f"there is no article “{article}”", hint=nearest(article, known))

    def run(self, jobs: int | None) -> Report:
        """Survey, plan, render, publish, in as many processes."""
        with Pool(jobs, self.job) as pool:
            publication = Publication.begin(self.record.output, keeps=not self.preview)
            return self.publish(
                publication,
                lambda: self.outline(
                    lambda sources: pool.map(Job.survey, sources, self.told("Reading"))
                ),
                lambda pages: pool.map(
                    Job.render, [page for page, _ in pages], self.told("Rendering")
                ),
            )

    def publish(
        self,
        publication: Publication,
        outlined: Callable[[], Outline],
        make: Make,
        *,
        sure: Callable[[], None] = lambda: None,
    ) -> Report:
        """Render and publish what is outlined, with this way to make pages.

        ``sure`` raises an error if this build may not publish any more.
        """
        try:
            plan, pages, kept = self.prepare(publication, outlined, make)
            if not self.preview:
                publication.compress()
                self._histories.write(plan.addresses, self.locales)
            if self.searchable:
                search.assert_installed()
                kept.update(name for name in self.before if name.startswith(search.FOLDER))
            sure()
            published = publication.commit(self.before, kept=kept)
        except BaseException:
            publication.abandon()
            raise
        causes = explain(self, plan, pages, published)
        if self.searchable and search.is_due(self.record.output, published):
            search.publish(self.record.output)
        count = sum(not is_variant(name) for name in (*kept, *publication.written))
        remember(self, plan, count)
        return self.report(plan, publication, published, count, causes)

    def report(
        self,
        plan: Plan,
        publication: Publication,
        published: Published,
        count: int,
        causes: Causes,
    ) -> Report:
        """What there is to say of a build that has so many files."""
        entries = {**self.before, **publication.written}
        owners = {name: entries[name].owner for name in causes if entries[name].owner}
        versions = tuple(version for s in self.surveys for version in s.versions.values())
        self.errors.extend(misfits(self.project, versions))
        return Report(
            self.record.output,
            plan.addresses.locales,
            published,
            count - len(published.new) - len(published.changed),
            versions,
            tuple(self.errors),
            tuple(self.warnings),
            causes,
            owners,
        )

    def prepare(
        self, publication: Publication, outlined: Callable[[], Outline], make: Make
    ) -> tuple[Plan, list[Page], set[str]]:
        """Render what is outlined: its plan, its pages, and the files that stay as they are."""
        outline = outlined()
        plan, pages = outline.plan, [page for page, _ in outline.pages]
        filling = Filling(self, publication)
        filling.pages(outline.pages, make)
        filling.documents(plan, pages)
        filling.assets()
        return plan, pages, filling.kept | filling.staying()

    def plan(self) -> Plan:
        """The pages of the site as it is now; nothing is made of them."""
        return self._plan(self._survey(lambda sources: map(self.job.survey, sources)))

    def outline(self, read: Read) -> Outline:
        """Survey and plan, with this way to read articles."""
        surveys = self._survey(read)
        around = self.job.around
        plan = self._plan(surveys)
        pages = [(page, page.digest(around[page.locale])) for page in plan.pages(self.policies)]
        return Outline(surveys, plan, pages)

    def keep(self, outline: Outline, path: Path, basis: str) -> None:
        """Keep an outline for whoever publishes it."""
        surveys = [(s.article, s.stamps, s.versions) for s in outline.surveys]
        errors, warnings = map(Said.of, self.errors), map(Said.of, self.warnings)
        failed = sorted(self.failed)
        write_outline(path, Kept(basis, surveys, outline.pages, [*errors], [*warnings], failed))

    def resume(self, kept: Kept) -> Outline:
        """The outline that was kept, as if it had been made here."""
        self.failed = set(kept.failed)
        surveys = self.surveys = [Surveyed(*known, {}) for known in kept.surveys]
        plan = self._plan_of(self.addresses(versions := list(self._versions(surveys))), versions)
        self.errors = [said.error() for said in kept.errors]
        self.warnings = [said.error() for said in kept.warnings]
        return Outline(surveys, plan, kept.pages)

    @property
    def basis(self) -> str:
        """A hash of everything that an outline is made of."""
        record = self.record
        paths = [record.output / MANIFEST, record.memory_path]
        paths += [history_path(self.project, locale) for locale in self.policies]
        asked = (str(self.today), str(self.preview), *self.locales, "", *sorted(self.only))
        return hash_of(self.inputs, *map(stamp, paths), *asked)

    @property
    def searchable(self) -> bool:
        """Whether readers can search what is built."""
        return self.project.settings.site.search and not self.preview

    def unread(self) -> list[articles.Source]:
        """The articles that were touched since they were last surveyed."""
        return [
            source
            for source in self.found.sources
            if (not self.only or self._is_needed(source.id))
            and (self.force or self.memory.recall(self.project, source, self.policies) is None)
        ]

    def outdated(self, outline: Outline) -> list[tuple[Wanted, str]]:
        """The pages that are out of date, each with the hash of what it is made of."""
        return Filling(self).outdated(outline.pages)

    # Survey

    def _survey(self, read: Read) -> list[Surveyed]:
        self.errors.extend(self.found.errors)
        known: dict[str, Surveyed] = {}
        for source in self.found.sources:
            recalled = self.memory.recall(self.project, source, self.policies)
            if recalled is not None and not self.force:
                known[source.id] = recalled
        fresh = [source for source in self.found.sources if source.id not in known]
        if self.only:
            fresh = [source for source in fresh if self._is_needed(source.id)]
        for number, surveyed in enumerate(read(fresh), 1):
            known[surveyed.article] = surveyed
            if number % garbage.OFTEN == 0:
                garbage.sweep()
        surveys = [known[source.id] for source in self.found.sources if source.id in known]
        for surveyed in surveys:
            for locale, error in surveyed.errors.items():
                self.fail(surveyed.article, locale, error)
        asked = [surveyed for surveyed in surveys if self._is_asked_for(surveyed.article)]
        everything = Addresses((), self.files, self.words, source_locale=self.project.source_locale)
        for article, error in (
            *self.mistakes.layouts(asked, self.theme.layouts),
            *self.mistakes.links(asked, everything),
        ):
            self.fail(article, "", error)
        if not self.only:
            self.warnings.extend(self.mistakes.orphans())
        return surveys

    def _is_needed(self, article: str) -> bool:
        """Whether an article has to be read for a build of some: they, and what nobody knows of."""
        unknown = any(
            (article, locale) in self.owners and self.memory.live(article, locale) is None
            for locale in self.policies
        )
        return article in self.only or unknown

    def fail(self, article: str, locale: str, error: PipelineError) -> None:
        """What is live of this version stays, and the report says why."""
        self.errors.append(error)
        for each in (locale,) if locale else self.policies:
            self.failed.add((article, each))

    # Plan

    def _plan(self, surveys: Sequence[Surveyed]) -> Plan:
        self.surveys = surveys
        versions = list(self._versions(surveys))
        addresses = self.addresses(versions)
        for clash in addresses.clashes:
            self.fail(clash.version.article, clash.version.locale, self.mistakes.slug(clash))
        if addresses.clashes:
            addresses = self.addresses(versions := list(self._versions(surveys)))
        return self._plan_of(addresses, versions)

    def _plan_of(self, addresses: Addresses, versions: Sequence[Version]) -> Plan:
        return Plan(
            self.project.settings.site,
            addresses,
            self.directories,
            self._sizes(versions),
            () if self.preview else tuple(self._histories.redirects(addresses)),
            self.preview,
        )

    @cached_property
    def _histories(self) -> Histories:
        owners = [(name, entry.owner) for name, entry in self.before.items()]
        found = Histories.read(self.project, self.policies, owners)
        self.errors.extend(found.errors)
        return found

    def _versions(self, surveys: Iterable[Surveyed]) -> Iterator[Version]:
        """The versions to publish: of what failed or is not built, the last if it is still live."""
        known = {surveyed.article: surveyed for surveyed in surveys}
        gone = [article for article, _ in self.owners if article not in self.sources]
        for article in dict.fromkeys([*self.sources, *gone]):
            for locale in self.policies:
                if article in known and self.builds(article, locale):
                    yield known[article].versions[locale]
                elif self.stays(article, locale):
                    last = self.memory.live(article, locale)
                    if last is None and article in known:
                        last = known[article].versions.get(locale)
                    if last is not None:
                        yield last

    def builds(self, article: str, locale: str) -> bool:
        """Whether a version is built; what is live of any other stays as it is.

        The home page lists articles: it is built with any of them, unless it changed itself.
        """
        if locale not in self.locales or (article, locale) in self.failed:
            return False
        return self._is_asked_for(article) or (article == articles.HOME and self._is_same(locale))

    def _is_same(self, locale: str) -> bool:
        """Whether the home page says the same as the one that is live."""
        last = self.memory.live(articles.HOME, locale)
        now = next((one for one in self.surveys if one.article == articles.HOME), None)
        version = now.versions.get(locale) if now else None
        return last is not None and version is not None and last.digest == version.digest

    def stays(self, article: str, locale: str) -> bool:
        """Whether what is live of a version that is not built is to stay."""
        is_there = article in self.sources or not self._is_asked_for(article)
        return (article, locale) in self.owners and (is_there or locale not in self.locales)

    def _is_asked_for(self, article: str) -> bool:
        return not self.only or article in self.only

    def addresses(self, versions: Iterable[Version]) -> Addresses:
        """Where these versions are."""
        return Addresses(
            versions,
            self.files,
            self.words,
            source_locale=self.project.source_locale,
            search=self.project.settings.site.search,
        )

    def _sizes(self, versions: Iterable[Version]) -> Mapping[str, Size]:
        shown = any(version.image or any(map(is_picture, version.links)) for version in versions)
        return sizes_of(self.found.assets) if shown else {}

    @cached_property
    def owners(self) -> frozenset[tuple[str, str]]:
        """The articles and locales of all pages that are live."""
        return places_of(self.before)

    @cached_property
    def memory(self) -> Memory:
        """The versions that the last build was made of."""
        return read_memory(self.record.memory_path, remembered_by(self.project))

    @cached_property
    def before(self) -> Manifest:
        """What is published; to be asked for under the lock by who publishes."""
        return read_manifest(self.record.output)

    def told(self, step: str) -> Callable[[int, int], None]:
        """Tells the progress of a step."""
        return lambda done, total: self.progress(step, done, total)

    @cached_property
    def mistakes(self) -> Mistakes:
        """What is looked for in all articles together."""
        return Mistakes(self.project, self.sources)

    @cached_property
    def sources(self) -> Mapping[str, articles.Source]:
        """The articles by their ids."""
        return {source.id: source for source in self.found.sources}

    @cached_property
    def directories(self) -> Mapping[str, str]:
        """The folder below the sources of every article, also of one whose page only stays."""
        gone = {article: directory_of(article) for article, _ in self.owners}
        return gone | {source.id: directory_of(source.name) for source in self.found.sources}

    @cached_property
    def files(self) -> Mapping[str, str]:
        """What links may lead to, by its name below the sources: an article's id, or the name."""
        known = {source.name: source.id for source in self.found.sources}
        return known | {name: name for name, _ in self.found.assets}
