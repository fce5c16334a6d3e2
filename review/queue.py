"""The queue: the messages of a language that somebody asks for, in the order they are needed.

All is asked of the index.
"""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import select

from pipeline.catalogues import State
from pipeline.database import TookTooLong, within
from pipeline.database.tables import message as table

from .desk import Desk
from .filters import ORDERS, PLACES, URGENT, WAITING, Filter, Position, Row
from .lists import Search, names_in, values_of
from .message import Place
from .tables import facet

__all__ = [
    "ORDERS",
    "PAGE",
    "PLACES",
    "URGENT",
    "WAITING",
    "Filter",
    "Position",
    "Row",
    "articles",
    "before",
    "choices",
    "counts",
    "counts_soon",
    "page",
    "position_of",
]

PAGE = 50
"""How many messages are shown at once."""

SOON = 0.05
"""Seconds that counting may take before a page is shown without."""


def page(
    desk: Desk, locale: str, asked: Filter, *, after: Position | None = None, limit: int = PAGE
) -> list[Row]:
    """Messages of a queue, from its beginning or after a position."""
    with desk.database.connect() as connection:
        search = Search.of(connection, locale, asked)
        return search.rows(after, limit)


def before(desk: Desk, locale: str, asked: Filter, position: Position) -> Row | None:
    """The message before a position in a queue."""
    with desk.database.connect() as connection:
        rows = Search.of(connection, locale, asked).rows(position, 1, backwards=True)
        return rows[0] if rows else None


def position_of(desk: Desk, place: Place) -> Position | None:
    """Where a message stands in a queue that it is in; None if the index does not know it."""
    query = select(table).where(*(table.c[name] == value for name, value in place.row.items()))
    with desk.database.connect() as connection:
        row = connection.execute(query).first()
    return Position(State(row.state), row.domain, row.place, row.rank) if row else None


def counts(desk: Desk, locale: str, asked: Filter) -> dict[str, int]:
    """How many messages of each state fit all else that is asked for."""
    with desk.database.connect() as connection:
        found = Search.of(connection, locale, asked).counted("state")
    return {str(state): found.get(state, 0) for state in URGENT}


def articles(desk: Desk, locale: str, asked: Filter) -> list[tuple[str, int]]:
    """How many messages there are in each article of what is asked for, whatever the article."""
    with desk.database.connect() as connection:
        found = Search.of(connection, locale, replace(asked, article="")).counted("domain")
    return sorted(found.items())


def counts_soon(
    desk: Desk, locale: str, asked: Filter
) -> tuple[dict[str, int], list[tuple[str, int]]] | None:
    """What `counts` and `articles` say, if that takes no longer than a page may; else None."""
    whole = replace(asked, article="")
    try:
        with desk.database.connect() as connection, within(connection, SOON):
            found = Search.of(connection, locale, asked).counted("state")
            inside = Search.of(connection, locale, whole).counted("domain")
    except TookTooLong:
        return None
    return {str(state): found.get(state, 0) for state in URGENT}, sorted(inside.items())


def choices(desk: Desk, locale: str) -> tuple[list[str], list[str], list[str]]:
    """The checks that found something in a language, the engines that drafted in it, and who
    translated."""
    with desk.database.connect() as connection:
        checks = values_of(connection, facet.c.checks, locale)
        engines = values_of(connection, facet.c.engine, locale)
        authors = values_of(connection, facet.c.author, locale)
    names = sorted({name for one in checks for name in names_in(one)})
    return names, [one for one in engines if one], [one for one in authors if one]
