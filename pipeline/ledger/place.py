"""Where work is done: one process of one worker, and what it keeps from one unit to the next."""

from __future__ import annotations

import time
from datetime import date
from functools import cached_property
from pathlib import Path

from .. import articles
from ..database.lock import opened
from ..fingerprint import fingerprint, stamp
from ..project import Project, open_project
from ..rendering import Job
from ..site import shelf
from ..site.strings import DOMAIN
from .ledger import Ledger, ledger_of


class Place:
    """A process that works on a site.

    Args:
        root: The site's folder.
        lasting: Whether the process does nothing else, and so keeps the database open.
    """

    def __init__(self, root: Path, *, lasting: bool = False) -> None:
        self._root = root
        self._lasting = lasting
        self._project: tuple[str, Project] | None = None
        self._jobs: dict[tuple[date, bool], tuple[str, Job]] = {}
        self._looked = False
        self._resting = 0.0
        self._parcels: dict[Path, shelf.Parcel] = {}

    def look(self) -> None:
        """Look anew at what was touched: to be said once for each message."""
        self._looked = False

    @property
    def project(self) -> Project:
        """The site, opened anew when its settings were touched."""
        if self._project is not None and self._looked:
            return self._project[1]
        touched = stamp(self._root / "pipeline.toml")
        if self._project is None or self._project[0] != touched:
            self._project = (touched, open_project(self._root))
        return self._project[1]

    @cached_property
    def ledger(self) -> Ledger:
        """The ledger of the site.

        Raises:
            MemoryStoreError: It cannot be opened.
        """
        return ledger_of(self.project, opened(self.project, pooled=self._lasting))

    def job(self, today: date, *, preview: bool) -> Job:
        """The job of a day, as theme, settings and the site's own words are at the last look."""
        known = self._jobs.get((today, preview))
        if known is not None and self._looked:
            return known[1]
        project = self.project
        words = [project.catalogue_path(locale, DOMAIN) for locale in project.locales]
        themes = [project.theme_dir] if project.theme_dir else []
        touched = fingerprint([project.settings_path, *words, *themes])
        if known is None or known[0] != touched:
            known = (touched, Job.of(project, today, preview=preview))
            self._jobs = {(today, preview): known}  # those of other days are not needed again
        self._looked = True
        return known[1]

    def source(self, article: str, name: str) -> articles.Source:
        """An article by its id and its file's name below the sources."""
        return articles.Source(article, self.project.source_dir / name, name)

    def parcel(self, output: Path) -> shelf.Parcel:
        """What the pages go in that are being made for a folder."""
        return self._parcels.setdefault(output, shelf.Parcel(output))

    def lay(self) -> None:
        """Lay down what was made.

        Raises:
            OSError: It cannot be written; it is to be made again.
        """
        parcels, self._parcels = self._parcels, {}
        for parcel in parcels.values():
            parcel.lay()

    def rest(self) -> None:
        """Take no work for a while, since something is wrong with this machine."""
        self._resting = time.monotonic() + self.project.settings.queue.lease

    @property
    def is_resting(self) -> bool:
        """Whether no work is taken just now."""
        return time.monotonic() < self._resting
