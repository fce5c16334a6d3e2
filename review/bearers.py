"""Bearer tokens: what programs come with; each has scopes, an end, and the rights of a person."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import Engine, delete, insert, select, update

from . import secrets
from .audit import note
from .people import Person, Refused, find
from .tables import bearer as table

LONGEST = 366
"""Days that a token may last."""


class Scope(StrEnum):
    """What a token may be used for, besides what its person may."""

    READ = "read"
    DECIDE = "decide"
    BUILD = "build"


@dataclass(frozen=True, slots=True)
class Bearer:
    """A token as it is known: never its word."""

    id: str
    label: str
    scopes: tuple[Scope, ...]
    until: float
    used: float | None


def create(
    database: Engine, person: Person, *, label: str, scopes: Sequence[str], days: int
) -> str:
    """A new token; its word, which is shown once.

    Raises:
        Refused: It has no name, no scope, or lasts too long.
    """
    known = [Scope(one) for one in scopes if one in list(Scope)]
    if not label.strip() or not known or not 0 < days <= LONGEST:
        raise Refused(f"A token has a name, a scope, and at most {LONGEST} days.")
    secret = f"desk_{secrets.new_secret()}"
    now = time.time()
    with database.begin() as connection:
        connection.execute(
            insert(table).values(
                id=secrets.digest(secret),
                person=person.id,
                label=label.strip()[:80],
                scopes=" ".join(known),
                since=now,
                until=now + days * 86400,
            )
        )
        note(connection, "token", person=person.id, who=person.name, detail=" ".join(known))
    return secret


def of(database: Engine, person: Person) -> list[Bearer]:
    """The tokens of a person."""
    query = select(table).where(table.c.person == person.id).order_by(table.c.since)
    with database.connect() as connection:
        return [
            Bearer(row.id, row.label, _scopes(row.scopes), row.until, row.used)
            for row in connection.execute(query)
        ]


def revoke(database: Engine, person: Person, id: str) -> None:
    """End a token of a person."""
    with database.begin() as connection:
        connection.execute(delete(table).where(table.c.person == person.id, table.c.id == id))
        note(connection, "token ended", person=person.id, who=person.name)


def person_of(database: Engine, secret: str) -> tuple[Person, tuple[Scope, ...]] | None:
    """Whose token a word is, and its scopes; None if it is none, or is too old."""
    now = time.time()
    own = table.c.id == secrets.digest(secret)
    with database.connect() as connection:
        row = connection.execute(select(table).where(own, table.c.until > now)).first()
    if row is None:
        return None
    if row.used is None or row.used < now - 60:
        with database.begin() as connection:
            connection.execute(update(table).where(own).values(used=now))
    person = find(database, id=row.person)
    return (person, _scopes(row.scopes)) if person and person.active else None


def _scopes(said: str) -> tuple[Scope, ...]:
    return tuple(Scope(one) for one in said.split())
