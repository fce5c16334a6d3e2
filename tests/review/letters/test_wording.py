"""Wording: letters in the language of who gets them, from a gettext catalogue."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.extract import extract
from jinja2.ext import babel_extract
from sqlalchemy import insert

from pipeline.catalogues import State, read
from pipeline.checks import Subject, blocking
from pipeline.desk import LETTERS
from review import decisions, letters, subscriptions, wording, work
from review.decisions import Action, Decision
from review.desk import Desk
from review.failures import Failure
from review.letters import Tongue
from review.subscriptions import Mode
from review.tables import run
from tests.review.desks import browser, person
from tests.review.letters.posting import ZONE, day_passes, parts, place, sent
from tests.review.post import PostOffice
from tests.tools import check

TRANSLATED = [name for name in wording.languages() if name != wording.OWN]


def said() -> Iterator[tuple[str, ...]]:
    """All that letters say: of their templates and of the code that makes their lines."""
    folder = wording.FOLDER.parent
    for path in (*sorted(folder.glob("*.html")), *sorted(folder.glob("*.txt"))):
        with path.open("rb") as file:
            for _, _, words, _ in babel_extract(file, ("_", "ngettext"), [], {"trimmed": "true"}):
                given = words if isinstance(words, tuple) else (words,)
                yield tuple(word for word in given if word)
    with Path(letters.__file__).open("rb") as file:
        keys = {"gettext": None, "ngettext": (1, 2)}
        for _, words, _, _ in extract("python", file, keywords=keys):
            given = words if isinstance(words, tuple) else (words,)
            yield tuple(word for word in given if word)


@pytest.mark.parametrize("language", TRANSLATED)
def test_letters_are_translated_to_the_last_word(language: str) -> None:
    """All that they say, and nothing that they do not say any more; reviewed, and whole."""
    catalogue = read(wording.FOLDER / f"{language}.po")
    wanted = {words[0] for words in said()}
    known = {message.id for message in catalogue.messages}
    assert known == wanted
    for message in catalogue.messages:
        assert message.translated and not message.fuzzy, message.id
        wanted_in = message.plural or message.id
        for string in message.strings:
            assert not blocking(Subject(wanted_in, string)), string


@pytest.mark.parametrize("language", TRANSLATED)
def test_gettext_takes_the_catalogue(language: str) -> None:
    """And leaves it as it is."""
    path = wording.FOLDER / f"{language}.po"
    check(path)


def test_the_settings_name_the_languages_that_there_are() -> None:
    """Another one is a mistake that is told."""
    assert wording.languages() == LETTERS
    assert wording.fitting("", "nl") == "nl"
    assert wording.fitting("nl_BE", "en") == "nl"
    assert wording.fitting("fr") == "en"


def test_a_letter_is_in_the_language_of_who_gets_it(desk: Desk, office: PostOffice) -> None:
    """Chosen on the account; its subject, both its texts, its lang, and the digest as well."""
    with browser(desk, "Tess") as tess:
        form = {"mode": "at once", "hour": "8", "zone": ZONE, "language": "nl"}
        assert tess.post("/account/notices", data={**form, "language": "xx"}).status_code == 422
        assert tess.post("/account/notices", data=form).status_code == 303
        assert '<option value="nl" lang="nl" selected>Nederlands' in tess.get("/account").text
    work.say(desk, place(desk), person(desk, "Ruth"), "@Tess, @Mona, look & see")
    assert sent(desk) == 2
    by = {to[0].partition("@")[0]: letter for to, letter in office.letters}
    assert by["mona"]["Subject"] == "A site: Ruth mentions you in articles/first (Dutch)"
    letter = by["tess"]
    assert letter["Subject"] == "A site: Ruth noemt je in articles/first (Nederlands)"
    assert letter["Content-Language"] == "nl"
    plain, html = parts(letter)
    assert "@Tess, @Mona, look & see" in plain and "look &amp; see" in html
    assert '<html lang="nl">' in html and "Bekijk het op de desk" in html
    assert "Je krijgt dit meteen, van de vertaaldesk van A site." in plain
    for english in ("You get", "Choose", "Open it", "no more"):
        assert english not in plain + html


def test_a_digest_is_in_ones_language(desk: Desk, office: PostOffice) -> None:
    """With its states and counts."""
    mona = person(desk, "Mona")
    own = (desk.database, mona.id, "Mona", Mode.DAILY)
    subscriptions.choose(*own, hour=8, zone=ZONE, language="nl")
    for name in ("Tess", "Ruth", "Bea"):
        subscriptions.stop(desk.database, person(desk, name).id)
    tess, at = person(desk, "Tess"), place(desk)
    decisions.decide(desk, tess, at, Decision(Action.SAVE, ("Een zin",), ""))
    work.say(desk, at, tess, "@Mona, klopt dit?")
    row = {"at": 1.0, "person": 1, "who": "Bea", "kind": "build", "what": "{}", "state": "failed"}
    with desk.database.begin() as connection:
        connection.execute(insert(run).values(**row, until=4e9, report="{}"))
    day_passes(desk)
    assert sent(desk) == 1
    letter = office.letters[0][1]
    assert letter["Subject"].endswith("teksten wachten, 1 bericht voor jou, 1 build is mislukt")
    plain, html = parts(letter)
    assert "1  vertaald, nog niet goedgekeurd" in plain and "nog niet vertaald" in html
    assert "Het bouwen van de hele site is mislukt. Gestart door Bea." in plain
    assert "Tess heeft een vraag aan je over articles/first (Nederlands)" in plain


def test_every_line_is_said_in_dutch() -> None:
    """Whatever failed, and every state that waits."""
    dutch = Tongue("nl")
    for what in ("build", "preview", "draft"):
        one = Failure("", what, "", 0.0, "/runs", ("nl", "pt_BR"), ("a", "b", "c", "d", "e"), 3)
        line = dutch.failure(one)
        assert "a, b, c en nog 2 (Nederlands, Portugees (Brazilië))" in line
        assert line.endswith("is mislukt")
        assert dutch.how(one) == "Er waren 3 fouten. Wat online stond, blijft online staan."
    for state in State:
        if state is not State.APPROVED:
            assert dutch.state(state) not in ("", state)
