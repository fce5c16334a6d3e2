"""The service: what the routes of the API share besides the desk."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field

from limits import RateLimitItem, parse
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from pipeline.memory import Memory

from ..desk import Desk

_REMEMBERS = 60.0
"""Seconds for which the memory is taken to be as the catalogues are."""


@dataclass(slots=True)
class _Seen:
    """When something was last brought up to date, by language."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    at: dict[str, float] = field(default_factory=dict)

    def is_due(self, locale: str, seconds: float) -> bool:
        """Whether it is longer ago than so many seconds."""
        last = self.at.get(locale)
        return last is None or time.monotonic() - last >= seconds


@dataclass(frozen=True, slots=True)
class Service:
    """A desk, and how much each token may ask of it."""

    desk: Desk
    rate: RateLimitItem = field(default_factory=lambda: parse("600 per minute"))
    limiter: MovingWindowRateLimiter = field(
        default_factory=lambda: MovingWindowRateLimiter(MemoryStorage())
    )
    _remembered: _Seen = field(default_factory=_Seen)

    def memory(self, locale: str) -> Memory:
        """The memory of a language, as the catalogues were a minute ago at most."""
        project = self.desk.project
        memory = Memory(self.desk.database, project.source_locale, locale)
        with self._remembered.lock:
            if self._remembered.is_due(locale, _REMEMBERS):
                memory.reindex()
                memory.sync(project)
                self._remembered.at[locale] = time.monotonic()
        return memory
