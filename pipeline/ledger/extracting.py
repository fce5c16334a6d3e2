"""The steps of a build before it surveys: extracting, merging, drafting."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import suppress

from .. import articles, catalogues, extract
from ..catalogues import State
from ..errors import PipelineError
from ..fingerprint import stamp
from ..project import Project
from ..said import Said
from .build import Build
from .kinds import Article, Domains, Drafts, Extracted, decode, encode
from .units import DONE, FAILED, Units, Wanted

_DOMAINS = 16
"""Catalogues that are drafted in one go."""


def key_of(*parts: str) -> str:
    """The key of a unit, from all that its outcome depends on."""
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:40]


def extracts(project: Project, build: Build) -> Sequence[Wanted]:
    """The articles that were touched since they were last extracted."""
    return [
        Wanted(
            key_of("extract", source.id, extract.Stamps.of(project, source), build.id),
            "extract",
            source.id,
            encode(Article(source.id, source.name, build.asked.today)),
        )
        for source in _touched(project)
    ]


def merges(project: Project, build: Build) -> Sequence[Wanted]:
    """Their catalogues in every language."""
    today = build.asked.today
    return [
        Wanted(
            key_of("merge", source.id, locale, stamp(source.path), build.id),
            "merge",
            f"{source.id} in {locale}",
            encode(Article(source.id, source.name, today, locale=locale)),
        )
        for source in _touched(project)
        for locale in project.locales
    ]


def drafts(project: Project, build: Build, units: Units) -> Sequence[Wanted]:
    """The catalogues in which something waits for a draft, some at a time."""
    if "extract" in build.steps:
        _remember(project, build, units)
    today, asked = build.asked.today, build.asked
    wanted = []
    for locale in project.locales:
        if asked.locales and locale not in asked.locales:
            continue
        domains = [
            domain
            for domain in _wanting(project, locale)
            if not asked.articles or domain in asked.articles
        ]
        for start in range(0, len(domains), _DOMAINS):
            some = tuple(domains[start : start + _DOMAINS])
            stamps = [stamp(project.catalogue_path(locale, domain)) for domain in some]
            key = key_of("draft", locale, *some, *stamps, str(today), *asked.engines)
            given = encode(Domains(locale, some, today, engines=asked.engines))
            wanted.append(Wanted(key, "draft", f"{some[0]} in {locale}", given))
    return wanted


def drafted(build: Build, units: Units) -> dict[str, object]:
    """What came of drafting, of all units together."""
    drafts: Counter[str] = Counter()
    errors: list[Said] = []
    suggested = waiting = 0
    for unit in units.of(build.id, "draft"):
        if unit.state != DONE:
            said = f"{unit.name} could not be drafted ({unit.state})"
            errors.append(decode(unit.outcome, Said) if unit.state == FAILED
                          else Said("QueueError", said))  # fmt: skip
            continue
        found, locale = decode(unit.outcome, Drafts), decode(unit.input, Domains).locale
        drafts.update({f"{locale}, {origin}": n for origin, n in found.drafts.items()})
        suggested += found.suggested
        waiting += found.waiting
        errors.extend(found.errors)
    return {"drafts": drafts, "suggested": suggested, "waiting": waiting, "errors": errors}


def _touched(project: Project) -> list[articles.Source]:
    known = extract.Stamps.read(project).known
    return [
        source
        for source in articles.find(project).sources
        if known.get(source.id, ("",))[0] != extract.Stamps.of(project, source)
    ]


def _remember(project: Project, build: Build, units: Units) -> None:
    """Merge the site's own words, with the tags of all articles; and note what was extracted."""
    stamps = extract.Stamps.read(project)
    sources = {source.id: source for source in articles.find(project).sources}
    done = []
    for unit in units.of(build.id, "extract", DONE):
        said = decode(unit.outcome, Extracted)
        errors = tuple(one.error() for one in said.errors)
        done.append(extract.Extracted(unit.name, tags=tuple(said.tags), errors=errors))
    tags = {tag for name, (_, own) in stamps.known.items() if name in sources for tag in own}
    tags |= {tag for one in done for tag in one.tags}
    extract.Job(project, build.asked.today, stamps).site(sorted(tags))
    stamps.write(project, sources, done)


def _wanting(project: Project, locale: str) -> Iterator[str]:
    """The domains in which something has no translation, or one of an older text."""
    for domain in project.domains(locale):
        with suppress(PipelineError):
            messages = catalogues.read(project.catalogue_path(locale, domain)).messages
            states = map(catalogues.state_of, messages)
            if any(state in (State.UNTRANSLATED, State.STALE) for state in states):
                yield domain
