"""Lists of messages, asked of the index so that a million of them are no reason to wait.

Where few can fit (`search`), those are fetched by their numbers and put in order; else each state
is read in the order of an index until the page is full.
"""

from __future__ import annotations

import heapq
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Select,
    and_,
    case,
    func,
    literal_column,
    select,
    tuple_,
)

from pipeline.catalogues import State
from pipeline.database.tables import message as table
from pipeline.database.tables import tally

from . import search
from .filters import URGENT, Filter, Position, Row
from .tables import assignment, claim, facet, person

_URGENCY = case({str(state): rank for rank, state in enumerate(URGENT)}, value=table.c.state)


@dataclass(frozen=True, slots=True)
class Search:
    """What somebody asks for in a language, as conditions.

    Attributes:
        connection: The index.
        locale: The language.
        asked: What they ask for.
        conditions: All of it but states.
        few: Whether they are few messages, which the conditions name.
    """

    connection: Connection
    locale: str
    asked: Filter
    conditions: Sequence[ColumnElement[bool]]
    few: bool

    @classmethod
    def of(cls, connection: Connection, locale: str, asked: Filter) -> Search:
        """A search, which finds out by itself whether few messages can fit."""
        if connection.dialect.name == "postgresql":  # compiling takes longer than a page may
            connection.exec_driver_sql("SET LOCAL jit = off")
        ids = _few(connection, locale, asked)
        said = _conditions(locale, asked, by_number=ids is not None)
        if asked.text.strip():
            said.append(search.says(asked.text, asked.where))
        if ids is not None:
            said.append(search.one_of(connection, ids))
        return cls(connection, locale, asked, said, ids is not None)

    def rows(self, position: Position | None, limit: int, *, backwards: bool = False) -> list[Row]:
        """Messages after a position (before it, the nearest first), or from the beginning."""
        by_states = [list(self.asked.states)] if self.few else [[s] for s in self.asked.states]
        if backwards:
            by_states.reverse()
        lists: list[list[Row]] = []
        for states in by_states:
            lists.append(self._in_states(states, position, limit, backwards=backwards))
            full = sum(map(len, lists)) >= limit
            if full and self.asked.order == "article":  # there, states follow each other
                break
        merged = heapq.merge(*lists, key=lambda row: _key(self.asked, row), reverse=backwards)
        return list(merged)[:limit]

    def _in_states(
        self, states: Sequence[State], position: Position | None, limit: int, *, backwards: bool
    ) -> list[Row]:
        """The first messages of some states, in their order."""
        order = self._order
        query = _whole(self.asked).where(*self.conditions)
        if self.few:
            query = query.where(_bare("state").in_(states))
        else:
            query = query.where(table.c.state == states[0])
            order = [column for column in order if column is not _URGENCY]
        if position is not None:
            query = query.where(self._beyond(position, states, backwards=backwards))
        ordered = [column.desc() if backwards else column for column in order]
        rows = self.connection.execute(query.order_by(*ordered).limit(limit))
        return [_row(row) for row in rows]

    @property
    def _order(self) -> list[ColumnElement[Any]]:
        if self.asked.order == "article":
            return [_URGENCY, table.c.domain, table.c.place]
        return [table.c.rank, _URGENCY, table.c.domain, table.c.place]

    def _beyond(
        self, position: Position, states: Sequence[State], *, backwards: bool
    ) -> ColumnElement[bool]:
        """Whether a message comes after a position, or before it."""
        urgency, rest = URGENT.index(position.state), (position.domain, position.place)
        by_article = self.asked.order == "article"
        mine: list[Any] = [urgency, *rest] if by_article else [position.rank, urgency, *rest]
        order = self._order
        if not self.few:  # an index is read, which has no urgencies: compare those here
            own = URGENT.index(states[0])
            if own != urgency:
                nearer = own > urgency if backwards else own < urgency
                if by_article:
                    return literal_column("0 = 1" if nearer else "1 = 1")
                limit = position.rank + (1 if own < urgency else 0)
                return table.c.rank < limit if backwards else table.c.rank >= limit
            order = [column for column in order if column is not _URGENCY]
            mine = [*rest] if by_article else [position.rank, *rest]
        here, there = tuple_(*order), tuple_(*mine)
        return here < there if backwards else here > there

    def counted(self, what: str) -> dict[str, int]:
        """How many messages there are: by ``state``, whatever it is; or by ``domain``."""
        plain = self.asked.is_plain
        source = tally if plain else table
        column = source.c[what]
        query: Select[Any] = select(column, func.sum(tally.c.count) if plain else func.count())
        if plain:
            query = query.where(tally.c.locale == self.locale, tally.c.count > 0)
        else:
            query = _joined(query, self.asked).where(*self.conditions)
        if plain and self.asked.article:
            query = query.where(tally.c.domain == self.asked.article)
        if what != "state":
            query = query.where(source.c.state.in_(self.asked.states))
        found = self.connection.execute(query.group_by(column))
        return {str(row[0]): int(row[1]) for row in found}


