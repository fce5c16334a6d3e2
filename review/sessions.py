"""Sessions: who is in. A cookie holds a random word, a row its hash; without the row nobody is."""

from __future__ import annotations

import time
from dataclasses import dataclass

from sqlalchemy import Engine, delete, insert, select, update

from . import secrets
from .people import Person, find
from .tables import session as table

COOKIE = "desk"
LASTS = 14 * 24 * 3600
"""Seconds that a session lasts."""

_RESTS = 3 * 24 * 3600
"""Seconds after which it ends when nobody comes."""

_NOTED = 60
"""Seconds between two notes that somebody was seen."""


@dataclass(frozen=True, slots=True)
class Session:
    """One browser of a person."""

    id: str
    since: float
    seen: float
    agent: str


def begin(database: Engine, person: Person, *, agent: str) -> str:
    """Let somebody in; the word for their cookie."""
    secret, now = secrets.new_secret(), time.time()
    with database.begin() as connection:
        connection.execute(delete(table).where(table.c.until < now))
        connection.execute(
            insert(table).values(
                id=secrets.digest(secret),
                person=person.id,
                since=now,
                seen=now,
                until=now + LASTS,
                agent=agent[:200],
            )
        )
    return secret


def person_of(database: Engine, secret: str) -> Person | None:
    """Who a cookie's word lets in; None if nobody."""
    if not secret:
        return None
    id, now = secrets.digest(secret), time.time()
    with database.connect() as connection:
        row = connection.execute(select(table).where(table.c.id == id)).first()
    if row is None or row.until < now or row.seen < now - _RESTS:
        return None
    if row.seen < now - _NOTED:
        with database.begin() as connection:
            connection.execute(update(table).where(table.c.id == id).values(seen=now))
    person = find(database, id=row.person)
    return person if person is not None and person.active else None


def of(database: Engine, person: Person) -> list[Session]:
    """The browsers somebody is in with, the latest first."""
    query = select(table).where(table.c.person == person.id, table.c.until > time.time())
    with database.connect() as connection:
        rows = connection.execute(query.order_by(table.c.seen.desc()))
        return [Session(row.id, row.since, row.seen, row.agent) for row in rows]


def end(database: Engine, secret: str) -> None:
    """Log out."""
    with database.begin() as connection:
        connection.execute(delete(table).where(table.c.id == secrets.digest(secret)))


def revoke(database: Engine, person: Person, *, id: str | None = None) -> None:
    """Put one of a person's browsers out, or all of them."""
    query = delete(table).where(table.c.person == person.id)
    with database.begin() as connection:
        connection.execute(query if id is None else query.where(table.c.id == id))
