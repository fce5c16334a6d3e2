"""Subscriptions: how each person wants to be told things, and the link that ends it."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
import time
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from sqlalchemy import Connection, Engine, Row, delete, insert, select
from sqlalchemy.exc import IntegrityError

from . import outbox
from .audit import note
from .tables import person as people
from .tables import signing
from .tables import subscription as table


class Mode(StrEnum):
    """How somebody wants to be told."""

    NEVER = "never"
    AT_ONCE = "at once"
    DAILY = "daily"


@dataclass(frozen=True, slots=True)
class Subscription:
    """What somebody chose.

    Attributes:
        person: Their number.
        mode: How they are told.
        hour: The hour of their digest.
        zone: The time zone of that hour.
        day: The day of their last digest, as ``2026-11-24`` in that zone.
        at: When that was, in seconds of the epoch.
        failures: Whether they are told at once of builds that failed.
        language: What their letters are in; empty for the desk's.
    """

    person: int
    mode: Mode = Mode.NEVER
    hour: int = 8
    zone: str = "Europe/Amsterdam"
    day: str = ""
    at: float = 0.0
    failures: bool = False
    language: str = ""

    @property
    def is_none(self) -> bool:
        """Whether they want no letters at all."""
        return self.mode is Mode.NEVER and not self.failures


def of(connection: Connection, person: int) -> Subscription:
    """What somebody chose; nothing, if they did not."""
    row = connection.execute(select(table).where(table.c.person == person)).first()
    if row is None:
        return Subscription(person)
    return _known(row)


def daily(connection: Connection) -> list[Subscription]:
    """Everybody who wants a digest."""
    rows = connection.execute(select(table).where(table.c.mode == Mode.DAILY))
    return [_known(row) for row in rows]


def of_failures(connection: Connection) -> list[int]:
    """The numbers of those who want to be told at once of builds that failed."""
    return list(connection.execute(select(table.c.person).where(table.c.failures)).scalars())


def zones() -> list[str]:
    """The time zones that one may choose, by name."""
    return sorted(name for name in available_timezones() if "/" in name or name == "UTC")


def choose(
    database: Engine,
    person: int,
    who: str,
    mode: Mode,
    *,
    hour: int,
    zone: str,
    failures: bool = False,
    language: str = "",
) -> None:
    """Choose how one is told; the first digest comes at the next such hour."""
    at = time.time()
    local = datetime.fromtimestamp(at, ZoneInfo(zone))
    day = local.date().isoformat() if local.hour >= hour else ""
    row = {"person": person, "mode": mode, "hour": hour, "zone": zone, "day": day, "at": at}
    row |= {"failures": failures, "language": language}
    with database.begin() as connection:
        before = of(connection, person)
        connection.execute(delete(table).where(table.c.person == person))
        connection.execute(insert(table).values(**row))
        if before.mode is not mode:
            outbox.forget(connection, person)
        said = f"daily at {hour}:00, {zone}" if mode is Mode.DAILY else str(mode)
        said += ", and of failed builds at once" if failures else ""
        note(connection, "notices", person=person, who=who, subject=who, detail=said)


def stop(database: Engine, person: int) -> None:
    """Tell somebody nothing any more, as a link in a letter asked."""
    with database.begin() as connection:
        who = connection.execute(select(people.c.name).where(people.c.id == person)).scalar()
        before = of(connection, person)
        if before.is_none:
            return
        nothing = table.update().where(table.c.person == person)
        connection.execute(nothing.values(mode=Mode.NEVER, failures=False))
        outbox.forget(connection, person)
        said = "never, by a link in a letter"
        note(connection, "notices", person=person, who=who or "", subject=who or "", detail=said)


def word_for(database: Engine, person: int) -> str:
    """The signed word of a link that ends somebody's letters."""
    return f"{person}.{_signature(database, person)}"


def person_in(database: Engine, word: str) -> int | None:
    """Whose letters a word ends; None if nobody signed it here."""
    number, _, signed = word.partition(".")
    if not (number.isascii() and number.isdecimal() and len(number) < 10):
        return None
    good = _signature(database, int(number)).encode()
    return int(number) if hmac.compare_digest(good, signed.encode(errors="replace")) else None


def _known(row: Row[Any]) -> Subscription:
    when = (row.hour, row.zone, row.day, row.at)
    return Subscription(row.person, Mode(row.mode), *when, row.failures, row.language)


def _signature(database: Engine, person: int) -> str:
    key = _secret(database, "letters").encode()
    digest = hmac.new(key, f"end letters {person}".encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")


def _secret(database: Engine, name: str) -> str:
    """What links are signed with; made when it is needed first."""
    query = select(signing.c.secret).where(signing.c.name == name)
    with database.connect() as connection:
        found = connection.execute(query).scalar()
    if found:
        return str(found)
    try:
        with database.begin() as connection:
            row = {"name": name, "secret": secrets.token_urlsafe(32)}
            connection.execute(insert(signing).values(**row))
    except IntegrityError:  # somebody else was faster
        pass
    with database.connect() as connection:
        return str(connection.execute(query).scalar_one())
