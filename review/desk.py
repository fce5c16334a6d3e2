"""The desk: a site, its state database, and what is kept in memory for all who work at it."""

from __future__ import annotations

from dataclasses import dataclass, field

from sqlalchemy import Engine

from pipeline.database import open_database
from pipeline.project import Project

from .throttle import Throttle


@dataclass(frozen=True, slots=True)
class Desk:
    """What every route is given."""

    project: Project
    database: Engine
    throttle: Throttle = field(default_factory=Throttle)

    @classmethod
    def of(cls, project: Project) -> Desk:
        """The desk of a site.

        Raises:
            MemoryStoreError: The state database cannot be opened.
        """
        return cls(project, open_database(project))

    @property
    def secure(self) -> bool:
        """Whether people open it over https."""
        return self.project.settings.review.url.startswith("https:")
