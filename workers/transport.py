"""How Celery speaks to Redis: as kombu does, with one fault of it mended.

When Redis goes away while tasks are under way, Celery 5.7 closes its connection twice. The second
time kombu looks up where Redis is in what the first time has cleared, and raises an AttributeError,
which ends the worker. A connection that is closed is an error of connections, which is expected.
"""

from __future__ import annotations

from typing import Any

from kombu.transport import redis
from redis.exceptions import ConnectionError as ClosedError


class Channel(redis.Channel):  # type: ignore[misc]  # kombu has no types
    """A channel that says so when its connection is closed."""

    def _connparams(self, asynchronous: bool = False) -> dict[str, Any]:
        if getattr(self.connection, "client", None) is None:
            raise ClosedError("the connection is closed")
        found: dict[str, Any] = super()._connparams(asynchronous)
        return found


class Transport(redis.Transport):  # type: ignore[misc]
    """Redis, with such channels."""

    Channel = Channel