def values_of(connection: Connection, column: Column[str], locale: str) -> list[str]:
    """The values of a column of facets in a language: found by steps through an index, since they
    are few and the rows are many."""
    found: list[str] = []
    query = select(column).where(facet.c.locale == locale).order_by(column).limit(1)
    value = connection.execute(query).scalar()
    while value is not None:
        found.append(value)
        value = connection.execute(query.where(column > value)).scalar()
    return found


def names_in(checks: str) -> tuple[str, ...]:
    """The names of checks in a facet, which stand between spaces of their own."""
    return tuple(name for name in checks.strip().split("  ") if name)


def _few(connection: Connection, locale: str, asked: Filter) -> Sequence[int] | None:
    """The numbers of the messages that may fit, if something that is asked for has few."""
    ids = None
    if asked.text.strip():
        ids = search.few(connection, asked.text, asked.where)
    if ids is None and (asked.check or asked.engine or asked.author or asked.risk):
        query = select(table.c.id).select_from(facet).join(table, _same(facet))
        query = query.where(facet.c.locale == locale, facet.c.sum == table.c.sum)
        query = query.where(*_found(connection, locale, asked)).limit(search.FEW // 2 + 1)
        rows = connection.execute(query).scalars().all()
        ids = rows if len(rows) <= search.FEW // 2 else None
    return ids


def _found(connection: Connection, locale: str, asked: Filter) -> list[ColumnElement[bool]]:
    """What is asked for of facets, by values that an index has."""
    found: list[ColumnElement[bool]] = []
    if asked.check:
        values = values_of(connection, facet.c.checks, locale)
        found.append(facet.c.checks.in_([v for v in values if asked.check in names_in(v)]))
    if asked.engine:
        found.append(facet.c.engine == asked.engine)
    if asked.author:
        found.append(facet.c.author == asked.author)
    if asked.risk:
        found.append(facet.c.risk >= asked.risk)
    return found


def _key(asked: Filter, row: Row) -> tuple[Any, ...]:
    urgency = URGENT.index(row.state)
    rest = (urgency, row.domain, row.place)
    return rest if asked.order == "article" else (row.rank, *rest)


def _whole(asked: Filter) -> Select[Any]:
    """All that a row of a queue shows."""
    columns = (
        *(table.c[name] for name in ("domain", "digest", "context", "place", "state", "source")),
        *(table.c[name] for name in ("strings", "sum", "rank")),
        *(facet.c[name] for name in ("checks", "risk", "engine", "since")),
        case((claim.c.until > time.time(), person.c.name), else_=None).label("holder"),
    )
    query = _facets(select(*columns))
    query = query.outerjoin(claim, _same(claim)).outerjoin(person, person.c.id == claim.c.person)
    return query.outerjoin(assignment, _assigned()) if asked.assignee else query


def _joined(query: Select[Any], asked: Filter) -> Select[Any]:
    """A query with the tables that its conditions need, and no others."""
    if asked.check or asked.engine or asked.author or asked.age or asked.risk:
        query = _facets(query)
    if asked.assignee:
        query = query.outerjoin(assignment, _assigned())
    return query


def _facets(query: Select[Any]) -> Select[Any]:
    return query.outerjoin(facet, and_(_same(facet), facet.c.sum == table.c.sum))


def _same(other: Any) -> ColumnElement[bool]:
    return and_(
        other.c.locale == table.c.locale,
        other.c.domain == table.c.domain,
        other.c.digest == table.c.digest,
    )


def _assigned() -> ColumnElement[bool]:
    return and_(
        assignment.c.locale == table.c.locale,
        assignment.c.domain == table.c.domain,
    )


def _bare(name: str) -> ColumnElement[str]:
    """A column of a message that is compared, and not looked up by."""
    return func.coalesce(table.c[name], "")


def _conditions(
    locale: str, asked: Filter, *, by_number: bool = False
) -> list[ColumnElement[bool]]:
    column = _bare if by_number else table.c.__getitem__
    found: list[ColumnElement[bool]] = [column("locale") == locale]
    if asked.article:
        found.append(column("domain") == asked.article)
    if asked.check:
        found.append(facet.c.checks.contains(f" {asked.check} ", autoescape=True))
    if asked.engine:
        found.append(facet.c.engine == asked.engine)
    if asked.author:
        found.append(facet.c.author == asked.author)
    if asked.age:
        found.append(facet.c.since <= time.time() - asked.age * 86400)
    if asked.risk:
        found.append(facet.c.risk >= asked.risk)
    if asked.assignee == "nobody":
        found.append(assignment.c.person.is_(None))
    elif asked.assignee.isdecimal():
        found.append(assignment.c.person == int(asked.assignee))
    return found


def _row(row: Any) -> Row:
    return Row(
        row.domain,
        row.digest,
        row.context,
        row.place,
        State(row.state),
        row.source,
        next((string for string in row.strings if string), ""),
        names_in(row.checks or ""),
        row.risk or 0,
        row.engine or "",
        row.since or 0.0,
        row.holder or "",
        row.sum,
        row.rank,
    )
