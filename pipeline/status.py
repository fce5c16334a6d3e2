"""Status: every article in every language, how far its messages are and what is live of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date

from . import articles, catalogues
from .errors import PipelineError
from .project import Project
from .record import Record, remembered_by
from .site.choice import policies_of
from .site.publication import read_manifest
from .site.remembered import read_memory
from .site.survey import survey
from .site.version import Version


@dataclass(frozen=True, slots=True)
class Row:
    """An article in a language.

    Attributes:
        states: How many messages there are in each state.
        percent: The share of segments that are good enough to go live.
        live: Whether a page of it is published now.
        ready: Whether a build would publish one.
        stale_since: Since when the oldest stale passage has been so.
        since: When what is live was read for the build that published it, in seconds of the epoch;
            None if nothing is live, or that is not remembered.
        differs: Whether the page would say something else if it was built now; None if nobody
            knows.
        error: What is wrong with the article or catalogue, if anything.
    """

    article: str
    locale: str
    states: Mapping[str, int]
    percent: int
    live: bool
    ready: bool
    stale_since: date | None = None
    problems: int = 0
    since: float | None = None
    differs: bool | None = None
    error: PipelineError | None = None


def untranslated(project: Project, locale: str) -> int:
    """How many messages of a language have no translation; a broken catalogue counts for none."""
    count = 0
    for domain in project.domains(locale):
        with suppress(PipelineError):
            found = catalogues.read(project.catalogue_path(locale, domain))
            count += sum(not message.translated for message in found)
    return count


def status(project: Project, *, today: date | None = None) -> Iterator[Row]:
    """The rows of all articles and languages; a broken article has rows that say so."""
    policies = policies_of(project, today or date.today(), preview=False)
    record = Record.of(project, preview=False)
    memory = read_memory(record.memory_path, remembered_by(project))
    owners = {entry.owner for entry in read_manifest(record.output).values()}
    found = articles.find(project)
    for source in found.sources:
        surveyed = memory.recall(project, source, policies) or survey(project, source, policies)
        for locale in policies:
            live = f"{source.id}\t{locale}" in owners
            version = surveyed.versions.get(locale)
            since = memory.since(source.id, locale) if live else None
            if version is None:
                error = surveyed.errors.get(locale) or surveyed.errors.get("")
                yield Row(source.id, locale, {}, 0, live, False, since=since, error=error)
            else:
                yield Row(
                    source.id,
                    locale,
                    version.states,
                    version.percent,
                    live,
                    version.live,
                    version.stale_since,
                    len(version.problems),
                    since,
                    _differs(memory.live(source.id, locale), version) if live else None,
                )


def _differs(live: Version | None, now: Version) -> bool | None:
    """Whether an article says something else than the page that is live."""
    if live is None:
        return None
    return live.digest != now.digest or live.slug != now.slug
