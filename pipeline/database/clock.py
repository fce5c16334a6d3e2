"""The clock of work in progress is the database’s, so that it does not matter what others show.

Also here: who somebody is, and trying again when the connection broke.
"""

from __future__ import annotations

import os
import secrets
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import wraps
from typing import ParamSpec, TypeVar

from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError, OperationalError

P = ParamSpec("P")
R = TypeVar("R")

_TRIES = 6

_CLOCKS = {
    "sqlite": "SELECT (julianday('now') - 2440587.5) * 86400.0",
    "postgresql": "SELECT extract(epoch FROM clock_timestamp())",
}


def now(connection: Connection) -> float:
    """Seconds of the epoch, by the database's clock."""
    return float(connection.execute(text(_CLOCKS[connection.dialect.name])).scalar_one())


def again(method: Callable[P, R]) -> Callable[P, R]:
    """Do it again if the connection to the database broke; each method bears being run twice.

    Raises:
        DBAPIError: It breaks again and again.
    """

    @wraps(method)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        for attempt in range(_TRIES):
            try:
                return method(*args, **kwargs)
            except DBAPIError as error:
                broken = error.connection_invalidated or isinstance(error, OperationalError)
                if not broken or attempt == _TRIES - 1:
                    raise
                time.sleep(0.05 * 2**attempt)
        raise AssertionError  # the loop returns or raises

    return run


@contextmanager
def alive(renew: Callable[[], object], *, lease: float) -> Iterator[None]:
    """Give a sign of life every third of a lease, as long as the block takes."""
    ended = threading.Event()

    def beat() -> None:
        while not ended.wait(lease / 3):
            with suppress(DBAPIError):  # the next one may come through
                renew()

    thread = threading.Thread(target=beat, daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


def new_owner() -> str:
    """A name for who takes something: the machine, the process, and something of its own."""
    return f"{socket.gethostname()[:60]}:{os.getpid()}:{secrets.token_hex(6)}"


def has_died(owner: str) -> bool:
    """Whether a process of this machine, by the name of what it took, is no more."""
    host, _, rest = owner.rpartition(":")[0].rpartition(":")
    if host != socket.gethostname()[:60] or not rest.isdigit():
        return False
    try:
        os.kill(int(rest), 0)
    except ProcessLookupError:
        return True
    except OSError:
        return False
    return False
