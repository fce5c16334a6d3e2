"""Mistakes that show only where all articles are seen together, each with its place in a file."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from . import articles
from .errors import CatalogueError, FrontMatterError, LinkError, PipelineError, SlugError
from .markup import Link
from .project import Project
from .site.addresses import Addresses, Clash
from .site.plan import directory_of
from .site.strings import DOMAIN
from .site.survey import Surveyed, unfit
from .site.version import Version
from .tables import nearest


@dataclass(frozen=True, slots=True)
class Mistakes:
    """Where they are looked for: a site, and its articles by their ids."""

    project: Project
    sources: Mapping[str, articles.Source]

    def layouts(
        self, surveys: Iterable[Surveyed], known: Collection[str]
    ) -> Iterator[tuple[str, FrontMatterError]]:
        """A layout that the theme does not have fails the articles that ask for it."""
        for surveyed in surveys:
            version = surveyed.versions.get(self.project.source_locale)
            if version is None or version.layout in known:
                continue
            source = self.sources[surveyed.article]
            error = FrontMatterError(
                f"the theme has no layout “{version.layout}”",
                path=self.project.relative(source.path),
                line=_line_of(source.path, version.layout, after="layout"),
                hint=nearest(version.layout, known),
            )
            yield surveyed.article, error

    def links(
        self, surveys: Iterable[Surveyed], everything: Addresses
    ) -> Iterator[tuple[str, LinkError]]:
        """A link to what is not in ``source/`` at all fails the article that has it."""
        for surveyed in surveys:
            version = surveyed.versions.get(self.project.source_locale)
            source = self.sources[surveyed.article]
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
                    yield surveyed.article, error

    def orphans(self) -> Iterator[CatalogueError]:
        """Catalogues of articles that are gone."""
        known = {*self.sources, DOMAIN}
        for locale in self.project.locales:
            for domain in self.project.domains(locale):
                if domain not in known:
                    path = self.project.catalogue_path(locale, domain)
                    yield CatalogueError(
                        "this catalogue's article is gone",
                        path=self.project.relative(path),
                        hint="Its translations are kept; delete the file if nobody needs them.",
                    )

    def slug(self, clash: Clash) -> SlugError:
        """Where the slug of a clash was written."""
        version = clash.version
        if version.locale == self.project.source_locale or "slug" in version.foreign:
            path = self.sources[version.article].path
            line = _line_of(path, version.slug, after="slug")
        else:
            path = self.project.catalogue_path(version.locale, version.article)
            line = _line_of(path, version.slug, after="msgstr")
        return SlugError(
            clash.error.message, path=self.project.relative(path), line=line, hint=clash.error.hint
        )


def misfits(project: Project, versions: Iterable[Version]) -> list[PipelineError]:
    """Translations that cannot be shown because they do not fit their source."""
    return [error for version in versions for error in unfit(project, version)]


def _line_of(path: Path, text: str, *, after: str = "") -> int | None:
    """The first line of a file that says ``text``, behind the word ``after`` if one is given."""
    pattern = re.compile(f"{after}.*{re.escape(text)}" if after else re.escape(text))
    try:
        lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return None
    return next((number for number, line in enumerate(lines, 1) if pattern.search(line)), None)
