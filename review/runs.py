"""Runs: builds and drafting that people start here, watched, cancelled and repeated.

Where a queue is configured, workers do them, and the ledger says how far they are. Else the process
does that they were started in, one after the other; it gives signs of life as it does, so that
others know of one that has died. What was live before is live then.
"""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cached_property
from typing import Any

from sqlalchemy import Engine, Row, insert, select, update

from pipeline.database.clock import alive, has_died, new_owner, now
from pipeline.errors import PipelineError
from pipeline.ledger import Ledger, ledger_of
from pipeline.project import Project

from .audit import note
from .people import Person, Refused
from .tables import run as table

_PACE = 0.3
"""Seconds between two looks at whether somebody cancelled, and two notes of how far it is."""


class Kind(StrEnum):
    """What a run does."""

    BUILD = "build"
    PREVIEW = "preview"
    DRAFT = "draft"
    FORECAST = "forecast"


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
        what: The languages and articles that it is about, the engines that are asked, and whether
            all is made anew.
        report: What it did, as plain data.
        step, done, total: How far it is, while it runs.
        build: The build of the ledger that does it; empty if a desk does.
        trouble: Why it does not go on, if it should.
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
    build: str = ""
    trouble: str = ""

    @property
    def is_open(self) -> bool:
        """Whether it has not ended."""
        return self.stage in OPEN


