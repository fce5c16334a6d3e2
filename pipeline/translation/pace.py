"""Pace: how often and by how many at once an engine is asked, and when it is left alone.

Within one process this is kept in memory. With Redis (``[queue]``) all who work on a site share it:
rates and places through `limits` and locks of redis-py, and what one finds out (the engine is down,
it wants to be asked again in an hour) holds for the others.
"""

from __future__ import annotations

import hashlib
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from limits import RateLimitItem
from limits.storage import MemoryStorage, RedisStorage
from limits.strategies import MovingWindowRateLimiter

from ..errors import QueueError
from ..project import Project
from ..redis import assert_answers
from ..settings import address_of
from .engine import EngineFault, Trouble

if TYPE_CHECKING:
    from redis import Redis
    from redis.lock import Lock

FAILURES = 3
"""Requests that fail one after the other before an engine is left alone."""

COOLING = 60.0
"""Seconds for which it is left alone then."""

LEASE = 15.0
"""Seconds after which the place of somebody who has died is free again."""

AWAY = "is not asked: Redis does not answer"
"""Why a text has no draft that may have one soon."""

Sleep = Callable[[float], None]


class Pace(Protocol):
    """What those who ask an engine know of each other."""

    limiter: MovingWindowRateLimiter

    def place(self, engine: str, most: int, sleep: Sleep) -> AbstractContextManager[object]:
        """One of the places at an engine, as a context; waits until one is free."""

    def closed(self, engine: str) -> tuple[float, str]:
        """For how many seconds an engine is left alone, and why; 0 if it is not."""

    def close(self, engine: str, seconds: float, why: str) -> None:
        """Leave an engine alone for some time."""

    def pause(self, engine: str, seconds: float) -> None:
        """Have nobody ask an engine before it wants to be asked again, which is soon."""

    def pausing(self, engine: str) -> float:
        """How many seconds of that are left."""

    def failed(self, engine: str) -> int:
        """One more request has failed; how many have in a row."""

    def worked(self, engine: str) -> None:
        """A request has been answered."""


@contextmanager
def sharing() -> Iterator[None]:
    """What is asked of Redis, whose loss is a fault of the engine: nothing is sent without it.

    Raises:
        EngineFault: Redis does not answer any more.
    """
    from redis.exceptions import RedisError  # noqa: PLC0415 - slow, for those who draft

    try:
        yield
    except RedisError:
        raise EngineFault(Trouble.BUSY, AWAY) from None


def wait_for_turn(pace: Pace, engine: str, rate: RateLimitItem, sleep: Sleep) -> None:
    """Wait until the rate of an engine allows one request more."""
    while not pace.limiter.hit(rate, engine):
        until = pace.limiter.get_window_stats(rate, engine).reset_time
        sleep(min(max(until - time.time(), 0.01), 5))


def wait_for_pause(pace: Pace, engine: str, sleep: Sleep) -> None:
    """Wait until an engine that has told anybody to come later may be asked again."""
    while (left := pace.pausing(engine)) > 0:
        sleep(left)


@dataclass(slots=True)
class OwnPace:
    """The pace of one process."""

    limiter: MovingWindowRateLimiter = field(
        default_factory=lambda: MovingWindowRateLimiter(MemoryStorage())
    )
    lock: threading.Lock = field(default_factory=threading.Lock)
    places: dict[str, threading.BoundedSemaphore] = field(default_factory=dict)
    failures: defaultdict[str, int] = field(default_factory=lambda: defaultdict(int))
    until: dict[str, tuple[float, str]] = field(default_factory=dict)
    pauses: dict[str, float] = field(default_factory=dict)

    def place(self, engine: str, most: int, sleep: Sleep) -> AbstractContextManager[object]:
        """As `Pace.place`."""
        with self.lock:
            return self.places.setdefault(engine, threading.BoundedSemaphore(most))

    def closed(self, engine: str) -> tuple[float, str]:
        """As `Pace.closed`."""
        until, why = self.until.get(engine, (0.0, ""))
        return max(0.0, until - time.monotonic()), why

    def close(self, engine: str, seconds: float, why: str) -> None:
        """As `Pace.close`."""
        self.until[engine] = (time.monotonic() + seconds, why)

    def pause(self, engine: str, seconds: float) -> None:
        """As `Pace.pause`."""
        with self.lock:
            until = time.monotonic() + seconds
            self.pauses[engine] = max(until, self.pauses.get(engine, 0.0))

    def pausing(self, engine: str) -> float:
        """As `Pace.pausing`."""
        return max(0.0, self.pauses.get(engine, 0.0) - time.monotonic())

    def failed(self, engine: str) -> int:
        """As `Pace.failed`."""
        with self.lock:
            self.failures[engine] += 1
            return self.failures[engine]

    def worked(self, engine: str) -> None:
        """As `Pace.worked`."""
        self.failures.pop(engine, None)


