"""The trail: what was done, by whom and when; only ever added to."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, Engine, insert, select

from .tables import audit as table


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that was done; ``at`` in seconds of the epoch, ``token`` the one it was done by."""

    id: int
    at: float
    who: str
    action: str
    locale: str
    subject: str
    detail: str
    token: str = ""


def note(
    connection: Connection,
    action: str,
    *,
    person: int | None = None,
    who: str = "",
    locale: str = "",
    subject: str = "",
    detail: str = "",
    token: str = "",
) -> None:
    """Add to the trail, in the transaction of what was done."""
    connection.execute(
        insert(table).values(
            at=time.time(),
            person=person,
            who=who,
            action=action,
            locale=locale,
            subject=subject,
            detail=detail,
            token=token,
        )
    )


def trail(
    database: Engine,
    *,
    locales: Sequence[str] | None = None,
    since: float = 0,
    before: int | None = None,
    limit: int = 100,
) -> list[Entry]:
    """The latest entries first.

    Args:
        database: The state database.
        locales: Only what was done in these languages; everything if None.
        since: Only what was done from then on.
        before: Only entries older than this one.
        limit: At most so many.
    """
    query = select(table).where(table.c.at >= since).order_by(table.c.id.desc()).limit(limit)
    if locales is not None:
        query = query.where(table.c.locale.in_(locales))
    if before is not None:
        query = query.where(table.c.id < before)
    with database.connect() as connection:
        return [
            Entry(
                row.id,
                row.at,
                row.who,
                row.action,
                row.locale,
                row.subject,
                row.detail,
                row.token,
            )
            for row in connection.execute(query)
        ]
