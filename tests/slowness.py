"""Slowness: how much longer things take just now, since others use this machine, too."""

from __future__ import annotations

import time

_WORK = 0.1
"""Seconds of processor time that are looked at."""


def slowness() -> float:
    """How many times as long as its processor time some work takes here; 1 on a quiet machine."""
    begun, used = time.perf_counter(), time.thread_time()
    while time.thread_time() < used + _WORK:
        pass
    return max(1.0, (time.perf_counter() - begun) / (time.thread_time() - used))
