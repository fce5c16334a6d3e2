"""A pool of processes for work that is the same for many things; none when there are few."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from types import TracebackType
from typing import Any, Generic, TypeVar

from . import garbage

Job = TypeVar("Job")
Thing = TypeVar("Thing")
Result = TypeVar("Result")

_LITTLE = 48
"""Below this many things a pool costs more than it saves (measured: starting one takes 40 ms)."""


class Pool(Generic[Job]):
    """Runs methods of one ``job`` over many things, in order, in as many processes as are useful.

    Args:
        jobs: How many processes at most; one for each core if None.
        job: What every process has; it is handed over once.
    """

    def __init__(self, jobs: int | None, job: Job) -> None:
        self._jobs = jobs or len(os.sched_getaffinity(0))
        self._job = job
        self._executor: ProcessPoolExecutor | None = None

    def __enter__(self) -> Pool[Job]:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._executor is not None:
            self._executor.shutdown(cancel_futures=True)

    def map(
        self,
        method: Callable[[Job, Thing], Result],
        things: Sequence[Thing],
        told: Callable[[int, int], None] = lambda done, total: None,
    ) -> Iterator[Result]:
        """The results for all things, in their order; ``told`` hears how many are done."""
        results: Iterator[Result]
        if self._jobs < 2 or len(things) < _LITTLE:
            results = (method(self._job, thing) for thing in things)
        else:
            chunk = max(1, min(32, len(things) // (self._jobs * 4)))
            works = ((method, thing) for thing in things)
            results = self._started().map(_run, works, chunksize=chunk)
        told(0, len(things))
        for done, result in enumerate(results, 1):
            yield result
            told(done, len(things))

    def _started(self) -> ProcessPoolExecutor:
        if self._executor is None:
            # A forked process has everything at once: templates compiled, languages loaded.
            method = "fork" if "fork" in multiprocessing.get_all_start_methods() else None
            self._executor = ProcessPoolExecutor(
                self._jobs,
                mp_context=multiprocessing.get_context(method),
                initializer=_start,
                initargs=(self._job,),
            )
        return self._executor


_job: Any = None


def _start(job: Any) -> None:
    global _job  # noqa: PLW0603 - one per process, set once when it starts
    _job = job
    garbage.settled()


def _run(work: tuple[Callable[[Any, Any], Any], Any]) -> Any:
    method, thing = work
    return method(_job, thing)
