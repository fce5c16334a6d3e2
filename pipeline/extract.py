"""Extracting: what articles say goes into templates, and catalogues follow their templates.

Nothing a person wrote is dropped: a changed text keeps its translation as stale, a removed one as
obsolete. A file in which nothing changed is not written.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

from . import __version__, articles, catalogues, files
from .catalogues import Catalogue, Message
from .errors import OutputError, PipelineError, ProjectError
from .fingerprint import stamp
from .locks import locks_of
from .pool import Pool
from .project import Project
from .site.strings import DOMAIN, built_in_translations, site_messages
from .templates import messages_of

Progress = Callable[[str, int, int], None]
"""Called with what is being done, how many are done, and how many there are."""


@dataclass(frozen=True, slots=True)
class Change:
    """What extracting did to one catalogue: how many messages came, became stale, went."""

    locale: str
    domain: str
    created: bool = False
    added: int = 0
    stale: int = 0
    obsolete: int = 0
    revived: int = 0


@dataclass(frozen=True, slots=True)
class Extracted:
    """What came of one article."""

    domain: str
    messages: int = 0
    tags: tuple[str, ...] = ()
    changes: tuple[Change, ...] = ()
    errors: tuple[PipelineError, ...] = ()


@dataclass(frozen=True, slots=True)
class Extraction:
    """What came of all of them.

    Attributes:
        articles: How many articles were looked at.
        changes: The catalogues that changed.
        errors: What could not be read or written.
    """

    articles: int = 0
    changes: tuple[Change, ...] = ()
    errors: tuple[PipelineError, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether every article and catalogue could be read and written."""
        return not self.errors


def extract(
    project: Project,
    *,
    only: Sequence[str] = (),
    today: date | None = None,
    jobs: int | None = None,
    progress: Progress = lambda step, done, total: None,
) -> Extraction:
    """Bring templates and catalogues up to date with the articles.

    Args:
        project: The site.
        only: The ids of the articles to extract; all, and the site's own words, if none is named.
        today: The day that texts become stale on.
        jobs: How many processes at most.
        progress: Told how far the work is.

    Raises:
        ProjectError: An id in ``only`` is not that of an article.
    """
    found = articles.find(project)
    known = {source.id: source for source in found.sources}
    for name in only:
        if name not in known:
            raise ProjectError(
                f"there is no article “{name}”",
                path=project.relative(project.source_dir),
                hint="Name it by its path below the sources, without its ending.",
            )
    job = Job(project, today or date.today(), Stamps.read(project))
    wanted = [known[name] for name in only] or list(found.sources)
    with locks_of(project).hold("extract", timeout=60), Pool(jobs, job) as pool:
        done = list(pool.map(Job.article, wanted, lambda n, of: progress("Extracting", n, of)))
        if not only:
            done.append(job.site([tag for one in done for tag in one.tags]))
            _remove_orphaned_templates(project, {one.domain for one in done})
        job.stamps.write(project, known, done)
    return Extraction(
        len(wanted),
        tuple(change for one in done for change in one.changes),
        (*found.errors, *(error for one in done for error in one.errors)),
    )


@dataclass(frozen=True, slots=True)
class Stamps:
    """Remembers the files of each article as they were when it was last extracted."""

    known: Mapping[str, tuple[str, tuple[str, ...]]] = field(default_factory=dict)

    @classmethod
    def read(cls, project: Project) -> Stamps:
        """Those that were remembered."""
        try:
            data = json.loads((project.cache_dir / "extract.json").read_bytes())
            if data["version"] != __version__:
                return cls()
            return cls({name: (s, tuple(tags)) for name, (s, tags) in data["known"].items()})
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            return cls()

    def write(
        self, project: Project, sources: Mapping[str, articles.Source], done: Iterable[Extracted]
    ) -> None:
        """Remember those of what was extracted."""
        known: dict[str, Any] = {name: s for name, s in self.known.items() if name in sources}
        for one in done:
            if one.domain in sources and not one.errors:
                known[one.domain] = (self.of(project, sources[one.domain]), one.tags)
        data = {"version": __version__, "known": known}
        files.write(project.cache_dir / "extract.json", json.dumps(data).encode(), durable=False)

    @staticmethod
    def of(project: Project, source: articles.Source) -> str:
        """The stamps of an article's files as they are."""
        paths = [source.path, project.template_path(source.id)]
        paths += [project.catalogue_path(locale, source.id) for locale in project.locales]
        return " ".join(stamp(path) or "none" for path in paths)


