"""Locks in the state database: for all machines that work on a site.

Each is a row with a token and an end. It is renewed as long as it is held, and removed only by
whoever holds it.
"""

from __future__ import annotations

import hashlib
import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

from sqlalchemy import Engine as Database
from sqlalchemy import delete, insert, select, update
from sqlalchemy.exc import SQLAlchemyError

from ..errors import ProjectError
from ..project import Project
from .clock import again, alive, has_died, new_owner, now
from .connection import exclusive, open_database
from .tables import lock as table


@dataclass(frozen=True, slots=True)
class DatabaseLocks:
    """The locks of a site; ``lease`` is for how long one is held without a sign of life."""

    project: Project
    database: Database
    lease: float = 30

    @contextmanager
    def hold(self, name: str, *, timeout: float = 10) -> Iterator[Held]:
        """Hold a lock against everybody who works on the site. Not to be taken twice by one thread.

        Raises:
            ProjectError: Somebody else still held it after ``timeout`` seconds.
        """
        held = Held(self.database, _digest(self.project, name), new_owner(), self.lease)
        limit = time.monotonic() + timeout
        while not held.acquire():
            if time.monotonic() > limit:
                raise ProjectError(
                    f"{name} is being changed by somebody else, for more than {timeout:g} s",
                    hint="Wait until it is done; nothing was changed here.",
                )
            time.sleep(0.05)
        with alive(held.renew, lease=self.lease):
            try:
                yield held
            finally:
                with suppress(SQLAlchemyError):  # it ends by itself
                    held.release()


@dataclass(frozen=True, slots=True)
class Held:
    """A lock that somebody holds, or means to."""

    database: Database
    name: str
    token: str
    lease: float

    @again
    def acquire(self) -> bool:
        """Take it, if nobody holds it, or whoever did has died or given no sign of life."""
        with exclusive(self.database, "lock") as connection:
            at = now(connection)
            row = connection.execute(select(table).where(table.c.name == self.name)).first()
            values = {"token": self.token, "until": at + self.lease}
            if row is None:
                connection.execute(insert(table), {"name": self.name, **values})
                return True
            if row.token != self.token and at <= row.until and not has_died(row.token):
                return False
            mine = update(table).where(table.c.name == self.name, table.c.token == row.token)
            return connection.execute(mine.values(**values)).rowcount == 1

    @again
    def renew(self) -> bool:
        """Hold it for longer; False if somebody else does by now."""
        with self.database.begin() as connection:
            own = update(table).where(table.c.name == self.name, table.c.token == self.token)
            return connection.execute(own.values(until=now(connection) + self.lease)).rowcount == 1

    @again
    def release(self) -> None:
        """Let go of it, if it is still ours."""
        with self.database.begin() as connection:
            own = (table.c.name == self.name, table.c.token == self.token)
            connection.execute(delete(table).where(*own))


_databases: dict[tuple[object, ...], Database] = {}
_theirs: list[object] = []
_opening = threading.Lock()


def opened(project: Project, *, pooled: bool = False) -> Database:
    """The state database, opened once in each process: a forked one may not share it.

    ``pooled`` is as in `open_database`, and for whoever opens it first to say.
    """
    key = (os.getpid(), project.root, project.settings.state)
    with _opening:
        if key not in _databases:
            _databases[key] = open_database(project, pooled=pooled)
        return _databases[key]


def _abandon() -> None:
    """In a forked process: leave the connections alone that are the other one's."""
    for database in _databases.values():
        _theirs.append(database.pool)  # never closed here, not even as garbage
        database.dispose(close=False)


os.register_at_fork(after_in_child=_abandon)


def _digest(project: Project, name: str) -> str:
    """The name, without the folder that the site is in on this machine."""
    inside = name.removeprefix(f"{project.root}/")
    return hashlib.sha256(inside.encode()).hexdigest()
