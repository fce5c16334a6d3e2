"""Everything is killed at random points of a build of 500 pages; it ends, and is right.

Two seeds by default; ``make soak`` takes twenty.
"""

from __future__ import annotations

import os
import random
import shutil
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from pipeline.build import build
from pipeline.extract import extract
from pipeline.ledger.build import RUN
from pipeline.project import Project
from pipeline.translation import translate
from tests.ledger.test_builds import published
from tests.sites import SETTINGS, site
from tests.sites import translate as translate_as_people
from tests.translation.stand_in import StandIn, fluent, stand_in
from tests.workers.hook import hook
from tests.workers.house import House, house

SEEDS = range(1, int(os.environ.get("SOAK_SEEDS", "2")) + 1)
PAGES, DRAFTS = 250, 30
DRAFTED = SETTINGS.replace('publish = "approved"', 'publish = "draft"')

SLOW = """
import sys, time
if "worker" in sys.argv:
    from pipeline.ledger import kinds

    do = kinds.KINDS["page"]

    def slowly(place, unit):
        time.sleep(0.01)
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
        f'[translation.libretranslate]\nurl = "{server.url}"\n'
    )


@dataclass(frozen=True, slots=True)
class Right:
    """A site before its build, and what one process makes of it, undisturbed."""

    catalogues: Path
    made: dict[str, bytes]


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
    assert len(server.asked) > DRAFTS
    return Right(kept, made)


def outcome(project: Project) -> dict[str, bytes]:
    """What was published, and every catalogue and template."""
    folder = project.catalogues_dir
    written = {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*.po*")}
    return published(project) | written


def faults(home: House, chance: random.Random) -> list[tuple[str, Callable[[], object]]]:
    """All that may happen, in an order of chance; what was killed comes back a little later."""

    def again(name: str) -> None:
        home.kill(name)
        time.sleep(chance.uniform(0, 1))
        people[name]()

    def redis(*, wiped: bool) -> None:
        home.redis.kill()
        time.sleep(chance.uniform(0, 2))
        home.redis.start()
        if wiped:
            home.redis.wipe()

    people: dict[str, Callable[[], None]] = {
        "one": lambda: home.worker("one", python=SLOW),
        "two": lambda: home.worker("two", places=1, python=SLOW),
        "mt": lambda: home.worker("mt", queue="mt", pool="threads", places=2),
        "beat": home.beat,
    }
    for start in people.values():
        start()
    found: list[tuple[str, Callable[[], object]]] = [
        ("worker", lambda: again("one")),
        ("second worker", lambda: again("two")),
        ("child", lambda: home.kill_child("one", chance.randrange(2))),
        ("beat", lambda: again("beat")),
        ("redis kept", lambda: redis(wiped=False)),
        ("redis wiped", lambda: redis(wiped=True)),
    ]
    if home.project.settings.state.url_env:
        found.append(("database", home.cut_database))
    chance.shuffle(found)
    return found


@pytest.mark.parametrize("seed", SEEDS)
def test_a_build_in_which_everything_is_killed_once(
    seed: int, tmp_path: Path, right: Right, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Byte for byte the site of an undisturbed build; no text asked twice; one call at its end."""
    monkeypatch.setenv("SOAK_HOOK", "words of the soak")
    chance = random.Random(seed)  # noqa: S311
    database = ("sqlite", "postgresql")[seed % 2]
    with stand_in() as server, hook() as heard:
        server.say = fluent
        queue = f'webhook = "{heard.url}"\nwebhook_secret_env = "SOAK_HOOK"\n{engine(server)}'
        with house(tmp_path, articles(), database=database, settings=DRAFTED, queue=queue) as home:
            shutil.copytree(right.catalogues, home.project.catalogues_dir)
            coming = faults(home, chance)
            begun = home.ask(steps=RUN)
            ledger, happened = home.ledger, []

            def disturb() -> None:
                if not coming or not ledger.builds.get(begun).step:
                    return
                name, happen = coming.pop()
                time.sleep(chance.uniform(0.2, 2.5))
                if not ledger.builds.get(begun).has_ended:
                    happened.append(name)
                    happen()

            done = home.wait(begun, 300, then=disturb)
            assert (done.state, done.outcome["errors"]) == ("done", []), home.log
            heard.wait(1)
            time.sleep(2.5)  # two more reconciles
            made = outcome(home.project)
    assert len(happened) >= 4, happened
    assert {name for name in made if made[name] != right.made.get(name)} == set()
    assert set(made) == set(right.made)
    assert [text for text, count in Counter(server.asked).items() if count > 1] == []
    assert len({one.name for one in heard.heard}) == 1
    assert len(heard.heard) == 1