@dataclass(frozen=True, slots=True)
class Job:
    """Extracts articles and merges catalogues: what every process that does so has."""

    project: Project
    today: date
    stamps: Stamps = Stamps()

    def article(self, source: articles.Source) -> Extracted:
        """Bring one article's template and catalogues up to date."""
        before, tags = self.stamps.known.get(source.id, ("", ()))
        if before == Stamps.of(self.project, source):
            return Extracted(source.id, tags=tags)
        return self._one(
            source,
            lambda m: (lambda: self._template(source.id, m), *self._merges(source.id, m)),
        )

    def template(self, source: articles.Source) -> Extracted:
        """Bring one article's template up to date, and no catalogue."""
        return self._one(source, lambda messages: [lambda: self._template(source.id, messages)])

    def catalogue(self, source: articles.Source, locale: str) -> Extracted:
        """Merge the catalogue of one article in one language with what it says."""
        return self._one(source, lambda m: [lambda: self._merge(locale, source.id, m)])

    def _one(
        self,
        source: articles.Source,
        writes: Callable[[Sequence[Message]], Iterable[Callable[[], Change | None]]],
    ) -> Extracted:
        try:
            article = articles.load(self.project, source)
        except PipelineError as error:
            return Extracted(source.id, errors=(error,))
        messages = messages_of(article)
        done = self._written(source.id, messages, writes(messages))
        return replace(done, tags=article.metadata.tags)

    def site(self, tags: Iterable[str]) -> Extracted:
        """Bring the site's own words up to date."""
        try:
            messages = site_messages(self.project, tags)
        except PipelineError as error:
            return Extracted(DOMAIN, errors=(error,))
        return self._domain(DOMAIN, messages)

    def _domain(self, domain: str, messages: Sequence[Message]) -> Extracted:
        merges = self._merges(domain, messages)
        return self._written(domain, messages, (lambda: self._template(domain, messages), *merges))

    def _written(
        self,
        domain: str,
        messages: Sequence[Message],
        writes: Iterable[Callable[[], Change | None]],
    ) -> Extracted:
        changes: list[Change] = []
        errors: list[PipelineError] = []
        for write in writes:
            try:
                change = write()
                if change is not None:
                    changes.append(change)
            except PipelineError as error:
                errors.append(error)
            except OSError as error:
                errors.append(
                    OutputError(
                        f"a catalogue of “{domain}” cannot be written: {error.strerror or error}",
                        path=Path(error.filename) if error.filename else None,
                        hint="The file is as it was; mend the cause and extract again.",
                    )
                )
        return Extracted(domain, len(messages), (), tuple(changes), tuple(errors))

    def _template(self, domain: str, messages: Sequence[Message]) -> None:
        path = self.project.template_path(domain)
        empty = catalogues.new(locale=None, domain=domain, project=self.project.settings.site.title)
        data = empty.with_messages(messages).dump()
        if not path.exists() or path.read_bytes() != data:
            files.write(path, data, durable=False)

    def _merges(
        self, domain: str, messages: Sequence[Message]
    ) -> Iterable[Callable[[], Change | None]]:
        for locale in self.project.locales:
            yield lambda locale=locale: self._merge(locale, domain, messages)  # type: ignore[misc]

    def _merge(self, locale: str, domain: str, messages: Sequence[Message]) -> Change | None:
        path = self.project.catalogue_path(locale, domain)
        before = path.read_bytes() if path.exists() else None
        seen: list[catalogues.Merged] = []

        def merged(catalogue: Catalogue) -> Catalogue:
            result = catalogues.merge(catalogue, messages, on=self.today)
            seen.append(result)
            return self._seeded(result.catalogue, locale) if domain == DOMAIN else result.catalogue

        def read_or_new(path: Path) -> Catalogue:
            if path.exists():
                return catalogues.read(path)
            title = self.project.settings.site.title
            return catalogues.new(locale=locale, domain=domain, project=title, on=self.today)

        after = catalogues.update(
            path, merged, locks=locks_of(self.project), reader=read_or_new,
            durable=before is not None,  # of a new one nothing can be lost
        )  # fmt: skip
        if after.dump() == before:
            return None
        counts = seen[-1]
        return Change(
            locale,
            domain,
            before is None,
            counts.added,
            counts.stale,
            counts.obsolete,
            counts.revived,
        )

    def _seeded(self, catalogue: Catalogue, locale: str) -> Catalogue:
        """The built-in theme's own translations for what is untranslated."""
        known = built_in_translations(locale, on=self.today)
        for message in catalogue.messages:
            given = known.get(message.key)
            if given is not None and not any(message.strings) and not message.comments:
                seeded = replace(message, strings=given.strings, comments=given.comments)
                catalogue = catalogue.with_message(seeded)
        return catalogue


def _remove_orphaned_templates(project: Project, domains: set[str]) -> None:
    """A template whose article is gone is of no use; what people translated stays."""
    for path in project.templates_dir.rglob("*.pot"):
        if path.relative_to(project.templates_dir).as_posix().removesuffix(".pot") not in domains:
            path.unlink()
