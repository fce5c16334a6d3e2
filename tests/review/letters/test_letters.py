"""Letters: people are told at once what is for them, and what a letter says."""

from __future__ import annotations

import re
from contextlib import suppress
from pathlib import Path

import pytest
from sqlalchemy import select

from review import decisions, outbox, people, work
from review.decisions import Action, Decision
from review.desk import Desk
from review.people import Refused
from review.tables import outbox as outbox_table
from tests.review.desks import browser, desk_in, person
from tests.review.letters.posting import (
    URL,
    addressed,
    parts,
    place,
    sent,
    settings,
)
from tests.review.post import PostOffice
from tests.sites import catalogue


def test_whoever_is_mentioned_is_told_at_once(desk: Desk, office: PostOffice) -> None:
    """Who said what about which article, where it is seen, and how it ends; no text of it."""
    work.say(desk, place(desk), person(desk, "Ruth"), "@Tess, <b>mind</b> the tone.")
    assert sent(desk) == 1
    [(to, letter)] = office.letters
    assert to == ["tess@example.org"]
    assert letter["To"] == "Tess <tess@example.org>"
    assert letter["From"] == "A site <desk@example.org>"
    assert letter["Subject"] == "A site: Ruth mentions you in articles/first (Dutch)"
    assert letter["Auto-Submitted"] == "auto-generated"
    plain, html = parts(letter)
    address = f"{URL}/nl/message/{place(desk).digest}?in=articles%2Ffirst"
    assert "@Tess, <b>mind</b> the tone." in plain and address in plain
    assert "&lt;b&gt;mind&lt;/b&gt;" in html and f'href="{address}"' in html
    for message in catalogue(desk.project, "articles/first"):
        assert message.context == "slug" or message.id not in plain + html
    assert sent(desk) == 0
    assert len(office.letters) == 1


def test_by_default_nobody_is_told(tmp_path: Path, office: PostOffice) -> None:
    """Nor is anything kept for them."""
    desk = desk_in(tmp_path, settings=settings(office.port))
    bea, tess = person(desk, "Bea"), person(desk, "Tess")
    people.change(
        desk.database, tess.id, tess.roles or {}, active=True, by=bea, address="t@example.org"
    )
    work.say(desk, place(desk), person(desk, "Ruth"), "@Tess, look")
    assert sent(desk) == 0
    with desk.database.connect() as connection:
        assert connection.execute(select(outbox_table)).all() == []
    desk.database.dispose()


def test_a_question_that_calls_nobody_is_for_the_author(desk: Desk, office: PostOffice) -> None:
    """Of the translation, and for whoever has the article; never for who asks."""
    tess, at = person(desk, "Tess"), place(desk)
    decisions.decide(desk, tess, at, Decision(Action.SAVE, ("Een zin",), ""))
    work.say(desk, at, person(desk, "Ruth"), "Is this meant?")
    work.say(desk, at, tess, "Is it?")
    assert sent(desk) == 1
    [(to, letter)] = office.letters
    assert to == ["tess@example.org"]
    assert "Ruth asks you about articles/first" in letter["Subject"]


def test_a_rejection_is_told_to_whoever_wrote_it(desk: Desk, office: PostOffice) -> None:
    """With its reason; not to somebody who approved it, nor where a machine wrote it."""
    tess, ruth, mona = (person(desk, name) for name in ("Tess", "Ruth", "Mona"))
    at = place(desk)
    decisions.decide(desk, tess, at, Decision(Action.SAVE, ("Een zin",), ""))
    decisions.decide(desk, ruth, at, Decision(Action.APPROVE, ("Een zin",), ""))
    decisions.decide(desk, mona, at, Decision(Action.REJECT, (), "", "Too stiff."))
    assert sent(desk) == 1
    [(to, letter)] = office.letters
    assert to == ["tess@example.org"]
    assert "Mona rejected a translation of yours in articles/first (Dutch)" in letter["Subject"]
    plain, _ = parts(letter)
    assert "Too stiff." in plain and "Een zin" not in plain


