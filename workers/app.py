"""The app: ``celery -A workers.app worker -Q render``, ``… -Q mt -P threads``, ``… beat``.

It works on the site in the folder that ``PIPELINE_SITE`` names, the current one if it names none.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from celery import Celery
from celery.signals import beat_init, worker_process_init, worker_ready, worker_shutdown
from celery.worker.control import inspect_command

from pipeline import garbage
from pipeline.project import open_project

from . import health, tasks
from .configuration import configuration
from .schedule import schedule

project = open_project(Path(os.environ.get("PIPELINE_SITE", ".")))

app = Celery("pipeline")
app.conf.update(configuration(project), beat_schedule=schedule(project))
for _task in tasks.units.values():
    app.register_task(_task())


@inspect_command()
def doing(state: Any) -> dict[str, object]:
    """What a worker does, for `pipeline workers`."""
    from celery.worker.state import active_requests  # noqa: PLC0415 - in a worker only

    pool = state.consumer.pool
    names = [request.request_dict.get("shadow") or request.name for request in active_requests]
    return {"doing": names, "places": getattr(pool, "num_processes", None) or pool.limit}


@worker_ready.connect
@beat_init.connect
def start_health(**said: Any) -> None:
    """Answer for the health of this worker, or of beat, where a port is named."""
    health.start(os.environ.get("PIPELINE_HEALTH_PORT", ""))


@worker_process_init.connect
def settle_in(**said: Any) -> None:
    """What is loaded by now stays: no process of the pool need look at it for garbage."""
    garbage.settled()


@worker_shutdown.connect
def stop_health(**said: Any) -> None:
    """Answer no more."""
    health.stop()
