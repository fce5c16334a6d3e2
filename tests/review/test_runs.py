"""Runs: looking ahead, why pages changed, before and after; several desks; builds by workers."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import update

from pipeline.catalogues import digest_of
from pipeline.extract import extract
from pipeline.ledger.place import Place
from pipeline.project import open_project
from review.board import board_of
from review.comparing import Line, compared
from review.desk import Desk
from review.runs import Kind, Runs, Stage
from review.tables import run as run_table
from tests.ledger.carrier import Carrier, until_ended
from tests.review.desks import TWO, browser, desk_in, person, text_of
from tests.review.test_board import ended
from tests.sites import replace, translate, untranslate
from tests.slowness import slowness

FIRST = "nl/nl-first/index.html"


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """A desk where everything is approved in Dutch, and live."""
    made = desk_in(tmp_path)
    translate(made.project)
    with browser(made, "Bea") as bea:
        ended(bea, bea.post("/runs", data={"kind": "build"}).headers["location"])
    yield made
    made.database.dispose()


def finished(desk: Desk, number: int) -> Stage:
    """How a run ended."""
    for _ in range(400):
        run = desk.runs.get(number)
        assert run is not None
        if not run.is_open:
            return run.stage
        time.sleep(0.05)
    raise AssertionError(f"run {number} does not end")


def test_a_manager_looks_ahead_builds_one_article_and_sees_what_changed(desk: Desk) -> None:
    """The reason names the message and who did it; both pages are there, and nothing runs."""
    digest = digest_of((None, "An item"))
    with browser(desk, "Bea") as bea:
        page = bea.get(f"/nl/message/{digest}?in=articles/first").text
        version = page.partition('name="version" value="')[2].partition('"')[0]
        form = {"action": "approve", "strings": "Een <b>ding", "version": version}
        assert bea.post(f"/nl/message/{digest}?in=articles/first", data=form).status_code == 303
        assert "1 approved" in text_of(bea.get("/board").text)
        assert "changes with the next build" in bea.get("/board").text
        form = {"kind": "forecast", "article": "articles/first"}
        where = bea.post("/runs", data=form).headers["location"]
        said = ended(bea, where)
        assert "Would change" in said and "approved by Bea: An item" in said
        assert "message 4" in said or "message " in said
        ahead = bea.get(f"{where}/page?file={FIRST}").text
        assert "<del>NL An item</del>" in ahead and "<ins>Een &lt;b&gt;ding</ins>" in ahead
        after = bea.get(f"{where}/after/{FIRST}")
        assert "Een &lt;b&gt;ding" in after.text
        assert after.headers["content-security-policy"].startswith("sandbox")
        assert "NL An item" in (desk.project.output_dir / FIRST).read_text()
        style = after.text.partition('rel="stylesheet" href="')[2].partition('"')[0]
        assert bea.get(style).headers["content-type"].startswith("text/css")

        form["kind"] = "build"
        built = bea.post("/runs", data=form).headers["location"]
        assert "approved by Bea: An item" in ended(bea, built)
        pair = bea.get(f"{built}/page?file={FIRST}").text
        assert "<del>NL An item</del>" in pair
        assert "NL An item" in bea.get(f"{built}/before/{FIRST}").text
        assert "Een &lt;b&gt;ding" in bea.get(f"{built}/after/{FIRST}").text
        assert "Since" not in bea.get("/board").text

        untranslate(desk.project, "articles/first", "Another item")
        ended(bea, bea.post("/runs", data={"kind": "build"}).headers["location"])
        assert "are not kept any more" in text_of(bea.get(built).text)
        assert bea.get(f"{built}/before/{FIRST}").status_code == 404
        assert bea.get(f"{built}/page?file=../../pipeline.toml").status_code == 404
        assert bea.get(f"{built}/after/.published.json").status_code == 404


def test_the_board_says_what_changed_since_and_how_json_says_it(desk: Desk) -> None:
    """Sources and translations; it is sorted by that, and filtered by name."""
    replace(desk.project.source_dir / "articles/second.md", "Another sentence", "More text")
    extract(desk.project, jobs=1)
    with browser(desk, "Bea") as bea:
        page = text_of(bea.get("/board?sort=news").text)
        assert "Since: source changed on" in page
        data = bea.get("/board.json?sort=news").json()
        assert data["articles"][0]["article"] == "articles/second"
        cell = data["articles"][0]["locales"]["nl"]
        assert [one["what"] for one in cell["news"]] == ["source"] and cell["differs"]
        assert data["coverage"]["nl"] < 100
        names = [one["article"] for one in bea.get("/board.json?text=FIRST").json()["articles"]]
        assert names == ["articles/first"]
    board = board_of(desk.project, desk.database, ["nl"])
    first = next(cells[0] for name, cells in board.articles if name == "articles/first")
    assert not first.news and first.row.differs is False and first.row.since is not None


def test_what_is_the_same_is_left_out_and_words_are_told_apart() -> None:
    """Lines of the text of two pages."""
    before = "<title>A</title><body>" + "".join(f"<p>Line {n} of it</p>" for n in range(9))
    after = before.replace("Line 4 of", "Line four of").replace("<p>Line 8 of it</p>", "<p>End</p>")
    assert compared(before, after) == [
        Line("skipped", skipped=3),
        *(Line("same", (("same", f"Line {n} of it"),)) for n in (2, 3)),
        Line("changed", (("same", "Line "), ("gone", "4 "), ("new", "four "), ("same", "of it"))),
        *(Line("same", (("same", f"Line {n} of it"),)) for n in (5, 6, 7)),
        Line("new", (("new", "End"),)),
        Line("gone", (("gone", "Line 8 of it"),)),
    ]
    assert compared("", "<p>x</p><script>y</script>") == [Line("new", (("new", "x"),))]


def test_a_second_desk_leaves_the_runs_of_the_first_alone(desk: Desk) -> None:
    """It sees them, cancels them, and calls them lost only when nothing is heard of them."""
    first = Runs(desk.project, desk.database)
    second = Runs(desk.project, desk.database)
    number = first.start(Kind.BUILD, person(desk, "Bea"), force=True)
    second.recover()
    seen = second.get(number)
    assert seen is not None and seen.stage is not Stage.LOST
    assert finished(desk, number) is Stage.DONE
    held = {"state": Stage.RUNNING, "owner": "elsewhere:1:x", "until": None, "cancelled": False}
    with desk.database.begin() as connection:
        own = update(run_table).where(run_table.c.id == number)
        connection.execute(own.values(**held, held=time.time() + 60))
    second.recover()
    seen = second.get(number)
    assert seen is not None and seen.stage is Stage.RUNNING
    second.cancel(number, person(desk, "Bea"))  # whoever does it sees that at its next step
    with desk.database.begin() as connection:
        assert connection.execute(run_table.select()).first() is not None
        connection.execute(own.values(held=time.time() - 1))
    seen = second.get(number)
    assert seen is not None and seen.stage is Stage.LOST
    first.close()
    second.close()


def test_a_run_that_another_desk_cancels_ends(desk: Desk) -> None:
    """By the row that both look at."""
    first, second = Runs(desk.project, desk.database), Runs(desk.project, desk.database)
    blocker = first.start(Kind.BUILD, person(desk, "Bea"), force=True)
    number = first.start(Kind.BUILD, person(desk, "Bea"), force=True)
    second.cancel(number, person(desk, "Mona"))
    assert finished(desk, blocker) is Stage.DONE
    assert finished(desk, number) is Stage.CANCELLED
    first.close()
    second.close()


def test_only_who_manages_all_of_it_cancels_or_repeats_it(desk: Desk) -> None:
    """A run of everything is none of one language's manager."""
    with browser(desk, "Dora") as dora:
        assert dora.post("/runs/1/again").status_code == 403
        assert dora.post("/runs/1/cancel").status_code == 403


