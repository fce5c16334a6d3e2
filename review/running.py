"""Running: what a run does in the process of the desk, and what there is to say of it then."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Engine

from pipeline import index
from pipeline.build import Report, build, plain_of
from pipeline.foreseeing import foresee
from pipeline.project import Project
from pipeline.translation import Drafted, translate

from .runs import Kind

Told = Callable[[str, int, int], None]


@dataclass(slots=True)
class Telling:
    """Tells how far something is, when a step begins or ends and every ``pace`` seconds."""

    note: Told
    pace: float
    _step: str = ""
    _at: float = field(default=0.0)

    def __call__(self, step: str, done: int, total: int) -> None:
        """It is so far."""
        at = time.monotonic()
        if step != self._step or done == total or at >= self._at + self.pace:
            self._step, self._at = step, at
            self.note(step, done, total)


def work(
    project: Project, database: Engine, kind: Kind, what: dict[str, Any], told: Told
) -> dict[str, Any]:
    """Do what a run is about; what it did, and whether all went well as ``ok``."""
    if kind is Kind.DRAFT:
        drafted = [
            translate(
                project,
                locale,
                only=what["articles"],
                ask=what.get("engines", ()),
                progress=told,
            )
            for locale in what["locales"]
        ]
        return _said_of_drafts(drafted)
    for locale in project.locales:
        index.sync(project, database, locale)  # who did what, before it is published
    some = {"locales": what["locales"], "only": what["articles"], "force": what["force"]}
    if kind is Kind.FORECAST:
        return _said_of(foresee(project, **some, progress=told))
    preview = kind is Kind.PREVIEW
    return _said_of(build(project, **some, preview=preview, jobs=1, progress=told))


def _said_of(report: Report) -> dict[str, Any]:
    return {
        "ok": report.ok,
        **plain_of(report),
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
