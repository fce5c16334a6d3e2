"""Making a site: survey, plan, render, publish.

Each step knows only what the one before it found. An article, a catalogue or a template that is
broken stops nothing else, and what is live of it stays.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path

from . import __version__, articles, files
from .build import Progress, Report
from .errors import (
    CatalogueError,
    FrontMatterError,
    LinkError,
    OutputError,
    PipelineError,
    SlugError,
    ThemeError,
)
from .markup import Link
from .pool import Pool
from .project import Project
from .record import Record
from .site.addresses import Addresses, Clash
from .site.choice import Policies, policies_of
from .site.page import Page, Setting, render
from .site.pictures import Size, size_of
from .site.plan import Plan, directory_of
from .site.publication import Entry, Manifest, Publication, read_manifest, stage
from .site.strings import DOMAIN, Strings, read_strings
from .site.survey import (
    Surveyed,
    expiry,
    read_choices,
    read_memory,
    survey,
    unfit,
    write_memory,
)
from .site.theme import Theme
from .site.version import Version
from .tables import nearest


@dataclass(frozen=True, slots=True)
class _Job:
    """What a process that surveys or renders needs to know; the same for every page."""

    project: Project
    policies: Policies
    settings: Mapping[str, Setting]
    output: Path

    def survey(self, source: articles.Source) -> Surveyed:
        return survey(self.project, source, self.policies)

    def render(self, work: tuple[Page, articles.Source | None]) -> int | PipelineError:
        """Render a page and put it beside the site; its size in bytes, or what went wrong."""
        page, source = work
        policy = self.policies[page.locale]
        try:
            if source is None:
                html = render(page, self.settings[page.locale])
            else:
                article = articles.load(self.project, source)
                choices = read_choices(self.project, article, page.locale, policy)
                html = render(
                    page,
                    self.settings[page.locale],
                    article=article,
                    choices=choices,
                    policy=policy,
                )
            data = html.encode()
            stage(self.output, page.file, data)
            return len(data)
        except PipelineError as error:
            return error
        except OSError as error:
            return OutputError(
                f"the page cannot be written: {error.strerror or error}",
                path=self.output / page.file,
                hint="Mend the cause and build again; the page that is live has stayed.",
            )


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
    ) -> None:
        self.project = project
        self.record = record
        self.locales = locales
        self.force = force
        self.progress = progress
        self.preview = record.output != project.output_dir
        self.errors: list[PipelineError] = []
        self.warnings: list[PipelineError] = []
        self.found = articles.find(project)
        self.theme = Theme.of(project)
        self.policies = policies_of(project, today, preview=self.preview)
        self.words = {locale: self._words(locale) for locale in self.policies}
        settings = {locale: self.setting(locale) for locale in self.policies}
        self.job = _Job(project, self.policies, settings, record.output)
        self.before: Manifest = read_manifest(record.output)
        self.failed: set[tuple[str, str]] = set()

    def run(self, jobs: int | None) -> Report:
        """Survey, plan, render, publish, in as many processes."""
        with Pool(jobs, self.job) as pool:
            return self._run(pool)

    def plan(self) -> Plan:
        """The pages of the site as it is now; nothing is made of them."""
        with Pool(1, self.job) as pool:
            return self._plan(self._survey(pool))

    def _run(self, pool: Pool[_Job]) -> Report:
        publication = Publication.begin(self.record.output)
        try:
            surveys = self._survey(pool)
            plan = self._plan(surveys)
            kept = self._render(pool, plan, publication)
            self._assets(publication, kept)
            kept |= self._kept()
            published = publication.commit(self.before, kept=kept)
        except BaseException:
            publication.abandon()
            raise
        self._remember(surveys, len(kept) + len(publication.written))
        versions = tuple(version for s in surveys for version in s.versions.values())
        self.errors.extend(problems_of(self.project, versions))
        return Report(
            self.record.output,
            plan.addresses.locales,
            published,
            len(kept) + len(publication.written) - len(published.new) - len(published.changed),
            versions,
            tuple(self.errors),
            tuple(self.warnings),
        )

    # Survey

    def _survey(self, pool: Pool[_Job]) -> list[Surveyed]:
        settings = f"{self.project.settings.digest} {__version__}"
        self.memory = read_memory(self.record.memory_path, settings)
        self.errors.extend(self.found.errors)
        known: dict[str, Surveyed] = {}
        for source in self.found.sources:
            recalled = self.memory.recall(self.project, source, self.policies)
            if recalled is not None and not self.force:
                known[source.id] = recalled
        fresh = [source for source in self.found.sources if source.id not in known]
        for surveyed in pool.map(_Job.survey, fresh, self._told("Reading")):
            known[surveyed.article] = surveyed
        surveys = [known[source.id] for source in self.found.sources]
        for surveyed in surveys:
            for locale, error in surveyed.errors.items():
                self._fail(surveyed.article, locale, error)
        self._check_layouts(surveys)
        self._check_links(surveys)
        self._warn_of_orphans()
        return surveys

    def _fail(self, article: str, locale: str, error: PipelineError) -> None:
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
            self._fail(surveyed.article, "", error)

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
                    self._fail(surveyed.article, "", error)

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
        versions = list(self._versions(surveys))
        addresses = self._addresses(versions)
        for clash in addresses.clashes:
            self._fail(clash.version.article, clash.version.locale, self._explain(clash))
        if addresses.clashes:
            addresses = self._addresses(list(self._versions(surveys)))
        return Plan(
            self.project.settings.site,
            addresses,
            {source.id: directory_of(source.name) for source in self.found.sources},
            self._sizes(versions),
            self.preview,
        )

    def _versions(self, surveys: Iterable[Surveyed]) -> Iterator[Version]:
        """The versions to publish; of one that failed, the last one if it is still live."""
        for surveyed in surveys:
            for locale in self.policies:
                if (surveyed.article, locale) not in self.failed:
                    yield surveyed.versions[locale]
                    continue
                last = self.memory.version(surveyed.article, locale)
                if last is not None and self._owned(surveyed.article, locale):
                    yield last

    def _addresses(self, versions: Iterable[Version]) -> Addresses:
        return Addresses(
            versions, self._files, self.words, source_locale=self.project.source_locale
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
        if not any(version.image for version in versions):
            return {}
        pictures = (".svg", ".png", ".jpg", ".jpeg", ".gif", ".webp", ".avif")
        return {name: size_of(path) for name, path in self.found.assets if name.endswith(pictures)}

    # Render

    def _render(self, pool: Pool[_Job], plan: Plan, publication: Publication) -> set[str]:
        """Render what is out of date; the files that are not."""
        kept: set[str] = set()
        outdated: list[tuple[Page, str]] = []
        digests = {
            locale: (self.theme.digest, words.digest, self.project.settings.digest, __version__)
            for locale, words in self.words.items()
        }
        for page in plan.pages(self.locales):
            owner = f"{page.article}\t{page.locale}" if page.article else ""
            if page.article and (page.article, page.locale) in self.failed:
                continue
            made_of = page.digest(*digests[page.locale])
            entry = self.before.get(page.file)
            if not self.force and entry and entry.made_of == made_of and self._is_there(page.file):
                kept.add(page.file)
            else:
                outdated.append((page, made_of))
                publication.written[page.file] = Entry(made_of, 0, owner)
        outdated.sort(key=lambda one: one[0].article or "")  # one article's pages side by side
        work = [
            (page, self._sources[page.article] if page.article else None) for page, _ in outdated
        ]
        results = pool.map(_Job.render, work, self._told("Rendering"))
        for (page, made_of), result in zip(outdated, results, strict=True):
            planned = publication.written[page.file]
            if isinstance(result, int):
                publication.written[page.file] = Entry(made_of, result, planned.owner)
                continue
            del publication.written[page.file]
            if isinstance(result, ThemeError):
                raise result
            self.errors.append(result)
            if not self._is_there(page.file) or page.file not in self.before:
                raise result
            kept.add(page.file)
        return kept

    def _assets(self, publication: Publication, kept: set[str]) -> None:
        """The theme's assets and the files beside the articles."""
        for name, data in self.theme.assets.items():
            self._asset(publication, kept, f"assets/{name}", data)
        for name, path in self.found.assets:
            self._asset(publication, kept, name, path.read_bytes())

    def _asset(self, publication: Publication, kept: set[str], name: str, data: bytes) -> None:
        made_of = files.digest(data)
        entry = self.before.get(name)
        if not self.force and entry and entry.made_of == made_of and self._is_there(name):
            kept.add(name)
        else:
            publication.write(name, data, Entry(made_of, len(data)))

    def _kept(self) -> set[str]:
        """Files of locales that are not built now, and of versions that failed."""
        kept: set[str] = set()
        folders = {loc.replace("_", "-") for loc in self.policies if loc not in self.locales}
        for name, entry in self.before.items():
            article, _, locale = entry.owner.partition("\t")
            if name.partition("/")[0] in folders or (article, locale) in self.failed:
                kept.add(name)
        return kept

    def _is_there(self, name: str) -> bool:
        """Whether a published file is there, of the size it was published with."""
        try:
            return (self.record.output / name).stat().st_size == self.before[name].size
        except OSError:
            return False

    # Odds and ends

    def _owned(self, article: str, locale: str) -> bool:
        return f"{article}\t{locale}" in self._owners

    @cached_property
    def _owners(self) -> frozenset[str]:
        return frozenset(entry.owner for entry in self.before.values())

    def _remember(self, surveys: Sequence[Surveyed], count: int) -> None:
        settings = f"{self.project.settings.digest} {__version__}"
        good = [
            s for s in surveys if not any((s.article, loc) in self.failed for loc in s.versions)
        ]
        for surveyed in surveys:
            last = self.memory.surveys.get(surveyed.article)
            if surveyed not in good and last:
                good.append(Surveyed(surveyed.article, "", last[1], {}))
        write_memory(self.record.memory_path, settings, good)
        if self.errors or self.warnings or problems_of(self.project, _all(surveys)):
            self.record.forget()
        elif tuple(self.locales) == self.project.all_locales:
            self.record.write(self.project, expiry(surveys), count)

    def _told(self, step: str) -> Callable[[int, int], None]:
        return lambda done, total: self.progress(step, done, total)

    @cached_property
    def _sources(self) -> Mapping[str, articles.Source]:
        return {source.id: source for source in self.found.sources}

    @cached_property
    def _files(self) -> Mapping[str, str]:
        known = {source.name: source.id for source in self.found.sources}
        return known | {name: name for name, _ in self.found.assets}

    def _words(self, locale: str) -> Strings:
        try:
            return read_strings(self.project, locale, self.policies[locale])
        except PipelineError as error:
            self.errors.append(error)
            return Strings()

    def setting(self, locale: str) -> Setting:
        """What all pages in a language share."""
        site = self.project.settings.site
        words = self.words[locale]
        return Setting(
            self.theme,
            words,
            words.gettext(site.title),
            site.url,
            words.gettext(site.description),
        )


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