def test_engines_are_picked_and_shown_before_anything_is_sent(desk: Desk) -> None:
    """One that is not in the settings is refused."""
    with browser(desk, "Bea") as bea:
        form = {"kind": "draft", "locale": "de", "article": ["about", "index"]}
        assert bea.post("/runs", data={**form, "engine": "nobody"}).status_code == 422
        page = text_of(bea.post("/runs", data={**form, "engine": "memory"}).text)
        assert "Of about, index; by memory alone" in page
        sure = {**form, "engine": "memory", "sure": "yes"}
        where = bea.post("/runs", data=sure).headers["location"]
        assert "drafts" in ended(bea, where)
        run = desk.runs.get(int(where.rpartition("/")[2]))
        assert run is not None and run.what["engines"] == ["memory"]
        assert run.what["articles"] == ["about", "index"]


# By workers


@pytest.fixture
def queued(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Desk, Carrier]]:
    """A desk whose site has a queue, and what carries it."""
    carrier = Carrier()
    monkeypatch.setattr("pipeline.ledger.asking.broker_of", lambda project: carrier)
    monkeypatch.setattr("review.queued.broker_of", lambda project: carrier)
    monkeypatch.setattr("review.queued._RESTS", 0.0)
    made = desk_in(tmp_path, settings=f'{TWO}\n[queue]\nurl = "redis://127.0.0.1:1/0"\nlease = 1\n')
    translate(made.project)
    yield made, carrier
    made.database.dispose()


