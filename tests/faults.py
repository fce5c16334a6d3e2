"""Faults: disks that fill up or break at a chosen write, flush or rename.

::

    for n in itertools.count(1):
        with faults.at(n) as fault, suppress(OSError):
            build(project)
        assert site_is_old_or_new()
        if not fault.fired:        # fewer than n calls: every one has failed once
            break

or, with a fresh state for every fault::

    for fault in faults.everywhere(lambda: build(project), before=reset):
        assert site_is_old_or_new()

What is counted are the functions of ``os`` named in :data:`FUNCTIONS`, in every thread of this
process, also when ``pathlib`` or ``shutil`` call them. Not counted is what Python writes through
file objects (``open(…).write``, ``Path.write_text``): the pipeline writes through ``files.write``.
A write that fails has first put half of its bytes down, as a full disk does.
"""

from __future__ import annotations

import errno
import itertools
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from unittest.mock import patch

FUNCTIONS = ("write", "fsync", "replace", "rename", "mkdir", "symlink", "link")
ERRORS = (errno.ENOSPC, errno.EIO)


@dataclass(slots=True)
class Fault:
    """The ``n``-th call fails with ``error``; ``calls`` are those made so far, by name."""

    n: int
    error: int
    calls: list[str] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def fired(self) -> bool:
        """Whether the call was reached."""
        return len(self.calls) >= self.n

    def __str__(self) -> str:
        called = self.calls[self.n - 1] if self.fired else "no call"
        return f"{errno.errorcode[self.error]} at call {self.n} ({called})"

    def wrap(self, name: str) -> Callable[..., object]:
        """``os.<name>``, counted, and failing when its turn has come."""
        original: Callable[..., object] = getattr(os, name)

        def counted(*args: object, **options: object) -> object:
            with self.lock:
                self.calls.append(name)
                failing = len(self.calls) == self.n
            if not failing:
                return original(*args, **options)
            if name == "write":
                descriptor, data = args
                assert isinstance(data, bytes | memoryview)
                original(descriptor, data[: len(data) // 2])
            raise OSError(self.error, os.strerror(self.error))

        return counted


@contextmanager
def at(n: int, error: int = errno.ENOSPC, *, of: tuple[str, ...] = FUNCTIONS) -> Iterator[Fault]:
    """Make the ``n``-th call (from 1) of the functions ``of`` raise an OSError with ``error``."""
    fault = Fault(n, error)
    with ExitStack() as patches:
        for name in of:
            patches.enter_context(patch.object(os, name, fault.wrap(name)))
        yield fault


def everywhere(
    action: Callable[[], object],
    *,
    before: Callable[[], object] = lambda: None,
    errors: tuple[int, ...] = ERRORS,
    expected: tuple[type[BaseException], ...] = (OSError,),
) -> Iterator[Fault]:
    """Run ``action`` once for every call it makes and every error, and yield after each fault.

    ``before`` runs ahead of each, without faults; ``expected`` is what ``action`` may raise.
    """
    for error in errors:
        for n in itertools.count(1):
            before()
            with at(n, error) as fault, suppress(*expected):
                action()
            if not fault.fired:
                break
            yield fault
