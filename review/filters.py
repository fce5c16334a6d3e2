"""Filters: what somebody asks a queue for, and where in it they are. A filter is an address."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any, NamedTuple
from urllib.parse import urlencode

from pipeline.catalogues import State

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

PLACES = ("both", "source", "target")
ORDERS = ("", "article")


@dataclass(frozen=True, slots=True)
class Filter:
    """What somebody asks for.

    Attributes:
        state: A state; empty for all that wait for people, ``all`` for everything.
        article: A domain.
        check: The name of a check that found something.
        engine: The engine that drafted it.
        author: The name of who wrote what it says.
        age: At least so many days in its state.
        risk: At least this risk.
        assignee: Somebody's number, or ``nobody``.
        text: Words in it.
        where: Whether they are looked for in the source, the target, or both.
        order: Empty for what readers see most first, ``article`` for the order of articles.
    """

    state: str = ""
    article: str = ""
    check: str = ""
    engine: str = ""
    author: str = ""
    age: int = 0
    risk: int = 0
    assignee: str = ""
    text: str = ""
    where: str = "both"
    order: str = ""

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
        if values["order"] not in ORDERS:
            values["order"] = ""
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
        return replace(self, state="", article="", order="") == Filter()


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
    rank: int = 0

    @property
    def position(self) -> Position:
        """Where it stands."""
        return Position(self.state, self.domain, self.place, self.rank)


class Position(NamedTuple):
    """Where in a queue a message stands: what it is ordered by, and where it is in its article."""

    state: State
    domain: str
    place: int
    rank: int = 0
