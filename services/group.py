"""A group of processes that live and end together, their output line by line with their names.

honcho does much of this. It stops all at once, so that workers lose Redis before they have ended;
and an interrupt while it starts leaves processes behind. Here each process is on a leash, which
ends it when we are killed.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import IO, TextIO

from .leash import GRACE

_LEASH = Path(__file__).with_name("leash.py")


@dataclass(frozen=True, slots=True)
class Service:
    """A process to start.

    Attributes:
        name: What its lines are said under.
        command: The command.
        environment: Variables besides ours.
        ended_by: The signal that it ends by.
        user: The number of whom it runs as, if not as us.
    """

    name: str
    command: Sequence[str]
    environment: Mapping[str, str] = field(default_factory=dict)
    ended_by: int = signal.SIGTERM
    user: int | None = None


class Group:
    """Processes in the order they were started; they are stopped in the reverse one.

    Args:
        folder: Where they run.
        width: How wide the column of names is.
        out: Where their lines go; standard output if None.
    """

    def __init__(self, folder: Path, *, width: int = 7, out: TextIO | None = None) -> None:
        self._folder = folder
        self._width = width
        self._out = out or sys.stdout
        self._running: dict[str, subprocess.Popen[bytes]] = {}
        self._readers: list[threading.Thread] = []
        self._wanted = threading.Event()

    def start(self, service: Service) -> None:
        """Start a process in a session of its own, so that a Ctrl-C reaches us alone."""
        if self.is_over:
            return
        user = "" if service.user is None else str(service.user)
        leash = [sys.executable, "-I", "-S", str(_LEASH), str(int(service.ended_by)), user]
        process = subprocess.Popen(
            [*leash, *service.command],
            cwd=self._folder,
            env={**os.environ, "PYTHONUNBUFFERED": "1", **service.environment},
            stdin=subprocess.PIPE,  # the leash; ours alone, and closed when we are gone
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        self._running[service.name] = process
        assert process.stdout is not None  # noqa: S101 - it is a pipe
        reader = threading.Thread(
            target=self._read, args=(service.name, process.stdout), daemon=True
        )
        reader.start()
        self._readers.append(reader)

    def run(self, service: Service) -> None:
        """Start a process and wait until it has ended, however it ends."""
        self.start(service)
        while not self._wanted.is_set() and (process := self._running.get(service.name)):
            if process.poll() is not None:
                assert process.stdin is not None  # noqa: S101 - it is a pipe
                process.stdin.close()
                del self._running[service.name]
            time.sleep(0.05)

    def say(self, name: str, line: str) -> None:
        """A line under a name."""
        self._out.write(f"{name:<{self._width}} | {line.rstrip()}\n")
        self._out.flush()

    @property
    def interrupted(self) -> bool:
        """Whether somebody wants to stop."""
        return self._wanted.is_set()

    @property
    def is_over(self) -> bool:
        """Whether somebody wants to stop, or a process has ended."""
        return self._wanted.is_set() or self.ended() is not None

    def ended(self) -> str | None:
        """The name of a process that has ended by itself."""
        return next((n for n, one in self._running.items() if one.poll() is not None), None)

    def wait(self) -> bool:
        """Until an interrupt, which is True, or until a process ends, which is False."""
        while not self._wanted.wait(0.2):
            if name := self.ended():
                self.say(name, f"ended with status {self._running[name].returncode}")
                return False
        return True

    def stop(self) -> dict[str, int]:
        """End all, the last first, and whatever they started; with which statuses they ended."""
        statuses = {}
        for name, process in reversed(self._running.items()):
            process.terminate()  # it alone: a worker has its children end what they do
            try:
                process.wait(GRACE + 1)
            except subprocess.TimeoutExpired:
                self.say(name, "does not end, and is killed")
            with suppress(ProcessLookupError):  # it, or what it started and left
                os.killpg(process.pid, signal.SIGKILL)
            statuses[name] = process.wait()
            assert process.stdin is not None  # noqa: S101 - it is a pipe
            process.stdin.close()
        for reader in self._readers:
            reader.join(2)
        self._running.clear()
        return statuses

    @contextmanager
    def until_interrupted(self) -> Iterator[None]:
        """SIGINT and SIGTERM end the waiting while the block lasts; then all is stopped."""

        def interrupt(number: int, frame: FrameType | None) -> None:
            self._wanted.set()

        numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
        before = {number: signal.signal(number, interrupt) for number in numbers}
        try:
            yield
        finally:
            self.stop()
            for number, handler in before.items():
                signal.signal(number, handler)

    def until(self, ready: Callable[[], object], what: str, seconds: float = 20) -> bool:
        """Until ``ready()`` is true; False, said, if that takes too long or all is over."""
        limit = time.monotonic() + seconds
        while not self.is_over and time.monotonic() < limit:
            if ready():
                return True
            time.sleep(0.05)
        if not self._wanted.is_set():
            self.say("up", f"{what} does not answer")
        return False

    def _read(self, name: str, lines: IO[bytes]) -> None:
        with lines:
            for line in lines:
                self.say(name, line.decode(errors="replace"))
