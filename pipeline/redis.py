"""Redis: whether a server answers, and clients that do not wait for one that does not.

What redis-py would do by itself takes too long for somebody who waits: it asks a server that
answers nothing several times, and loads for 0.2 s before it asks one that is not there.
"""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from redis import Redis

PATIENCE = 0.5
"""Seconds for a server to accept, and to answer, before it counts as away."""


def assert_answers(url: str) -> None:
    """Ask whoever listens at a plain ``redis://`` address for a word; of others nothing is known.

    A server that wants a password says so, which is an answer as well.

    Raises:
        OSError: Nobody accepts, or who does says nothing.
    """
    parts = urlsplit(url)
    if parts.scheme != "redis":
        return
    with socket.create_connection((parts.hostname or "", parts.port or 6379), PATIENCE) as asking:
        asking.sendall(b"PING\r\n")
        if not asking.recv(1):
            raise ConnectionError(f"{parts.hostname} ended the connection")


def client(url: str) -> Redis:
    """A client that asks once and gives up soon.

    Raises:
        ValueError: This is no address of a Redis.
    """
    from redis import Redis  # noqa: PLC0415 - slow, and not needed to see that nobody is there
    from redis.backoff import NoBackoff  # noqa: PLC0415
    from redis.retry import Retry  # noqa: PLC0415

    once = Retry(NoBackoff(), 0)
    return Redis.from_url(url, socket_connect_timeout=PATIENCE, socket_timeout=PATIENCE, retry=once)
