"""Answers: what engines said, by what they were asked, so that nothing is paid for twice.

Whoever wants to ask claims the question first; others who want the same wait for the answer. The
claim of a process that has died is free again: at once if it ran on this machine, else after some
minutes.
"""

from __future__ import annotations

import os
import socket
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Engine as Database
from sqlalchemy import Row, delete, insert, select, update

from ..database import exclusive
from ..database.tables import answer as table

_EXPIRES = 300.0
"""Seconds after which a claim of another machine counts as left behind."""


@dataclass(frozen=True, slots=True)
class Claimed:
    """What has become of some questions: answered, ours to ask, or just being asked by others."""

    answered: Mapping[str, str]
    ours: frozenset[str]

    def others(self, keys: Sequence[str]) -> list[str]:
        """Those that somebody else is asking."""
        return [key for key in keys if key not in self.answered and key not in self.ours]


@dataclass(frozen=True, slots=True)
class Answers:
    """The answers of one engine."""

    database: Database
    engine: str
    day: date

    def claim(self, keys: Sequence[str]) -> Claimed:
        """The answers that are there, and the questions that are ours to ask from now on."""
        known = self._answered(keys)
        if len(known) == len(set(keys)):
            return Claimed(known, frozenset())
        now, owner = time.time(), _owner()
        with exclusive(self.database, "answers") as connection:
            query = select(table).where(table.c.key.in_(keys))
            rows = {row.key: row for row in connection.execute(query)}
            new = [key for key in dict.fromkeys(keys) if key not in rows]
            free = [key for key, row in rows.items() if row.owner and _is_left(row, now)]
            if new:
                own = {"engine": self.engine, "day": self.day, "text": "", "owner": owner}
                connection.execute(insert(table), [{"key": k, "since": now, **own} for k in new])
            if free:
                taken = update(table).where(table.c.key.in_(free))
                connection.execute(taken.values(owner=owner, since=now))
        answered = {key: str(row.text) for key, row in rows.items() if not row.owner}
        return Claimed(answered, frozenset((*new, *free)))

    def _answered(self, keys: Sequence[str]) -> dict[str, str]:
        query = select(table.c.key, table.c.text).where(table.c.key.in_(keys), table.c.owner == "")
        with self.database.connect() as connection:
            return {str(row.key): str(row.text) for row in connection.execute(query)}

    def keep(self, said: Mapping[str, str]) -> None:
        """Answers to questions that were ours."""
        with self.database.begin() as connection:
            for key, text in said.items():
                answered = update(table).where(table.c.key == key)
                connection.execute(answered.values(text=text, owner="", since=0))

    def release(self, keys: Sequence[str]) -> None:
        """Let others ask what we could not."""
        with self.database.begin() as connection:
            mine = (table.c.key.in_(keys), table.c.owner == _owner())
            connection.execute(delete(table).where(*mine))


def _owner() -> str:
    return f"{socket.gethostname()[:60]}:{os.getpid()}:{threading.get_ident()}"


def _is_left(row: Row[Any], now: float) -> bool:
    """Whether nobody is asking any more: the process is gone, or it takes too long."""
    host, _, rest = str(row.owner).rpartition(":")[0].rpartition(":")
    if host == socket.gethostname()[:60] and rest.isdigit() and not _is_alive(int(rest)):
        return True
    return bool(now - row.since > _EXPIRES)


def _is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True
