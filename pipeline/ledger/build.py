"""A build: what was asked for, how far it is, and what came of it."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import Row

from .. import __version__
from .units import CANCELLED, DONE, FAILED, ISOLATED, PENDING, RUNNING

ENDED = (DONE, FAILED, CANCELLED)
BUILD = ("survey", "render", "publish")
DRAFT = ("draft",)
RUN = ("extract", "merge", "draft", *BUILD)
LIVE = (PENDING, RUNNING)

CLICK, NORMAL, NIGHTLY = 0, 3, 6
"""Priorities: what somebody waits for, what is asked for by a command, what can wait."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a build was asked to do; the day is decided once, for all machines.

    Attributes:
        locales, articles: Which; all if none is named.
        today, force, preview: As for a build in one process.
        engines: Those that are asked for drafts; all of the settings if none is named.
    """

    locales: tuple[str, ...]
    today: date = field(default_factory=date.today)
    force: bool = False
    preview: bool = False
    articles: tuple[str, ...] = ()
    engines: tuple[str, ...] = ()

    @property
    def everything(self) -> bool:
        """Whether it is of all languages and articles."""
        return not self.locales and not self.articles

    def to_json(self) -> str:
        """As the ledger keeps it."""
        return json.dumps({**asdict(self), "today": self.today.isoformat()})

    @classmethod
    def from_json(cls, text: str) -> Asked:
        """What `to_json` wrote."""
        data = json.loads(text)
        day = date.fromisoformat(data["today"])
        some = (tuple(data.get(name, ())) for name in ("articles", "engines"))
        return cls(tuple(data["locales"]), day, data["force"], data["preview"], *some)


@dataclass(frozen=True, slots=True)
class Build:
    """A build as its row has it; times are seconds of the epoch."""

    id: str
    state: str
    step: str
    steps: tuple[str, ...]
    round: int
    asked: Asked
    priority: int
    version: str
    who: str
    created: float
    begun: float | None
    ended: float | None
    runs: int
    told: str
    tries: int
    outcome: Mapping[str, Any]

    @property
    def has_ended(self) -> bool:
        """Whether nothing will happen to it any more."""
        return self.state in ENDED


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a build is: the step, how many of its units are settled, and how many there are."""

    build: Build
    counts: Mapping[str, int] = field(default_factory=Counter)

    @property
    def total(self) -> int:
        """How many units the step has."""
        return sum(self.counts.values())

    @property
    def done(self) -> int:
        """How many of them are settled, well or not."""
        return sum(self.counts.get(state, 0) for state in (*ENDED, ISOLATED))


def build_of(row: Row[Any]) -> Build:
    """The build that a row says."""
    return Build(
        row.id,
        row.state,
        row.step,
        tuple(json.loads(row.steps)),
        row.round,
        Asked.from_json(row.asked),
        row.priority,
        row.version,
        row.who,
        row.created,
        row.begun,
        row.ended,
        row.runs,
        row.told,
        row.tries,
        json.loads(row.outcome) if row.outcome else {},
    )


@cache
def is_newer(version: str) -> bool:
    """Whether something was planned by a newer version of the software than this one."""
    return _numbers(version) > _numbers(__version__)


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split(".") if part.isdigit())
