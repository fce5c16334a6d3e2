"""The survey: every article's versions, read from the files that changed since the last one.

What an article is in each language depends on its own file, its catalogues and the day; so it is
read once and remembered with the stamps of those files.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from ..articles import Article, Source, load
from ..catalogues import Catalogue, merge, read
from ..errors import PipelineError, TranslationError
from ..fingerprint import stamp
from ..project import Project
from ..templates import messages_of
from .choice import Choice, Policies, Policy
from .version import Version, choices_for, version_of


@dataclass(frozen=True, slots=True)
class Surveyed:
    """An article's versions by locale, and what was wrong with them by locale.

    An error under the empty locale is one of the article itself: it has no versions then.
    """

    article: str
    stamps: str
    versions: Mapping[str, Version]
    errors: Mapping[str, PipelineError]


def survey(project: Project, source: Source, policies: Policies) -> Surveyed:
    """The versions of one article; nothing is raised, so that one cannot stop the others."""
    stamps = stamps_of(project, source, policies)
    try:
        article = load(project, source)
    except PipelineError as error:
        return Surveyed(source.id, stamps, {}, {"": error})
    versions: dict[str, Version] = {}
    errors: dict[str, PipelineError] = {}
    for locale, policy in policies.items():
        try:
            choices = read_choices(project, article, locale, policy)
            versions[locale] = version_of(article, locale, choices, policy)
        except PipelineError as error:
            errors[locale] = error
    return Surveyed(source.id, stamps, versions, errors)


def read_choices(
    project: Project, article: Article, locale: str, policy: Policy | None
) -> Mapping[tuple[str | None, str], Choice]:
    """What a page shows for each segment, by the catalogue as it is on disk.

    A catalogue that does not know all of the article's segments yet is merged in memory: so a page
    is the same whether or not somebody extracted before.

    Raises:
        CatalogueError: The catalogue cannot be read.
    """
    if policy is None:
        return choices_for(article, None, None)
    path = project.catalogue_path(locale, article.id)
    catalogue: Catalogue | None = None
    if path.exists():
        catalogue = read(path)
        if any(catalogue.get(s.text, s.context) is None for s in article.segments):
            catalogue = merge(catalogue, messages_of(article), on=policy.today).catalogue
    return choices_for(article, catalogue, policy)


def stamps_of(project: Project, source: Source, policies: Policies) -> str:
    """What tells whether an article or one of its catalogues was touched."""
    found = [stamp(source.path)]
    for locale, policy in policies.items():
        if policy is not None:
            found.append(f"{locale}={stamp(project.catalogue_name(locale, source.id))}")
    return " ".join(found)


def unfit(project: Project, version: Version) -> Iterable[TranslationError]:
    """An error for each translation that does not fit its source."""
    for problem in version.problems:
        yield TranslationError(
            f"the translation does not fit its source: {problem.message}",
            path=project.relative(project.catalogue_path(version.locale, version.article)),
            line=problem.line or None,
            hint="The page shows the source text there; correct the tokens.",
        )


def expiry(surveys: Iterable[Surveyed]) -> date | None:
    """The first day on which some page would look different without anything being edited."""
    days = [v.until for s in surveys for v in s.versions.values() if v.until]
    return min(days) if days else None
