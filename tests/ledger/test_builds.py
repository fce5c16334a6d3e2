"""Builds of the ledger: the same site as a build in one process, whatever happens on the way."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from pipeline import files as files_module
from pipeline.build import build
from pipeline.errors import QueueError
from pipeline.ledger import Builds, Outcome, Unit, kinds
from pipeline.ledger.build import RUN
from pipeline.ledger.chores import prune
from pipeline.ledger.kinds import Planned, decode
from pipeline.ledger.place import Place
from pipeline.ledger.working import begin, reconcile
from pipeline.project import Project
from pipeline.site import shelf
from tests.ledger.carrier import Carrier, place_of, queued, started, until_ended
from tests.sites import DAY, PAGES, catalogue, replace

MANY = PAGES | {
    f"articles/n{number}.md": f"---\ntitle: Number {number}\n---\n\nText {number}.\n"
    for number in range(60)
}


def published(project: Project) -> dict[str, bytes]:
    """Everything that was published, with the manifest."""
    return {
        path.relative_to(project.output_dir).as_posix(): path.read_bytes()
        for path in project.output_dir.rglob("*")
        if path.is_file() and path.parent.name != shelf.SHELF
    }


def expected(project: Project) -> dict[str, bytes]:
    """What a build in this process publishes of the site as it is now."""
    report = build(project, force=True, today=DAY, jobs=1)
    assert report.ok
    return published(project)


def test_workers_build_what_one_process_builds(project: Project, place: Place) -> None:
    """Byte for byte, the manifest included; every page was made by a worker."""
    carrier = Carrier()
    done = until_ended(place, carrier, started(place, carrier))
    assert (done.state, done.outcome["errors"]) == ("done", [])
    made = published(project)
    assert made == expected(project)
    kinds = {message.kind for message in carrier.sent}
    pages = sum(len(message.keys) for message in carrier.sent if message.kind == "page")
    assert kinds == {"survey", "page"}
    assert pages == sum(name.endswith(".html") for name in made)
    assert not any((project.output_dir / shelf.SHELF).iterdir())


def test_a_little_is_built_at_once(project: Project, place: Place) -> None:
    """A click asks nobody: one message, and the page is there."""
    carrier = Carrier()
    until_ended(place, carrier, started(place, carrier))
    replace(project.source_dir / "articles/first.md", "One sentence", "One good sentence")
    again = Carrier()
    done = until_ended(place, again, started(place, again))
    assert done.outcome["changed"] == 2
    assert not again.sent
    assert published(project) == expected(project)


def test_two_builds_of_the_same_do_the_work_once(project: Project, place: Place) -> None:
    """Their units are the same rows; both end."""
    carrier = Carrier()
    first, second = started(place, carrier), started(place, carrier)
    for name in (first, second):
        assert until_ended(place, carrier, name).state == "done"
    keys = [key for message in carrier.sent for key in message.keys]
    runs = [unit.runs for unit in place.ledger.units.of(first, "render")]
    assert len(keys) == len(set(keys))
    assert set(runs) == {1}
    assert published(project) == expected(project)


def test_all_messages_may_be_lost_and_doubled(project: Project, place: Place) -> None:
    """A broker that was wiped, and one that delivers twice."""
    carrier = Carrier()
    name = started(place, carrier)
    lost = 0

    def disturb() -> None:
        nonlocal lost
        if len(carrier.waiting) > 1 and lost < 3:
            carrier.waiting.clear()
            lost += 1
        elif carrier.waiting:
            carrier.waiting.append(carrier.waiting[0])

    place.ledger.units.database.dispose()
    hurried(place)
    assert until_ended(place, carrier, name, then=disturb).state == "done"
    assert lost == 3
    assert published(project) == expected(project)


def hurried(place: Place) -> None:
    """A place whose leases end at once, so that nobody has to wait for them."""
    ledger = place.ledger
    quick = Builds(ledger.database, lease=0.05)
    units = type(ledger.units)(ledger.database, lease=0.05, runs=ledger.units.runs)
    place.__dict__["ledger"] = type(ledger)(ledger.database, quick, units)


def test_a_broker_that_is_down_keeps_a_build_waiting(project: Project, place: Place) -> None:
    """It runs once the broker is back."""
    carrier = Carrier(down=True)
    name = started(place, carrier)
    assert place.ledger.builds.get(name).state == "pending"
    assert not begin(place, carrier, name)
    with pytest.raises(QueueError):
        reconcile(place, carrier)
    carrier.down = False
    assert until_ended(place, carrier, name).state == "done"
    assert published(project) == expected(project)


def test_an_article_edited_during_a_build_is_published_as_it_is(
    project: Project, place: Place
) -> None:
    """Wherever in the build that was: never with the title of one state and the text of another."""
    carrier = Carrier()
    name = started(place, carrier)
    edits = iter(range(1000))

    def edit() -> None:
        step = place.ledger.builds.get(name).step
        if step == "render" and (number := next(edits)) < 4:
            path = project.source_dir / f"articles/n{number}.md"
            replace(path, f"title: Number {number}", f"title: Called {number}")
            replace(path, "Text", "Words")

    assert until_ended(place, carrier, name, then=edit).state == "done"
    assert published(project) == expected(project)


def test_a_page_on_the_shelf_that_is_not_whole_is_made_again(
    project: Project, place: Place
) -> None:
    """What a crash of the machine left of it is not published."""
    carrier = Carrier()
    name = started(place, carrier)
    torn: set[str] = set()

    def tear() -> None:
        for path in (project.output_dir / shelf.SHELF).glob("*"):
            if path.name not in torn:
                data = path.read_bytes()
                path.write_bytes(b"\0" + data[1 : len(data) // 2])
                torn.add(path.name)

    assert until_ended(place, carrier, name, then=tear).state == "done"
    assert torn
    assert published(project) == expected(project)


def test_what_kills_its_worker_is_isolated_and_the_rest_is_published(
    project: Project, place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After three runs; it is named, and a retry makes it when it was mended."""

    class Killed(BaseException):
        """As if the process had ended there."""

    deaths = 0

    def poisonous(place: Place, unit: Unit) -> Outcome:
        nonlocal deaths
        if decode(unit.input, Planned).article.id == "articles/n7":
            deaths += 1
            raise Killed
        return kinds.page(place, unit)

    monkeypatch.setitem(kinds.KINDS, "page", poisonous)
    carrier = Carrier()
    name = started(place, carrier)
    for _ in range(100):
        try:
            done = until_ended(place, carrier, name)
            break
        except Killed:
            continue
    assert done.state == "done"
    assert deaths <= 2 * place.ledger.units.runs
    said = [error["message"] for error in done.outcome["errors"]]
    assert any("/en/n7/" in message and "3 times" in message for message in said), said
    names = published(project)
    assert "en/n8/index.html" in names
    assert "en/n7/index.html" not in names
    assert b"/en/n7/" not in names["en/articles/index.html"]

    monkeypatch.setitem(kinds.KINDS, "page", kinds.page)
    assert place.ledger.builds.retry(name)
    begin(place, carrier, name)
    assert until_ended(place, carrier, name).outcome["errors"] == []
    assert published(project) == expected(project)


