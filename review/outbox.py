"""The outbox: what is to be told, written in the transaction of what it tells of, and then sent.

Whoever sends takes one thing at a time for some minutes, by compare-and-set: of several senders
one has it. What was not heard is due again later, longer each time.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Engine, delete, insert, or_, select, update

from pipeline.database.clock import new_owner, now

from .tables import outbox as table

LEASE = 600.0
"""Seconds for which something is in somebody's hands; sending takes less, or is broken off."""

TRIES = 10

_FIRST, _LONGEST = 30.0, 6 * 3600.0
_KEPT = 30 * 24 * 3600.0


class Channel(StrEnum):
    """The way that something goes; what is HELD waits for somebody's digest."""

    MAIL = "mail"
    HOOK = "hook"
    HELD = "held"


@dataclass(frozen=True, slots=True)
class Item:
    """Something to be told.

    Attributes:
        id: Its number.
        at: When it happened, in seconds of the epoch.
        person: Whom it is for; None on the webhook.
        kind: What kind of thing it is.
        data: What is to be said.
        tries: How often it was tried, this time included.
        owner: Who has it in hand.
    """

    id: int
    at: float
    channel: Channel
    person: int | None
    kind: str
    data: dict[str, Any]
    tries: int
    owner: str


def put(
    connection: Connection, channel: Channel, kind: str, data: Any, *, person: int | None = None
) -> None:
    """Have something told, if the transaction is carried out."""
    at = now(connection)
    row = {"at": at, "channel": channel, "person": person, "kind": kind, "due": at, "tries": 0}
    row |= {"data": json.dumps(data), "owner": "", "until": 0.0, "error": ""}
    connection.execute(insert(table).values(**row))


def take(database: Engine) -> Item | None:
    """The next thing that is due and that nobody has in hand; None if there is none."""
    while True:
        with database.begin() as connection:
            at = now(connection)
            query = select(table).where(table.c.ended.is_(None), table.c.due <= at)
            query = query.where(table.c.channel != Channel.HELD, table.c.until < at)
            row = connection.execute(query.order_by(table.c.due, table.c.id).limit(1)).first()
            if row is None:
                return None
            owner = new_owner()
            free = (table.c.id == row.id, table.c.ended.is_(None), table.c.owner == row.owner)
            values = {"owner": owner, "until": at + LEASE, "tries": row.tries + 1}
            mine = update(table).where(*free, table.c.until == row.until).values(**values)
            if connection.execute(mine).rowcount == 1:
                return _item(row, row.tries + 1, owner)


def sent(database: Engine, item: Item) -> None:
    """It was heard."""
    _end(database, item, "")


def give_up(database: Engine, item: Item, why: str) -> None:
    """It will never be heard."""
    _end(database, item, why)


def later(database: Engine, item: Item, why: str) -> bool:
    """It was not heard, and is tried again; False, and nothing done, if that was the last time."""
    if item.tries >= TRIES:
        return False
    with database.begin() as connection:
        due = now(connection) + min(_FIRST * 2 ** (item.tries - 1), _LONGEST)
        values = {"due": due, "owner": "", "until": 0.0, "error": why[:200]}
        connection.execute(update(table).where(*_own(item)).values(**values))
    return True


def held_for(connection: Connection, person: int) -> list[Item]:
    """What waits for somebody's digest, the first first; it is taken out of here."""
    own = (table.c.person == person, table.c.channel == Channel.HELD)
    rows = connection.execute(select(table).where(*own).order_by(table.c.id)).all()
    connection.execute(delete(table).where(table.c.id.in_([row.id for row in rows])))
    return [_item(row, 0, "") for row in rows]


def forget(connection: Connection, person: int) -> None:
    """Tell somebody nothing of what has not been sent yet."""
    own = (table.c.person == person, table.c.ended.is_(None))
    connection.execute(delete(table).where(*own))


def sweep(database: Engine) -> int:
    """Forget what was sent or given up long ago; how many that were."""
    with database.begin() as connection:
        limit = now(connection) - _KEPT
        old = or_(table.c.ended < limit, (table.c.channel == Channel.HELD) & (table.c.at < limit))
        return connection.execute(delete(table).where(old)).rowcount


def _end(database: Engine, item: Item, why: str) -> None:
    with database.begin() as connection:
        values = {"ended": now(connection), "owner": "", "until": 0.0, "error": why[:200]}
        if not why:
            values["data"] = "{}"  # nobody needs it any more
        connection.execute(update(table).where(*_own(item)).values(**values))


def _own(item: Item) -> tuple[Any, ...]:
    return (table.c.id == item.id, table.c.owner == item.owner)


def _item(row: Any, tries: int, owner: str) -> Item:
    channel, data = Channel(row.channel), json.loads(row.data)
    return Item(row.id, row.at, channel, row.person, row.kind, data, tries, owner)