@dataclass(slots=True)
class SharedPace:
    """The pace of all who work on a site, through Redis."""

    redis: Redis
    prefix: str
    limiter: MovingWindowRateLimiter
    lease: float = LEASE

    @contextmanager
    def place(self, engine: str, most: int, sleep: Sleep) -> Iterator[None]:
        """As `Pace.place`; each place is a lock with a token, which expires if not renewed."""
        names = [f"{self.prefix}{engine}:place:{n}" for n in range(most)]
        locks = [self.redis.lock(name, timeout=self.lease, thread_local=False) for name in names]
        while True:
            lock = next((one for one in locks if one.acquire(blocking=False)), None)
            if lock is not None:
                break
            sleep(0.05)
        left = threading.Event()
        beating = threading.Thread(target=self._renew, args=(lock, left), daemon=True)
        beating.start()
        try:
            yield
        finally:
            from redis.exceptions import RedisError  # noqa: PLC0415 - slow, for those who draft

            left.set()
            beating.join()
            with suppress(RedisError):  # it has expired, or Redis is gone: free all the same
                lock.release()

    def _renew(self, lock: Lock, left: threading.Event) -> None:
        """Keep a place for as long as it is needed; that of a process that dies is not kept."""
        from redis.exceptions import RedisError  # noqa: PLC0415 - slow, for those who draft

        while not left.wait(self.lease / 3):
            with suppress(RedisError):
                lock.reacquire()

    def closed(self, engine: str) -> tuple[float, str]:
        """As `Pace.closed`."""
        name = f"{self.prefix}{engine}:closed"
        why, left = self.redis.get(name), self.redis.pttl(name)
        return (max(0, int(left)) / 1000, why.decode()) if isinstance(why, bytes) else (0.0, "")

    def close(self, engine: str, seconds: float, why: str) -> None:
        """As `Pace.close`."""
        self.redis.set(f"{self.prefix}{engine}:closed", why, px=max(1, int(seconds * 1000)))

    def pause(self, engine: str, seconds: float) -> None:
        """As `Pace.pause`."""
        if seconds > self.pausing(engine):
            self.redis.set(f"{self.prefix}{engine}:pause", "", px=max(1, int(seconds * 1000)))

    def pausing(self, engine: str) -> float:
        """As `Pace.pausing`."""
        return max(0, int(self.redis.pttl(f"{self.prefix}{engine}:pause"))) / 1000

    def failed(self, engine: str) -> int:
        """As `Pace.failed`; what failed long ago does not count."""
        name = f"{self.prefix}{engine}:failures"
        with self.redis.pipeline() as steps:
            steps.incr(name)
            steps.expire(name, int(COOLING * 10))
            return int(steps.execute()[0])

    def worked(self, engine: str) -> None:
        """As `Pace.worked`."""
        self.redis.delete(f"{self.prefix}{engine}:failures")


def pace_of(project: Project) -> Pace:
    """The pace of a site: shared through the Redis of ``[queue]``, or this process's own.

    Raises:
        QueueError: Redis is configured and does not answer.
    """
    url = address_of(project.settings.queue)
    if not url:
        return OwnPace()
    try:
        assert_answers(url)
    except (OSError, ValueError) as error:
        raise _away(error) from None
    from redis import Redis  # noqa: PLC0415 - for those who use it
    from redis.exceptions import RedisError  # noqa: PLC0415

    site = hashlib.sha256(project.settings.site.url.encode()).hexdigest()[:8]
    prefix = f"pipeline:{site}:engine:"
    try:
        redis = Redis.from_url(url, socket_connect_timeout=1, socket_timeout=5)
        redis.ping()
        storage = RedisStorage(
            url, key_prefix=f"{prefix}rate", socket_connect_timeout=1, socket_timeout=5
        )
    except (RedisError, OSError, ValueError) as error:
        raise _away(error) from None
    return SharedPace(redis, prefix, MovingWindowRateLimiter(storage))


def _away(error: Exception) -> QueueError:
    return QueueError(
        f"Redis does not answer ({type(error).__name__})",
        hint="Start it, or mend the address in [queue]. Nothing was sent to an engine.",
    )
