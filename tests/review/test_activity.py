"""Who waits for whom: every number is that of what its link shows."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import insert, update

from pipeline.catalogues import digest_of
from review import decisions, facets, queue, work
from review.activity import Reason, Wait, done_in, waits_in
from review.decisions import Action, Decision
from review.desk import Desk
from review.message import Place
from review.queue import Filter
from review.tables import audit, claim
from tests.review.desks import TWO, browser, desk_in, person, text_of
from tests.sites import catalogue

FOUR = TWO.replace("[locales.nl]\n", "[locales.nl]\nfour_eyes = true\n")


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """A desk where Dutch asks for four eyes."""
    made = desk_in(tmp_path, settings=FOUR)
    facets.look(made, "nl")
    yield made
    made.database.dispose()


def place(desk: Desk, number: int) -> Place:
    """Where a text of the first article stands."""
    message = catalogue(desk.project, "articles/first").messages[number]
    return Place("nl", "articles/first", digest_of(message.key))


def decide(desk: Desk, who: str, number: int, action: Action, reason: str = "") -> None:
    """Somebody decides about a text."""
    strings = ("Een zin",) if action is Action.SAVE else ()
    decision = Decision(action, strings, "", reason)
    decisions.decide(desk, person(desk, who), place(desk, number), decision)


def of(desk: Desk, reason: Reason) -> list[Wait]:
    """What waits for a reason in Dutch."""
    return [one for one in waits_in(desk, ["nl"]) if one.reason is reason]


def test_every_number_is_that_of_its_queue(desk: Desk) -> None:
    """By state, and assigned to somebody."""
    decide(desk, "Tess", 0, Action.SAVE)
    with browser(desk, "Mona") as mona:
        form = {"article": "articles/first", "person": person(desk, "Tess").id}
        mona.post("/nl/assign", data=form)
        for one in waits_in(desk, ["nl"]):
            if one.each:
                continue
            said = dict(pair.split("=") for pair in one.path.partition("?")[2].split("&"))
            counts = queue.counts(desk, "nl", Filter.of(said))
            shown = sum(counts[state] for state in Filter.of(said).states)
            assert one.count == shown > 0, one
            assert mona.get(one.path).status_code == 200
    assert [one.count for one in of(desk, Reason.REVIEW)] == [1]
    assert [one.whom for one in of(desk, Reason.ASSIGNED)] == ["Tess"]


def test_a_question_waits_until_it_is_answered(desk: Desk) -> None:
    """By whoever was asked; a comment that asks nothing, until it is seen."""
    anna, ben = person(desk, "Ruth"), person(desk, "Tess")
    for number in (0, 1):
        work.say(desk, place(desk, number), anna, "@Tess, is this right?")
    work.say(desk, place(desk, 2), anna, "@Tess, look.")
    [asked] = of(desk, Reason.QUESTION)
    assert (asked.who, asked.whom, asked.count) == ("Ruth", "Tess", 2)
    assert 0 < asked.since <= time.time()
    assert [one.count for one in of(desk, Reason.MENTION)] == [1]
    work.saw(desk, place(desk, 0), ben)
    assert of(desk, Reason.QUESTION)[0].count == 2  # seeing is no answer
    work.say(desk, place(desk, 0), person(desk, "Mona"), "I think so.")
    assert of(desk, Reason.QUESTION)[0].count == 2  # nor is that of somebody else
    work.say(desk, place(desk, 0), ben, "It is.")
    assert of(desk, Reason.QUESTION)[0].count == 1
    work.saw(desk, place(desk, 2), ben)
    assert of(desk, Reason.MENTION) == []


def test_what_was_rejected_waits_for_its_author(desk: Desk) -> None:
    """Until they have changed it."""
    for number in range(3):
        decide(desk, "Tess", number, Action.SAVE)
        decide(desk, "Ruth", number, Action.REJECT, "Too stiff.")
    [one] = of(desk, Reason.REJECTED)
    assert (one.whom, one.count, len(one.each)) == ("Tess", 3, 3)
    decide(desk, "Tess", 0, Action.SAVE)
    assert of(desk, Reason.REJECTED)[0].count == 2


def test_four_eyes_wait_for_somebody_else(desk: Desk) -> None:
    """Only where who translated could approve otherwise."""
    decide(desk, "Tess", 0, Action.SAVE)
    decide(desk, "Ruth", 1, Action.SAVE)
    [one] = of(desk, Reason.OTHER_EYES)
    assert (one.who, one.count) == ("Ruth", 1)
    decide(desk, "Mona", 1, Action.APPROVE)
    assert of(desk, Reason.OTHER_EYES) == []


def test_what_is_open_is_in_somebodys_hands(desk: Desk) -> None:
    """As long as the claim holds."""
    work.take(desk, place(desk, 0), person(desk, "Tess"))
    assert [(one.whom, one.count) for one in of(desk, Reason.OPEN)] == [("Tess", 1)]
    with desk.database.begin() as connection:
        connection.execute(update(claim).values(until=time.time() - 1))
    assert of(desk, Reason.OPEN) == []


def test_the_page_says_it_in_words(desk: Desk) -> None:
    """With what was said escaped, and only of languages that one manages."""
    decide(desk, "Tess", 0, Action.SAVE)
    decide(desk, "Ruth", 0, Action.REJECT, "Too stiff.")
    decide(desk, "Tess", 1, Action.SAVE)
    work.say(desk, place(desk, 1), person(desk, "Ruth"), "@Tess, <i>why</i>?")
    work.say(desk, place(desk, 2), person(desk, "Ruth"), "@Tess, and here?")
    with browser(desk, "Mona") as mona, browser(desk, "Dora") as dora:
        html = mona.get("/activity").text
        said = re.sub(r" (?=[.,:])", "", text_of(html))
        assert "1 text waits for a reviewer" in said
        assert "1 rejected text waits for Tess" in said
        assert "Ruth asked Tess 2 questions, the oldest just now" in said
        assert "<i>" not in html
        for path in re.findall(r'<details>.*?href="([^"#]+)', html, re.S):
            assert mona.get(path.replace("&amp;", "&")).status_code == 200
        data = mona.get("/activity.json").json()
        assert {"rejected", "question", "review"} <= {one["reason"] for one in data["waits"]}
        assert all(one["locale"] == "nl" for one in data["waits"])
        assert {one["locale"] for one in dora.get("/activity.json").json()["waits"]} == {"de"}


def test_what_was_done_is_counted_to_the_last(desk: Desk) -> None:
    """However much it was; not what is older."""
    row = {"who": "Ruth", "action": "approve", "locale": "nl", "subject": "x", "detail": ""}
    now = time.time()
    rows = [{**row, "at": now - 60} for _ in range(2500)] + [{**row, "at": now - 90000}]
    with desk.database.begin() as connection:
        connection.execute(insert(audit), rows)
    done = done_in(desk, ["nl"], since=now - 86400)
    assert [(one.who, one.count) for one in done] == [("Ruth", 2500)]
