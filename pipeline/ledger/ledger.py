"""The ledger of a site: its builds and its units, and holding on to what one works on."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass

from sqlalchemy import Engine as Database
from sqlalchemy import func, select

from ..database import open_database
from ..database.clock import again, alive, now
from ..database.tables import build, work
from ..project import Project
from .builds import Builds
from .units import PENDING, QUEUED, Units


@dataclass(frozen=True, slots=True)
class Figures:
    """Units by kind and state, builds by state; seconds of the oldest wait and the last build."""

    units: Mapping[tuple[str, str], int]
    builds: Mapping[str, int]
    oldest: float
    last: float


@dataclass(frozen=True, slots=True)
class Ledger:
    """Builds and units in one database."""

    database: Database
    builds: Builds
    units: Units

    def holding(self, renew: Callable[[], object]) -> AbstractContextManager[None]:
        """Give signs of life as long as the context takes."""
        return alive(renew, lease=self.units.lease)

    @again
    def figures(self) -> Figures:
        """How much there is of everything."""
        kinds = select(work.c.kind, work.c.state, func.count()).group_by(work.c.kind, work.c.state)
        states = select(build.c.state, func.count()).group_by(build.c.state)
        waits = select(func.min(work.c.changed)).where(work.c.state.in_((PENDING, QUEUED)))
        ended = select(build.c.begun, build.c.ended).where(build.c.ended.is_not(None))
        with self.database.connect() as connection:
            units = {(kind, state): n for kind, state, n in connection.execute(kinds)}
            builds = {row[0]: row[1] for row in connection.execute(states)}
            oldest = connection.execute(waits).scalar_one()
            age = max(0.0, now(connection) - oldest) if oldest is not None else 0.0
            last = connection.execute(ended.order_by(build.c.ended.desc()).limit(1)).first()
        took = last.ended - last.begun if last and last.begun else 0.0
        return Figures(units, builds, age, took)


def ledger_of(project: Project, database: Database | None = None) -> Ledger:
    """The ledger in the state database of a site.

    Raises:
        MemoryStoreError: The database cannot be opened.
    """
    database = database or open_database(project)
    queue = project.settings.queue
    return Ledger(
        database,
        Builds(database, queue.lease),
        Units(database, queue.lease, queue.runs),
    )
