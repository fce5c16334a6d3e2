"""Everything is killed at random points of a build of 500 pages; it ends, and is right.

One seed by default; ``make soak`` takes twenty. What was killed when is said; to repeat a seed:
``SOAK_SEED=7 .venv/bin/python -m pytest -rA tests/workers/test_soak.py``.
"""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

import pytest

from pipeline.build import build
from pipeline.extract import extract
from pipeline.ledger.build import RUN
from pipeline.project import Project
from pipeline.translation import translate
from tests.ledger.test_builds import published
from tests.sites import DAY, SETTINGS, site
from tests.sites import translate as translate_as_people
from tests.translation.stand_in import Request, StandIn, fluent, stand_in
from tests.workers.disturber import AT_ONCE, Disturber
from tests.workers.hook import hook
from tests.workers.house import house

ONE, MANY = os.environ.get("SOAK_SEED", ""), os.environ.get("SOAK_SEEDS", "1")
SEEDS = [int(ONE)] if ONE else range(1, int(MANY) + 1)
PAGES, DRAFTS = 250, 60
DRAFTED = SETTINGS.replace('publish = "approved"', 'publish = "draft"')


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
        extract(project, today=DAY)
        for number in range(PAGES - DRAFTS - 1, PAGES - 1):
            project.catalogue_path("nl", f"articles/a{number}").unlink()
        translate_as_people(project)
        kept = shutil.copytree(project.catalogues_dir, folder / "kept")
        extract(project, today=DAY)
        assert not translate(project, "nl", today=DAY).errors
        report = build(project, today=DAY)
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
    database = ("postgresql", "sqlite")[(seed - 1) // len(RUN) % 2]
    with stand_in() as server, hook() as heard:
        server.say = slow_and_fluent
        queue = f'webhook = "{heard.url}"\nwebhook_secret_env = "SOAK_HOOK"\n{engine(server)}'
        with house(tmp_path, articles(), database=database, settings=DRAFTED, queue=queue) as home:
            shutil.copytree(right.catalogues, home.project.catalogues_dir)
            faults = Disturber(home, server, seed, right.requests)
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
    assert faults.cut
    assert (faults.coming, faults.struck) == ([], set(RUN)), faults.happened
    assert set(server.asked) == right.texts
    assert paid_twice(server.requests, faults.cut) == []
    assert len({one.name for one in heard.heard}) == 1
    assert len(heard.heard) == 1
