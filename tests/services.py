"""Redis to test with: by ``REDIS_URL``, else a server on the path, else that of a wheel.

::

    url = redis_url()                  # one server for all tests of this process; keys may be there
    with redis_server() as server:     # one of one's own, empty, that may be killed and come back
        server.kill()
        server.start()
"""

from __future__ import annotations

import atexit
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from pipeline.errors import QueueError
from services import redis
from services.redis import free_port as _free_port
from tests.tools import missing

_STARTS = 10.0
"""Seconds that a server may take until it answers."""


@dataclass(slots=True)
class RedisServer:
    """A server on loopback that keeps nothing on disk.

    Attributes:
        port: The same for as long as it is started again.
        folder: Where it runs.
        process: None while it is down.
    """

    port: int
    folder: Path
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Its address."""
        return f"redis://127.0.0.1:{self.port}/0"

    def start(self) -> None:
        """Start it, empty, and wait until it answers."""
        _binary()
        command = redis.command(self.port, self.folder, keep=False)
        self.process = subprocess.Popen(
            command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        until = time.monotonic() + _STARTS
        while not redis.answers(self.url):
            assert self.process.poll() is None, "the Redis server ended at once"
            assert time.monotonic() < until, "the Redis server does not answer"
            time.sleep(0.02)

    def kill(self) -> None:
        """End it as a power cut does; what it held is gone."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None


@contextmanager
def redis_server() -> Iterator[RedisServer]:
    """A server of one's own, for as long as the block lasts."""
    folder = Path(tempfile.mkdtemp(prefix="redis"))
    server = RedisServer(_free_port(), folder)
    try:
        server.start()
        yield server
    finally:
        server.kill()
        shutil.rmtree(folder, ignore_errors=True)


@cache
def redis_url() -> str:
    """The address of a server that all tests of this process share, until they end."""
    if found := redis.named():
        return found
    block = redis_server()
    atexit.register(block.__exit__, None, None, None)
    return block.__enter__().url


def _binary() -> str:
    """A server's program; without one, the test is skipped."""
    try:
        return redis.program()
    except QueueError as error:
        missing("a Redis server", error.hint)


__all__ = ["RedisServer", "_binary", "_free_port", "redis_server", "redis_url"]
