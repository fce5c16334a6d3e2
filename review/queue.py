"""The queue: the messages of a language that somebody asks for, in the order they are needed.

Filters are an address, so that a queue can be shared. All is asked of the index.
"""

from __future__ import annotations

import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any
from urllib.parse import urlencode

from sqlalchemy import ColumnElement, Select, Text, and_, case, cast, func, or_, select, tuple_

from pipeline.catalogues import State
from pipeline.database.tables import message as table

from .desk import Desk
from .tables import assignment, claim, facet, person

URGENT = (
    State.STALE,
    State.REJECTED,
    State.UNTRANSLATED,
    State.DRAFT,
    State.TRANSLATED,
    State.APPROVED,
)
"""States by what readers see of them: an outdated text first, what is good last."""

WAITING = URGENT[:-1]
"""The states that wait for a person."""

PAGE = 50
"""How many messages are shown at once."""

PLACES = ("both", "source", "target")


@dataclass(frozen=True, slots=True)
class Filter:
    """What somebody asks for.

    Attributes:
        state: A state; empty for all that wait for people, ``all`` for everything.
        article: A domain.
        check: The name of a check that found something.
        engine: The engine that drafted it.
        age: At least so many days in its state.
        risk: At least this risk.
        assignee: Somebody's number, or ``nobody``.
        text: Words in it.
        where: Whether they are looked for in the source, the target, or both.
    """

    state: str = ""
    article: str = ""
    check: str = ""
    engine: str = ""
    age: int = 0
    risk: int = 0
    assignee: str = ""
    text: str = ""
    where: str = "both"

    @classmethod
    def of(cls, said: Mapping[str, str]) -> Filter:
        """What an address asks for; what makes no sense is left out."""
        values: dict[str, Any] = {}
        for one in fields(cls):
            given = said.get(one.name, "")
            if one.name in ("age", "risk"):
                values[one.name] = int(given) if given.isdecimal() and len(given) < 5 else 0
            else:
                values[one.name] = given[:200]
        if values["state"] not in (*State, "all"):
            values["state"] = ""
        if values["where"] not in PLACES:
            values["where"] = "both"
        return cls(**values)

    @property
    def query(self) -> str:
        """The same as the query of an address."""
        default = Filter()
        said = [
            (one.name, getattr(self, one.name))
            for one in fields(self)
            if getattr(self, one.name) != getattr(default, one.name)
        ]
        return urlencode(said)

    def but(self, **changes: Any) -> str:
        """The query of the same with something else."""
        return replace(self, **changes).query

    @property
    def states(self) -> Sequence[State]:
        """The states asked for, in their order."""
        if self.state == "all":
            return URGENT
        return (State(self.state),) if self.state else WAITING

    @property
    def is_plain(self) -> bool:
        """Whether nothing but state and article is asked for."""
        return replace(self, state="", article="") == Filter()


@dataclass(frozen=True, slots=True)
class Row:
    """A message as a queue shows it."""

    domain: str
    digest: str
    context: str | None
    place: int
    state: State
    source: str
    target: str
    checks: tuple[str, ...]
    risk: int
    engine: str
    since: float
    holder: str
    version: str


Position = tuple[State, str, int]
"""Where in a queue a message stands: its state, its domain, and its place in there."""


def page(
    desk: Desk, locale: str, asked: Filter, *, after: Position | None = None, limit: int = PAGE
) -> list[Row]:
    """Messages of a queue, from its beginning or after a position."""
    found: list[Row] = []
    states = list(asked.states)
    if after is not None:
        rank = URGENT.index(after[0])
        states = [state for state in states if URGENT.index(state) >= rank]
    with desk.database.connect() as connection:
        for state in states:
            query = _query(locale, asked).where(table.c.state == state)
            if after is not None and state is after[0]:
                here = tuple_(table.c.domain, table.c.place)
                query = query.where(here > tuple_(after[1], after[2]))
            query = query.order_by(table.c.domain, table.c.place).limit(limit - len(found))
            found += [_row(row) for row in connection.execute(query)]
            if len(found) == limit:
                break
    return found


