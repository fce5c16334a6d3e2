"""Disks that are full and databases that nobody may write: told in words, and nothing is lost."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event

from pipeline.catalogues import State, digest_of, state_of
from review import facets, queue, tokens
from review.desk import Desk
from review.queue import Filter
from review.tokens import Scope, Wish
from tests import faults
from tests.review.desks import browser, desk_in, person
from tests.sites import catalogue, translate

ARTICLE = "articles/first"
EDITOR = f"/nl/message/{digest_of((None, 'An item'))}?in=articles%2Ffirst"


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """A desk where everything is translated and nothing approved."""
    made = desk_in(tmp_path)
    translate(made.project, approved=False)
    facets.look(made, "nl", now=True)
    yield made
    made.database.dispose()


@contextmanager
def read_only(desk: Desk) -> Iterator[None]:
    """Nobody writes the database, as on a disk that was mounted so."""

    def closed(connection: Any, *_: object) -> None:
        connection.execute("PRAGMA query_only = ON")

    def opened(connection: Any, *_: object) -> None:
        connection.execute("PRAGMA query_only = OFF")

    event.listen(desk.database, "checkout", closed)
    event.listen(desk.database, "checkin", opened)
    try:
        yield
    finally:
        event.remove(desk.database, "checkout", closed)
        event.remove(desk.database, "checkin", opened)


def test_a_full_disk_is_told_in_words_with_what_was_typed(desk: Desk) -> None:
    """The file is as it was, and the same works once there is room."""
    path = desk.project.catalogue_path("nl", ARTICLE)
    before = path.read_bytes()
    with browser(desk, "Tess") as tess:
        page = tess.get(EDITOR).text
        version = page.partition('name="version" value="')[2].partition('"')[0]
        form = {"strings": ["Een vol ding"], "version": version, "action": "save"}
        with faults.at(1, of=("replace",)) as fault:
            answer = tess.post(EDITOR, data=form)
        assert fault.fired
        assert (answer.status_code, "Een vol ding</textarea>" in answer.text) == (503, True)
        assert "files just now" in answer.text and str(path) not in answer.text
        assert path.read_bytes() == before
        assert tess.post(EDITOR, data=form).status_code == 303


def test_a_database_that_nobody_may_write_is_told_in_words(desk: Desk) -> None:
    """On the desk and in the API; the queue can still be read."""
    desk.watch.rests = 600.0
    wish = Wish("audit", [Scope.READ, Scope.TRANSLATE], ["nl"], 1)
    secret, _ = tokens.make(desk.database, person(desk, "Tess"), wish, by=person(desk, "Bea"))
    with browser(desk, "Tess") as tess:
        with read_only(desk):
            assert tess.get("/nl/queue").status_code == 200
            keep = {"strings": ["Half af"], "version": "x"}
            answer = tess.post(EDITOR.replace("?", "/keep?"), data=keep)
            assert (answer.status_code, "Half af</textarea>" in answer.text) == (503, True)
            assert "database just now" in answer.text
        assert tess.post(EDITOR.replace("?", "/keep?"), data=keep).status_code == 204
        headers = {"Authorization": f"Bearer {secret}"}
        tess.cookies.clear()
        address = "/api/v1/locales/nl/messages"
        with read_only(desk):
            answer = tess.get(address, headers=headers)
            assert (answer.status_code, "again later" in answer.json()["detail"]) == (503, True)
        assert tess.get(address, headers=headers).status_code == 200


def test_an_undoing_that_fails_can_be_tried_again(desk: Desk) -> None:
    """It says which catalogue could not be written, and is not called undone."""
    chosen = [
        f"{row.digest},{row.version},{row.domain}"
        for row in queue.page(desk, "nl", Filter(article=ARTICLE), limit=50)
    ]
    form = {"deed": "approve", "chosen": chosen, "sure": "yes"}
    with browser(desk, "Ruth") as ruth:
        with faults.at(1, of=("replace",)):
            failed = ruth.post("/nl/bulk", data=form)
        assert "could not be written" in failed.text and "No space left" in failed.text
        done = ruth.post("/nl/bulk", data=form).text
        undo = done.partition('action="/nl/bulk')[2].partition("?")[0]
        with faults.at(1, of=("replace",)):
            failed = ruth.post(f"/nl/bulk{undo}")
        assert (failed.status_code, "could not be written" in failed.text) == (200, True)
        assert {state_of(one) for one in catalogue(desk.project, ARTICLE)} == {State.APPROVED}
        assert "Undone" in ruth.post(f"/nl/bulk{undo}").text
    assert {state_of(one) for one in catalogue(desk.project, ARTICLE)} == {State.TRANSLATED}


def test_a_broken_catalogue_is_named_from_the_folder_of_the_site_on(desk: Desk) -> None:
    """In the queue, which shows all others, and in its editor; where the desk lives is not said."""
    path = desk.project.catalogue_path("nl", ARTICLE)
    path.write_text(f'{path.read_text()}\nmsgid "broken\n')
    facets.look(desk, "nl", now=True)
    with browser(desk, "Tess") as tess:
        for answer in (tess.get("/nl/queue"), tess.get(EDITOR)):
            assert "locales/nl/LC_MESSAGES/articles/first.po" in answer.text
            assert str(desk.project.root) not in answer.text
