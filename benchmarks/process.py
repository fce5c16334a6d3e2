"""A process measured: its time from start to end, and the most memory it held."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

BIN = Path(sys.executable).parent


@dataclass(frozen=True, slots=True)
class Measured:
    """Seconds on the clock, and mebibytes of the largest single process."""

    seconds: float
    mebibytes: float


def measure(*command: str | Path, repeat: int = 1) -> Measured:
    """Run a program of this environment; of several runs the fastest counts.

    Raises:
        RuntimeError: It failed; what it printed is the argument.
    """
    found = [_once([str(BIN / command[0]), *map(str, command[1:])]) for _ in range(repeat)]
    return min(found, key=lambda one: one.seconds)


def _once(command: list[str]) -> Measured:
    begun = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    assert process.stdout is not None
    printed = process.stdout.read()
    process.stdout.close()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    seconds = time.perf_counter() - begun
    if process.returncode:
        raise RuntimeError(printed.decode(errors="replace"))
    return Measured(seconds, usage.ru_maxrss / 1024)
