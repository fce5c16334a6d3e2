"""Authors: what somebody wrote is found in the queue, by a link, and by programs."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest
from sqlalchemy import update

from pipeline import catalogues
from pipeline.catalogues import digest_of
from pipeline.concordance import settle
from pipeline.database.tables import file as files
from pipeline.database.tables import message
from review import decisions, facets, queue
from review.decisions import Action, Decision
from review.desk import Desk
from review.message import Place
from review.queue import Filter
from tests.review.api.programs import items, program
from tests.review.desks import browser, desk_in, person
from tests.sites import catalogue


@pytest.fixture
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A desk where Tess wrote three texts and Ruth one; a machine drafted another."""
    made = desk_in(tmp_path_factory.mktemp("desk"))
    facets.look(made, "nl", now=True)
    for name, numbers in (("Tess", (0, 1, 2)), ("Ruth", (4,))):
        for number in numbers:
            wrote(made, name, number, Action.SAVE)
    path = made.project.catalogue_path("nl", "about")
    whole = catalogues.read(path)
    draft = catalogues.draft(whole.messages[0], ["X"], engine="deepl", on=date(2026, 1, 1))
    catalogues.write(whole.with_message(draft), path)
    facets.look(made, "nl", now=True)
    yield made
    made.database.dispose()


def place(desk: Desk, number: int) -> Place:
    """Where a text of the first article stands."""
    message = catalogue(desk.project, "articles/first").messages[number]
    return Place("nl", "articles/first", digest_of(message.key))


def wrote(desk: Desk, name: str, number: int, action: Action, reason: str = "") -> None:
    """Somebody decides about a text of the first article."""
    strings = () if action is Action.REJECT else ("slug" if number == 0 else f"Zin {number}",)
    decision = Decision(action, strings, "", reason)
    decisions.decide(desk, person(desk, name), place(desk, number), decision)


def numbers(desk: Desk, name: str, state: str = "all") -> list[int]:
    """The texts of the first article that the queue finds by their author."""
    rows = queue.page(desk, "nl", Filter(state=state, author=name, order="article"))
    assert all(row.domain == "articles/first" for row in rows)
    assert (
        len(rows) == sum(queue.counts(desk, "nl", Filter(author=name)).values()) or state != "all"
    )
    return sorted(row.place for row in rows)


def test_what_somebody_wrote_is_found(desk: Desk) -> None:
    """Their texts as they stand, whoever approved or rejected them since; drafts are nobody's."""
    assert (numbers(desk, "Tess"), numbers(desk, "Ruth")) == ([0, 1, 2], [4])
    wrote(desk, "Ruth", 1, Action.APPROVE)
    wrote(desk, "Ruth", 2, Action.REJECT, "Too stiff.")
    assert numbers(desk, "Tess") == [0, 1, 2]
    assert numbers(desk, "Tess", "rejected") == [2]
    wrote(desk, "Mona", 4, Action.APPROVE)
    assert numbers(desk, "Ruth") == [4]
    assert numbers(desk, "deepl") == [] and numbers(desk, "Bea") == []


def test_who_writes_it_anew_has_it(desk: Desk) -> None:
    """From then on, at once; the one before has it no more."""
    decision = Decision(Action.SAVE, ("Heel anders",), "")
    decisions.decide(desk, person(desk, "Ruth"), place(desk, 1), decision)
    assert (numbers(desk, "Tess"), numbers(desk, "Ruth")) == ([0, 2], [1, 4])


