"""The order of a queue: what keeps a page from going live, then what readers see most."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline import catalogues
from review import facets, queue
from review.desk import Desk
from review.queue import Filter, Row
from tests.review.desks import browser, desk_in, text_of
from tests.sites import catalogue, translate, translated


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """A desk where everything is approved but the second article, and of the first one text."""
    made = desk_in(tmp_path)
    translate(made.project)
    for domain, count in (("articles/second", 99), ("articles/first", 1)):
        path = made.project.catalogue_path("nl", domain)
        found = catalogues.read(path)
        chosen = found.messages[-count:]
        empty = [catalogues.edit(message, [""]) for message in chosen]
        catalogues.write(found.with_messages(empty), path)
    return made


def rows(desk: Desk) -> list[Row]:
    """The queue, once it has been looked at."""
    facets.look(desk, "nl", now=True)
    return queue.page(desk, "nl", Filter(), limit=500)


def test_what_keeps_a_page_from_going_live_comes_first(desk: Desk) -> None:
    """Its title before all; and no longer when the page can go live."""
    found = rows(desk)
    blocking = [row for row in found if row.domain == "articles/second"]
    assert found[0].source == "The second"
    assert found[: len(blocking)] == blocking and len(blocking) > 1
    for row in blocking:
        path = desk.project.catalogue_path("nl", row.domain)
        message = next(m for m in catalogue(desk.project, row.domain) if m.id == row.source)
        read = catalogues.read(path)
        catalogues.write(read.with_message(translated(message)), path)
    left = rows(desk)
    assert left and all(row.rank > found[0].rank for row in left)


def test_what_many_read_comes_before_what_few_read(tmp_path: Path) -> None:
    """Also when the numbers change, and nothing else does."""
    desk = desk_in(tmp_path)
    translate(desk.project, approved=False)
    quiet = [row.domain for row in rows(desk)]
    for most in ("about", "articles/first"):
        path = desk.project.root / "views.tsv"
        path.write_text(f"{most}\t90000\n", encoding="utf-8")
        first = rows(desk)
        title = next(row for row in first if row.domain == most)
        others = [row for row in first if row.domain not in (most, "index", "site")]
        assert title.rank < min(row.rank for row in others)
    assert sorted(quiet) == sorted(row.domain for row in first)


def test_a_page_says_why(desk: Desk) -> None:
    """Beside each text, and in all above them; a broken file is told, and stops nothing."""
    path = desk.project.root / "views.tsv"
    path.write_text("articles/first\t1240\n", encoding="utf-8")
    with browser(desk, "Tess") as tess:
        said = text_of(tess.get("/nl/queue").text)
        assert "without it the page cannot go live" in said
        assert "read 1,240 times" in said
        assert "First what keeps a page from going live" in said
        assert "First what keeps" not in tess.get("/nl/queue?order=article").text
        path.write_text("nonsense\n", encoding="utf-8")
        answer = tess.get("/nl/queue")
        assert answer.status_code == 200 and "no line of views" in answer.text
