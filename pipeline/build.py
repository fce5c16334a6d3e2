"""Building: what is out of date is found, rendered beside, and swapped in.

Survey, plan, render, publish: each step knows only what the one before it found. An article, a
catalogue or a theme that is broken stops nothing else, and what is live of it stays.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from . import __version__, articles, files
from .errors import CatalogueError, LinkError, OutputError, PipelineError, SettingsError, SlugError
from .fingerprint import fingerprint
from .markup import Link
from .pool import Pool
from .project import Project
from .site.addresses import Addresses, Clash
from .site.choice import Policy
from .site.page import Page, Setting, render
from .site.pictures import Size, size_of
from .site.plan import Plan, directory_of
from .site.publication import (
    NEXT,
    Entry,
    Manifest,
    Publication,
    Published,
    read_manifest,
    stage,
)
from .site.strings import DOMAIN, Strings, read_strings
from .site.survey import (
    Policies,
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

Progress = Callable[[str, int, int], None]
"""Called with what is being done, how many are done, and how many there are."""

_RECORD = "build"
_PREVIEW = "preview"


@dataclass(frozen=True, slots=True)
class Report:
    """What a build did.

    Attributes:
        output: The folder that was built into.
        locales: The locales that were built, those that are live.
        published: The files that are new, changed or gone.
        unchanged: How many files were up to date.
        versions: Every article's version in every locale.
        errors: What failed; where a page was live, its last good state still is.
        warnings: What a person should look at.
    """

    output: Path
    locales: tuple[str, ...] = ()
    published: Published = field(default_factory=Published)
    unchanged: int = 0
    versions: tuple[Version, ...] = ()
    errors: tuple[PipelineError, ...] = ()
    warnings: tuple[PipelineError, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether everything that should be live is."""
        return not self.errors

    @property
    def changed(self) -> int:
        """How many files were published or removed."""
        return sum(map(len, (self.published.new, self.published.changed, self.published.removed)))


def output_of(project: Project, *, preview: bool = False) -> Path:
    """Where a build goes: a preview never touches what is live."""
    return project.work_dir / _PREVIEW if preview else project.output_dir


def build(
    project: Project,
    *,
    locales: Sequence[str] = (),
    force: bool = False,
    preview: bool = False,
    today: date | None = None,
    jobs: int | None = None,
    progress: Progress = lambda step, done, total: None,
) -> Report:
    """Bring the published site up to date and say what was done.

    Args:
        project: The site.
        locales: The locales to build; all if none is named.
        force: Whether to build everything, also what is up to date.
        preview: Whether to build a preview with everything that waits for people, elsewhere.
        today: The day for which grace periods are reckoned.
        jobs: How many processes at most; as many as there are cores if None.
        progress: Told how far the work is.

    Raises:
        SettingsError: A locale is not one of the site's.
        ThemeError: The theme cannot be used; nothing was published.
        OutputError: The site cannot be written; it is as it was.
    """
    for locale in locales:
        if locale not in project.all_locales:
            raise SettingsError(
                f"“{locale}” is not a language of this site",
                path=project.settings_path,
                hint=f"It has {', '.join(project.all_locales)}.",
            )
    today = today or date.today()
    with files.lock(_PREVIEW if preview else _RECORD, project.locks_dir, timeout=60):
        record = _Record.of(project, preview=preview)
        if not force and not locales and record.is_current(project, today):
            return Report(record.output, project.all_locales, unchanged=record.files)
        work = _Build(project, record, locales or project.all_locales, today, force, progress)
        with Pool(jobs, work.job) as pool:
            return work.run(pool)


def problems_of(project: Project, versions: Iterable[Version]) -> list[PipelineError]:
    """Translations that cannot be shown because they do not fit their source."""
    return [error for version in versions for error in unfit(project, version)]


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


@dataclass(frozen=True, slots=True)
class _Record:
    """What is remembered of the last build into a folder, to tell that nothing was touched."""

    path: Path
    output: Path
    touched: str = ""
    expires: date | None = None
    files: int = 0

    @classmethod
    def of(cls, project: Project, *, preview: bool) -> _Record:
        name = _PREVIEW if preview else _RECORD
        path = project.cache_dir / f"{name}.json"
        output = output_of(project, preview=preview)
        try:
            data = json.loads(path.read_bytes())
            expires = date.fromisoformat(data["expires"]) if data["expires"] else None
            return cls(path, output, data["touched"], expires, data["files"])
        except (OSError, ValueError, KeyError, TypeError):
            return cls(path, output)

    @property
    def memory_path(self) -> Path:
        return self.path.with_name(f"{self.path.stem}-versions.json")

    def is_current(self, project: Project, today: date) -> bool:
        """Whether nothing was touched since, and no grace period has ended."""
        if not self.touched or (self.expires is not None and today >= self.expires):
            return False
        return self.touched == self._fingerprint(project)

    def write(self, project: Project, expires: date | None, count: int) -> None:
        data = {
            "touched": self._fingerprint(project),
            "expires": expires.isoformat() if expires else None,
            "files": count,
        }
        files.write(self.path, json.dumps(data).encode(), durable=False)

    def forget(self) -> None:
        self.path.unlink(missing_ok=True)

    def _fingerprint(self, project: Project) -> str:
        catalogues = [project.catalogues_dir / locale for locale in project.locales]
        themes = [project.theme_dir] if project.theme_dir else []
        built_in = Path(__file__).parent / "site"
        paths = [project.settings_path, project.source_dir, *catalogues, *themes, built_in]
        touched = fingerprint([*paths, self.output], ignore=frozenset({NEXT, "__pycache__"}))
        return f"{__version__} {touched}"


class _Build:
    """One build under way."""

    def __init__(
        self,
        project: Project,
        record: _Record,
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
        settings = {locale: self._setting(locale) for locale in self.policies}
        self.job = _Job(project, self.policies, settings, record.output)
        self.before: Manifest = read_manifest(record.output)
        self.failed: set[tuple[str, str]] = set()

    def run(self, pool: Pool[_Job]) -> Report:
        """Survey, plan, render, publish."""
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
        self._check_links(surveys)
        self._warn_of_orphans()
        return surveys

    def _fail(self, article: str, locale: str, error: PipelineError) -> None:
        """What is live of this version stays, and the report says why."""
        self.errors.append(error)
        for each in (locale,) if locale else self.policies:
            self.failed.add((article, each))

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
        return any(entry.owner == f"{article}\t{locale}" for entry in self.before.values())

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

    @property
    def _sources(self) -> Mapping[str, articles.Source]:
        return {source.id: source for source in self.found.sources}

    @property
    def _files(self) -> Mapping[str, str]:
        known = {source.name: source.id for source in self.found.sources}
        return known | {name: name for name, _ in self.found.assets}

    def _words(self, locale: str) -> Strings:
        try:
            return read_strings(self.project, locale, self.policies[locale])
        except PipelineError as error:
            self.errors.append(error)
            return Strings()

    def _setting(self, locale: str) -> Setting:
        site = self.project.settings.site
        words = self.words[locale]
        return Setting(
            self.theme,
            words,
            words.gettext(site.title),
            site.url,
            words.gettext(site.description),
        )


def policies_of(project: Project, today: date, *, preview: bool) -> Policies:
    """What may go live in each locale on a day."""
    policies: dict[str, Policy | None] = {project.source_locale: None}
    for locale, settings in project.settings.locales.items():
        policies[locale] = Policy.of(
            settings, source_locale=project.source_locale, today=today, preview=preview
        )
    return policies


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