def test_edits_elsewhere_are_their_authors(desk: Desk) -> None:
    """Where the file says who that was."""
    path = desk.project.catalogue_path("nl", "articles/first")
    whole = catalogues.read(path)
    edited = catalogues.edit(whole.messages[2], ["Elders"])
    text = whole.with_message(edited).dump().decode()
    said = [one for one in text.splitlines() if "Last-Translator" in one]
    text = text.replace(said[0], '"Last-Translator: Otto <otto@example.org>\\n"') if said else text
    revised = [one for one in text.splitlines() if "PO-Revision-Date" in one]
    text = text.replace(revised[0], '"PO-Revision-Date: 2031-01-01 00:00+0000\\n"')
    path.write_text(text, encoding="utf-8")
    facets.look(desk, "nl", now=True)
    [name] = [one for one in queue.choices(desk, "nl")[2] if one.startswith("Otto")]
    assert (numbers(desk, name), numbers(desk, "Tess")) == ([2], [0, 1])


def test_an_older_desk_learns_who_wrote_what(desk: Desk) -> None:
    """What was checked before anybody kept authors is looked at once more."""
    with desk.database.begin() as connection:
        connection.execute(update(message).values(author=""))
        connection.execute(update(files).values(checked=""))  # as the migration leaves it
    assert numbers(desk, "Tess") == []
    facets.look(desk, "nl", now=True)
    assert (numbers(desk, "Tess"), numbers(desk, "Ruth")) == ([0, 1, 2], [4])


def test_it_is_chosen_in_the_queue_and_shared_as_a_link(desk: Desk) -> None:
    """Those who wrote something are offered; a link with another name says what it asks for."""
    with browser(desk, "Ruth") as ruth:
        page = ruth.get("/nl/queue?state=translated&author=Tess").text
        assert "<option selected>Tess</option>" in page and "<option>Ruth</option>" in page
        assert page.count('name="chosen"') == 3
        assert "author=Tess" in page.partition('id="queue"')[2]  # of what leads on from there
        assert (
            "<option selected>Nobody such</option>" in ruth.get("/nl/queue?author=Nobody such").text
        )
    assert Filter.of({"author": "Tess"}).query == "author=Tess"


def test_programs_ask_for_it_too(desk: Desk) -> None:
    """Page by page, with other filters; and of what is done to many."""
    with program(desk, "Ruth") as ruth:
        found = items(ruth, "/locales/nl/messages?author=Tess", 2)
        assert sorted(one["place"] for one in found) == [0, 1, 2]
        assert items(ruth, "/locales/nl/messages?author=Tess&state=approved", 2) == []
        assert items(ruth, "/locales/nl/messages?author=tess", 2) == []
        body = {"deed": "approve", "filter": {"state": "translated", "author": "Ruth"}}
        seen = ruth.post("/locales/nl/bulk", json=body).json()
        assert len(seen["items"]) == 1


def test_it_is_found_where_many_wait_no_more(desk: Desk) -> None:
    """Once the bitmaps have it, and after a change that they do not have yet."""
    for _ in range(2):
        assert (numbers(desk, "Tess"), numbers(desk, "Ruth")) == ([0, 1, 2], [4])
        assert queue.choices(desk, "nl")[1:] == (["deepl"], ["Ruth", "Tess"])
        settle(desk.database, most=0)
    decision = Decision(Action.SAVE, ("Heel anders",), "")
    decisions.decide(desk, person(desk, "Ruth"), place(desk, 1), decision)
    assert (numbers(desk, "Tess"), numbers(desk, "Ruth")) == ([0, 2], [1, 4])
    settle(desk.database, most=0)
    assert (numbers(desk, "Tess"), numbers(desk, "Ruth")) == ([0, 2], [1, 4])


def test_it_is_found_by_an_index(desk: Desk) -> None:
    """In the order of the API's list, without sorting."""
    with desk.database.connect() as connection:
        plan = connection.exec_driver_sql(
            "EXPLAIN QUERY PLAN SELECT id FROM message"
            " WHERE locale = 'nl' AND author = 'Tess' AND author != ''"
            " ORDER BY domain, digest LIMIT 51"
        ).all()
    said = " ".join(str(row[-1]) for row in plan)
    assert "ix_message_author" in said
    assert "SCAN" not in said and "TEMP B-TREE" not in said
