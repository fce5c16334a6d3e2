"""Authors: who wrote the translations of many messages as they stand, as the history has it."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, select

from pipeline.database.tables import change
from pipeline.database.tables import message as table
from pipeline.index import Kind


def authors(
    connection: Connection, locale: str, *where: ColumnElement[bool]
) -> Iterator[tuple[str, str, str]]:
    """The domain, the digest and the author of messages; empty where nobody knows, and of drafts.

    The author is who first wrote what it says now, as for four eyes.
    """
    same = and_(
        change.c.locale == table.c.locale,
        change.c.domain == table.c.domain,
        change.c.digest == table.c.digest,
    )
    columns = (table.c.domain, table.c.digest, change.c.kind, change.c.who, change.c.strings)
    query = select(*columns).outerjoin(change, same).where(table.c.locale == locale, *where)
    query = query.order_by(table.c.domain, table.c.digest, change.c.id.desc())
    with connection.execute(query.execution_options(yield_per=1000)) as rows:
        for (domain, digest), own in groupby(rows, lambda row: (row.domain, row.digest)):
            yield domain, digest, _author(own)


def _author(changes: Iterator[Any]) -> str:
    found, strings = "", None
    for row in changes:
        if row.kind is None:
            return ""
        if strings is not None and row.strings != strings:
            break
        strings = row.strings
        found = "" if row.kind == Kind.DRAFTED else row.who
    return str(found)
