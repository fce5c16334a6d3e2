"""Who kills everything once in a build: at each of its steps something, and where, by chance.

A step in which something is still to happen is slow, so that it happens in the middle of it.
"""

from __future__ import annotations

import json
import os
import random
import signal
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import select

from pipeline.database.tables import build, work
from pipeline.ledger import Progress
from pipeline.ledger.build import RUN
from pipeline.site.publication import NEXT, staged
from tests.translation.stand_in import Request, StandIn
from tests.workers.house import House

AT_ONCE = 2
"""Requests that the engine takes at once, and threads of the worker that makes them."""

STAGING = 0.3
"""The part of publishing in which pages are still put beside the site; then they are swapped in."""

SLOW = """
import os, sys, time
from pathlib import Path

if "worker" in sys.argv:
    from pipeline.ledger import kinds
    from pipeline.site import publication, shelf

    def slow(step, act, seconds):
        gate = Path(os.environ["SOAK_SLOW"]) / step

        def slowly(*given, **more):
            if gate.exists():
                time.sleep(seconds)
            return act(*given, **more)

        return slowly

    for kind in ("extract", "merge", "survey", "page"):
        step = "render" if kind == "page" else kind
        kinds.KINDS[kind] = slow(step, kinds.KINDS[kind], 0.03)
    shelf.take = slow("publish", shelf.take, 0.003)
    publication._keep_page = slow("publish", publication._keep_page, 0.003)
"""
"""Long enough to be killed in: a page otherwise takes a millisecond."""


@dataclass(frozen=True, slots=True)
class Fault:
    """What happens, in which step of the build, and after which part of it."""

    step: int
    part: float
    name: str


