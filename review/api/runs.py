"""Runs: builds and drafting in the background of the desk, each a record of how far it is.

One run after the other, each in a thread; what it does there is for whoever starts it to say.
"""

from __future__ import annotations

import json
import logging
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from sqlalchemy import Engine, Row, insert, select, update

from pipeline.build import Progress
from pipeline.errors import PipelineError

from ..people import Person
from ..tables import run as table

_BEATS = 5.0
"""Seconds between two signs of life."""

_DIED = 60.0
"""Seconds without one after which a run counts as gone with its process."""


class RunState(StrEnum):
    """How far a run is."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


LIVE = (RunState.WAITING, RunState.RUNNING)

_log = logging.getLogger("review.api")

Work = Callable[[Progress], Mapping[str, Any]]
"""Does something, tells how far it is, and says what came of it; ``ok`` whether all went well."""


class Cancelled(Exception):
    """Somebody wants a run no more, or the desk ends."""

    def __init__(self, *, since_the_desk_ends: bool = False) -> None:
        super().__init__()
        self.since_the_desk_ends = since_the_desk_ends


@dataclass(frozen=True, slots=True)
class Run:
    """A run; times are seconds of the epoch.

    Attributes:
        id: Its number.
        kind: ``build`` or ``draft``.
        who: Who started it.
        state: How far it is.
        asked: What was asked for.
        report: What came of it, or how far it is.
        at, until: When it was asked for, and when it ended.
    """

    id: int
    kind: str
    who: str
    state: RunState
    asked: Mapping[str, Any]
    report: Mapping[str, Any]
    at: float
    until: float | None


@dataclass(slots=True)
class Runs:
    """The runs of a desk."""

    database: Engine
    _executor: ThreadPoolExecutor = field(
        default_factory=lambda: ThreadPoolExecutor(1, thread_name_prefix="run")
    )
    _closed: threading.Event = field(default_factory=threading.Event)
    _own: set[int] = field(default_factory=set)

    def start(self, kind: str, asked: Mapping[str, Any], work: Work, *, by: Person) -> Run:
        """Write a run down, and have it carried out when those before it are done."""
        now = time.time()
        row = {
            "at": now,
            "person": by.id,
            "who": by.name,
            "kind": kind,
            "what": json.dumps(asked),
            "state": RunState.WAITING,
            "report": "{}",
            "beat": now,
        }
        with self.database.begin() as connection:
            key = connection.execute(insert(table).values(**row)).inserted_primary_key
            assert key is not None  # noqa: S101 - the table has one
            id = int(key[0])
        self._own.add(id)
        self._executor.submit(self._carry_out, id, work)
        return self.get(id)

    def get(self, id: int) -> Run:
        """A run.

        Raises:
            KeyError: There is none of that number.
        """
        with self.database.connect() as connection:
            row = connection.execute(select(table).where(table.c.id == id)).first()
        if row is None:
            raise KeyError(id)
        return _run(row)

    def before(self, kind: str, id: int | None, limit: int) -> list[Run]:
        """The latest runs of a kind, the newest first; those before one of them."""
        query = select(table).where(table.c.kind == kind).order_by(table.c.id.desc()).limit(limit)
        if id is not None:
            query = query.where(table.c.id < id)
        with self.database.connect() as connection:
            return [_run(row) for row in connection.execute(query)]

    def cancel(self, id: int) -> bool:
        """Give a run up; nothing of it is published. False if it has ended already."""
        return self._set(id, LIVE, state=RunState.CANCELLED, until=time.time())

    def close(self) -> None:
        """Give up what is under way, since the desk ends."""
        self._closed.set()
        self._executor.shutdown(wait=True, cancel_futures=True)
        for id in sorted(self._own):
            self.cancel(id)

    def _carry_out(self, id: int, work: Work) -> None:
        if not self._set(id, (RunState.WAITING,), state=RunState.RUNNING, beat=time.time()):
            self._own.discard(id)
            return
        ended = threading.Event()
        beating = threading.Thread(target=self._beat, args=(ended,), daemon=True)
        beating.start()
        try:
            state, report = self._outcome(id, work)
        finally:
            ended.set()
            beating.join()
            self._own.discard(id)
        text = json.dumps(report, default=str)
        self._set(id, LIVE, state=state, until=time.time(), report=text)

    def _outcome(self, id: int, work: Work) -> tuple[RunState, Mapping[str, Any]]:
        """What comes of a run, whatever happens."""
        try:
            report = work(self._told(id))
        except Cancelled:
            return RunState.CANCELLED, {}
        except PipelineError as error:
            return RunState.FAILED, {"errors": [said(error)]}
        except Exception as error:
            _log.exception("run %s", id)
            detail = f"An error that nobody foresaw: {type(error).__name__}"
            hint = "What was live is live. Tell whoever runs the desk; it is in the log."
            return RunState.FAILED, {"errors": [{"where": "", "detail": detail, "hint": hint}]}
        return (RunState.DONE if report.get("ok", True) else RunState.FAILED), report

    def _told(self, id: int) -> Progress:
        """Keeps how far a run is; raises where it is not wanted any more."""
        last = 0.0

        def told(step: str, done: int, total: int) -> None:
            nonlocal last
            if self._closed.is_set():
                raise Cancelled(since_the_desk_ends=True)
            if time.monotonic() - last < 0.2 and done not in (0, total):
                return
            last = time.monotonic()
            report = json.dumps({"step": step, "done": done, "total": total})
            if not self._set(id, (RunState.RUNNING,), report=report):
                raise Cancelled()

        return told

    def _beat(self, ended: threading.Event) -> None:
        """Say that this process lives, and so all runs that it has to carry out."""
        while not ended.wait(_BEATS):
            for id in sorted(self._own):
                self._set(id, LIVE, beat=time.time())

    def _set(self, id: int, states: Sequence[RunState], **values: Any) -> bool:
        statement = update(table).where(table.c.id == id, table.c.state.in_(states))
        with self.database.begin() as connection:
            return connection.execute(statement.values(**values)).rowcount == 1


def said(error: PipelineError) -> dict[str, str]:
    """An error as a report has it."""
    return {"where": error.where, "detail": error.message, "hint": error.hint}


def _run(row: Row[Any]) -> Run:
    state, report, until = RunState(row.state), json.loads(row.report), row.until
    if state in LIVE and row.beat < time.time() - _DIED:
        gone = {"where": "", "detail": "The desk stopped while it ran.", "hint": "Start it again."}
        state, report, until = RunState.FAILED, {"errors": [gone]}, row.beat
    return Run(row.id, row.kind, row.who, state, json.loads(row.what), report, row.at, until)
