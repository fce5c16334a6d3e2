"""Asking for a build, and following it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from ..errors import QueueError
from ..project import Project, assert_locales, output_of
from .broker import Broker, broker_of
from .build import BUILD, NORMAL, Asked, Build, Progress
from .ledger import Ledger, ledger_of

Told = Callable[[str, int, int], None]

_SILENCE = 5.0
_CALM = 50

STEPS = {
    "": "Waiting for a worker",
    "extract": "Extracting",
    "merge": "Merging",
    "draft": "Translating",
    "survey": "Reading",
    "render": "Rendering",
    "publish": "Publishing",
}
"""What people read for each step."""


@dataclass(frozen=True, slots=True)
class Begun:
    """A build that was asked for; ``trouble`` says why it waits, if the broker is down."""

    id: str
    ledger: Ledger
    trouble: QueueError | None = None


def ask(
    project: Project,
    asked: Asked | None = None,
    *,
    steps: Sequence[str] = BUILD,
    priority: int = NORMAL,
    who: str = "",
    ledger: Ledger | None = None,
) -> Begun:
    """Have workers build a site; if the broker is down the build is kept, and begins later.

    Args:
        project: The site.
        asked: Of what, and how; everything that is out of date if None.
        steps: What to do: `BUILD`, `DRAFT`, or `RUN` to extract and draft before.
        priority: From 0, the most urgent, to 9.
        who: Who asks.
        ledger: That of the site if None.

    Raises:
        SettingsError: A locale is not one of the site's.
        QueueError: No queue is configured.
        MemoryStoreError: The state database cannot be opened.
    """
    asked = asked or Asked(())
    assert_locales(project, asked.locales)
    broker = broker_of(project)
    ledger = ledger or ledger_of(project)
    output = str(output_of(project, preview=asked.preview))
    name = ledger.builds.start(asked, output=output, steps=steps, priority=priority, who=who)
    return Begun(name, ledger, resume(ledger, broker, name))


def resume(ledger: Ledger, broker: Broker, name: str) -> QueueError | None:
    """Have a build go on; what is wrong if the broker is down, and it goes on later."""
    try:
        broker.advance(name, ledger.builds.get(name).priority)
    except QueueError as error:
        return error
    return None


def follow(ledger: Ledger, name: str, *, pause: float = 0.2) -> Iterator[Progress]:
    """How far a build is, each time that it moved and every few seconds, until it has ended.

    Raises:
        QueueError: There is no such build.
    """
    last: tuple[object, ...] = ()
    step: tuple[object, ...] = ()
    said = due = 0.0
    while True:
        build, looked = ledger.builds.get(name), time.monotonic()
        now = (build.state, build.step, build.round)
        if now != step or looked >= due:
            progress = ledger.builds.progress(name)
            build = progress.build
            step = (build.state, build.step, build.round)
            # Counting very many units takes a while: no more than a fiftieth of the time.
            due = looked + _CALM * (time.monotonic() - looked)
            if (*step, progress.done) != last or looked > said + _SILENCE:
                yield progress
                last, said = (*step, progress.done), time.monotonic()
        if build.has_ended:
            return
        time.sleep(pause)


def step_of(build: Build) -> str:
    """What a build does, for people."""
    step = STEPS.get(build.step, build.step)
    return f"{step} (again, since articles changed)" if build.round else step
