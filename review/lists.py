"""Lists of messages, asked of the index so that a million of them are no reason to wait.

Bitmaps (`review.fitting`) say which messages of each state fit; a page is the first of those in the
order of an index: few are fetched by their numbers and put in order, many are soon met in it.
"""

from __future__ import annotations

import heapq
import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any, NamedTuple

from pyroaring import BitMap
from sqlalchemy import (
    ColumnElement,
    Connection,
    and_,
    case,
    func,
    literal_column,
    select,
    tuple_,
)

from pipeline.catalogues import State
from pipeline.concordance import BY_NUMBER, MESSAGES, TOLD, Found, pieces_of
from pipeline.database import among
from pipeline.database.tables import message as table
from pipeline.database.tables import tally

from .filters import URGENT, Filter, Position, Row
from .fitting import Fitting
from .tables import claim, person

STEP = 2_000


class Met(NamedTuple):
    """A message, and what it is ordered by."""

    id: int
    rank: int
    domain: str
    place: int
    state: State

    def key(self, order: str) -> tuple[Any, ...]:
        """What comes first in an order is less."""
        rest = (URGENT.index(self.state), self.domain, self.place)
        return rest if order == "article" else (self.rank, *rest)


@dataclass(frozen=True, slots=True)
class Search:
    """What somebody asks for in a language.

    Attributes:
        connection: The index.
        locale: The language.
        asked: What they ask for.
        fitting: The messages that fit; None if only state and article are asked for.
    """

    connection: Connection
    locale: str
    asked: Filter
    fitting: Fitting | None

    @classmethod
    def of(cls, connection: Connection, locale: str, asked: Filter) -> Search:
        """A search, which looks at once which messages fit."""
        if connection.dialect.name == "postgresql":
            # Compiling takes longer than a page may; and a plan for any list of numbers does, too.
            connection.exec_driver_sql("SET LOCAL jit = off")
            connection.exec_driver_sql("SET LOCAL plan_cache_mode = force_custom_plan")
        fitting = None if asked.is_plain else Fitting.of(connection, locale, asked)
        return cls(connection, locale, asked, fitting)

    def rows(self, position: Position | None, limit: int, *, backwards: bool = False) -> list[Row]:
        """Messages after a position (before it, the nearest first), or from the beginning."""
        lists: list[list[Met]] = []
        states = reversed(self.asked.states) if backwards else self.asked.states
        for state in states:
            walk = _Walk(self, state, limit, backwards=backwards)
            lists.append(walk.met(position))
            if self.asked.order == "article" and sum(map(len, lists)) >= limit:
                break  # there, states follow each other
        merged = heapq.merge(*lists, key=lambda one: one.key(self.asked.order), reverse=backwards)
        return self._whole([one.id for one in islice(merged, limit)])

    def _whole(self, ids: list[int]) -> list[Row]:
        """All that a queue shows of some messages, in their order."""
        holder = case((claim.c.until > time.time(), person.c.name), else_=None).label("holder")
        held = and_(*(claim.c[name] == table.c[name] for name in ("locale", "domain", "digest")))
        query = select(table, holder).where(among(self.connection, table.c.id, ids))
        query = query.outerjoin(claim, held).outerjoin(person, person.c.id == claim.c.person)
        found = {row.id: _row(row) for row in self.connection.execute(query)}
        return [found[number] for number in ids if number in found]

    def counted(self) -> dict[State, tuple[int, bool]]:
        """How many messages there are in each state, and whether there may be more than that."""
        if self.fitting is not None:
            return self.fitting.counts()
        query = select(tally.c.state, func.sum(tally.c.count)).where(tally.c.locale == self.locale)
        if self.asked.article:
            query = query.where(tally.c.domain == self.asked.article)
        rows = self.connection.execute(query.group_by(tally.c.state)).all()
        found = {State(state): int(count) for state, count in rows}
        return {state: (found.get(state, 0), False) for state in URGENT}

    def articles(self, most: int) -> dict[str, int] | None:
        """How many messages there are in each article; None if that would be to count too many.

        Where nothing else is asked for, only the articles that have the most are counted.
        """
        states = list(self.asked.states)
        if self.fitting is None:
            count = func.sum(tally.c.count)
            query = select(tally.c.domain, count).group_by(tally.c.domain).having(count > 0)
            query = query.where(tally.c.locale == self.locale, tally.c.state.in_(states))
            query = query.order_by(count.desc(), tally.c.domain).limit(most)
        else:
            numbers = BitMap().union(*(self.fitting.states[state] for state in states))
            if len(numbers) > BY_NUMBER or not self.fitting.exact:
                return None
            own = among(self.connection, table.c.id, list(numbers))
            query = select(table.c.domain, func.count()).where(own).group_by(table.c.domain)
        return {domain: int(count) for domain, count in self.connection.execute(query)}

    def domains(self, most: int) -> list[str]:
        """The first articles of the language, without a look at what they have."""
        query = select(tally.c.domain).where(tally.c.locale == self.locale).distinct()
        rows = self.connection.execute(query.order_by(tally.c.domain).limit(most))
        return list(rows.scalars())


