"""Answers: what engines said, by what they were asked, so that nothing is paid for twice.

Whoever wants to ask claims the question first; others who want the same wait for the answer. The
claim of a process that has died is free again: at once if it ran on this machine, else after some
minutes. An answer that was not worth taking is known for the day, and asked for again on another.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Engine as Database
from sqlalchemy import Row, delete, insert, select, update

from ..database import exclusive
from ..database.clock import again, has_died, this_process
from ..database.tables import answer as table

EXPIRES = 300.0
"""Seconds after which a claim that nobody renewed counts as left behind."""

_REFUSED = "refused"
"""The owner of an answer that was not taken."""


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

    @again
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
            # Ours already: the connection broke while we were being told so.
            free = [k for k, row in rows.items() if row.owner == owner or self._is_free(row, now)]
            if new:
                own = {"engine": self.engine, "day": self.day, "text": "", "owner": owner}
                connection.execute(insert(table), [{"key": k, "since": now, **own} for k in new])
            if free:
                taken = update(table).where(table.c.key.in_(free))
                connection.execute(taken.values(owner=owner, since=now))
        answered = {key: str(row.text) for key, row in rows.items() if self._is_known(row)}
        return Claimed(answered, frozenset((*new, *free)))

    @again
    def known(self, keys: Sequence[str]) -> frozenset[str]:
        """Those that are answered, so that nothing has to be paid for them."""
        return frozenset(self._answered(keys))

    def _answered(self, keys: Sequence[str]) -> dict[str, str]:
        query = select(table).where(table.c.key.in_(keys))
        with self.database.connect() as connection:
            rows = connection.execute(query)
            return {str(row.key): str(row.text) for row in rows if self._is_known(row)}

    def _is_known(self, row: Row[Any]) -> bool:
        return not row.owner or (row.owner == _REFUSED and row.day == self.day)

    def _is_free(self, row: Row[Any], now: float) -> bool:
        if row.owner == _REFUSED:
            return bool(row.day != self.day)
        return bool(row.owner) and _is_left(row, now)

    @again
    def keep(self, said: Mapping[str, str]) -> None:
        """Answers to questions that were ours."""
        with self.database.begin() as connection:
            for key, text in said.items():
                answered = update(table).where(table.c.key == key)
                kept = {"text": text, "owner": "", "since": 0, "day": self.day}
                connection.execute(answered.values(**kept))

    @again
    def renew(self, keys: Sequence[str]) -> None:
        """Say that we are still about to ask."""
        with self.database.begin() as connection:
            mine = (table.c.key.in_(keys), table.c.owner == _owner())
            connection.execute(update(table).where(*mine).values(since=time.time()))

    @again
    def refuse(self, keys: Sequence[str]) -> None:
        """Note that answers were not taken: on another day they are asked for anew."""
        with self.database.begin() as connection:
            answered = (table.c.key.in_(keys), table.c.owner == "")
            connection.execute(update(table).where(*answered).values(owner=_REFUSED))

    @again
    def release(self, keys: Sequence[str]) -> None:
        """Let others ask what we could not."""
        with self.database.begin() as connection:
            mine = (table.c.key.in_(keys), table.c.owner == _owner())
            connection.execute(delete(table).where(*mine))


def _owner() -> str:
    """This thread: by its process, and its own number."""
    return f"{this_process()}:{threading.get_ident()}"


def _is_left(row: Row[Any], now: float) -> bool:
    """Whether nobody is asking any more: the process is gone, or it takes too long."""
    return has_died(str(row.owner)) or bool(now - row.since > EXPIRES)