def test_a_full_disk_on_one_machine_leaves_its_work_to_others(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It gives back what it cannot write, and rests."""
    monkeypatch.setattr("pipeline.ledger.working._PATIENCE", 0)
    full, good = place_of(project), place_of(project)
    carrier = Carrier()
    name = started(good, carrier)
    write = files_module.write

    def refused(path: Path, data: bytes, *, durable: bool = True) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path))

    rested = False
    for turn in range(2000):
        rested = rested or full.is_resting
        if good.ledger.builds.get(name).has_ended:
            break
        here = (full, good)[turn % 2]
        with monkeypatch.context() as patch:
            if here is full:
                patch.setattr("pipeline.files.write", refused)
            if not carrier.deliver(here):
                reconcile(good, carrier)
    assert files_module.write is write
    done = good.ledger.builds.get(name)
    assert (done.state, done.outcome["errors"]) == ("done", [])
    assert rested
    assert not good.is_resting
    assert published(project) == expected(project)


def test_a_cancelled_build_publishes_nothing(project: Project, place: Place) -> None:
    """What only it wanted is not done; what another build wants, is."""
    carrier = Carrier()
    first = started(place, carrier)
    while place.ledger.builds.get(first).step != "render":
        carrier.deliver(place)
    assert place.ledger.builds.cancel(first)
    assert not place.ledger.builds.cancel(first)
    while carrier.deliver(place):
        pass
    assert place.ledger.builds.get(first).state == "cancelled"
    assert not (project.output_dir / "index.html").exists()
    assert {unit.state for unit in place.ledger.units.of(first, "render")} == {"cancelled"}
    second = started(place, carrier)
    assert until_ended(place, carrier, second).state == "done"
    assert published(project) == expected(project)


def test_a_run_extracts_merges_drafts_and_builds(tmp_path: Path) -> None:
    """Every step in units, the site's own words at the end."""
    project = queued(tmp_path, MANY)
    place, carrier = place_of(project), Carrier()
    name = started(place, carrier, steps=RUN)
    done = until_ended(place, carrier, name)
    assert (done.state, done.outcome["errors"]) == ("done", [])
    kinds = [message.kind for message in carrier.sent]
    assert list(dict.fromkeys(kinds)) == ["extract", "merge", "draft", "survey", "page"]
    assert {m.text for m in catalogue(project, "articles/n1")} == {""}
    assert (project.template_path("articles/n1")).exists()
    assert catalogue(project, "site").get("Beginnings", "tag") is not None
    assert published(project) == expected(project)
    again = Carrier()
    until_ended(place, again, started(place, again, steps=RUN))
    assert {message.kind for message in again.sent} <= {"draft"}


def test_what_is_old_is_forgotten(project: Project, place: Place) -> None:
    """Not what is a day old."""
    carrier = Carrier()
    until_ended(place, carrier, started(place, carrier))
    assert prune(place) == 0
    assert place.ledger.builds.prune(older_than=-1) == 1
    assert place.ledger.builds.latest() == []


def test_a_build_that_is_unknown_is_said_so(place: Place) -> None:
    """With the command that lists them."""
    with pytest.raises(QueueError, match="pipeline builds"):
        place.ledger.builds.get("nothing")
