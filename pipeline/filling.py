"""Filling a publication: what is out of date is made and put beside the site, what is not stays."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from . import files, garbage
from .errors import PipelineError, ThemeError
from .rendering import Wanted
from .site.compression import names_of
from .site.documents import documents
from .site.page import Page
from .site.plan import Plan
from .site.publication import Entry, Publication

if TYPE_CHECKING:
    from .making import Make, Making


class Filling:
    """What one build publishes.

    Attributes:
        kept: Published files that are up to date.
    """

    def __init__(self, making: Making, publication: Publication | None = None) -> None:
        self.making = making
        self.publication = publication or Publication(making.record.output, making.record.output)
        self.kept: set[str] = set()
        self._output = str(making.record.output)

    def pages(self, planned: Iterable[tuple[Page, str]], make: Make) -> None:
        """Make the pages that are out of date; of one that cannot be made, what is live stays.

        Raises:
            PipelineError: Nothing is live of it, or the theme is broken.
        """
        outdated = self.outdated(planned)
        results = zip(outdated, make(outdated), strict=True)
        for number, (((page, _), made_of), result) in enumerate(results, 1):
            if number % garbage.OFTEN == 0:
                garbage.sweep()
            if not isinstance(result, PipelineError):
                owner = f"{page.article}\t{page.locale}" if page.article else ""
                for name, size in result.items():
                    self.publication.written[name] = Entry(made_of, size, owner)
                continue
            if isinstance(result, ThemeError):
                raise result
            self.making.errors.append(result)
            if not self._is_there(page.file) or page.file not in self.making.before:
                raise result
            self.kept.update(self.with_variants(page.file))

    def outdated(self, planned: Iterable[tuple[Page, str]]) -> list[tuple[Wanted, str]]:
        """The pages that are out of date, those of an article side by side; the others are kept."""
        making = self.making
        outdated: list[tuple[Wanted, str]] = []
        for page, made_of in planned:
            everywhere = page.kind == "root" or page.file == "404.html"
            if page.locale not in making.locales and not everywhere:
                continue
            if page.article and not making.builds(page.article, page.locale):
                continue
            if self._is_current(page.file, made_of):
                self.kept.update(self.with_variants(page.file))
            else:
                source = making.sources[page.article] if page.article else None
                outdated.append(((page, source), made_of))
        outdated.sort(key=lambda one: one[0][0].article or "")
        return outdated

    def documents(self, plan: Plan, pages: Sequence[Page]) -> None:
        """Sitemaps, feeds and the like; what an author gives the same name takes their places."""
        own = {name for name, _ in self.making.found.assets}
        for name, text in documents(plan, pages, self.making.job.settings, self.making.locales):
            if name not in own:
                self._file(name, text.encode())

    def assets(self) -> None:
        """The theme's assets and the files beside the articles."""
        for name, data in self.making.theme.assets.items():
            self._file(f"assets/{name}", data)
        for name, path in self.making.found.assets:
            self._file(name, path.read_bytes())

    def staying(self) -> set[str]:
        """Files of locales that are not built now, and of versions that failed."""
        making, kept = self.making, set()
        folders = {loc.replace("_", "-") for loc in making.policies if loc not in making.locales}
        for name, entry in making.before.items():
            article, is_page, locale = entry.owner.partition("\t")
            stays = is_page and not making.builds(article, locale) and making.stays(article, locale)
            if name.partition("/")[0] in folders or stays:
                kept.add(name)
        return kept

    def with_variants(self, name: str) -> tuple[str, ...]:
        """A file and its compressed forms, as they are published."""
        return (name,) if self.making.preview else names_of(name)

    def _file(self, name: str, data: bytes) -> None:
        made_of = files.digest(data)
        if self._is_current(name, made_of):
            self.kept.update(self.with_variants(name))
        else:
            self.publication.write(name, data, Entry(made_of, len(data)))

    def _is_current(self, name: str, made_of: str) -> bool:
        """Whether a published file is made of the same, and is there with its compressed forms."""
        before = self.making.before
        if self.making.force or name not in before or before[name].made_of != made_of:
            return False
        return all(map(self._is_there, self.with_variants(name)))

    def _is_there(self, name: str) -> bool:
        """Whether a published file is there, of the size it was published with."""
        try:  # text, since joining paths takes longer than asking the disk
            size = os.stat(f"{self._output}/{name}").st_size  # noqa: PTH116
            return size == self.making.before[name].size
        except (OSError, KeyError):
            return False
