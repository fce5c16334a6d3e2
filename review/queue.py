"""The queue: the messages of a language that somebody asks for, in the order they are needed.

All is asked of the index.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import select

from pipeline.catalogues import State
from pipeline.concordance import MESSAGES, fresh_of, terms, terms_like
from pipeline.database import among
from pipeline.database.tables import message as table

from .desk import Desk
from .filters import ORDERS, PLACES, URGENT, WAITING, Filter, Position, Row
from .lists import Search, names_in
from .message import Place

__all__ = [
    "ORDERS",
    "PAGE",
    "PLACES",
    "URGENT",
    "WAITING",
    "Counted",
    "Filter",
    "Position",
    "Row",
    "before",
    "choices",
    "counts",
    "look",
    "page",
    "position_of",
]

PAGE = 50
"""How many messages are shown at once."""

MOST_ARTICLES = 300
"""Articles to choose from."""


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


@dataclass(frozen=True, slots=True)
class Counted:
    """How many messages of each state fit, and in each article.

    Attributes:
        states: The number of each state.
        more: The states in which there may be more than that.
        articles: Those that have the most, with their numbers; None where those are not known.
    """

    states: Mapping[State, int]
    more: frozenset[State]
    articles: Sequence[tuple[str, int | None]]

    def has_more(self, states: Sequence[State]) -> bool:
        """Whether there may be more in any of some states."""
        return not self.more.isdisjoint(states)


def look(
    desk: Desk, locale: str, asked: Filter, *, after: Position | None = None, limit: int = PAGE
) -> tuple[list[Row], Counted]:
    """A page of a queue, and how many messages there are in all."""
    with desk.database.connect() as connection:
        search = Search.of(connection, locale, asked)
        rows, found = search.rows(after, limit), search.counted()
        whole = search
        if asked.article:
            whole = Search.of(connection, locale, replace(asked, article=""))
        inside: Mapping[str, int | None] | None = whole.articles(MOST_ARTICLES)
        if inside is None:
            inside = dict.fromkeys(search.domains(MOST_ARTICLES))
    states = {state: number for state, (number, _) in found.items()}
    more = frozenset(state for state, (_, open_) in found.items() if open_)
    return rows, Counted(states, more, sorted(inside.items()))


def counts(desk: Desk, locale: str, asked: Filter) -> dict[str, int]:
    """How many messages of each state fit all else that is asked for, at least."""
    with desk.database.connect() as connection:
        found = Search.of(connection, locale, asked).counted()
    return {str(state): number for state, (number, _) in found.items()}


def choices(desk: Desk, locale: str) -> tuple[list[str], list[str], list[str]]:
    """The checks that found something in a language, the engines that drafted in it, and who
    translated."""
    with desk.database.connect() as connection:
        new = list(fresh_of(connection, MESSAGES.kind))
        query = select(table.c.checks, table.c.engine, table.c.author).distinct()
        query = query.where(table.c.locale == locale, among(connection, table.c.id, new))
        rows = connection.execute(query).all()
        sorts = {
            terms.of_check(""): {name for row in rows for name in names_in(row.checks)},
            terms.of_engine(""): {row.engine for row in rows},
            terms.of_author(""): {row.author for row in rows},
        }
        checks, engines, authors = (
            sorted({*terms_like(connection, MESSAGES.kind, locale, sort), *said} - {""})
            for sort, said in sorts.items()
        )
    return checks, engines, authors
