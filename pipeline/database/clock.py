"""The clock of work in progress is the database’s, so that it does not matter what others show.

Also here: who somebody is, and trying again when the connection broke.
"""

from __future__ import annotations

import hashlib
import os
import secrets
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import cache, wraps
from pathlib import Path
from typing import ParamSpec, TypeVar

from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError, OperationalError

P = ParamSpec("P")
R = TypeVar("R")

_TRIES = 6
_UNKNOWN = "?"

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
    """A name for who takes something: its process, and something of its own."""
    return f"{this_process()}:{secrets.token_hex(6)}"


def has_died(owner: str) -> bool:
    """Whether a process of this machine, by the name of what it took, is no more."""
    return is_gone(owner.rpartition(":")[0])


def this_process() -> str:
    """This process: its machine, its number there, and when it began."""
    process = os.getpid()
    return f"{_machine()}:{process}:{_began(process)}"


def is_gone(process: str) -> bool:
    """Whether a process, as `this_process` named it, is known to be no more.

    Of other machines nothing is known; there a lease has to end.
    """
    machine, _, rest = process.partition(":")
    number, _, began = rest.partition(":")
    if machine != _machine() or not number.isdecimal():
        return False
    return _began(int(number)) not in (began, _UNKNOWN)


@cache
def _machine() -> str:
    """This machine since it started, and the container on it: a number of a process means
    something only there, and several machines may have the same name."""
    said = [socket.gethostname()]
    with suppress(OSError):
        said.append(Path("/proc/sys/kernel/random/boot_id").read_text("utf-8"))
        said.append(str(Path("/proc/self/ns/pid").readlink()))
    return hashlib.sha256("\0".join(said).encode()).hexdigest()[:16]


def _began(process: int) -> str:
    """When a process began, in whatever its system counts; empty if it is gone.

    Numbers of processes are used again: in a container that starts anew they are all the same.
    """
    with suppress(OSError):  # it is gone, or hidden, or this system has no /proc
        said = (
            Path(f"/proc/{process}/stat").read_text("utf-8", "replace").rpartition(")")[2].split()
        )
        return "" if said[0] in "ZX" else said[19]
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return ""
    except OSError:
        pass
    return _UNKNOWN
