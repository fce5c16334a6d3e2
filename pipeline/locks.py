"""Locks: against other processes of this machine, and with a queue against other machines.

With ``[queue]`` a lock is a row of the state database; a lock in a file means nothing on a disk
that several machines share.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import Protocol

from . import files
from .project import Project


class Held(Protocol):
    """A lock that is held."""

    def renew(self) -> bool:
        """Hold it for longer; False if somebody else has it by now."""


class Locks(Protocol):
    """The locks of a site."""

    def hold(self, name: str, *, timeout: float = 10) -> AbstractContextManager[Held]:
        """Hold a lock as long as the context takes. Not to be taken twice by one thread.

        Raises:
            ProjectError: Somebody else still held it after ``timeout`` seconds.
        """


def locks_of(project: Project) -> Locks:
    """The locks of a site: in the state database if there is a queue, else in files.

    Raises:
        MemoryStoreError: The database cannot be opened.
    """
    queue = project.settings.queue
    if not (queue.url or queue.url_env):
        return _Files(project)
    from .database.lock import DatabaseLocks, opened  # noqa: PLC0415 - slow, not always needed

    return DatabaseLocks(project, opened(project), queue.lease)


@dataclass(frozen=True, slots=True)
class _Files:
    project: Project

    @contextmanager
    def hold(self, name: str, *, timeout: float = 10) -> Iterator[Held]:
        with files.lock(name, self.project.locks_dir, timeout=timeout):
            yield _HeldFile()


class _HeldFile:
    """The operating system lets go of it when its process ends, and not before."""

    def renew(self) -> bool:
        return True
