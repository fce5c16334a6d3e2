"""The queue: filters, counts, order, and addresses that can be shared."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields
from datetime import date
from itertools import pairwise

import pytest

from pipeline import catalogues
from pipeline.catalogues import State
from pipeline.concordance import texts
from review import facets, lists, queue
from review.desk import Desk
from review.doors.queue import position_in
from review.message import Place
from review.queue import URGENT, Filter, Position
from tests.review.desks import browser, desk_in, person
from tests.sites import translated


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A desk with messages in every state."""
    made = desk_in(tmp_path_factory.mktemp("desk"))
    for domain, change in (
        ("articles/first", translated),
        ("articles/second", lambda m: translated(m, approved=False)),
        (
            "index",
            lambda m: catalogues.draft(m, ["Één DRAFT 7"], engine="deepl", on=date(2020, 1, 1)),
        ),
    ):
        path = made.project.catalogue_path("nl", domain)
        catalogue = catalogues.read(path)
        catalogues.write(catalogue.with_messages(map(change, catalogue)), path)
    path = made.project.catalogue_path("nl", "about")
    catalogue = catalogues.read(path)
    first = catalogues.reject(translated(catalogue.messages[0]), by="Ruth", reason="No.")
    catalogues.write(catalogue.with_message(first), path)
    facets.look(made, "nl", now=True)
    yield made
    made.database.dispose()


def truth(desk: Desk) -> list[State]:
    """The states of all messages, read from the files."""
    return [
        catalogues.state_of(message)
        for domain in desk.project.domains("nl")
        for message in catalogues.read(desk.project.catalogue_path("nl", domain))
    ]


def test_counts_are_those_of_the_files(desk: Desk) -> None:
    """And what is listed is what is counted, in whatever way it is filtered."""
    states = truth(desk)
    assert queue.counts(desk, "nl", Filter()) == {str(s): states.count(s) for s in URGENT}
    asked = [
        Filter(),
        Filter(state="all"),
        Filter(state="draft", engine="deepl"),
        Filter(state="all", check="numbers"),
        Filter(state="all", risk=2),
        Filter(age=30),
        Filter(state="all", text="one DRAFT"),
        Filter(state="all", text="één", where="target"),
        Filter(assignee="nobody"),
        Filter(article="about", state="rejected"),
    ]
    for one in asked:
        rows = queue.page(desk, "nl", one, limit=1000)
        counted = queue.counts(desk, "nl", one)
        assert len(rows) == sum(counted[state] for state in one.states), one
        inside = queue.look(desk, "nl", one)[1].articles
        assert len(rows) == sum(count or 0 for _, count in inside) or one.article


@pytest.mark.parametrize(
    ("asked", "some"),
    [
        (Filter(state="draft", engine="deepl"), True),
        (Filter(state="draft", engine="google"), False),
        (Filter(state="all", check="numbers"), True),
        (Filter(state="all", check="no such check"), False),
        (Filter(age=30), True),
        (Filter(age=4000), False),
        (Filter(state="all", text="ÉÉN draft", where="target"), True),
        (Filter(state="all", text="één", where="source"), False),
        (Filter(state="all", text="100%_", where="both"), False),
        (Filter(assignee="1"), False),
    ],
)
def test_a_filter_finds_what_it_says(desk: Desk, asked: Filter, some: bool) -> None:
    """Something, or nothing."""
    assert bool(queue.page(desk, "nl", asked)) is some


def test_the_order_of_articles_is_by_state_first(desk: Desk) -> None:
    """And then that in which texts are read."""
    rows = queue.page(desk, "nl", Filter(state="all", order="article"), limit=1000)
    order = [(URGENT.index(row.state), row.domain, row.place) for row in rows]
    assert order == sorted(order)
    assert {row.state for row in rows} == set(truth(desk))


