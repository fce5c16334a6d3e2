"""The history of a message, through all that its source has said."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

from sqlalchemy import Connection, insert, select
from sqlalchemy import Engine as Database

from ..catalogues import Key, State, digest_of
from ..database.tables import change as table
from .change import Change, Kind


def keep(connection: Connection, locale: str, domain: str, changes: Sequence[Change]) -> None:
    """Keep what became of the messages of a catalogue, as seen now."""
    now = time.time()
    rows = [
        {
            "at": now,
            "locale": locale,
            "domain": domain,
            "digest": one.digest,
            "former": one.former,
            "kind": one.kind,
            "who": one.who,
            "state": one.state,
            "strings": list(one.strings),
        }
        for one in changes
    ]
    if rows:
        connection.execute(insert(table), rows)


def history(database: Database, locale: str, domain: str, key: Key) -> list[Change]:
    """What became of a message, the latest first, also while its source was another.

    What happened while nobody looked is one change, at the time when somebody did.
    """
    found: list[Change] = []
    query = select(table).where(table.c.locale == locale, table.c.domain == domain)
    query = query.order_by(table.c.id.desc())
    digest, own = digest_of(key), query
    with database.connect() as connection:
        while digest:
            rows = connection.execute(own.where(table.c.digest == digest)).all()
            digest = ""
            for row in rows:
                change = Change(
                    Kind(row.kind),
                    row.who,
                    State(row.state),
                    tuple(row.strings),
                    row.digest,
                    row.former,
                )
                found.append(replace(change, at=datetime.fromtimestamp(row.at, UTC)))
                if row.former:
                    digest, own = row.former, query.where(table.c.id < row.id)
                    break
    return found