def test_many_rejections_are_one_letter(desk: Desk, office: PostOffice) -> None:
    """With their number, and the queue that shows them."""
    tess = person(desk, "Tess")
    places = [place(desk, number) for number in range(3)]
    for at in places:
        decisions.decide(desk, tess, at, Decision(Action.SAVE, ("Een zin",), ""))
    chosen = [f"{at.digest}:" for at in places]
    with browser(desk, "Ruth") as ruth:
        page = ruth.get("/nl/queue?state=translated").text
        chosen = re.findall(r'name="chosen" value="([^"]+)"', page)
        form = {"chosen": chosen, "deed": "reject", "reason": "All stiff.", "sure": "yes"}
        answer = ruth.post("/nl/bulk", data=form)
        assert answer.status_code in (200, 303), answer.text
    assert sent(desk) == 1
    [(to, letter)] = office.letters
    assert to == ["tess@example.org"]
    assert "Ruth rejected 3 translations of yours in articles/first" in letter["Subject"]
    assert f"{URL}/nl/queue?state=rejected&article=articles%2Ffirst" in parts(letter)[0]


def test_an_assignment_is_told(desk: Desk, office: PostOffice) -> None:
    """To whoever is to do it."""
    with browser(desk, "Mona") as mona:
        form = {"article": "articles/first", "person": person(desk, "Tess").id}
        assert mona.post("/nl/assign", data=form).status_code == 303
    assert sent(desk) == 1
    assert "Mona asks you to work on articles/first" in office.letters[0][1]["Subject"]


def test_what_is_not_done_is_not_told(desk: Desk, office: PostOffice) -> None:
    """A notice is in the transaction of what it tells of."""
    with suppress(RuntimeError), desk.database.begin() as connection:
        outbox.put(connection, outbox.Channel.MAIL, "mention", {}, person=1)
        raise RuntimeError
    with pytest.raises(Refused):
        work.say(desk, place(desk), person(desk, "Ruth"), "  ")
    assert sent(desk) == 0


def test_whoever_may_not_see_it_any_more_is_not_told(desk: Desk, office: PostOffice) -> None:
    """Switched off, or without a role in the language since."""
    bea, tess = person(desk, "Bea"), person(desk, "Tess")
    for active in (True, False):
        work.say(desk, place(desk), person(desk, "Ruth"), "@Tess, look")
        people.change(desk.database, tess.id, {}, active=active, by=bea)
        assert sent(desk) == 0
        people.change(desk.database, tess.id, tess.roles or {}, active=True, by=bea)
    work.say(desk, place(desk), person(desk, "Ruth"), "@Dora, @Nina, look")  # have no role in it
    assert sent(desk) == 0


@pytest.mark.parametrize(
    ("title", "name"),
    [("A site\\nBcc: evil@example.org", "Tess"), ('"A, site" <evil@example.org>', "Tess")],
)
def test_nothing_that_is_typed_becomes_a_header(
    tmp_path: Path, office: PostOffice, title: str, name: str
) -> None:
    """Nor another receiver: the title of the site, names, articles, comments."""
    escaped = title.replace('"', '\\"')
    text = settings(office.port).replace('title = "A site"', f'title = "{escaped}"')
    desk = desk_in(tmp_path, settings=text)
    addressed(desk)
    work.say(
        desk, place(desk), person(desk, "Ruth"), "@Tess\r\nBcc: evil@example.org\r\n\r\n.\r\nX"
    )
    assert sent(desk) == 1
    [(to, letter)] = office.letters
    assert to == ["tess@example.org"]
    assert letter["Bcc"] is None
    assert [one.addr_spec for one in letter["From"].addresses] == ["desk@example.org"]
    assert "\n.\nX" in parts(letter)[0].replace("\r", "")
    desk.database.dispose()


@pytest.mark.parametrize(
    "address", ["a@b\nBcc: evil@example.org", "a, b@example.org", "<a@b>, c@d", "nobody", "@"]
)
def test_an_address_is_one_address(desk: Desk, address: str) -> None:
    """Nothing else can be written down for somebody."""
    bea, tess = person(desk, "Bea"), person(desk, "Tess")
    with pytest.raises(Refused, match="no e-mail address"):
        people.change(desk.database, tess.id, {}, active=True, by=bea, address=address)
    with pytest.raises(Refused, match="no e-mail address"):
        people.invite(desk.database, "Another", address, {}, by=bea)
