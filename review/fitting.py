"""What fits a filter: the messages of each state, as bitmaps say."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

from pyroaring import BitMap
from sqlalchemy import ColumnElement, Connection, Select, select

from pipeline.catalogues import State
from pipeline.concordance import MESSAGES, fresh_of, pieces_of, read, read_until, terms
from pipeline.database import among
from pipeline.database.tables import message as table

from .facets import RISKS
from .filters import URGENT, Filter
from .tables import assignment

SURE = 2_000
"""Messages of which it is asked whether they really have a phrase; of more, of so many."""


@dataclass(frozen=True, slots=True)
class Fitting:
    """The messages that fit what somebody asks for, whatever their state.

    Attributes:
        connection: The index.
        asked: What they ask for.
        states: The numbers of those in each state.
        exact: Whether all of them fit; else all that fit are among them.
        sizes: How many there are in each state, whether they fit or not.
    """

    connection: Connection
    asked: Filter
    states: Mapping[State, BitMap]
    exact: bool
    sizes: Mapping[State, int]

    @classmethod
    def of(cls, connection: Connection, locale: str, asked: Filter) -> Fitting:
        """What fits, whichever state is asked for."""
        new = fresh_of(connection, MESSAGES.kind)
        pieces = pieces_of(asked.text)
        exact, sets = True, _sets(connection, locale, asked)
        if asked.text.strip():
            found = MESSAGES.find(connection, locale, pieces, asked.where)
            exact = found.exact
            sets += [] if found.numbers is None else [found.numbers]
        states = read(connection, MESSAGES.kind, locale, map(terms.of_state, URGENT))
        fitting, sizes = {}, {}
        for state in URGENT:
            whole = states.get(terms.of_state(state), BitMap())
            sizes[state] = len(whole)
            fitting[state] = whole.intersection(*sets) - new
        query = select(table.c.id, table.c.state).where(*conditions(locale, asked))
        query = query.where(among(connection, table.c.id, list(new)))
        for number, state in connection.execute(query):
            fitting[State(state)].add(number)
        return cls(connection, asked, fitting, exact, sizes)._made_sure()

    def _made_sure(self) -> Fitting:
        """The same with only those that really fit, if they are not too many to ask."""
        if self.exact or sum(map(len, self.states.values())) > SURE:
            return self
        fits = self.sure([number for numbers in self.states.values() for number in numbers])
        states = {state: numbers & fits for state, numbers in self.states.items()}
        return replace(self, states=states, exact=True)

    def sure(self, numbers: Sequence[int]) -> BitMap:
        """Those of some messages that really fit."""
        if self.exact:
            return BitMap(numbers)
        pieces = pieces_of(self.asked.text)
        return BitMap(MESSAGES.only(self.connection, numbers, pieces, self.asked.where))

    def counts(self) -> dict[State, tuple[int, bool]]:
        """How many there are in each state, and whether there may be more than that."""
        found = {}
        for state, numbers in self.states.items():
            if self.exact:
                found[state] = (len(numbers), False)
            else:
                some = numbers[: SURE // len(URGENT)]
                found[state] = (len(self.sure(list(some))), len(some) < len(numbers))
        return found


def conditions(locale: str, asked: Filter) -> list[ColumnElement[bool]]:
    """What is asked for of the row of a message, but for its state."""
    found: list[ColumnElement[bool]] = [table.c.locale == locale]
    if asked.article:
        found.append(table.c.domain == asked.article)
    if asked.check:
        found.append(table.c.checks.contains(f" {asked.check} ", autoescape=True))
    if asked.engine:
        found.append(table.c.engine == asked.engine)
    if asked.author:
        found.append(table.c.author == asked.author)
    if asked.age:
        found += [table.c.since > 0, table.c.since < terms.start_of(_last_day(asked.age) + 1)]
    if asked.risk:
        found.append(table.c.risk >= asked.risk)
    if _names_somebody(asked):
        mine = table.c.domain.in_(_assigned(locale, asked.assignee))
        found.append(~mine if asked.assignee == "nobody" else mine)
    if asked.text.strip():
        found.append(MESSAGES.says(pieces_of(asked.text), asked.where))
    return found


def _sets(connection: Connection, locale: str, asked: Filter) -> list[BitMap]:
    """The messages that fit each thing that is asked for, but words."""
    any_of: Callable[..., BitMap] = partial(_any_of, connection, locale)
    found: list[BitMap] = []
    if asked.article:
        found.append(any_of([terms.of_article(asked.article)]))
    if asked.check:
        found.append(any_of([terms.of_check(asked.check)]))
    if asked.engine:
        found.append(any_of([terms.of_engine(asked.engine)]))
    if asked.author:
        found.append(any_of([terms.of_author(asked.author)]))
    if asked.age:
        days = terms.of_day(0), terms.of_day(_last_day(asked.age))
        found.append(read_until(connection, MESSAGES.kind, locale, *days))
    if asked.risk:
        found.append(any_of([terms.of_risk(risk) for risk in range(asked.risk, len(RISKS))]))
    if _names_somebody(asked):
        domains = list(connection.execute(_assigned(locale, asked.assignee)).scalars())
        mine = any_of([terms.of_article(domain) for domain in domains])
        if asked.assignee == "nobody":
            mine = any_of(map(terms.of_state, URGENT)) - mine
        found.append(mine)
    return found


def _any_of(connection: Connection, locale: str, wanted: Iterable[str]) -> BitMap:
    """The messages that have one of some terms at least."""
    return BitMap().union(*read(connection, MESSAGES.kind, locale, wanted).values())


def _assigned(locale: str, assignee: str) -> Select[str]:
    """The articles that are somebody's; those that are anybody's for ``nobody``."""
    query = select(assignment.c.domain).where(assignment.c.locale == locale)
    return query if assignee == "nobody" else query.where(assignment.c.person == int(assignee))


def _names_somebody(asked: Filter) -> bool:
    return asked.assignee == "nobody" or (asked.assignee.isdecimal() and len(asked.assignee) < 10)


def _last_day(age: int) -> int:
    """The last day since when a message that has waited so many days may wait."""
    return terms.day_of(time.time()) - age
