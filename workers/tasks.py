"""The tasks: each calls one function of the pipeline, and bears being run twice."""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path
from typing import Any

from celery import Task, shared_task
from celery.utils.log import get_task_logger

from pipeline.errors import QueueError
from pipeline.ledger import chores
from pipeline.ledger.place import Place
from pipeline.ledger.working import reconcile, take_step, work

from . import tracing
from .broker import ADVANCE, TASKS, CeleryBroker
from .configuration import PUBLISH_LIMIT

log = get_task_logger(__name__)


@cache
def _place(process: int, site: str) -> Place:
    return Place(Path(site).absolute(), lasting=True)


def place() -> Place:
    """What this process keeps of the site that ``PIPELINE_SITE`` names."""
    return _place(os.getpid(), os.environ.get("PIPELINE_SITE", "."))


def broker() -> CeleryBroker:
    """The broker of this worker."""
    from .app import app  # noqa: PLC0415 - which loads these tasks

    return CeleryBroker(place().project, app)


class _Units(Task):  # type: ignore[misc]  # Celery has no types
    """Does the units of a message."""

    def run(self, keys: list[str]) -> None:
        """Do them, and have their builds go on."""
        with tracing.span(self.request.shadow or self.name, _carried(self), units=len(keys)):
            _told(self, lambda: work(place(), broker(), keys))


def _told(task: Any, do: Any) -> None:
    """A broker that went away is no failure: what was done is written down, and goes on later."""
    try:
        do()
    except QueueError as error:
        log.warning("%s: %s", task.request.shadow or task.name, error)


def _carried(task: Any) -> dict[str, object]:
    return dict(task.request.headers or {})


units = {kind: type("Units", (_Units,), {"name": name}) for kind, name in TASKS.items()}


@shared_task(name=ADVANCE, bind=True, time_limit=PUBLISH_LIMIT, soft_time_limit=PUBLISH_LIMIT - 60)
def advance(task: Any, build: str) -> None:
    """Take the next step of a build: plan its pages, or publish them."""
    with tracing.span(f"{ADVANCE} build {build}", _carried(task), build=build):
        _told(task, lambda: take_step(place(), broker(), build))


@shared_task(name="reconcile builds", bind=True)
def reconcile_builds(task: Any) -> None:
    """Queue again what is overdue."""
    _told(task, lambda: reconcile(place(), broker()))


@shared_task(name="expire claims")
def expire_claims() -> None:
    """Give back what people claimed in the review desk and left."""
    chores.expire_claims(place())


@shared_task(name="deliver notices")
def deliver_notices() -> None:
    """Send people what the review desk has to tell them."""
    chores.deliver(place())


@shared_task(name="build nightly", bind=True)
def build_nightly(task: Any) -> None:
    """Bring memory and index up to date with the files, then build the site."""
    _told(task, lambda: chores.nightly(place(), broker()))


@shared_task(name="prune")
def prune_ledger() -> None:
    """Forget builds of long ago, and pages that nobody published."""
    chores.prune(place())
