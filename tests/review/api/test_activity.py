"""Activity for programs: what was done, how often, and who waits for whom; page by page."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
from sqlalchemy import insert

from pipeline.catalogues import digest_of
from review import decisions, work
from review.api.messages import id_of
from review.decisions import Action, Decision
from review.desk import Desk
from review.message import Place
from review.tables import audit
from tests.review.api.programs import items, problem, program
from tests.review.desks import browser, desk_in, person
from tests.sites import catalogue


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A desk where Tess saved three texts, of which Ruth rejected one and asks about another."""
    made = desk_in(tmp_path_factory.mktemp("desk"))
    tess, ruth = person(made, "Tess"), person(made, "Ruth")
    for number in range(3):
        decisions.decide(made, tess, place(made, number), Decision(Action.SAVE, ("Zin",), ""))
    rejected = Decision(Action.REJECT, (), "", "Too stiff.")
    decisions.decide(made, ruth, place(made, 0), rejected)
    work.say(made, place(made, 1), ruth, "@Tess, is it?")
    yield made
    made.database.dispose()


def place(desk: Desk, number: int) -> Place:
    """Where a text of the first article stands."""
    message = catalogue(desk.project, "articles/first").messages[number]
    return Place("nl", "articles/first", digest_of(message.key))


def test_what_was_done_comes_the_latest_first(desk: Desk) -> None:
    """With who, where and what of it; in pages of any length the same."""
    with program(desk, "Mona") as mona:
        whole = mona.get("/activity").json()
        assert whole["next"] is None
        said = [(one["who"], one["action"], one["subject"]) for one in whole["items"]]
        assert said[:4] == [
            ("Ruth", "reject", "articles/first"),
            *[("Tess", "save", "articles/first")] * 3,
        ]
        assert [one["id"] for one in whole["items"]] == sorted(
            (one["id"] for one in whole["items"]), reverse=True
        )
        assert items(mona, "/activity", 2) == whole["items"]
        assert all(one["locale"] == "nl" and one["token"] is None for one in whole["items"])


def test_what_is_counted_is_what_was_done(desk: Desk) -> None:
    """By whom and what; the sum of it is the length of the list."""
    with program(desk, "Mona") as mona:
        totals = items(mona, "/activity/totals", 1)
        assert {"who": "Tess", "action": "save", "locale": "nl", "count": 3} in totals
        assert sum(one["count"] for one in totals) == len(items(mona, "/activity", 200))


def test_how_far_back_is_asked_for(desk: Desk) -> None:
    """A day if nothing is said; not nothing, and not for ever."""
    row = {"at": time.time() - 30 * 3600, "who": "Anna", "action": "approve", "locale": "nl"}
    with desk.database.begin() as connection:
        connection.execute(insert(audit).values(**row, subject="index", detail=""))
    with program(desk, "Mona") as mona:
        assert not [one for one in mona.get("/activity").json()["items"] if one["who"] == "Anna"]
        found = items(mona, "/activity?hours=48", 3)
        assert [one["subject"] for one in found if one["who"] == "Anna"] == ["index"]
        assert any(one["who"] == "Anna" for one in items(mona, "/activity/totals?hours=48", 3))
        problem(mona.get("/activity?hours=0"), 422)
        problem(mona.get("/activity?hours=9000"), 422)
        problem(mona.get("/activity?cursor=WyJhIl0"), 400)


def test_who_waits_for_whom(desk: Desk) -> None:
    """As the desk says: with the queue or the texts that are counted."""
    with program(desk, "Mona") as mona:
        waits = items(mona, "/waits", 1)
        assert waits == mona.get("/waits").json()["items"]
        assert {one["locale"] for one in waits} == {"nl"}
        by = {one["reason"]: one for one in waits}
        first, second = (id_of(place(desk, n).domain, place(desk, n).digest) for n in (0, 1))
        assert (by["rejected"]["whom"], by["rejected"]["messages"]) == ("Tess", [first])
        asked = by["question"]
        assert (asked["who"], asked["whom"], asked["messages"]) == ("Ruth", "Tess", [second])
        assert asked["since"] is not None
        assert (by["review"]["count"], by["review"]["state"]) == (2, "translated")
        assert by["review"]["url"] == "/nl/queue?state=translated"
        for one in waits:
            for message in one["messages"]:
                assert mona.get(f"/locales/nl/messages/{message}").status_code == 200
    with browser(desk, "Mona") as mona:
        own = mona.get("/activity.json").json()["waits"]
        assert sorted(one["count"] for one in own) == sorted(one["count"] for one in waits)
        assert all(mona.get(one["url"]).status_code == 200 for one in waits)


def test_only_managers_know_and_of_their_languages(desk: Desk) -> None:
    """Others are told that they do not; a token for one language tells of that alone."""
    for path in ("/activity", "/activity/totals", "/waits"):
        with program(desk, "Ruth") as ruth:
            problem(ruth.get(path), 403)
        with program(desk, "Dora") as dora:
            assert all(one["locale"] == "de" for one in dora.get(path).json()["items"])
            problem(dora.get(f"{path}?locale=nl"), 403)
        with program(desk, "Bea", locales=["de"]) as bea:
            assert all(one["locale"] == "de" for one in bea.get(path).json()["items"])
            problem(bea.get(f"{path}?locale=nl"), 403)


def test_what_comes_and_goes_is_neither_repeated_nor_hidden(desk: Desk) -> None:
    """A page goes on where the one before ended, whatever was done meanwhile."""
    with program(desk, "Mona") as mona:
        first = mona.get("/activity?limit=2").json()
        row = {"at": time.time(), "who": "Mona", "action": "assign", "locale": "nl"}
        with desk.database.begin() as connection:
            connection.execute(insert(audit).values(**row, subject="about", detail=""))
        second = mona.get(f"/activity?limit=2&cursor={first['next']}").json()
    ids = [one["id"] for one in first["items"] + second["items"]]
    assert len(set(ids)) == 4 and ids == sorted(ids, reverse=True)
