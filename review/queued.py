"""Queued: runs that workers do, as the ledger has them."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from pipeline.errors import QueueError
from pipeline.ledger import Ledger, Progress, broker_of
from pipeline.ledger.asking import Begun, ask, resume, step_of
from pipeline.ledger.build import BUILD, CLICK, DRAFT, Asked
from pipeline.project import Project
from pipeline.said import Said

from .runs import Kind, Run, Stage

_STATES = {
    "pending": Stage.WAITING,
    "running": Stage.RUNNING,
    "done": Stage.DONE,
    "failed": Stage.FAILED,
    "cancelled": Stage.CANCELLED,
}
_PATIENCE = 15.0
"""Seconds for which it is no trouble that nobody has begun."""

_RESTS = 2.0
"""Seconds for which the broker is taken to be as it was."""


@dataclass(slots=True)
class _Health:
    """How the broker of each site was, and when that was asked."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    known: dict[str, tuple[float, str]] = field(default_factory=dict)


_health = _Health()


def begin(project: Project, ledger: Ledger, kind: Kind, what: Mapping[str, Any], who: str) -> Begun:
    """Ask for a run; if the broker is down it is kept, and begins when that is back.

    Raises:
        QueueError: What the queue needs is not installed.
    """
    asked = Asked(
        tuple(what["locales"]),
        force=what["force"],
        preview=kind is Kind.PREVIEW,
        articles=tuple(what["articles"]),
        engines=tuple(what["engines"]),
    )
    steps = DRAFT if kind is Kind.DRAFT else BUILD
    begun = ask(project, asked, steps=steps, priority=CLICK, who=who, ledger=ledger)
    with _health.lock:
        _health.known[str(project.root)] = (time.monotonic(), str(begun.trouble or ""))
    return begun


def look(ledger: Ledger, build: str) -> dict[str, Any]:
    """What the row of a run has to say by now."""
    try:
        progress = ledger.builds.progress(build)
    except QueueError:  # it was forgotten
        return {"state": Stage.LOST, "until": time.time()}
    found = progress.build
    values: dict[str, Any] = {"state": _STATES[found.state]}
    if not found.has_ended:
        return {**values, "step": step_of(found), "done": progress.done, "total": progress.total}
    report = _report(progress)
    if found.state == "done" and report["errors"]:
        values["state"] = Stage.FAILED
    return {**values, "until": found.ended, "report": json.dumps(report)}


def retry(project: Project, ledger: Ledger, build: str) -> bool:
    """Have workers try again what failed; False if there is nothing to try."""
    try:
        if not ledger.builds.retry(build):
            return False
    except QueueError:  # it was forgotten
        return False
    resume(ledger, broker_of(project), build)
    return True


def trouble_of(project: Project, run: Run) -> str:
    """Why a run does not go on, if it should: the broker is down, or no worker begins."""
    if not run.is_open:
        return ""
    key = str(project.root)
    with _health.lock:
        at, said = _health.known.get(key, (0.0, ""))
        if time.monotonic() > at + _RESTS:
            said = _asked(project)
            _health.known[key] = (time.monotonic(), said)
    if not said and run.stage is Stage.WAITING and time.time() > run.at + _PATIENCE:
        return "No worker has begun it yet. See who is alive: pipeline workers."
    return said


def _asked(project: Project) -> str:
    try:
        broker_of(project).lengths()
    except QueueError as error:
        return str(error)
    return ""


def _report(progress: Progress) -> dict[str, Any]:
    outcome = progress.build.outcome
    said = {name: [_said(one) for one in outcome.get(name, ())] for name in ("errors", "warnings")}
    if "drafts" in outcome:
        return {**{name: outcome[name] for name in ("drafts", "suggested", "waiting")}, **said}
    if "report" in outcome:
        return {**outcome["report"], **said}
    if "unchanged" in outcome:
        nothing: dict[str, Any] = {name: [] for name in ("new", "changed", "removed")}
        return {**nothing, "unchanged": outcome["unchanged"], "causes": {}, "owners": {}, **said}
    return said


def _said(one: Mapping[str, Any]) -> str:
    names = ("message", "path", "line", "hint")
    given = {name: one[name] for name in names if one.get(name) is not None}
    return str(Said(one.get("kind", ""), **given).error())
