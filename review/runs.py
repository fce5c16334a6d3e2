"""Runs: builds and drafting that people start here, one after the other, watched and cancelled.

They run in this process; what they did is kept. A run that the desk did not see end is said to be
lost: what was live before it is live.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from sqlalchemy import Engine, insert, select, update

from pipeline.build import Report, build
from pipeline.errors import PipelineError
from pipeline.project import Project
from pipeline.translation import Drafted, translate

from .audit import note
from .people import Person, Refused
from .tables import run as table


class Kind(StrEnum):
    """What a run does."""

    BUILD = "build"
    PREVIEW = "preview"
    DRAFT = "draft"


class Stage(StrEnum):
    """How far a run is."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"
    LOST = "lost"


OPEN = (Stage.WAITING, Stage.RUNNING)


class Cancelled(Exception):
    """Somebody cancelled the run."""


@dataclass(frozen=True, slots=True)
class Run:
    """A run as it is known.

    Attributes:
        what: The languages and articles that it is about, and whether all is made anew.
        report: What it did, as plain data.
        step, done, total: How far it is, while it runs.
    """

    id: int
    at: float
    who: str
    kind: Kind
    what: dict[str, Any]
    stage: Stage
    until: float | None
    report: dict[str, Any]
    step: str = ""
    done: int = 0
    total: int = 0

    @property
    def is_open(self) -> bool:
        """Whether it has not ended."""
        return self.stage in OPEN


@dataclass(slots=True)
class Runs:
    """The runs of a desk."""

    project: Project
    database: Engine
    progress: dict[int, tuple[str, int, int]] = field(default_factory=dict)
    cancelled: set[int] = field(default_factory=set)
    _pool: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(1, "run"))
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def start(
        self,
        kind: Kind,
        by: Person,
        *,
        locales: Sequence[str] = (),
        articles: Sequence[str] = (),
        force: bool = False,
        token: str = "",
    ) -> int:
        """Begin a run, or wait for the one before it; its number."""
        what = {"locales": list(locales), "articles": list(articles), "force": force}
        with self.database.begin() as connection:
            row = {"at": time.time(), "person": by.id, "who": by.name, "kind": kind}
            row |= {"what": json.dumps(what), "state": Stage.WAITING, "report": "{}"}
            key = connection.execute(insert(table).values(**row)).inserted_primary_key
            number = int(key[0]) if key else 0
            said = ", ".join([*locales, *articles]) or "everything"
            note(connection, kind, person=by.id, who=by.name, subject=said, token=token)
        self._pool.submit(self._run, number, kind, what)
        return number

    def cancel(self, number: int, by: Person, *, token: str = "") -> None:
        """End a run before it publishes anything.

        Raises:
            Refused: It has ended already.
        """
        run = self.get(number)
        if run is None or not run.is_open:
            raise Refused("It has ended already.")
        self.cancelled.add(number)
        with self.database.begin() as connection:
            said = {"subject": f"run {number}", "token": token}
            note(connection, "cancel", person=by.id, who=by.name, **said)

    def get(self, number: int) -> Run | None:
        """A run by its number."""
        with self.database.connect() as connection:
            row = connection.execute(select(table).where(table.c.id == number)).first()
        return self._known(row) if row else None

    def latest(
        self, *, limit: int = 50, before: int | None = None, kinds: Sequence[Kind] = ()
    ) -> list[Run]:
        """The latest runs first, or the latest of those before a number, or of some kinds."""
        query = select(table).order_by(table.c.id.desc()).limit(limit)
        if before is not None:
            query = query.where(table.c.id < before)
        if kinds:
            query = query.where(table.c.kind.in_(kinds))
        with self.database.connect() as connection:
            return [self._known(row) for row in connection.execute(query)]

    def recover(self) -> None:
        """Say of runs that ended with an earlier desk that they are lost."""
        lost = update(table).where(table.c.state.in_(OPEN))
        with self.database.begin() as connection:
            connection.execute(lost.values(state=Stage.LOST, until=time.time()))

    def close(self) -> None:
        """End what runs, and wait for it."""
        for run in self.latest():
            if run.is_open:
                self.cancelled.add(run.id)
        self._pool.shutdown(cancel_futures=True)
        self._pool = ThreadPoolExecutor(1, "run")  # for a desk that is served again

    def _known(self, row: Any) -> Run:
        step, done, total = self.progress.get(row.id, ("", 0, 0))
        return Run(
            row.id,
            row.at,
            row.who,
            Kind(row.kind),
            json.loads(row.what),
            Stage(row.state),
            row.until,
            json.loads(row.report),
            step,
            done,
            total,
        )

    def _run(self, number: int, kind: Kind, what: dict[str, Any]) -> None:
        def told(step: str, done: int, total: int) -> None:
            if number in self.cancelled:
                raise Cancelled
            self.progress[number] = (step, done, total)

        try:
            told("Starting", 0, 0)
            self._set(number, Stage.RUNNING, {})
            report = self._work(kind, what, told)
            self._set(number, Stage.DONE if report.pop("ok") else Stage.FAILED, report)
        except Cancelled:
            self._set(number, Stage.CANCELLED, {})
        except PipelineError as error:
            self._set(number, Stage.FAILED, {"errors": [str(error)]})
        except Exception:  # a thread that dies says nothing to anybody
            self._set(
                number, Stage.FAILED, {"errors": ["Something is wrong with the desk itself."]}
            )
            raise

    def _work(
        self, kind: Kind, what: dict[str, Any], told: Callable[[str, int, int], None]
    ) -> dict[str, Any]:
        if kind is Kind.DRAFT:
            drafted = [
                translate(self.project, locale, only=what["articles"], progress=told)
                for locale in what["locales"]
            ]
            return _said_of_drafts(drafted)
        report = build(
            self.project,
            locales=what["locales"],
            force=what["force"],
            preview=kind is Kind.PREVIEW,
            jobs=1,
            progress=told,
        )
        return _said_of(report)

    def _set(self, number: int, stage: Stage, report: dict[str, Any]) -> None:
        until = None if stage in OPEN else time.time()
        values = {"state": stage, "report": json.dumps(report), "until": until}
        with self.database.begin() as connection:
            connection.execute(update(table).where(table.c.id == number).values(**values))


def _said_of(report: Report) -> dict[str, Any]:
    published = report.published
    return {
        "ok": report.ok,
        "new": list(published.new),
        "changed": list(published.changed),
        "removed": list(published.removed),
        "unchanged": report.unchanged,
        "locales": list(report.locales),
        "errors": [str(error) for error in report.errors],
        "warnings": [str(error) for error in report.warnings],
    }


def _said_of_drafts(drafted: Sequence[Drafted]) -> dict[str, Any]:
    return {
        "ok": not any(one.errors for one in drafted),
        "drafts": {
            f"{one.locale}, {origin}": n for one in drafted for origin, n in one.drafts.items()
        },
        "suggested": sum(one.suggested for one in drafted),
        "waiting": sum(len(one.waiting) for one in drafted),
        "errors": [str(error) for one in drafted for error in one.errors],
        "warnings": [],
    }
