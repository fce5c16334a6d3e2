"""The broker: carries units and builds to workers. Which one it is says an entry point."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import entry_points
from typing import Protocol

from ..errors import QueueError
from ..project import Project

GROUP = "pipeline.broker"

BEING_DONE = "being done"
"""In place of a queue's name: messages that some worker has, alive or not."""

SLOW = frozenset({"draft"})
"""Kinds of units that wait for others, and so have workers of their own."""


@dataclass(frozen=True, slots=True)
class Message:
    """Units that are carried together: their keys, and for people what they make."""

    id: str
    kind: str
    name: str
    keys: tuple[str, ...]
    priority: int


@dataclass(frozen=True, slots=True)
class Worker:
    """Who is alive: its name, what it does just now, and how many it can do at once."""

    name: str
    doing: tuple[str, ...]
    places: int


class Broker(Protocol):
    """What carries messages; each method gives up after at most two seconds."""

    def send(self, messages: Sequence[Message]) -> None:
        """Carry units.

        Raises:
            QueueError: It cannot be reached; some of them may be on their way.
        """

    def advance(self, build: str, priority: int) -> None:
        """Have the next step of a build taken.

        Raises:
            QueueError: It cannot be reached.
        """

    def lengths(self) -> Mapping[str, int]:
        """How many messages wait in each queue, and those that a worker has.

        Raises:
            QueueError: It cannot be reached.
        """

    def workers(self) -> Sequence[Worker]:
        """Who answers.

        Raises:
            QueueError: The broker cannot be reached.
        """


def broker_of(project: Project) -> Broker:
    """The broker of a site.

    Raises:
        QueueError: None is configured, or none is installed.
    """
    if not (project.settings.queue.url or project.settings.queue.url_env):
        raise QueueError(
            "no queue is configured",
            path=project.relative(project.settings_path),
            hint='Name a Redis in [queue], such as url = "redis://127.0.0.1:6379/0".',
        )
    for point in entry_points(group=GROUP):
        try:
            made: Broker = point.load()(project)
        except ImportError as error:
            raise QueueError(
                f"the queue needs a package that is not installed: {error.name}",
                hint="Install it: pip install 'solacium-pipeline[workers]'",
            ) from None
        return made
    raise QueueError(
        "nothing is installed that carries work to workers",
        hint="Install it: pip install 'solacium-pipeline[workers]'",
    )
