"""Everything is killed at random points of a build of 500 pages; it ends, and is right.

One seed by default; ``make soak`` takes twenty.
"""

from __future__ import annotations

import os
import random
import shutil
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path

import pytest

from pipeline.build import build
from pipeline.extract import extract
from pipeline.ledger import Progress
from pipeline.ledger.build import RUN
from pipeline.project import Project
from pipeline.translation import translate
from tests.ledger.test_builds import published
from tests.sites import SETTINGS, site
from tests.sites import translate as translate_as_people
from tests.translation.stand_in import Request, StandIn, fluent, stand_in
from tests.workers.hook import hook
from tests.workers.house import House, house

SEEDS = range(1, int(os.environ.get("SOAK_SEEDS", "1")) + 1)
PAGES, DRAFTS = 250, 60
AT_ONCE = 2
"""Requests that the engine takes at once, and threads of the worker that makes them."""

DRAFTED = SETTINGS.replace('publish = "approved"', 'publish = "draft"')

SLOW = """
import sys, time
if "worker" in sys.argv:
    from pipeline.ledger import kinds

    do = kinds.KINDS["page"]

    def slowly(place, unit):
        time.sleep(0.02)
        return do(place, unit)

    kinds.KINDS["page"] = slowly
"""
"""Long enough to be killed in: a page otherwise takes a millisecond."""


def articles() -> dict[str, str]:
    """The sources of 250 articles in two languages: 500 pages and their lists."""
    found = {"index.md": "---\ntitle: Welcome\n---\n\nAll of it.\n"}
    for number in range(PAGES - 1):
        found[f"articles/a{number}.md"] = (
            f"---\ntitle: Article {number}\ndate: 2026-01-{number % 28 + 1:02}\n"
            f"tags: [Tag {number % 5}]\n---\n\nWe talk about item {number}.\n\n"
            f"## Part {number}\n\n- See [the next](a{(number + 1) % (PAGES - 1)}.md)\n"
        )
    return found


def engine(server: StandIn) -> str:
    """The settings of an engine on a stand-in."""
    return (
        '[translation]\nengines = ["libretranslate"]\n'
        f'[translation.libretranslate]\nurl = "{server.url}"\nat_once = {AT_ONCE}\n'
    )


@dataclass(frozen=True, slots=True)
class Right:
    """A site before its build; what one process makes of it, undisturbed, and asks for."""

    catalogues: Path
    made: dict[str, bytes]
    requests: int
    texts: frozenset[str]


@pytest.fixture(scope="module")
def right(tmp_path_factory: pytest.TempPathFactory) -> Right:
    """People have translated all but the last articles; an engine drafts those."""
    folder = tmp_path_factory.mktemp("right")
    with stand_in() as server:
        server.say = fluent
        project = site(folder, articles(), settings=DRAFTED + engine(server))
        extract(project)
        for number in range(PAGES - DRAFTS - 1, PAGES - 1):
            project.catalogue_path("nl", f"articles/a{number}").unlink()
        translate_as_people(project)
        kept = shutil.copytree(project.catalogues_dir, folder / "kept")
        extract(project)
        assert not translate(project, "nl").errors
        report = build(project)
        assert report.ok
        made = outcome(project)
    assert sum(name.endswith(".html") for name in made) > 2 * PAGES
    assert len(server.requests) >= DRAFTS
    return Right(kept, made, len(server.requests), frozenset(server.asked))


