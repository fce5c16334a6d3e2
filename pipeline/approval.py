"""Approving from the command line: for those who review in a PO editor and git."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from . import articles, catalogues
from .catalogues import Catalogue, State
from .errors import PipelineError, ProjectError, SettingsError, TranslationError
from .locks import locks_of
from .markup import Segment
from .project import Project
from .site.strings import DOMAIN


@dataclass(frozen=True, slots=True)
class Approval:
    """What was approved in one catalogue, and what could not be."""

    domain: str
    approved: int
    errors: tuple[PipelineError, ...] = ()


def approve(
    project: Project,
    locale: str,
    *,
    by: str,
    only: Sequence[str] = (),
    states: Sequence[State] = (State.TRANSLATED,),
    on: date | None = None,
) -> list[Approval]:
    """Mark messages as approved by a person.

    Args:
        project: The site.
        locale: The language whose catalogues are meant.
        by: Who approves; one word, such as a name or an address.
        only: The domains meant; all if none is named.
        states: The states a message must be in.
        on: The day of the approval.

    Raises:
        SettingsError: The locale is not one that the site is translated into.
        ProjectError: A domain in ``only`` has no catalogue.
    """
    if locale not in project.locales:
        raise SettingsError(
            f"“{locale}” is not a language that this site is translated into",
            path=project.settings_path,
            hint=f"It is translated into {', '.join(project.locales) or 'none'}.",
        )
    known = list(project.domains(locale))
    for domain in only:
        if domain not in known:
            raise ProjectError(
                f"there is no catalogue of “{domain}” in {locale}",
                path=project.relative(project.catalogue_path(locale, domain)),
                hint="Make it with: pipeline extract",
            )
    sources = {source.id: source for source in articles.find(project).sources}
    done = []
    for domain in only or known:
        segments: dict[tuple[str | None, str], Segment] = {}
        if domain in sources:
            article = articles.load(project, sources[domain])
            segments = {segment.key: segment for segment in article.segments}
        elif domain != DOMAIN:
            continue
        done.append(_approve(project, locale, domain, segments, by, states, on or date.today()))
    return done


def _approve(
    project: Project,
    locale: str,
    domain: str,
    segments: dict[tuple[str | None, str], Segment],
    by: str,
    states: Sequence[State],
    on: date,
) -> Approval:
    path = project.catalogue_path(locale, domain)
    errors: list[PipelineError] = []
    approved = 0

    def change(catalogue: Catalogue) -> Catalogue:
        nonlocal approved
        approved = 0
        errors.clear()
        for message in catalogue.messages:
            if catalogues.state_of(message) not in states:
                continue
            segment = segments.get(message.key)
            problems = segment.problems(message.text) if segment else []
            if problems:
                errors.append(
                    TranslationError(
                        f"this translation cannot be approved: {problems[0]}",
                        path=project.relative(path),
                        line=message.line,
                        hint="Correct its tokens.",
                    )
                )
                continue
            catalogue = catalogue.with_message(catalogues.approve(message, by=by, on=on))
            approved += 1
        return catalogue

    catalogues.update(path, change, locks=locks_of(project))
    return Approval(domain, approved, tuple(errors))
