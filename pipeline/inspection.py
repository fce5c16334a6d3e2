"""Inspecting: the checks run on every translation of a site."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from . import articles, catalogues
from .catalogues import State
from .checks import Finding, Severity, Subject, findings
from .errors import PipelineError
from .glossary import Glossary, read_glossary
from .markup import Segment
from .project import Project, assert_translated
from .site.strings import DOMAIN

Key = tuple[str | None, str]


@dataclass(frozen=True, slots=True)
class Inspected:
    """A finding, and where its message stands."""

    locale: str
    domain: str
    path: Path
    line: int
    text: str
    finding: Finding


def inspect(project: Project, locales: Sequence[str] = ()) -> Iterator[Inspected | PipelineError]:
    """Everything that is wrong with the translations of a site, file by file.

    A file that cannot be read is an error among the findings; the others are inspected.

    Raises:
        SettingsError: A locale is not one the site is translated into.
    """
    assert_translated(project, locales)
    sources = {source.id: source for source in articles.find(project).sources}
    for locale in locales or project.locales:
        try:
            glossary = read_glossary(project, locale)
        except PipelineError as error:
            yield error
            glossary = Glossary()
        for domain in project.domains(locale):
            try:
                segments = _segments(project, sources.get(domain))
                yield from _domain(project, locale, domain, segments, glossary)
            except PipelineError as error:
                yield error


def subject_of(
    project: Project,
    locale: str,
    message: catalogues.Message,
    string: str,
    segment: Segment | None,
    glossary: Glossary,
) -> Subject:
    """A message's translation as the checks look at it."""
    return Subject(
        message.id,
        string,
        project.source_locale,
        locale,
        segment,
        message.context,
        message.flags,
        project.settings.locales[locale].address,
        tuple(glossary.found_in(message.id)) if glossary.terms else (),
        (project.source_locale, *project.locales),
    )


def ignored_in(message: catalogues.Message) -> frozenset[str]:
    """The checks that a person has looked at and found wrong here: ``@l10n ignore language``."""
    mark = "@l10n ignore "
    said = (c.removeprefix(mark) for c in message.comments if c.startswith(mark))
    return frozenset(name.strip() for one in said for name in one.split(","))


def _segments(project: Project, source: articles.Source | None) -> dict[Key, Segment]:
    if source is None:
        return {}
    return {segment.key: segment for segment in articles.load(project, source).segments}


def _domain(
    project: Project,
    locale: str,
    domain: str,
    segments: dict[Key, Segment],
    glossary: Glossary,
) -> Iterator[Inspected]:
    path = project.catalogue_path(locale, domain)
    for message in catalogues.read(path).messages:
        state = catalogues.state_of(message)
        if state in (State.UNTRANSLATED, State.STALE):
            continue  # nothing to look at, or made for another text
        segment = segments.get(message.key)
        ignored = ignored_in(message)
        for string in dict.fromkeys(message.strings):
            if domain == DOMAIN and message.plural is not None and "%(" not in string:
                continue
            subject = subject_of(project, locale, message, string, segment, glossary)
            for finding in findings(subject):
                if finding.check in ignored and finding.severity < Severity.BLOCKING:
                    continue
                shown = project.relative(path)
                yield Inspected(locale, domain, shown, message.line, string, finding)
