"""Hits: what is counted against a limit, in the state database, so that all desks count as one.

A storage for `limits`, whose moving window it is; the clock is the database's.
"""

from __future__ import annotations

import hashlib
from itertools import count

from limits.storage import MovingWindowSupport, Storage
from limits.strategies import MovingWindowRateLimiter
from sqlalchemy import Connection, Engine, delete, func, insert, select
from sqlalchemy.exc import SQLAlchemyError

from pipeline.database import exclusive
from pipeline.database.clock import now

from .tables import hit as table

_KEPT = 24 * 3600
"""Seconds for which a hit is kept at most; no limit is over more than that."""

_SWEEP = 256
"""Once in so many hits, those of keys that nobody uses any more are swept out."""


def limiter_of(database: Engine) -> MovingWindowRateLimiter:
    """What counts for all desks that have this database."""
    return MovingWindowRateLimiter(Hits(database))


class Hits(Storage, MovingWindowSupport):
    """Hits by key and time."""

    STORAGE_SCHEME = None

    def __init__(self, database: Engine) -> None:
        super().__init__()
        self._database = database
        self._counted = count(1)

    @property
    def base_exceptions(self) -> type[Exception]:
        """What goes wrong here."""
        return SQLAlchemyError

    def acquire_entry(self, key: str, limit: int, expiry: int, amount: int = 1) -> bool:
        """Count so many hits, unless there are too many then; whether they were counted."""
        name = _digest(key)
        with exclusive(self._database, f"hit {name[:8]}") as connection:
            at = now(connection)
            if next(self._counted) % _SWEEP == 0:
                connection.execute(delete(table).where(table.c.at < at - _KEPT))
            old = delete(table).where(table.c.key == name, table.c.at <= at - expiry)
            connection.execute(old)
            if _count(connection, name, at - expiry)[1] + amount > limit:
                return False
            connection.execute(insert(table), [{"key": name, "at": at}] * amount)
        return True

    def get_moving_window(self, key: str, limit: int, expiry: int) -> tuple[float, int]:
        """When the first hit was that counts, and how many do."""
        with self._database.connect() as connection:
            at = now(connection)
            first, many = _count(connection, _digest(key), at - expiry)
        return (first if many else at), min(many, limit)

    def give_back(self, key: str) -> None:
        """Take the latest hit back."""
        latest = select(func.max(table.c.id)).where(table.c.key == _digest(key)).scalar_subquery()
        with self._database.begin() as connection:
            connection.execute(delete(table).where(table.c.id == latest))

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        """Count in any case; how many there are."""
        with self._database.begin() as connection:
            at = now(connection)
            connection.execute(insert(table), [{"key": _digest(key), "at": at}] * amount)
            return _count(connection, _digest(key), at - expiry)[1]

    def get(self, key: str) -> int:
        """How many there are."""
        with self._database.connect() as connection:
            return _count(connection, _digest(key), now(connection) - _KEPT)[1]

    def get_expiry(self, key: str) -> float:
        """When the first of them is forgotten at the latest."""
        with self._database.connect() as connection:
            at = now(connection)
            first, many = _count(connection, _digest(key), at - _KEPT)
        return (first if many else at) + _KEPT

    def check(self) -> bool:
        """Whether the database answers."""
        try:
            self.get("")
        except SQLAlchemyError:
            return False
        return True

    def reset(self) -> int | None:
        """Forget all."""
        with self._database.begin() as connection:
            return connection.execute(delete(table)).rowcount

    def clear(self, key: str) -> None:
        """Forget those of a key."""
        with self._database.begin() as connection:
            connection.execute(delete(table).where(table.c.key == _digest(key)))


def _count(connection: Connection, name: str, since: float) -> tuple[float, int]:
    query = select(func.min(table.c.at), func.count())
    row = connection.execute(query.where(table.c.key == name, table.c.at > since)).one()
    return float(row[0] or 0), int(row[1])


def _digest(key: str) -> str:
    """Names and addresses are not kept as they are."""
    return hashlib.sha256(key.encode(errors="surrogatepass")).hexdigest()