@pytest.mark.parametrize(
    "asked",
    [
        Filter(state="all"),
        Filter(state="all", order="article"),
        Filter(),
        Filter(state="all", text="the"),
        Filter(state="all", text="the", order="article"),
    ],
    ids=str,
)
@pytest.mark.parametrize("few", [0, 1000])
def test_pages_follow_each_other_without_gap_or_double(
    desk: Desk, asked: Filter, few: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From any message the next one, and back, in whichever way they are found."""
    monkeypatch.setattr(lists, "BY_NUMBER", few)
    monkeypatch.setattr(texts, "BY_NUMBER", few)
    whole = queue.page(desk, "nl", asked, limit=1000)
    assert len(whole) > 2
    for one, other in pairwise(whole):
        assert queue.page(desk, "nl", asked, after=one.position, limit=1) == [other]
        assert queue.before(desk, "nl", asked, other.position) == one
    assert queue.before(desk, "nl", asked, whole[0].position) is None
    assert queue.position_of(desk, Place("nl", one.domain, one.digest)) == one.position


def test_a_filter_is_an_address_that_can_be_shared(desk: Desk) -> None:
    """Somebody else who opens it sees the same; nonsense in it is left out."""
    asked = Filter(state="draft", text="a & b", where="target", age=7, risk=2)
    pairs = dict(part.split("=") for part in asked.query.split("&"))
    assert set(pairs) == {one.name for one in fields(Filter)} - {
        "article", "check", "engine", "author", "assignee", "order",
    }  # fmt: skip
    assert Filter.of({"state": "nonsense", "age": "-1", "risk": "x", "where": "y"}) == Filter()
    with browser(desk, "Tess") as tess, browser(desk, "Ruth") as ruth:
        path = "/nl/queue?state=draft&engine=deepl"
        assert tess.get(path).text.count("DRAFT") == ruth.get(path).text.count("DRAFT") > 0


def test_only_the_list_comes_when_only_it_is_asked_for(desk: Desk) -> None:
    """As a script asks; the rest of the page stays as it is."""
    with browser(desk, "Tess") as tess:
        part = tess.get("/nl/queue", headers={"HX-Request": "true", "HX-Target": "queue"}).text
        assert part.strip().startswith('<div id="queue">') and "<html" not in part


def test_a_manager_assigns_an_article(desk: Desk) -> None:
    """To somebody who works in the language."""
    tess = person(desk, "Tess")
    with browser(desk, "Mona") as mona, browser(desk, "Tess") as own:
        form = {"article": "about", "person": str(person(desk, "Dora").id)}
        assert mona.post("/nl/assign", data=form).status_code == 422
        assert mona.post("/nl/assign", data=form | {"article": "none"}).status_code == 404
        form["person"] = str(tess.id)
        assert mona.post("/nl/assign", data=form).status_code == 303
        assert "about" in own.get(f"/nl/queue?assignee={tess.id}").text
        mine = queue.page(desk, "nl", Filter(assignee=str(tess.id)))
        assert {row.domain for row in mine} == {"about"}
        mona.post("/nl/assign", data=form | {"person": "0"})
    assert not queue.page(desk, "nl", Filter(assignee=str(tess.id)))


def test_an_empty_queue_says_what_to_do_next(desk: Desk) -> None:
    """And one goes on from the last message to the queue."""
    with browser(desk, "Tess") as tess:
        assert "Nothing fits what you ask for" in tess.get("/nl/queue?text=nowhere").text
        answer = tess.get("/nl/next?text=nowhere")
        assert answer.headers["location"] == "/nl/queue?text=nowhere"


@pytest.mark.parametrize(
    "text",
    ["", "draft", "draft,x,y", "nonsense,1,0,a", "draft,-1,0,a", "draft,1,a", "draft,1,--2,a"],
)
def test_a_position_that_makes_no_sense_is_none(text: str) -> None:
    """The queue begins at its beginning then."""
    assert position_in(text) is None
    assert position_in("draft,3,-7,a,b") == Position(State.DRAFT, "a,b", 3, -7)