def test_workers_build_what_the_desk_asks_for(queued: tuple[Desk, Carrier]) -> None:
    """It says so, follows it, and keeps what became of it."""
    desk, carrier = queued
    place = Place(open_project(desk.project.root).root)
    with browser(desk, "Bea") as bea:
        where = bea.post("/runs", data={"kind": "build"}).headers["location"]
        assert "Waits for a worker" in text_of(bea.get(where).text)
        run = desk.runs.get(int(where.rpartition("/")[2]))
        assert run is not None and run.build
        until_ended(place, carrier, run.build)
        said = ended(bea, where)
        assert "Done" in said and "/nl/nl-first/" in said and "It is new" in said
        replace(desk.project.source_dir / "articles/first.md", "title: The first", "title: One")
        form = {"kind": "build", "article": "articles/first"}
        again = bea.post("/runs", data=form).headers["location"]
        one = desk.runs.get(int(again.rpartition("/")[2]))
        assert one is not None
        until_ended(place, carrier, one.build)
        said = ended(bea, again)
        assert "One (changed)" in said and "/en/second/" not in said
        assert "before and after" in bea.get(f"{again}/page?file=en/first/index.html").text


def test_workers_draft_what_the_desk_asks_for(queued: tuple[Desk, Carrier]) -> None:
    """And publish nothing."""
    desk, carrier = queued
    place = Place(open_project(desk.project.root).root)
    form = {"kind": "draft", "locale": "de", "article": "about", "sure": "yes"}
    with browser(desk, "Dora") as dora:
        where = dora.post("/runs", data=form).headers["location"]
        run = desk.runs.get(int(where.rpartition("/")[2]))
        assert run is not None
        until_ended(place, carrier, run.build)
        assert "wait for a person" in ended(dora, where)
    assert not desk.project.output_dir.exists()


def test_a_broker_that_is_down_is_said_and_the_work_is_kept(queued: tuple[Desk, Carrier]) -> None:
    """Until it is back; then it runs by itself."""
    desk, carrier = queued
    place = Place(open_project(desk.project.root).root)
    carrier.down = True
    with browser(desk, "Bea") as bea:
        before, began = slowness(), time.monotonic()
        where = bea.post("/runs", data={"kind": "build"}).headers["location"]
        said = text_of(bea.get(where).text)
        took = time.monotonic() - began
        assert took < 2 * max(before, slowness())
        assert "the broker is down" in said and "It is kept" in said
        carrier.down = False
        run = desk.runs.get(int(where.rpartition("/")[2]))
        assert run is not None and run.trouble == ""
        time.sleep(1.1)  # the lease, after which others look
        until_ended(place, carrier, run.build)
        assert "Done" in ended(bea, where)


def test_a_build_by_workers_is_cancelled_and_a_failed_one_tried_again(
    queued: tuple[Desk, Carrier],
) -> None:
    """By the ledger; the same run goes on."""
    desk, carrier = queued
    place = Place(open_project(desk.project.root).root)
    path = desk.project.source_dir / "articles/first.md"
    good = path.read_text()
    with browser(desk, "Bea") as bea:
        where = bea.post("/runs", data={"kind": "build"}).headers["location"]
        assert bea.post(f"{where}/cancel").status_code == 303
        assert "Cancelled" in ended(bea, where)
        path.write_text("---\ntitle: [\n---\n", encoding="utf-8")
        failed = bea.post("/runs", data={"kind": "build"}).headers["location"]
        run = desk.runs.get(int(failed.rpartition("/")[2]))
        assert run is not None
        until_ended(place, carrier, run.build)
        assert "Done, but not all of it" in ended(bea, failed)
        path.write_text(good, encoding="utf-8")
        assert bea.post(f"{failed}/again").headers["location"] == failed
        until_ended(place, carrier, run.build)
        assert "Done" in ended(bea, failed) and (desk.project.output_dir / FIRST).is_file()


def test_a_desk_that_is_closed_leaves_workers_alone(queued: tuple[Desk, Carrier]) -> None:
    """What they do goes on, and the next desk knows of it."""
    desk, carrier = queued
    number = desk.runs.start(Kind.BUILD, person(desk, "Bea"))
    desk.runs.close()
    place = Place(open_project(desk.project.root).root)
    run = desk.runs.get(number)
    assert run is not None and run.is_open
    until_ended(place, carrier, run.build)
    assert Runs(desk.project, desk.database).latest()[0].stage is Stage.DONE
