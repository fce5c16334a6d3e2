"""For managers: the board, builds and drafting that are watched, and what was done."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import insert

from pipeline.catalogues import State
from pipeline.status import status
from review.board import Standing, badge, board_of
from review.desk import Desk
from review.runs import Kind, Runs, Stage
from review.tables import run as run_table
from tests.review.desks import browser, desk_in, person, text_of
from tests.sites import translate


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """A desk where everything is approved in Dutch, and nothing is built."""
    made = desk_in(tmp_path)
    translate(made.project)
    yield made
    made.database.dispose()


def ended(client: TestClient, address: str) -> str:
    """What a run says once it has ended."""
    with client.stream("GET", f"{address}/events") as answer:
        assert answer.headers["content-type"].startswith("text/event-stream")
        return text_of("".join(answer.iter_text()))


def test_a_manager_builds_and_sees_what_became_of_it(desk: Desk) -> None:
    """Live as it goes, and afterwards; the board says that pages are live."""
    with browser(desk, "Bea") as bea:
        assert "goes live with the next build" in bea.get("/board").text
        answer = bea.post("/runs", data={"kind": "build"})
        where = answer.headers["location"]
        said = ended(bea, where)
        assert "Done" in said and "/nl/nl-first/" in said
        assert (desk.project.output_dir / "nl/nl-first/index.html").is_file()
        data = bea.get("/board.json").json()
        first = next(a for a in data["articles"] if a["article"] == "articles/first")
        assert first["locales"]["nl"]["standing"] == "live"
        assert first["locales"]["nl"]["published"]
        assert first["locales"]["de"]["standing"] == "waiting"
        again = bea.post(f"{where}/again").headers["location"]
        assert "0 new, 0 changed" in ended(bea, again)
        assert "build of everything" in text_of(bea.get("/runs").text)


def test_the_board_says_what_status_says(desk: Desk) -> None:
    """The same rows, in the languages asked for."""
    board = board_of(desk.project, desk.database, ["nl", "de"])
    rows = {(row.article, row.locale): row for row in status(desk.project)}
    cells = [cell for _, own in board.articles for cell in own]
    assert all(cell.row == rows[cell.row.article, cell.row.locale] for cell in cells)
    assert len(cells) == 2 * len(board.articles)
    for cell in cells:
        approved = cell.row.states.get(State.APPROVED, 0)
        assert cell.waiting == cell.total - approved
    waiting = board_of(
        desk.project, desk.database, ["nl", "de"], only=Standing.WAITING, sort="waiting"
    )
    totals = [sum(cell.waiting for cell in own) for _, own in waiting.articles]
    assert totals == sorted(totals, reverse=True)
    assert not board_of(desk.project, desk.database, ["nl"], only=Standing.FAILED).articles


def test_one_sees_and_builds_what_one_manages(desk: Desk) -> None:
    """And nothing of other languages."""
    with browser(desk, "Dora") as dora:
        page = dora.get("/board").text
        assert "Deutsch" in page and "Nederlands" not in page
        assert dora.post("/runs", data={"kind": "build", "locale": "nl"}).status_code == 403
        where = dora.post("/runs", data={"kind": "build"}).headers["location"]
        run = desk.runs.get(int(where.rpartition("/")[2]))
        assert run is not None and run.what["locales"] == ["de"]
        ended(dora, where)


def test_drafting_is_estimated_before_anything_is_sent(desk: Desk) -> None:
    """And then done; without an engine it is what the memory knows."""
    with browser(desk, "Dora") as dora:
        form = {"kind": "draft", "locale": "de"}
        page = text_of(dora.post("/runs", data=form).text)
        assert "What drafting would take" in page and "no engine is configured" in page
        assert not desk.runs.latest()
        where = dora.post("/runs", data=form | {"sure": "yes"}).headers["location"]
        assert "drafts" in ended(dora, where)


def test_a_run_is_cancelled_before_it_publishes(desk: Desk) -> None:
    """One that has ended cannot be."""
    runs = Runs(desk.project, desk.database)
    number = runs.start(Kind.BUILD, person(desk, "Bea"))
    runs.cancel(number, person(desk, "Bea"))
    other = runs.start(Kind.BUILD, person(desk, "Bea"))
    runs.close()
    found = {run.id: run.stage for run in runs.latest()}
    assert found[number] in (Stage.CANCELLED, Stage.DONE)
    assert found[other] in (Stage.CANCELLED, Stage.LOST)
    with browser(desk, "Bea") as bea:  # a desk that starts says what became of the others
        assert all(not run.is_open for run in desk.runs.latest())
        assert bea.post(f"/runs/{number}/cancel").status_code == 409
        assert bea.get("/runs/999").status_code == 404


def test_a_build_that_fails_says_why(desk: Desk) -> None:
    """And what is live stays."""
    path = desk.project.source_dir / "articles/first.md"
    path.write_text("---\ntitle: [\n---\n", encoding="utf-8")
    with browser(desk, "Bea") as bea:
        said = ended(bea, bea.post("/runs", data={"kind": "build"}).headers["location"])
        assert "Done, but not all of it" in said and "first.md" in said
        assert "failed" in bea.get("/board?only=failed").text


def test_a_badge_is_a_picture_that_anybody_may_show(desk: Desk) -> None:
    """Well-formed, and with the figure in words."""
    with browser(desk) as nobody:
        answer = nobody.get("/badge/nl.svg")
        assert answer.headers["content-type"] == "image/svg+xml"
        picture = ElementTree.fromstring(answer.text)
        assert picture.get("aria-label") == "nl: 100 %"
    assert "0 %" in badge("de", 0)


def test_activity_says_what_was_done_today(desk: Desk) -> None:
    """In the languages that one manages."""
    with browser(desk, "Mona") as mona, browser(desk, "Dora") as dora:
        form = {"article": "about", "person": str(person(desk, "Tess").id)}
        mona.post("/nl/assign", data=form)
        assert "Mona: assign, about" in text_of(mona.get("/activity").text)
        assert "Mona" not in text_of(dora.get("/activity").text)


def test_a_run_that_was_lost_is_said_to_be(desk: Desk) -> None:
    """After a desk that was killed."""
    values = {"at": 1.0, "person": 1, "who": "Bea", "kind": Kind.BUILD, "state": Stage.RUNNING}
    with desk.database.begin() as connection:
        connection.execute(
            insert(run_table).values(**values, what='{"locales": [], "articles": []}', report="{}")
        )
    with browser(desk, "Bea") as bea:
        assert "what was live before is live" in bea.get("/runs/1").text
