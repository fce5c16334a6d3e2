"""Workers that are killed, or held up, at exactly one point: where it would matter most."""

from __future__ import annotations

import os
import shutil
import signal
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from pipeline.build import build
from pipeline.extract import extract
from pipeline.ledger.build import RUN
from pipeline.ledger.units import DONE, RUNNING
from pipeline.project import Project
from pipeline.site.publication import NEXT, read_manifest
from pipeline.translation import translate as draft
from tests.ledger.test_builds import MANY, expected, published
from tests.sites import DAY, SETTINGS, replace, site, translate
from tests.translation.stand_in import StandIn, fluent, stand_in
from tests.workers.hook import hook
from tests.workers.house import House, house
from tests.workers.points import STOP, at, happened

DRAFTED = SETTINGS.replace('publish = "approved"', 'publish = "draft"')
MERGED = ("extract", "merge")
FRESH = ("n0", "n1", "n2")
"""Articles that nobody has translated."""


def engine(server: StandIn) -> str:
    """The settings of an engine on a stand-in."""
    return (
        '[translation]\nengines = ["libretranslate"]\n'
        f'[translation.libretranslate]\nurl = "{server.url}"\n'
    )


def translated(project: Project) -> None:
    """Translated by people, all but some articles; none of it is known to have been extracted."""
    extract(project, today=DAY, jobs=1)
    for name in FRESH:
        project.catalogue_path("nl", f"articles/{name}").unlink()
    translate(project)
    shutil.rmtree(project.work_dir)