@dataclass(frozen=True, slots=True)
class _Walk:
    """Going through the messages of a state in their order, from a position on."""

    search: Search
    state: State
    limit: int
    backwards: bool

    def met(self, position: Position | None) -> list[Met]:
        """The first of them that fit."""
        beyond = None if position is None else self._beyond(position)
        if position is not None and beyond is None:
            return []
        fitting, connection = self.search.fitting, self.search.connection
        if fitting is None:
            return self._ask(beyond, limit=self.limit)
        numbers = fitting.states[self.state]
        if not numbers:
            return []
        if len(numbers) > TOLD:
            return list(islice(self._passed(beyond, fitting, numbers), self.limit))
        asked = self.search.asked
        found = Found(numbers, fitting.exact)
        own = MESSAGES.are(connection, found, pieces_of(asked.text), asked.where)
        return self._ask(beyond, own, limit=self.limit, by_number=len(numbers) <= BY_NUMBER)

    def _passed(
        self, beyond: ColumnElement[bool] | None, fitting: Fitting, numbers: BitMap
    ) -> Iterator[Met]:
        """Those that fit of all that are passed, more and more of which are asked for."""
        step = max(STEP, 2 * self.limit * fitting.sizes[self.state] // len(numbers))
        while passed := self._ask(beyond, limit=step):
            some = [one for one in passed if one.id in numbers]
            fits = fitting.sure([one.id for one in some])
            yield from (one for one in some if one.id in fits)
            last = passed[-1]
            beyond = self._beyond(Position(self.state, last.domain, last.place, last.rank))
            step = min(2 * step, 10 * STEP)

    def _ask(
        self,
        beyond: ColumnElement[bool] | None,
        *also: ColumnElement[bool],
        limit: int,
        by_number: bool = False,
    ) -> list[Met]:
        """Some messages in their order, which is that of an index unless they have numbers."""
        asked = self.search.asked
        column = _bare if by_number else table.c.__getitem__
        query = select(table.c.id, table.c.rank, table.c.domain, table.c.place)
        query = query.where(column("locale") == self.search.locale, column("state") == self.state)
        query = query.where(*also, *([] if beyond is None else [beyond]))
        if self.search.fitting is None and asked.article:
            query = query.where(table.c.domain == asked.article)
        order = (one.desc() if self.backwards else one for one in self._order)
        rows = self.search.connection.execute(query.order_by(*order).limit(limit))
        return [Met(*row, self.state) for row in rows]

    @property
    def _order(self) -> list[ColumnElement[Any]]:
        rest: list[ColumnElement[Any]] = [table.c.domain, table.c.place]
        return rest if self.search.asked.order == "article" else [table.c.rank, *rest]

    def _beyond(self, position: Position) -> ColumnElement[bool] | None:
        """Whether a message comes after a position, or before it; None if none of them does."""
        by_article = self.search.asked.order == "article"
        urgency, own = URGENT.index(position.state), URGENT.index(self.state)
        if own == urgency:
            rest = (position.domain, position.place)
            mine: tuple[Any, ...] = rest if by_article else (position.rank, *rest)
            here, there = tuple_(*self._order), tuple_(*mine)
            return here < there if self.backwards else here > there
        if by_article:
            nearer = own > urgency if self.backwards else own < urgency
            return None if nearer else literal_column("1 = 1")
        limit = position.rank + (1 if own < urgency else 0)
        return table.c.rank < limit if self.backwards else table.c.rank >= limit


def names_in(checks: str) -> tuple[str, ...]:
    """The names of checks of a message, which stand between spaces of their own."""
    return tuple(name for name in checks.strip().split("  ") if name)


def _bare(name: str) -> ColumnElement[str]:
    """A column of a message that is compared, and not looked up by."""
    return func.coalesce(table.c[name], "")


def _row(row: Any) -> Row:
    return Row(
        row.domain,
        row.digest,
        row.context,
        row.place,
        State(row.state),
        row.source,
        next((string for string in row.strings if string), ""),
        names_in(row.checks),
        row.risk,
        row.engine,
        row.since,
        row.holder or "",
        row.sum,
        row.rank,
    )
