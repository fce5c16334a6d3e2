"""A broker in this process: holds messages until a test delivers, loses or doubles them."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from pipeline.errors import QueueError
from pipeline.ledger import Asked, Build
from pipeline.ledger.broker import Message, Worker
from pipeline.ledger.place import Place
from pipeline.ledger.working import begin, reconcile, take_step, work
from pipeline.project import Project, open_project
from tests.sites import DAY, SETTINGS, site


@dataclass
class Carrier:
    """Messages on their way; ``down`` refuses them, ``sent`` is every one that was carried."""

    down: bool = False
    waiting: deque[Message | str] = field(default_factory=deque)
    sent: list[Message] = field(default_factory=list)
    advanced: list[str] = field(default_factory=list)

    def send(self, messages: Sequence[Message]) -> None:
        """Hold units."""
        self._check()
        self.waiting.extend(messages)
        self.sent.extend(messages)

    def advance(self, build: str, priority: int) -> None:
        """Hold a build."""
        self._check()
        self.waiting.append(build)
        self.advanced.append(build)

    def lengths(self) -> dict[str, int]:
        """What is held; only units count as messages here."""
        self._check()
        return {"render": sum(isinstance(one, Message) for one in self.waiting)}

    def workers(self) -> list[Worker]:
        """Nobody: the test does it all."""
        self._check()
        return []

    def deliver(self, place: Place) -> bool:
        """Deliver one message; False if there is none."""
        if not self.waiting:
            return False
        one = self.waiting.popleft()
        if isinstance(one, str):
            take_step(place, self, one)
        else:
            work(place, self, one.keys)
        return True

    def _check(self) -> None:
        if self.down:
            raise QueueError("the broker is down")


def queued(folder: Path, files: dict[str, str] | None = None, *, more: str = "") -> Project:
    """A site with a queue, that only these tests carry."""
    settings = f'{SETTINGS}\n[queue]\nurl = "redis://127.0.0.1:1/0"\nlease = 1\n{more}'
    return site(folder, files, settings=settings)


def started(
    place: Place,
    carrier: Carrier,
    *,
    today: date = DAY,
    force: bool = False,
    priority: int = 3,
    steps: Sequence[str] | None = None,
) -> str:
    """A build that was begun; its id."""
    asked = Asked(place.project.all_locales, today, force)
    more = {"steps": steps} if steps else {}
    output = str(place.project.output_dir)
    name = place.ledger.builds.start(asked, output=output, priority=priority, **more)  # type: ignore[arg-type]
    begin(place, carrier, name)
    return name


def until_ended(
    place: Place,
    carrier: Carrier,
    name: str,
    *,
    then: Callable[[], object] = lambda: None,
) -> Build:
    """Deliver all there is, reconcile when there is nothing, until a build has ended."""
    for _ in range(1000):
        if place.ledger.builds.get(name).has_ended:
            return place.ledger.builds.get(name)
        if not carrier.deliver(place):
            reconcile(place, carrier)
        then()
    raise AssertionError(f"{name} does not end: {place.ledger.builds.progress(name)}")


def place_of(project: Project) -> Place:
    """A place to work at, as another process would have it."""
    return Place(open_project(project.root).root)
