"""The desk: a site, its state database, and what is kept in memory for all who work at it."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field

from sqlalchemy import Engine

from pipeline.database import open_database
from pipeline.errors import PipelineError
from pipeline.galley import Galleys
from pipeline.project import Project

from .hits import Hits
from .runs import Runs
from .throttle import Throttle

PROOFS = "/site"
"""Where galleys and what they show are found."""

_PROOF_HEAD = '<link rel="stylesheet" href="/static/proof.css">'


@dataclass(slots=True)
class Watch:
    """When the catalogues of each language were last looked at, and which could not be read.

    ``rests`` is for how many seconds they are taken to be as they were, and ten times as long as
    the last look took at least; then the next visitor has them looked at, and waits for
    ``patience`` seconds before they are shown what is known. A look checks messages for ``checks``
    seconds at most; the next goes on with it.
    """

    rests: float = 2.0
    patience: float = 0.05
    checks: float = 3.0
    lock: threading.Lock = field(default_factory=threading.Lock)
    seen: dict[str, float] = field(default_factory=dict)
    took: dict[str, float] = field(default_factory=dict)
    errors: dict[str, tuple[PipelineError, ...]] = field(default_factory=dict)
    looking: set[str] = field(default_factory=set)

    def is_fresh(self, locale: str) -> bool:
        """Whether a language need not be looked at again yet."""
        rests = self.rests and max(self.rests, 10 * self.took.get(locale, 0.0))
        return time.monotonic() - self.seen.get(locale, -1e9) < rests


@dataclass(frozen=True, slots=True)
class Desk:
    """What every route is given; ``mistake`` is what is wrong with the settings as they are now."""

    project: Project
    database: Engine
    galleys: Galleys
    runs: Runs
    throttle: Throttle
    watch: Watch = field(default_factory=Watch)
    mistake: str = ""

    @classmethod
    def of(cls, project: Project) -> Desk:
        """The desk of a site.

        Raises:
            MemoryStoreError: The state database cannot be opened.
        """
        database = open_database(project, pooled=True)
        throttle = Throttle(Hits(database))
        return cls(project, database, galleys_of(project), Runs(project, database), throttle)

    @property
    def secure(self) -> bool:
        """Whether people open it over https."""
        return self.project.settings.review.url.startswith("https:")

    def told(self, text: str) -> str:
        """A text for people: files are named from the site's folder on, not from this machine's."""
        return text.replace(f"{self.project.root}/", "")


def galleys_of(project: Project) -> Galleys:
    """What makes proofs of a site's pages."""
    return Galleys(project, PROOFS, _PROOF_HEAD)
