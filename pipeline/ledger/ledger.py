"""The ledger of a site: its builds and its units, and holding on to what one works on."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy import Engine as Database
from sqlalchemy.exc import DBAPIError

from ..database import open_database
from ..project import Project
from .builds import Builds
from .units import Units


@dataclass(frozen=True, slots=True)
class Ledger:
    """Builds and units in one database."""

    database: Database
    builds: Builds
    units: Units

    @contextmanager
    def holding(self, renew: Callable[[], object]) -> Iterator[None]:
        """Give a sign of life every third of a lease, as long as the block takes."""
        ended = threading.Event()

        def beat() -> None:
            while not ended.wait(self.units.lease / 3):
                try:
                    renew()
                except DBAPIError:
                    continue  # the next sign of life may come through

        thread = threading.Thread(target=beat, daemon=True)
        thread.start()
        try:
            yield
        finally:
            ended.set()
            thread.join()


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
