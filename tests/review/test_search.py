"""Searching for words: what is found is what is there, in every kind of database."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import product

import pytest
from sqlalchemy import insert, literal, select

from pipeline import catalogues
from pipeline.catalogues import State
from pipeline.concordance import fresh_of, pieces_of, settle, texts
from pipeline.database.tables import fresh, message
from review import facets, fitting, lists, queue
from review.desk import Desk
from review.queue import URGENT, Filter
from tests.databases import KINDS
from tests.review.api.programs import desk_on
from tests.review.desks import browser, text_of

TEXTS = (
    "Een cliënt belt, en één cliënt mailt.",
    "Het consulttarief is 10 % hoger.",
    "咨询费用是多少",
    "De eerste <em1>veilige</em1> plek",
    "snake_case en 100% wol",
    "U vraagt, wij draaien.",
)


@pytest.fixture(scope="module", params=KINDS)
def desk(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Desk]:
    """A desk with six translations, whose state is in each kind of database."""
    with pytest.MonkeyPatch.context() as patch:
        made = desk_on(request.param, tmp_path_factory.mktemp("desk"), patch)
        path = made.project.catalogue_path("nl", "articles/first")
        catalogue = catalogues.read(path)
        pairs = zip(catalogue.messages, TEXTS, strict=False)
        edited = [catalogues.edit(message, [text]) for message, text in pairs]
        assert len(edited) == len(TEXTS)
        catalogues.write(catalogue.with_messages(edited), path)
        facets.look(made, "nl", now=True)
        yield made
        made.database.dispose()


@pytest.fixture(params=[0, 10_000], ids=["fresh", "taken in"])
def ways(request: pytest.FixtureRequest, desk: Desk) -> None:
    """Both ways in which messages are found, whichever of them would be taken."""
    if request.param:
        settle(desk.database, most=0)
        with desk.database.connect() as connection:
            assert not fresh_of(connection, "message")
    else:
        with desk.database.begin() as connection:  # as if all had just been written
            connection.execute(insert(fresh).from_select(["kind", "number"], EVERYTHING))


EVERYTHING = select(literal("message"), message.c.id)


@pytest.fixture(params=["by number", "told", "passed"])
def walks(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """All ways in which those that were found are put in order."""
    by_number, told = {"by number": (99, 99), "told": (0, 99), "passed": (0, 0)}[request.param]
    for module in (texts, lists):
        monkeypatch.setattr(module, "BY_NUMBER", by_number)
        monkeypatch.setattr(module, "TOLD", told)
    monkeypatch.setattr(lists, "STEP", 3)
    monkeypatch.setattr(fitting, "SURE", 0 if told == 0 else 2_000)


@pytest.mark.usefixtures("ways", "walks")
@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("cliënt", 1),
        ("CLIËNT", 1),
        ("clie", 0),
        ("cli", 1),
        ("één", 1),
        ("consult", 1),
        ("tarief", 1),
        ("ultta", 1),
        ("ultfa", 0),
        ('"tarief"', 0),
        ("ief", 1),
        ("ef", 0),
        ("tarief hoger", 1),
        ("tarief mailt", 0),
        ("cliënt mailt", 1),
        ("mailt cliënt", 1),
        ('"één cliënt"', 1),
        ('"cliënt één"', 0),
        ('"consult"', 0),
        ("veilige plek", 1),
        ('"veilige plek"', 1),
        ("咨询", 1),
        ("费用是", 1),
        ("询咨", 0),
        ("费", 1),
        ("u", 1),
        ("1", 0),
        ("10", 1),
        ("snake_case", 1),
        ("ake_ca", 1),
        ("snakeXcase", 0),
        ("eerste-veilige", 1),
        ("rste-veil", 1),
        ("veilige-eerste", 0),
        ("100%", 1),
        ("%", 0),
        ("nergens", 0),
        ("em1", 0),
    ],
)
def test_words_find_what_has_them(desk: Desk, text: str, found: int) -> None:
    """And their parts; phrases as they stand; never a part of a pattern."""
    asked = Filter(state="all", text=text, where="target")
    rows, counted = queue.look(desk, "nl", asked)
    assert len(rows) == found
    assert queue.page(desk, "nl", asked) == rows
    if not counted.more:
        assert sum(counted.states.values()) == found
        assert (
            found == sum(count or 0 for _, count in counted.articles)
            or None in dict(counted.articles).values()
        )


def test_all_ways_find_the_same(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever else is asked for with it, in either order, page after page, to the last count."""
    texts_ = ("", "the", "en", "sentence", "one of", "cli", '"a heading"')
    others = (Filter(), Filter(state="all"), Filter(state="translated"), Filter(risk=1))
    settle(desk.database, most=0)
    for text, other, order in product(texts_, others, ("", "article")):
        asked = replace(other, text=text, order=order)
        answers = []
        for by_number, told in ((0, 0), (0, 99), (99, 99)):
            for module in (texts, lists):
                monkeypatch.setattr(module, "BY_NUMBER", by_number)
                monkeypatch.setattr(module, "TOLD", told)
            rows, position = [], None
            while page := queue.page(desk, "nl", asked, after=position, limit=2):
                rows += page
                position = page[-1].position
            answers.append((rows, queue.counts(desk, "nl", asked)))
        assert answers[0] == answers[1] == answers[2]
        assert len(answers[0][0]) == sum(answers[0][1][state] for state in asked.states)


def test_counts_follow_every_decision(desk: Desk) -> None:
    """Those that are kept are those of the rows."""
    kept = queue.counts(desk, "nl", Filter())
    counted = queue.counts(desk, "nl", Filter(assignee="nobody"))
    assert kept == counted
    assert set(kept) == {str(state) for state in URGENT}
    assert kept[State.TRANSLATED] == len(TEXTS)


def test_what_is_not_counted_to_the_end_says_so(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A phrase that more may have than are looked at: at least so many, in the first answer."""
    asked = Filter(state="all", text='"veilige plek"')
    settle(desk.database, most=0)
    monkeypatch.setattr(fitting, "SURE", 0)
    counted = queue.look(desk, "nl", asked)[1]
    assert sum(counted.states.values()) == 0
    assert counted.more == {State.TRANSLATED} and counted.has_more(URGENT)
    with browser(desk, "Tess") as tess:
        page = tess.get("/nl/queue?state=all&text=%22veilige+plek%22").text
        assert "more than" in text_of(page) and 'hx-trigger="load"' not in page
        assert "more than" not in text_of(tess.get("/nl/queue?state=all&text=veilige").text)


def test_what_is_looked_for_is_read_as_words_and_phrases() -> None:
    """In quotation marks of either kind."""
    found = pieces_of('Naar “het begin” e-mail 咨询 "x" ...')
    assert [(one.words, one.begins, one.ends) for one in found] == [
        (("naar",), False, False),
        (("het", "begin"), True, True),
        (("e", "mail"), True, False),
        (("咨", "询"), True, True),
        (("x",), True, True),
    ]
