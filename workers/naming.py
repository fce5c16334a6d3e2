"""What things are called in Redis: queues, their lists, and the prefix of every key."""

from __future__ import annotations

import hashlib

from pipeline.project import Project

RENDER, MT = "render", "mt"

PRIORITIES = (0, 3, 6, 9)
"""Each queue is four lists; 0 is emptied first."""


def prefix_of(project: Project) -> str:
    """What every key of a site begins with, so that sites can share a Redis."""
    return f"pipeline:{hashlib.sha256(project.settings.site.url.encode()).hexdigest()[:8]}:"
