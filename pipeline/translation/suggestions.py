"""Suggestions: what a machine or the memory proposes for a message, for a person to take or leave.

They are rows and never stand in a catalogue: what is written there stays until a person decides.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Engine as Database
from sqlalchemy import delete, insert, select

from ..catalogues import Key, digest_of
from ..database.tables import suggestion as table


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A proposed translation.

    Attributes:
        text: The translation, with tokens.
        origin: ``memory``, an engine, or ``previous + engine`` where sentences were kept.
        source: The text that it was made for, where that is another one: what differs is shown.
        score: How alike both texts are, in per cent.
        markup: ``whole``, ``looked up`` or ``to place``, as of a draft.
    """

    text: str
    origin: str
    source: str = ""
    score: float = 100.0
    markup: str = "whole"


def suggest(
    database: Database,
    locale: str,
    domain: str,
    found: Mapping[Key, Sequence[Suggestion]],
    *,
    on: date,
) -> None:
    """Make these the suggestions of a catalogue; of messages that have none any more, too."""
    rows = [
        {
            "locale": locale,
            "domain": domain,
            "digest": digest_of(key),
            "number": number,
            "origin": one.origin,
            "source": one.source,
            "text": one.text,
            "score": one.score,
            "markup": one.markup,
            "day": on,
        }
        for key, many in found.items()
        for number, one in enumerate(many)
    ]
    with database.begin() as connection:
        own = (table.c.locale == locale, table.c.domain == domain)
        connection.execute(delete(table).where(*own))
        if rows:
            connection.execute(insert(table), rows)


def suggestions(database: Database, locale: str, domain: str, key: Key) -> list[Suggestion]:
    """What is proposed for a message, the best first."""
    query = (
        select(table)
        .where(
            table.c.locale == locale,
            table.c.domain == domain,
            table.c.digest == digest_of(key),
        )
        .order_by(table.c.number)
    )
    with database.connect() as connection:
        return [
            Suggestion(row.text, row.origin, row.source, row.score, row.markup)
            for row in connection.execute(query)
        ]
