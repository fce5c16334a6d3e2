"""The schedule of ``celery -A workers.app beat``, of which there is one."""

from __future__ import annotations

from typing import Any

from celery.schedules import crontab

from pipeline.project import Project

from .naming import RENDER

URGENT = {"queue": RENDER, "priority": 0}
LATER = {"queue": RENDER, "priority": 6}


def schedule(project: Project) -> dict[str, dict[str, Any]]:
    """What is due when; what nobody took before it is due again is dropped."""
    often = max(1.0, project.settings.queue.lease / 3)
    return {
        "reconcile": {
            "task": "reconcile builds",
            "schedule": often,
            "options": {**URGENT, "expires": often},
        },
        "claims": {
            "task": "expire claims",
            "schedule": 60.0,
            "options": {**URGENT, "expires": 60.0},
        },
        "notices": {
            "task": "deliver notices",
            "schedule": often,
            "options": {**LATER, "expires": often},
        },
        "nightly": {
            "task": "build nightly",
            "schedule": crontab(hour="3", minute="10"),
            "options": LATER,
        },
        "prune": {"task": "prune", "schedule": crontab(hour="4", minute="40"), "options": LATER},
    }