def outcome(project: Project) -> dict[str, bytes]:
    """What was published, and every catalogue and template."""
    folder = project.catalogues_dir
    written = {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*.po*")}
    return published(project) | written


@dataclass(frozen=True, slots=True)
class Right:
    """What one process makes of the site, and how often it asks for each text."""

    made: Mapping[str, bytes]
    asked: Counter[str]


@pytest.fixture(scope="module")
def right(tmp_path_factory: pytest.TempPathFactory) -> Right:
    """Nobody disturbs it."""
    with stand_in() as server:
        server.say = fluent
        project = site(tmp_path_factory.mktemp("right"), MANY, settings=DRAFTED + engine(server))
        translated(project)
        extract(project, today=DAY, jobs=1)
        assert not draft(project, "nl", today=DAY).errors
        assert build(project, today=DAY, jobs=1).ok
        return Right(outcome(project), Counter(server.asked))


POINTS = {
    "pipeline.ledger.kinds:Extracting.template": 20,
    "pipeline.catalogues.catalogue:write": 20,
    "pipeline.translation.answers:Answers.claim": 2,
    "pipeline.translation.draft:_Work._write": 2,
    "pipeline.site.shelf:Parcel.lay": 3,
    "pipeline.ledger.units:Units.settle": 3,
    "pipeline.ledger.units:Units.sent": 2,
    "pipeline.ledger.builds:Builds.go_on": 3,
    "pipeline.making:write_outline": 1,
    "pipeline.site.shelf:take": 40,
    "pipeline.site.publication:_keep_page": 60,
    "pipeline.making:remember": 1,
    "pipeline.ledger.builds:Builds.end": 1,
    "pipeline.webhook:post": 1,
}
"""Before which call of which function everything of a worker's process is lost."""

FEW = tuple(POINTS)[3::5]
"""For every day; ``make soak`` takes all."""


@pytest.mark.parametrize("point", POINTS if "SOAK_SEEDS" in os.environ else FEW)
def test_a_worker_dies_at_a_point(
    point: str, tmp_path: Path, right: Right, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The site, the catalogues, what is asked of engines and who is told are as if it had not."""
    monkeypatch.setenv("POINT_HOOK", "words")
    calls = tmp_path / "calls"
    dying = at(point, calls, number=POINTS[point])
    with stand_in() as server, hook() as heard:
        server.say = fluent
        queue = f'webhook = "{heard.url}"\nwebhook_secret_env = "POINT_HOOK"\n{engine(server)}'
        with house(tmp_path, MANY, settings=DRAFTED, queue=queue) as home:
            translated(home.project)
            people: dict[str, Callable[[], None]] = {
                "render": lambda: home.worker(python=dying),
                "mt": lambda: home.worker("mt", queue="mt", pool="threads", python=dying),
                "beat": home.beat,
            }
            for start in people.values():
                start()

            def look_after() -> None:
                for name, start in people.items():
                    if home.processes[name].poll() is not None:
                        start()

            begun = home.ask(steps=RUN)
            done = home.wait(begun, then=look_after)
            assert (done.state, done.outcome["errors"]) == ("done", []), home.log
            heard.wait(1)
            assert happened(calls, POINTS[point])
            made = outcome(home.project)
    assert {name for name in made if made[name] != right.made.get(name)} == set()
    assert set(made) == set(right.made)
    assert Counter(server.asked) == right.asked
    assert len(heard.heard) == 1


@pytest.fixture
def home(tmp_path: Path) -> Iterator[House]:
    """A translated site; nobody works on it yet."""
    with house(tmp_path, MANY) as made:
        extract(made.project, today=DAY, jobs=1)
        translate(made.project)
        extract(made.project, today=DAY, jobs=1)  # nothing is to be extracted any more
        yield made


def until(true: Callable[[], object], home: House, seconds: float = 60) -> None:
    """Wait for something."""
    limit = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < limit, home.log
        time.sleep(0.02)


def test_a_message_comes_back_when_its_process_dies(home: House, tmp_path: Path) -> None:
    """At once, and by itself: there is no beat here, and so nothing that looks for lost ones."""
    calls = tmp_path / "calls"
    home.worker(python=at("pipeline.site.shelf:Parcel.lay", calls, number=2))
    begun = home.ask()
    done = home.wait(begun, seconds=20)
    assert happened(calls, 2)
    assert (done.state, done.outcome["errors"]) == ("done", [])
    assert published(home.project) == expected(home.project)


def test_who_was_held_up_cannot_spoil_what_another_did(home: House, tmp_path: Path) -> None:
    """It stands still for longer than its lease, and then says that the disk is full."""
    code = f"{STOP}; import errno; raise OSError(errno.ENOSPC, 'full')"
    calls = tmp_path / "calls"
    home.worker("late", places=1, python=at("pipeline.site.shelf:Parcel.lay", calls, code))
    home.beat()
    begun = home.ask()
    until(lambda: happened(calls), home)
    home.worker("other", places=1)
    done = home.wait(begun)
    assert (done.state, done.outcome["errors"]) == ("done", [])
    units = home.ledger.units
    before = {unit.key: unit for unit in units.of(begun, "render")}
    assert {unit.state for unit in before.values()} == {DONE}
    (late,) = home.children("late")
    os.kill(late, signal.SIGCONT)
    home.stop("late")  # which lets it end what it does
    assert {unit.key: unit for unit in units.of(begun, "render")} == before


def test_what_was_decided_is_carried_out_by_whoever_publishes_next(
    home: House, tmp_path: Path
) -> None:
    """Somebody dies while pages take their places, and his build is cancelled.

    The next one is of another language only: it leaves no half of the first.
    """
    calls = tmp_path / "calls"
    home.worker(
        "dying", places=1, python=at("pipeline.site.publication:_keep_page", calls, number=60)
    )
    begun = home.ask()
    until(lambda: happened(calls, 60), home)
    home.kill("dying")
    assert home.ledger.builds.cancel(begun)
    output = home.project.output_dir
    assert (output / NEXT / "plan.json").exists()
    assert not read_manifest(output)
    home.worker()
    home.beat()
    assert home.wait(home.ask("nl")).state == "done"
    names = {name for name in published(home.project) if name.startswith("en/")}
    assert {f"en/n{number}/index.html" for number in range(60)} <= names
    assert names <= set(read_manifest(output))
    assert published(home.project) == expected(home.project)


def test_a_catalogue_that_a_person_saves_while_it_is_merged(home: House, tmp_path: Path) -> None:
    """Between reading and writing, in an editor that knows of no lock: nobody's work is lost."""
    calls = tmp_path / "calls"
    replace(home.project.source_dir / "articles/n5.md", "Text 5.", "Text 5, and more.")
    home.worker(python=at("pipeline.catalogues.catalogue:write", calls, STOP))
    begun = home.ask(steps=MERGED)
    until(lambda: happened(calls), home)
    path = home.project.catalogue_path("nl", "articles/n5")
    replace(path, "NL Number 5", "Nummer vijf")
    for child in home.children("render"):
        os.kill(child, signal.SIGCONT)
    home.beat()
    assert home.wait(begun).state == "done"
    assert "Nummer vijf" in path.read_text()
    assert "Text 5, and more." in path.read_text()


def test_a_catalogue_that_appears_while_it_is_made(home: House, tmp_path: Path) -> None:
    """Who was held up does not put an empty one in the place of one that is filled by now."""
    calls = tmp_path / "calls"
    path = home.project.catalogue_path("nl", "articles/n5")
    filled = path.read_bytes()
    path.unlink()
    home.worker(python=at("pipeline.catalogues:new", calls, STOP, number=2))
    begun = home.ask(steps=MERGED)
    until(lambda: happened(calls, 2), home)  # the first is its template's
    path.write_bytes(filled)
    for child in home.children("render"):
        os.kill(child, signal.SIGCONT)
    home.beat()
    assert home.wait(begun).state == "done"
    assert path.read_bytes() == filled


def test_lost_messages_are_sent_again(home: House) -> None:
    """All that Redis held is gone before anybody saw it."""
    begun = home.ask()
    home.redis.wipe()
    home.worker()
    home.beat()
    assert home.wait(begun).state == "done"
    assert published(home.project) == expected(home.project)
    assert not home.ledger.units.of(begun, "render", RUNNING)