def before(desk: Desk, locale: str, asked: Filter, position: Position) -> Row | None:
    """The message before a position in a queue."""
    states = [s for s in asked.states if URGENT.index(s) <= URGENT.index(position[0])]
    with desk.database.connect() as connection:
        for state in reversed(states):
            query = _query(locale, asked).where(table.c.state == state)
            if state is position[0]:
                here = tuple_(table.c.domain, table.c.place)
                query = query.where(here < tuple_(position[1], position[2]))
            row = connection.execute(
                query.order_by(table.c.domain.desc(), table.c.place.desc()).limit(1)
            ).first()
            if row is not None:
                return _row(row)
    return None


def counts(desk: Desk, locale: str, asked: Filter) -> dict[str, int]:
    """How many messages of each state fit all else that is asked for."""
    query = _joined(select(table.c.state, func.count()), asked)
    query = query.where(*_conditions(locale, asked)).group_by(table.c.state)
    with desk.database.connect() as connection:
        found = {str(row[0]): int(row[1]) for row in connection.execute(query)}
    return {str(state): found.get(state, 0) for state in URGENT}


def articles(desk: Desk, locale: str, asked: Filter) -> list[tuple[str, int]]:
    """How many messages there are in each article of what is asked for, whatever the article."""
    asked = replace(asked, article="")
    query = _joined(select(table.c.domain, func.count()), asked)
    query = query.where(*_conditions(locale, asked), table.c.state.in_(asked.states))
    query = query.group_by(table.c.domain).order_by(table.c.domain)
    with desk.database.connect() as connection:
        return [(str(row[0]), int(row[1])) for row in connection.execute(query)]


def choices(desk: Desk, locale: str) -> tuple[list[str], list[str]]:
    """The checks that found something in a language, and the engines that drafted in it."""
    query = select(facet.c.checks, facet.c.engine).where(facet.c.locale == locale).distinct()
    with desk.database.connect() as connection:
        rows = connection.execute(query).all()
    checks = {name for row in rows for name in names_in(row.checks)}
    return sorted(checks), sorted({row.engine for row in rows if row.engine})


def names_in(checks: str) -> tuple[str, ...]:
    """The names of checks in a facet, which stand between spaces of their own."""
    return tuple(name for name in checks.strip().split("  ") if name)


def _query(locale: str, asked: Filter) -> Select[Any]:
    columns = (
        table.c.domain,
        table.c.digest,
        table.c.context,
        table.c.place,
        table.c.state,
        table.c.source,
        table.c.strings,
        table.c.sum,
        facet.c.checks,
        facet.c.risk,
        facet.c.engine,
        facet.c.since,
        case((claim.c.until > time.time(), person.c.name), else_=None).label("holder"),
    )
    query = _facets(select(*columns))
    query = query.outerjoin(claim, _same(claim)).outerjoin(person, person.c.id == claim.c.person)
    if asked.assignee:
        query = query.outerjoin(assignment, _assigned())
    return query.where(*_conditions(locale, asked))


def _joined(query: Select[Any], asked: Filter) -> Select[Any]:
    """A query with the tables that its conditions need, and no others."""
    if asked.check or asked.engine or asked.age or asked.risk:
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


def _conditions(locale: str, asked: Filter) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = [table.c.locale == locale]
    if asked.article:
        found.append(table.c.domain == asked.article)
    if asked.check:
        found.append(facet.c.checks.contains(f" {asked.check} ", autoescape=True))
    if asked.engine:
        found.append(facet.c.engine == asked.engine)
    if asked.age:
        found.append(facet.c.since <= time.time() - asked.age * 86400)
    if asked.risk:
        found.append(facet.c.risk >= asked.risk)
    if asked.assignee == "nobody":
        found.append(assignment.c.person.is_(None))
    elif asked.assignee.isdecimal():
        found.append(assignment.c.person == int(asked.assignee))
    if asked.text.strip():
        found.append(_says(asked.text.strip(), asked.where))
    return found


def _says(words: str, where: str) -> ColumnElement[bool]:
    """Whether a source or target has these words, in large or small letters."""
    forms = {words, words.lower(), words.capitalize(), words.upper()}
    ways: list[ColumnElement[bool]] = []
    if where != "target":
        ways += [table.c.source.icontains(form, autoescape=True) for form in forms]
    if where != "source":  # the translations stand in the index as JSON writes them
        said = cast(table.c.strings, Text)
        ways += [said.icontains(json.dumps(form)[1:-1], autoescape=True) for form in forms]
    return or_(*ways)


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
    )