@dataclass
class Disturber:
    """Starts a house's people, and kills each of them once.

    Over six seeds each of them is killed in each step; when in the step, and who else, is chance.

    Attributes:
        coming: What is still to happen, the next one last.
        happened: What has, for people.
        struck: The steps in the middle of which something did.
        cut: For each time that drafting was killed: the requests that had no whole answer.
    """

    home: House
    server: StandIn
    seed: int
    requests: int
    coming: list[Fault] = field(default_factory=list)
    happened: list[str] = field(default_factory=list)
    struck: set[str] = field(default_factory=set)
    cut: list[list[Request]] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Start everybody, and choose what is to happen when."""
        self.chance = random.Random(self.seed)  # noqa: S311
        names = list(self._faults)
        places = {name: (number + self.seed) % len(RUN) for number, name in enumerate(names)}
        self.coming = [
            Fault(place, self.chance.uniform(0, 0.8), name) for name, place in places.items()
        ]
        self.coming.sort(key=lambda fault: (fault.step, fault.part), reverse=True)
        self.drafting = self.chance.randrange(1, self.requests)
        self._slow.mkdir()
        for fault in self.coming:
            (self._slow / RUN[fault.step]).touch()
        for start in self._people.values():
            start()

    @property
    def _slow(self) -> Path:
        """The folder in which a file stands for each step that is slow."""
        return self.home.folder / "slow"

    @property
    def _people(self) -> Mapping[str, Callable[[], None]]:
        home, slow = self.home, str(self._slow)
        return {
            "one": lambda: home.worker("one", python=SLOW, SOAK_SLOW=slow),
            "two": lambda: home.worker("two", places=1, python=SLOW, SOAK_SLOW=slow),
            "mt": lambda: home.worker("mt", queue="mt", pool="threads", places=AT_ONCE),
            "beat": home.beat,
        }

    @property
    def _faults(self) -> Mapping[str, Callable[[str], str]]:
        """What can happen; each is told the step, and says what became of whom."""
        faults: dict[str, Callable[[str], str]] = {
            "a worker at work": self._kill_worker,
            "a process at work": self._kill_process,
            "the other worker": lambda step: self._again("two"),
            "beat": lambda step: self._again("beat"),
            "Redis, which keeps": lambda step: self._redis(wiped=False),
            "Redis, which forgets": lambda step: self._redis(wiped=True),
        }
        if self.home.project.settings.state.url_env:
            faults["the database's connections"] = self._cut_database
        return faults

    def disturb(self, name: str) -> None:
        """Have happen what is due in a build; nothing once it has ended.

        Who has ended without being killed is started again, as a process manager does.
        """
        for person, start in self._people.items():
            if self.home.processes[person].poll() is not None:
                start()
        if self.drafting and len(self.server.requests) > self.drafting:
            self._say("draft", f"request {self.drafting}", self._kill_drafting())
            self.drafting = 0
        progress = self.home.ledger.builds.progress(name)
        if not self.coming or progress.build.has_ended:
            return
        fault = self.coming[-1]
        step, part = self._point(progress)
        if (step, part) < (fault.step, fault.part):
            return
        self.coming.pop()
        if step == fault.step:
            self.struck.add(RUN[step])
        self._say(RUN[step], f"{part:.0%}", f"{fault.name}: {self._faults[fault.name](RUN[step])}")
        if not any(one.step == fault.step for one in self.coming):
            (self._slow / RUN[fault.step]).unlink()

    def _say(self, step: str, point: str, what: str) -> None:
        self.happened.append(f"seed {self.seed}, {step}, {point}: {what}")
        print(self.happened[-1], flush=True)

    def _point(self, progress: Progress) -> tuple[int, float]:
        """Where a build is: the number of its step, and the part of it that is done."""
        step = progress.build.step
        if not step:
            return -1, 0
        at = RUN.index(step)
        if step == "draft":
            return at, min(1, len(self.server.requests) / self.requests)
        part = progress.done / max(1, progress.total)
        if step == "render" and part == 1 and (published := self._published()) is not None:
            return RUN.index("publish"), published
        return at, part

    def _published(self) -> float | None:
        """How much of publishing is done; None if it has not begun."""
        output = self.home.project.output_dir
        if not (output / NEXT).exists():
            return None
        try:
            moves = json.loads((output / NEXT / "plan.json").read_bytes())["move"]
        except (OSError, ValueError):
            return 0
        moved = sum(not staged(output, name).exists() for name in moves)
        return STAGING + (1 - STAGING) * moved / max(1, len(moves))

    # What happens

    def _at_work(self) -> int:
        """The process that holds a unit, or takes the build's next step; 0 if none does."""
        held = [select(table.c.owner).where(table.c.owner != "") for table in (build, work)]
        with self.home.ledger.database.connect() as connection:
            owners = [str(owner) for query in held for owner in connection.execute(query).scalars()]
        return int(self.chance.choice(owners).split(":")[1]) if owners else 0

    def _kill_worker(self, step: str) -> str:
        process = self._at_work()
        for person in ("one", "two", "mt"):
            if process in (self.home.processes[person].pid, *self.home.children(person)):
                return self._kill_drafting() if person == "mt" else self._again(person)
        return self._again("one")

    def _kill_process(self, step: str) -> str:
        process = self._at_work()
        if process == self.home.processes["mt"].pid:  # which has threads
            return self._kill_drafting()
        if not process:
            self.home.kill_child("one")
            return "nobody was; one of the idle ones was killed"
        with suppress(ProcessLookupError):
            os.kill(process, signal.SIGKILL)
        return "it was killed"

    def _cut_database(self, step: str) -> str:
        self.home.cut_database()
        return "cut"

    def _again(self, name: str) -> str:
        """It is killed, and comes back a little later."""
        self.home.kill(name)
        time.sleep(away := self.chance.uniform(0, 1))
        self._people[name]()
        return f"“{name}” was killed, and back after {away:.1f} s"

    def _kill_drafting(self) -> str:
        """What it had asked, and what of that had been answered whole when it was killed."""
        at = time.monotonic()
        self.home.kill("mt")
        self.cut.append([one for one in list(self.server.requests) if one.sent >= at])
        time.sleep(away := self.chance.uniform(0, 1))
        self._people["mt"]()
        return f"“mt” was killed with {len(self.cut[-1])} requests, and back after {away:.1f} s"

    def _redis(self, *, wiped: bool) -> str:
        self.home.redis.kill()
        time.sleep(away := self.chance.uniform(0, 2))
        self.home.redis.start()
        if wiped:
            self.home.redis.wipe()
        return f"away for {away:.1f} s"
