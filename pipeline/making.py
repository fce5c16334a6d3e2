"""Making a site: survey, plan, render, publish.

Each step knows only what the one before it found. An article, a catalogue or a template that is
broken stops nothing else, and what is live of it stays.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import cached_property
from pathlib import Path

from . import articles, files, garbage
from .build import Progress, Report
from .causes import Causes
from .errors import (
    CatalogueError,
    FrontMatterError,
    LinkError,
    PipelineError,
    ProjectError,
    SlugError,
    ThemeError,
)
from .explaining import explain
from .fingerprint import stamp
from .markup import Link
from .outline import Kept, Outline, write_outline
from .pool import Pool
from .project import Project
from .record import Record, remembered_by
from .rendering import Job, Wanted, hash_of
from .said import Said
from .site import search
from .site.addresses import Addresses, Clash
from .site.compression import SUFFIXES, is_compressible, is_variant
from .site.documents import documents
from .site.history import Histories, history_path
from .site.page import Page
from .site.pictures import Size, is_picture, sizes_of
from .site.plan import Plan, directory_of
from .site.publication import MANIFEST, Entry, Manifest, Publication, Published, read_manifest
from .site.remembered import Era, Memory, read_memory, write_memory
from .site.strings import DOMAIN
from .site.survey import Surveyed, expiry, unfit
from .site.version import Version
from .tables import nearest

Read = Callable[[Sequence[articles.Source]], Iterable[Surveyed]]
"""Surveys articles, in their order."""

Make = Callable[[Sequence[tuple[Wanted, str]]], Iterable[int | PipelineError]]
"""Puts pages beside the site, in their order; each with the hash of what it is made of."""


class Making:
    """One build under way."""

    def __init__(
        self,
        project: Project,
        record: Record,
        locales: Sequence[str],
        today: date,
        force: bool,
        progress: Progress,
        only: Sequence[str] = (),
        *,
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
        self.inputs = record.inputs(project)  # before anything is read: edits from now on count
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
        known = {*self._sources, *(article for article, _ in self.owners)}
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
        self._remember(plan, self.surveys, count)
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
        self.errors.extend(problems_of(self.project, versions))
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
        kept = self._render(outline.pages, publication, make)
        self._documents(plan, pages, publication, kept)
        self._assets(publication, kept)
        return plan, pages, kept | self._kept()

    def plan(self) -> Plan:
        """The pages of the site as it is now; nothing is made of them."""
        return self._plan(self._survey(lambda sources: map(self.job.survey, sources)))

    def outline(self, read: Read) -> Outline:
        """Survey and plan, with this way to read articles."""
        surveys = self._survey(read)
        around = self.job.around
        with garbage.kept():
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
        return self._outdated(outline.pages)[1]

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
        for surveyed in read(fresh):
            known[surveyed.article] = surveyed
        surveys = [known[source.id] for source in self.found.sources if source.id in known]
        for surveyed in surveys:
            for locale, error in surveyed.errors.items():
                self.fail(surveyed.article, locale, error)
        asked = [surveyed for surveyed in surveys if self._is_asked_for(surveyed.article)]
        self._check_layouts(asked)
        self._check_links(asked)
        if not self.only:
            self._warn_of_orphans()
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

    def _check_layouts(self, surveys: Iterable[Surveyed]) -> None:
        """A layout that the theme does not have fails the articles that ask for it."""
        for surveyed in surveys:
            version = surveyed.versions.get(self.project.source_locale)
            if version is None or version.layout in self.theme.layouts:
                continue
            source = self._sources[surveyed.article]
            error = FrontMatterError(
                f"the theme has no layout “{version.layout}”",
                path=self.project.relative(source.path),
                line=_line_of(source.path, version.layout, after="layout"),
                hint=nearest(version.layout, self.theme.layouts),
            )
            self.fail(surveyed.article, "", error)

    def _check_links(self, surveys: Iterable[Surveyed]) -> None:
        """A link to what is not in ``source/`` at all fails the article that has it."""
        everything = Addresses(
            (), self._files, self.words, source_locale=self.project.source_locale
        )
        for surveyed in surveys:
            version = surveyed.versions.get(self.project.source_locale)
            source = self._sources[surveyed.article]
            directory = directory_of(source.name)
            for value in version.links if version else ():
                link = Link("a", "href", value, False)
                if everything.resolve(link, directory=directory, locale="") is None:
                    error = LinkError(
                        f"there is nothing at “{value}” to link to",
                        path=self.project.relative(source.path),
                        line=_line_of(source.path, value),
                        hint="Correct the link, or add what it leads to below "
                        f"{self.project.settings.site.source}/.",
                    )
                    self.fail(surveyed.article, "", error)

    def _warn_of_orphans(self) -> None:
        known = {*self._sources, DOMAIN}
        for locale in self.project.locales:
            for domain in self.project.domains(locale):
                if domain not in known:
                    path = self.project.catalogue_path(locale, domain)
                    self.warnings.append(
                        CatalogueError(
                            "this catalogue's article is gone",
                            path=self.project.relative(path),
                            hint="Its translations are kept; delete the file if nobody needs them.",
                        )
                    )

    # Plan

    def _plan(self, surveys: Sequence[Surveyed]) -> Plan:
        self.surveys = surveys
        versions = list(self._versions(surveys))
        addresses = self.addresses(versions)
        for clash in addresses.clashes:
            self.fail(clash.version.article, clash.version.locale, self._explain(clash))
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
        gone = [article for article, _ in self.owners if article not in self._sources]
        for article in dict.fromkeys([*self._sources, *gone]):
            for locale in self.policies:
                if article in known and self.builds(article, locale):
                    yield known[article].versions[locale]
                elif self._stays(article, locale):
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

    def _stays(self, article: str, locale: str) -> bool:
        """Whether what is live of a version that is not built is to stay."""
        is_there = article in self._sources or not self._is_asked_for(article)
        return (article, locale) in self.owners and (is_there or locale not in self.locales)

    def _is_asked_for(self, article: str) -> bool:
        return not self.only or article in self.only

    def addresses(self, versions: Iterable[Version]) -> Addresses:
        """Where these versions are."""
        return Addresses(
            versions,
            self._files,
            self.words,
            source_locale=self.project.source_locale,
            search=self.project.settings.site.search,
        )

    def _explain(self, clash: Clash) -> SlugError:
        """Where the slug of a clash was written."""
        version = clash.version
        if version.locale == self.project.source_locale or "slug" in version.foreign:
            path = self._sources[version.article].path
            line = _line_of(path, version.slug, after="slug")
        else:
            path = self.project.catalogue_path(version.locale, version.article)
            line = _line_of(path, version.slug, after="msgstr")
        return SlugError(
            clash.error.message, path=self.project.relative(path), line=line, hint=clash.error.hint
        )

    def _sizes(self, versions: Iterable[Version]) -> Mapping[str, Size]:
        shown = any(version.image or any(map(is_picture, version.links)) for version in versions)
        return sizes_of(self.found.assets) if shown else {}

    # Render

    def _outdated(
        self, pages: Iterable[tuple[Page, str]]
    ) -> tuple[set[str], list[tuple[Wanted, str]]]:
        """The files that are up to date, and the pages that are not."""
        kept: set[str] = set()
        outdated: list[tuple[Wanted, str]] = []
        for page, made_of in pages:
            if page.locale not in self.locales and page.kind != "root" and page.file != "404.html":
                continue
            if page.article and not self.builds(page.article, page.locale):
                continue
            if self._is_current(page.file, made_of):
                kept.update(self.with_variants(page.file))
            else:
                source = self._sources[page.article] if page.article else None
                outdated.append(((page, source), made_of))
        outdated.sort(key=lambda one: one[0][0].article or "")  # an article's pages side by side
        return kept, outdated

    def _render(
        self, pages: Iterable[tuple[Page, str]], publication: Publication, make: Make
    ) -> set[str]:
        """Render what is out of date; the files that are not."""
        kept, outdated = self._outdated(pages)
        for ((page, _), made_of), result in zip(outdated, make(outdated), strict=True):
            if isinstance(result, int):
                owner = f"{page.article}\t{page.locale}" if page.article else ""
                publication.written[page.file] = Entry(made_of, result, owner)
                continue
            if isinstance(result, ThemeError):
                raise result
            self.errors.append(result)
            if not self._is_there(page.file) or page.file not in self.before:
                raise result
            kept.update(self.with_variants(page.file))
        return kept

    def _documents(
        self, plan: Plan, pages: Sequence[Page], publication: Publication, kept: set[str]
    ) -> None:
        """Sitemaps, feeds and the like; what an author gives the same name takes their places."""
        own = {name for name, _ in self.found.assets}
        for name, text in documents(plan, pages, self.job.settings, self.locales):
            if name not in own:
                self._asset(publication, kept, name, text.encode())

    def _assets(self, publication: Publication, kept: set[str]) -> None:
        """The theme's assets and the files beside the articles."""
        for name, data in self.theme.assets.items():
            self._asset(publication, kept, f"assets/{name}", data)
        for name, path in self.found.assets:
            self._asset(publication, kept, name, path.read_bytes())

    def _asset(self, publication: Publication, kept: set[str], name: str, data: bytes) -> None:
        made_of = files.digest(data)
        if self._is_current(name, made_of):
            kept.update(self.with_variants(name))
        else:
            publication.write(name, data, Entry(made_of, len(data)))

    def _is_current(self, name: str, made_of: str) -> bool:
        """Whether a published file is made of the same, and is there with its compressed forms."""
        if self.force or name not in self.before or self.before[name].made_of != made_of:
            return False
        return all(map(self._is_there, self.with_variants(name)))

    def with_variants(self, name: str) -> tuple[str, ...]:
        """A file and its compressed forms, as they are published."""
        if self.preview or not is_compressible(name):
            return (name,)
        return (name, *(name + suffix for suffix in SUFFIXES))

    def _kept(self) -> set[str]:
        """Files of locales that are not built now, and of versions that failed."""
        kept: set[str] = set()
        folders = {loc.replace("_", "-") for loc in self.policies if loc not in self.locales}
        for name, entry in self.before.items():
            article, is_page, locale = entry.owner.partition("\t")
            stays = is_page and not self.builds(article, locale) and self._stays(article, locale)
            if name.partition("/")[0] in folders or stays:
                kept.add(name)
        return kept

    def _is_there(self, name: str) -> bool:
        """Whether a published file is there, of the size it was published with."""
        try:
            return (self.record.output / name).stat().st_size == self.before[name].size
        except (OSError, KeyError):
            return False

    # Odds and ends

    @cached_property
    def owners(self) -> frozenset[tuple[str, str]]:
        """The articles and locales of all pages that are live."""
        return places_of(self.before)

    def _remember(self, plan: Plan, surveys: Sequence[Surveyed], count: int) -> None:
        owners = places_of(read_manifest(self.record.output))
        good = []
        for surveyed in surveys:
            if not any((surveyed.article, loc) in self.failed for loc in surveyed.versions):
                good.append(surveyed)
            elif last := self.memory.surveys.get(surveyed.article):
                good.append(Surveyed(surveyed.article, "", last[1], {}))
        memory = self.memory.after(
            good,
            built=[place for place in owners if self.builds(*place)],
            owners=owners,
            eras=self.eras(plan),
            whole=not self.only,
            at=self.at,
        )
        write_memory(self.record.memory_path, remembered_by(self.project), memory)
        if self.errors or self.warnings or problems_of(self.project, _all(surveys)):
            self.record.forget()
        elif tuple(self.locales) == self.project.all_locales and not self.only:
            self.record.write(self.project, self.inputs, expiry(surveys), count)

    def eras(self, plan: Plan) -> Mapping[str, Era]:
        """What the pages of each locale that is built have in common."""
        seen = files.digest(
            repr((sorted(self._files.items()), sorted(plan.sizes.items()))).encode()
        )
        return {
            locale: (*shared, seen)
            for locale, shared in self.job.surroundings.items()
            if locale in self.locales
        }

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
    def _sources(self) -> Mapping[str, articles.Source]:
        return {source.id: source for source in self.found.sources}

    @cached_property
    def directories(self) -> Mapping[str, str]:
        """The folder below the sources of every article, also of one whose page only stays."""
        gone = {article: directory_of(article) for article, _ in self.owners}
        return gone | {source.id: directory_of(source.name) for source in self.found.sources}

    @cached_property
    def _files(self) -> Mapping[str, str]:
        known = {source.name: source.id for source in self.found.sources}
        return known | {name: name for name, _ in self.found.assets}


def places_of(manifest: Manifest) -> frozenset[tuple[str, str]]:
    """The articles and locales whose pages are in a manifest."""
    owners = {entry.owner for entry in manifest.values() if entry.owner}
    return frozenset((article, loc) for article, _, loc in (one.partition("\t") for one in owners))


def problems_of(project: Project, versions: Iterable[Version]) -> list[PipelineError]:
    """Translations that cannot be shown because they do not fit their source."""
    return [error for version in versions for error in unfit(project, version)]


def _all(surveys: Iterable[Surveyed]) -> Iterator[Version]:
    for surveyed in surveys:
        yield from surveyed.versions.values()


def _line_of(path: Path, text: str, *, after: str = "") -> int | None:
    """The first line of a file that says ``text``, behind the word ``after`` if one is given."""
    pattern = re.compile(f"{after}.*{re.escape(text)}" if after else re.escape(text))
    try:
        lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return None
    return next((number for number, line in enumerate(lines, 1) if pattern.search(line)), None)