def outcome(project: Project) -> dict[str, bytes]:
    """What was published, and every catalogue and template."""
    folder = project.catalogues_dir
    written = {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*.po*")}
    return published(project) | written


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """What happens, and the point of the build at which it does: a step, and a part of it."""

    step: int
    part: float
    name: str = field(compare=False)
    happen: Callable[[], object] = field(compare=False)

    def is_due(self, progress: Progress) -> bool:
        """Whether a build has come so far."""
        steps = progress.build.steps
        at = steps.index(progress.build.step) if progress.build.step else -1
        return at > self.step or (
            at == self.step and progress.done >= self.part * max(1, progress.total)
        )


@dataclass
class Disturber:
    """Starts a house's people, and kills each of them once, by chance.

    Attributes:
        coming: What is still to happen, the next one last.
        happened: What has.
        cut: For each time that drafting was killed: the requests that had no whole answer.
    """

    home: House
    server: StandIn
    chance: random.Random
    requests: int
    coming: list[Fault] = field(default_factory=list)
    happened: list[str] = field(default_factory=list)
    cut: list[list[Request]] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Start everybody, and choose what is to happen when."""
        for start in self._people.values():
            start()
        steps = range(len(RUN) - 1)  # publishing is one moment, which comes after them
        happens = {
            "worker": lambda: self._again("one"),
            "second worker": lambda: self._again("two"),
            "child": lambda: self.home.kill_child("one", self.chance.randrange(2)),
            "beat": lambda: self._again("beat"),
            "redis kept": lambda: self._redis(wiped=False),
            "redis wiped": lambda: self._redis(wiped=True),
        }
        if self.home.project.settings.state.url_env:
            happens["database"] = self.home.cut_database
        self.coming = [
            Fault(self.chance.choice(steps), self.chance.uniform(0, 0.8), name, happen)
            for name, happen in happens.items()
        ]
        self.coming.sort(reverse=True)
        self.drafting = self.chance.randrange(1, self.requests)

    @property
    def _people(self) -> dict[str, Callable[[], None]]:
        home = self.home
        return {
            "one": lambda: home.worker("one", python=SLOW),
            "two": lambda: home.worker("two", places=1, python=SLOW),
            "mt": lambda: home.worker("mt", queue="mt", pool="threads", places=AT_ONCE),
            "beat": home.beat,
        }

    def disturb(self, build: str) -> None:
        """Have happen what is due; nothing once the build has ended.

        Who has ended without being killed is started again, as a process manager does.
        """
        for name, start in self._people.items():
            if self.home.processes[name].poll() is not None:
                start()
        if not self.cut and len(self.server.requests) > self.drafting:
            self._kill_drafting()
        progress = self.home.ledger.builds.progress(build)
        if self.coming and self.coming[-1].is_due(progress) and not progress.build.has_ended:
            fault = self.coming.pop()
            time.sleep(self.chance.uniform(0, 0.3))
            self.happened.append(fault.name)
            fault.happen()

    def _again(self, name: str) -> None:
        """It is killed, and comes back a little later."""
        self.home.kill(name)
        time.sleep(self.chance.uniform(0, 1))
        self._people[name]()

    def _kill_drafting(self) -> None:
        """What it had asked, and what of that had been answered whole when it was killed."""
        at = time.monotonic()
        self.home.kill("mt")
        self.cut.append([one for one in list(self.server.requests) if one.sent >= at])
        time.sleep(self.chance.uniform(0, 1))
        self._people["mt"]()

    def _redis(self, *, wiped: bool) -> None:
        self.home.redis.kill()
        time.sleep(self.chance.uniform(0, 2))
        self.home.redis.start()
        if wiped:
            self.home.redis.wipe()


def paid_twice(requests: Sequence[Request], cut: Sequence[Sequence[Request]]) -> list[str]:
    """Texts that were asked again although their answers must have been written down.

    A thread asks again only once it has written down what it was answered. So when one of several
    is killed, each of them has a request without a whole answer (those are known), or at most one
    whose answer has come and was not written down yet.
    """
    lost = set(chain.from_iterable(one.texts for open_ in cut for one in open_))
    unsure = sum(max(0, AT_ONCE - len(open_)) for open_ in cut)
    first: dict[str, int] = {}
    again: dict[int, set[str]] = {}
    for number, request in enumerate(requests):
        for text in request.texts:
            if text in first and text not in lost:
                again.setdefault(first[text], set()).add(text)
            first.setdefault(text, number)
    return [text for texts in list(again.values())[unsure:] for text in texts]


def test_what_is_paid_twice_is_told_from_what_was_lost() -> None:
    """A request under way may come again, and one answer for each other thread; nothing else."""
    open_, known, other, more = (Request((name,)) for name in "abcd")
    assert paid_twice([open_, known, open_], [[open_]]) == []
    assert paid_twice([open_, known, open_, known], [[open_]]) == []
    assert paid_twice([open_, known, other, known, other], [[open_]]) == ["c"]
    assert paid_twice([known, other, more, known, other, more], [[]]) == ["d"]
    assert paid_twice([known, other, known], []) == ["b"]


def slow_and_fluent(text: str) -> str:
    """An engine that takes its time, so that it can be killed while somebody waits for it."""
    time.sleep(0.02)
    return fluent(text)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_build_in_which_everything_is_killed_once(
    seed: int, tmp_path: Path, right: Right, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Byte for byte the site of an undisturbed build; no text paid twice; one call at its end."""
    monkeypatch.setenv("SOAK_HOOK", "words of the soak")
    chance = random.Random(seed)  # noqa: S311
    database = ("sqlite", "postgresql")[seed % 2]
    with stand_in() as server, hook() as heard:
        server.say = slow_and_fluent
        queue = f'webhook = "{heard.url}"\nwebhook_secret_env = "SOAK_HOOK"\n{engine(server)}'
        with house(tmp_path, articles(), database=database, settings=DRAFTED, queue=queue) as home:
            shutil.copytree(right.catalogues, home.project.catalogues_dir)
            faults = Disturber(home, server, chance, right.requests)
            begun = home.ask(steps=RUN)
            done = home.wait(begun, then=lambda: faults.disturb(begun))
            assert (done.state, done.outcome["errors"]) == ("done", []), home.log
            heard.wait(1)
            time.sleep(2.5)  # two more reconciles
            made = outcome(home.project)
            said = {name: (tmp_path / f"{name}.log").read_text() for name in home.processes}
    assert [name for name, log in said.items() if "error: AttributeError" in log] == []
    assert {name for name in made if made[name] != right.made.get(name)} == set()
    assert set(made) == set(right.made)
    assert len(faults.cut) == 1
    assert len(faults.coming) <= 2, faults.happened
    assert set(server.asked) == right.texts
    assert paid_twice(server.requests, faults.cut) == []
    assert len({one.name for one in heard.heard}) == 1
    assert len(heard.heard) == 1