@dataclass
class Runs:
    """The runs of a desk; ``lease`` is for how many seconds a sign of life holds."""

    project: Project
    database: Engine
    lease: float = 30.0
    owner: str = field(default_factory=new_owner)
    _pool: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(1, "run"))

    @property
    def by_workers(self) -> bool:
        """Whether workers do what is started here."""
        queue = self.project.settings.queue
        return bool(queue.url or queue.url_env)

    @cached_property
    def ledger(self) -> Ledger:
        """The ledger, in the same database."""
        return ledger_of(self.project, self.database)

    def start(
        self,
        kind: Kind,
        by: Person,
        *,
        locales: Sequence[str] = (),
        articles: Sequence[str] = (),
        engines: Sequence[str] = (),
        force: bool = False,
        token: str = "",
    ) -> int:
        """Begin a run, or wait for the one before it; its number.

        Raises:
            QueueError: A queue is configured, and what it needs is not installed.
        """
        what: dict[str, Any] = {"locales": list(locales), "articles": list(articles)}
        what |= {"engines": list(engines), "force": force}
        build, report = "", {}
        if self.by_workers and kind is not Kind.FORECAST:
            from .queued import begin  # noqa: PLC0415 - it knows of runs

            begun = begin(self.project, self.ledger, kind, what, by.name)
            build, report = begun.id, {"trouble": str(begun.trouble or "")}
        with self.database.begin() as connection:
            row = {"at": time.time(), "person": by.id, "who": by.name, "kind": kind}
            row |= {"what": json.dumps(what), "state": Stage.WAITING, "report": json.dumps(report)}
            if build:
                row |= {"build": build}
            else:
                row |= {"owner": self.owner, "held": now(connection) + self.lease}
            key = connection.execute(insert(table).values(**row)).inserted_primary_key
            number = int(key[0]) if key else 0
            said = ", ".join([*locales, *articles]) or "everything"
            note(connection, kind, person=by.id, who=by.name, subject=said, token=token)
        if not build:
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
        if run.build and not self.ledger.builds.cancel(run.build):
            raise Refused("It has ended already.")
        with self.database.begin() as connection:
            own = update(table).where(table.c.id == number)
            connection.execute(own.values(cancelled=True))
            said = {"subject": f"run {number}", "token": token}
            note(connection, "cancel", person=by.id, who=by.name, **said)

    def again(self, number: int, by: Person, *, token: str = "") -> int:
        """Do the same once more; what workers failed at is tried again in the same run.

        Raises:
            Refused: It has not ended, or there is no such run.
        """
        run = self.get(number)
        if run is None or run.is_open:
            raise Refused("It has not ended yet.")
        if run.build and run.stage is Stage.FAILED and self._retry(run):
            with self.database.begin() as connection:
                said = {"subject": f"run {number}", "token": token}
                note(connection, "retry", person=by.id, who=by.name, **said)
            return number
        return self.start(run.kind, by, **run.what, token=token)

    def get(self, number: int) -> Run | None:
        """A run by its number; of one that does not go on, why not."""
        from .queued import trouble_of  # noqa: PLC0415 - it knows of runs

        found = self._found([self._row(number)])
        if not found:
            return None
        run = found[0]
        return replace(run, trouble=trouble_of(self.project, run)) if run.build else run

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
            rows = list(connection.execute(query))
        return self._found(rows)

    def recover(self) -> None:
        """Say of runs that they are lost, whose process has died or gave no sign for a while."""
        query = select(table.c.id, table.c.owner, table.c.held)
        query = query.where(table.c.state.in_(OPEN), table.c.build == "")
        with self.database.begin() as connection:
            at = now(connection)
            rows = connection.execute(query.where(table.c.owner != self.owner)).all()
            lost = [row.id for row in rows if row.held < at or has_died(row.owner)]
            if lost:
                gone = update(table).where(table.c.id.in_(lost), table.c.state.in_(OPEN))
                connection.execute(gone.values(state=Stage.LOST, until=time.time()))

    def close(self) -> None:
        """End what runs here, and wait for it; what workers do goes on."""
        own = update(table).where(table.c.owner == self.owner, table.c.state.in_(OPEN))
        with self.database.begin() as connection:
            connection.execute(own.values(cancelled=True))
        self._pool.shutdown(cancel_futures=True)
        with self.database.begin() as connection:
            connection.execute(own.values(state=Stage.LOST, until=time.time()))
        self._pool = ThreadPoolExecutor(1, "run")  # for a desk that is served again

    # Known

    def _row(self, number: int) -> Row[Any] | None:
        with self.database.connect() as connection:
            return connection.execute(select(table).where(table.c.id == number)).first()

    def _found(self, rows: Sequence[Row[Any] | None]) -> list[Run]:
        """Rows as runs, after a look at those that others do."""
        others = [row for row in rows if row and row.state in OPEN and row.owner != self.owner]
        if any(not row.build for row in others):
            self.recover()
        for row in others:
            if row.build:
                self._follow(row)
        looked = {row.id for row in others}
        found = [self._row(row.id) if row.id in looked else row for row in rows if row is not None]
        return [_known(row) for row in found if row is not None]

    def _follow(self, row: Row[Any]) -> None:
        """Take over what the ledger says of a run."""
        from .queued import look  # noqa: PLC0415 - it knows of runs

        with self.database.begin() as connection:
            own = update(table).where(table.c.id == row.id, table.c.state.in_(OPEN))
            connection.execute(own.values(**look(self.ledger, row.build)))

    def _retry(self, run: Run) -> bool:
        from .queued import retry  # noqa: PLC0415 - it knows of runs

        if not retry(self.project, self.ledger, run.build):
            return False
        values = {"state": Stage.WAITING, "until": None, "report": "{}", "cancelled": False}
        with self.database.begin() as connection:
            connection.execute(update(table).where(table.c.id == run.id).values(**values))
        return True

    # Running here

    def _run(self, number: int, kind: Kind, what: dict[str, Any]) -> None:
        from .running import Telling, work  # noqa: PLC0415 - slow, and not needed to look

        with alive(self._renew, lease=self.lease):
            try:
                told = Telling(lambda *said: self._note(number, *said), _PACE)
                told("Starting", 0, 0)
                self._set(number, Stage.RUNNING, {})
                report = work(self.project, self.database, kind, what, told)
                self._set(number, Stage.DONE if report.pop("ok") else Stage.FAILED, report)
            except Cancelled:
                self._set(number, Stage.CANCELLED, {})
            except PipelineError as error:
                self._set(number, Stage.FAILED, {"errors": [str(error)]})
            except Exception:  # a thread that dies says nothing to anybody
                said = "Something is wrong with the desk itself."
                self._set(number, Stage.FAILED, {"errors": [said]})
                raise

    def _renew(self) -> None:
        """A sign of life, for all that waits here."""
        own = update(table).where(table.c.owner == self.owner, table.c.state.in_(OPEN))
        with self.database.begin() as connection:
            connection.execute(own.values(held=now(connection) + self.lease))

    def _note(self, number: int, step: str, done: int, total: int) -> None:
        """Note how far a run is.

        Raises:
            Cancelled: Somebody cancelled it.
        """
        own = table.c.id == number
        with self.database.begin() as connection:
            if connection.execute(select(table.c.cancelled).where(own)).scalar():
                raise Cancelled
            connection.execute(update(table).where(own).values(step=step, done=done, total=total))

    def _set(self, number: int, stage: Stage, report: dict[str, Any]) -> None:
        until = None if stage in OPEN else time.time()
        values = {"state": stage, "report": json.dumps(report), "until": until}
        with self.database.begin() as connection:
            connection.execute(update(table).where(table.c.id == number).values(**values))


def _known(row: Row[Any]) -> Run:
    report = json.loads(row.report)
    return Run(
        row.id,
        row.at,
        row.who,
        Kind(row.kind),
        json.loads(row.what),
        Stage(row.state),
        row.until,
        report,
        row.step,
        row.done,
        row.total,
        row.build,
        report.get("trouble", ""),
    )
