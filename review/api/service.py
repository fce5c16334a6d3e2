"""The service: what the routes of the API share besides the desk."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field, replace

from limits import RateLimitItem, parse
from limits.strategies import MovingWindowRateLimiter

from pipeline.memory import Memory

from ..current import Current
from ..desk import Desk
from ..hits import limiter_of

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

    current: Current
    desk: Desk
    rate: RateLimitItem
    limiter: MovingWindowRateLimiter
    _remembered: _Seen = field(default_factory=_Seen)

    @classmethod
    def of(cls, current: Current, *, rate: RateLimitItem | None = None) -> Service:
        """The service of a desk; 600 requests a minute if no rate is given."""
        desk = current.desk()
        return cls(current, desk, rate or parse("600 per minute"), limiter_of(desk.database))

    def now(self) -> Service:
        """The same with the desk as its settings are now, for one request."""
        desk = self.current.desk()
        return self if desk is self.desk else replace(self, desk=desk)

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
