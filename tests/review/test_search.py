"""Searching for words: what is found is what is there, in every kind of database."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import product

import pytest

from pipeline import catalogues
from pipeline.catalogues import State
from pipeline.database import TookTooLong
from review import facets, lists, queue, search
from review.desk import Desk
from review.queue import URGENT, Filter
from review.search import pieces_of
from tests.databases import KINDS
from tests.review.api.programs import desk_on
from tests.review.desks import browser

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


@pytest.fixture(params=[0, 4000], ids=["in order", "by numbers"])
def ways(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both ways in which messages are found, whichever of them would be taken."""
    monkeypatch.setattr(search, "FEW", request.param)


@pytest.mark.usefixtures("ways")
@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("cliënt", 1),
        ("CLIËNT", 1),
        ("clie", 0),
        ("cli", 1),
        ("één", 1),
        ("consult", 1),
        ("tarief", 0),
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
        ("snakeXcase", 0),
        ("100%", 1),
        ("%", 0),
        ("nergens", 0),
        ("em1", 0),
    ],
)
def test_words_find_what_has_them(desk: Desk, text: str, found: int) -> None:
    """From their beginnings on; phrases as they stand; never a part of a pattern."""
    asked = Filter(state="all", text=text, where="target")
    rows = queue.page(desk, "nl", asked)
    assert len(rows) == found
    assert sum(queue.counts(desk, "nl", asked).values()) == found
    assert sum(count for _, count in queue.articles(desk, "nl", asked)) == found


def test_both_ways_find_the_same(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever else is asked for with it, in either order, page after page, to the last count."""
    texts = ("", "the", "en", "sentence", "one of", "cli", '"a heading"')
    others = (Filter(), Filter(state="all"), Filter(state="translated"), Filter(risk=1))
    for text, other, order in product(texts, others, ("", "article")):
        asked = replace(other, text=text, order=order)
        answers = []
        for few in (0, 4000):
            monkeypatch.setattr(search, "FEW", few)
            rows, position = [], None
            while page := queue.page(desk, "nl", asked, after=position, limit=2):
                rows += page
                position = page[-1].position
            answers.append((rows, queue.counts(desk, "nl", asked)))
        assert answers[0] == answers[1]
        assert queue.counts_soon(desk, "nl", asked) is not None
        assert len(answers[0][0]) == sum(answers[0][1][state] for state in asked.states)


def test_counts_follow_every_decision(desk: Desk) -> None:
    """Those that are kept are those of the rows."""
    kept = queue.counts(desk, "nl", Filter())
    counted = queue.counts(desk, "nl", Filter(age=0, text="", risk=0, assignee="nobody"))
    assert kept == counted
    assert set(kept) == {str(state) for state in URGENT}
    assert kept[State.TRANSLATED] == len(TEXTS)


def test_a_page_does_not_wait_for_counts(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is shown without them, and asks for them when it is there."""

    def too_long(*_: object) -> None:
        raise TookTooLong

    monkeypatch.setattr(lists.Search, "counted", too_long)
    assert queue.counts_soon(desk, "nl", Filter()) is None
    monkeypatch.undo()
    with browser(desk, "Tess") as tess:
        monkeypatch.setattr("review.queue.counts_soon", lambda *_: None)
        page = tess.get("/nl/queue?state=all&text=cli").text
        assert 'hx-get="/nl/queue/counts?state=all&amp;text=cli"' in page and "cliënt" in page
        assert "hx-get" not in tess.get("/nl/queue/counts?state=all&text=cli").text


def test_what_is_looked_for_is_read_as_words_and_phrases() -> None:
    """In quotation marks of either kind."""
    found = pieces_of('Naar “het begin” e-mail 咨询 "x" ...')
    assert [(one.words, one.open) for one in found] == [
        (("naar",), True),
        (("het", "begin"), False),
        (("e", "mail"), True),
        (("咨", "询"), False),
        (("x",), False),
    ]
