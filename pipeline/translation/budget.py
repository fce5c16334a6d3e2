"""The budget of an engine: how many characters it was sent, and how many it may still be sent."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, func, insert, select, update
from sqlalchemy import Engine as Database

from ..database import exclusive
from ..database.tables import usage


@dataclass(frozen=True, slots=True)
class Budget:
    """What one engine may be sent.

    Attributes:
        database: Where it is counted, for all who ask.
        engine: Its name.
        day: The day that is counted for.
        daily, monthly: The most characters; 0 for no limit.
    """

    database: Database
    engine: str
    day: date
    daily: int = 0
    monthly: int = 0

    def room(self) -> int | None:
        """How many characters may still be sent today; None for any number."""
        with self.database.connect() as connection:
            return self._room(connection)

    def spend(self, characters: int) -> bool:
        """Count characters that are about to be sent; False, and nothing counted, if too many."""
        with exclusive(self.database, "usage") as connection:
            room = self._room(connection)
            if room is not None and characters > room:
                return False
            self._count(connection, characters, 1)
        return True

    def give_back(self, characters: int) -> None:
        """Characters that were refused, and so not paid for."""
        with exclusive(self.database, "usage") as connection:
            self._count(connection, -characters, 0)

    def _room(self, connection: Connection) -> int | None:
        left = []
        if self.daily:
            left.append(self.daily - self._sent(connection, self.day))
        if self.monthly:
            left.append(self.monthly - self._sent(connection, self.day.replace(day=1)))
        return max(0, min(left)) if left else None

    def _sent(self, connection: Connection, since: date) -> int:
        query = select(func.coalesce(func.sum(usage.c.characters), 0)).where(
            usage.c.engine == self.engine, usage.c.day >= since
        )
        return int(connection.execute(query).scalar_one())

    def _count(self, connection: Connection, characters: int, requests: int) -> None:
        where = (usage.c.engine == self.engine, usage.c.day == self.day)
        change = {
            "characters": usage.c.characters + characters,
            "requests": usage.c.requests + requests,
        }
        if not connection.execute(update(usage).where(*where).values(change)).rowcount:
            row = {"engine": self.engine, "day": self.day}
            row |= {"requests": requests, "characters": characters}
            connection.execute(insert(usage), row)
