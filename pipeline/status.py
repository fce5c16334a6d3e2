"""Status: every article in every language, how far its messages are and what is live of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date

from . import articles, catalogues
from .errors import PipelineError
from .project import Project, output_of
from .site.choice import policies_of
from .site.publication import read_manifest
from .site.survey import survey


@dataclass(frozen=True, slots=True)
class Row:
    """An article in a language.

    Attributes:
        states: How many messages there are in each state.
        percent: The share of segments that are good enough to go live.
        live: Whether a page of it is published now.
        ready: Whether a build would publish one.
        stale_since: Since when the oldest stale passage has been so.
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
    owners = {entry.owner for entry in read_manifest(output_of(project)).values()}
    found = articles.find(project)
    for source in found.sources:
        surveyed = survey(project, source, policies)
        for locale in policies:
            live = f"{source.id}\t{locale}" in owners
            version = surveyed.versions.get(locale)
            if version is None:
                error = surveyed.errors.get(locale) or surveyed.errors.get("")
                yield Row(source.id, locale, {}, 0, live, False, error=error)
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
                )
