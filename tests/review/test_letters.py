"""Letters: told at once or once a day, by a real server, once each, with a link that ends them."""

from __future__ import annotations

import json
import logging
import re
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import datetime
from email.message import EmailMessage
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine, insert, select, update
from standardwebhooks.webhooks import Webhook

from pipeline import index
from pipeline.catalogues import digest_of
from pipeline.ledger import chores
from pipeline.ledger.place import Place as Working
from pipeline.project import open_project
from review import courier, decisions, outbox, people, subscriptions, work
from review.audit import trail
from review.courier import Courier, deliver
from review.decisions import Action, Decision
from review.desk import Desk
from review.digests import day_due
from review.message import Place
from review.people import Refused
from review.subscriptions import Mode, Subscription
from review.tables import outbox as outbox_table
from review.tables import run
from review.tables import subscription as subscription_table
from tests.review.desks import TWO, browser, desk_in, person
from tests.review.post import PASSWORD, USER, PostOffice, context, post_office
from tests.sites import catalogue, translate
from tests.workers.hook import hook

URL = "http://desk.example.org"
ZONE = "Europe/Amsterdam"


def settings(port: int, *lines: str, more: str = "") -> str:
    """Those of a site whose desk writes letters."""
    own = "\n".join(lines) or 'tls = "none"'
    mail = f'[review.mail]\nhost = "localhost"\nport = {port}\nsender = "desk@example.org"\n{own}\n'
    return f'{TWO}\n[review]\nurl = "{URL}"\n\n{mail}\n{more}'


def addressed(desk: Desk, *, mode: Mode = Mode.AT_ONCE, names: tuple[str, ...] = ()) -> None:
    """Give people addresses, and have them told."""
    bea = person(desk, "Bea")
    for name in names or ("Tess", "Ruth", "Mona", "Bea"):
        one = person(desk, name)
        address = f"{name.lower()}@example.org"
        people.change(desk.database, one.id, one.roles or {}, active=True, by=bea, address=address)
        subscriptions.choose(desk.database, one.id, name, mode, hour=8, zone=ZONE)


@pytest.fixture
def office() -> Iterator[PostOffice]:
    """A server that takes everything."""
    with post_office() as one:
        yield one


@pytest.fixture
def desk(tmp_path: Path, office: PostOffice) -> Iterator[Desk]:
    """A desk that writes letters to people who want them at once."""
    made = desk_in(tmp_path, settings=settings(office.port))
    index.sync(made.project, made.database, "nl")
    addressed(made)
    yield made
    made.database.dispose()


def place(desk: Desk, number: int = 0) -> Place:
    """Where a text of the first article stands."""
    message = catalogue(desk.project, "articles/first").messages[number]
    return Place("nl", "articles/first", digest_of(message.key))


def sent(desk: Desk) -> int:
    """Have everything sent that is due; how much was heard."""
    return deliver(desk.project, desk.database)


def parts(letter: EmailMessage) -> tuple[str, str]:
    """The plain text and the HTML of a letter."""
    found = [letter.get_body((kind,)) for kind in ("plain", "html")]
    return found[0].get_content(), found[1].get_content()  # type: ignore[union-attr]


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


def test_it_is_encrypted_and_logged_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """With STARTTLS and a password; with a wrong one it waits, and no log has either."""
    with post_office(tls=context(tmp_path), log_in=True) as office:
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "cert.pem"))
        lines = ('tls = "starttls"', f'user = "{USER}"', 'password_env = "TEST_MAIL"')
        desk = desk_in(tmp_path, settings=settings(office.port, *lines))
        addressed(desk)
        work.say(desk, place(desk), person(desk, "Ruth"), "@Tess, look")
        for wrong in ("", "a wrong word é", "a wrong word"):
            monkeypatch.setenv("TEST_MAIL", wrong)
            with caplog.at_level(logging.DEBUG):
                assert sent(desk) == 0
            due_now(desk.database)
        assert "wrong word" not in caplog.text and "TEST_MAIL" in caplog.text
        monkeypatch.setenv("TEST_MAIL", PASSWORD)
        assert sent(desk) == 1
        assert office.secret == [(True, True)]
        assert PASSWORD not in caplog.text
        desk.database.dispose()


def test_tls_from_the_first_word(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As some servers want it."""
    with post_office(tls=context(tmp_path), from_the_first=True) as office:
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "cert.pem"))
        desk = desk_in(tmp_path, settings=settings(office.port, 'tls = "tls"'))
        addressed(desk)
        work.say(desk, place(desk), person(desk, "Ruth"), "@Tess, look")
        assert sent(desk) == 1
        assert office.secret[0][0]
        desk.database.dispose()


@pytest.mark.parametrize("offered", [True, False])
def test_nothing_is_sent_unencrypted_or_to_a_stranger(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, offered: bool
) -> None:
    """STARTTLS is not offered; or the certificate is one that nobody knows."""
    tls = context(tmp_path) if offered else None
    with post_office(tls=tls) as office:
        monkeypatch.delenv("SSL_CERT_FILE", raising=False)
        desk = desk_in(tmp_path, settings=settings(office.port, 'tls = "starttls"'))
        addressed(desk)
        work.say(desk, place(desk), person(desk, "Ruth"), "@Tess, look")
        assert sent(desk) == 0
        assert office.letters == []
        desk.database.dispose()


def due_now(database: Engine) -> None:
    """Time passes, until all is due again."""
    with database.begin() as connection:
        connection.execute(update(outbox_table).values(due=0.0))


def row_of(desk: Desk) -> object:
    """The only row of the outbox."""
    with desk.database.connect() as connection:
        return connection.execute(select(outbox_table)).one()


def test_a_server_that_is_busy_is_asked_again_later(desk: Desk, office: PostOffice) -> None:
    """Longer each time, and as the same letter."""
    office.answers = ["451 4.3.0 later", "421 4.3.2 closing"]
    work.say(desk, place(desk), person(desk, "Ruth"), "@Tess, look")
    waits = []
    for _ in range(2):
        before = time.time()
        assert sent(desk) == 0
        waits.append(row_of(desk).due - before)  # type: ignore[attr-defined]
        assert sent(desk) == 0  # not due yet
        due_now(desk.database)
    assert 25 < waits[0] < 40 and 55 < waits[1] < 70
    assert sent(desk) == 1
    assert (office.attempts, len(office.letters)) == (3, 1)


def test_a_letter_that_nobody_takes_is_given_up_and_noted(desk: Desk, office: PostOffice) -> None:
    """At once where the server says that it never will; else after ten times."""
    office.refused = ("tess@example.org",)
    work.say(desk, place(desk), person(desk, "Ruth"), "@Tess, look")
    assert sent(desk) == 0
    due_now(desk.database)
    assert sent(desk) == 0
    entry = trail(desk.database, limit=1)[0]
    assert (entry.action, entry.subject) == ("not told", "Tess")
    assert "550 5.1.1 nobody of that name" in entry.detail
    office.refused = ()
    office.answers = ["451 later"] * 10
    work.say(desk, place(desk), person(desk, "Tess"), "@Ruth, look")
    for _ in range(12):
        assert sent(desk) == 0
        due_now(desk.database)
    assert office.attempts == 10
    assert trail(desk.database, limit=1)[0].subject == "Ruth"


def test_a_server_that_is_down_loses_nothing(tmp_path: Path) -> None:
    """It is sent when it is up again, at whatever port."""
    with post_office() as first:
        port = first.port
    desk = desk_in(tmp_path, settings=settings(port))
    addressed(desk)
    work.say(desk, place(desk), person(desk, "Ruth"), "@Tess, look")
    assert sent(desk) == 0
    with post_office() as second:
        path = desk.project.settings_path
        path.write_text(settings(second.port), encoding="utf-8")
        due_now(desk.database)
        assert deliver(open_project(desk.project.root), desk.database) == 1
        assert len(second.letters) == 1
    desk.database.dispose()


def test_of_many_senders_each_letter_has_one(desk: Desk, office: PostOffice) -> None:
    """Four at once, thirty letters."""
    for number in range(30):
        work.say(desk, place(desk), person(desk, "Ruth"), f"@Tess, look: {number}")
    with ThreadPoolExecutor(4) as pool:
        counts = list(pool.map(lambda _: sent(desk), range(4)))
    assert sum(counts) == 30
    names = [letter["Message-ID"] for _, letter in office.letters]
    assert len(names) == len(set(names)) == 30


def test_a_sender_that_dies_is_followed_by_another(desk: Desk, office: PostOffice) -> None:
    """Once its lease has ended; and what it notes afterwards counts for nothing."""
    work.say(desk, place(desk), person(desk, "Ruth"), "@Tess, look")
    dead = outbox.take(desk.database)
    assert dead is not None
    assert sent(desk) == 0
    with desk.database.begin() as connection:
        connection.execute(update(outbox_table).values(until=0.0))
    second = outbox.take(desk.database)
    assert second is not None
    outbox.give_up(desk.database, dead, "too late")
    assert row_of(desk).ended is None  # type: ignore[attr-defined]
    assert outbox.later(desk.database, second, "busy")
    due_now(desk.database)
    assert sent(desk) == 1


def test_the_desk_sends_by_itself(desk: Desk, office: PostOffice) -> None:
    """In a thread, as long as it is served."""
    sender = Courier(lambda: desk.project, desk.database, every=0.05)
    sender.start()
    try:
        work.say(desk, place(desk), person(desk, "Ruth"), "@Tess, look")
        office.wait(1)
    finally:
        sender.close()


def test_a_round_that_breaks_is_not_the_last(
    desk: Desk, office: PostOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever happened in it."""
    real, broken = courier.deliver, iter([True])

    def deliver_(*args: object, **kwargs: object) -> int:
        if next(broken, False):
            raise RuntimeError("the disk is full")
        return real(*args, **kwargs)  # type: ignore[arg-type]

    monkeypatch.setattr(courier, "deliver", deliver_)
    sender = Courier(lambda: desk.project, desk.database, every=0.05)
    sender.start()
    work.say(desk, place(desk), person(desk, "Ruth"), "@Tess, look")
    office.wait(1)
    sender.close()


# Digests


def test_a_digest_is_due_once_a_day_at_an_hour_of_ones_own() -> None:
    """In one's own time zone, also where the hour does not exist that day."""
    one = Subscription(1, Mode.DAILY, 8, ZONE, "2026-11-23")

    def at(text: str, zone: str = ZONE) -> float:
        return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).timestamp()

    assert day_due(one, at("2026-11-24T07:59")) == ""
    assert day_due(one, at("2026-11-24T08:00")) == "2026-11-24"
    assert day_due(one, at("2026-11-24T23:00")) == "2026-11-24"
    early = Subscription(1, Mode.DAILY, 2, ZONE, "2026-03-28")  # clocks go from 2 to 3
    assert day_due(early, at("2026-03-29T01:59")) == ""
    assert day_due(early, at("2026-03-29T03:00")) == "2026-03-29"
    far = Subscription(1, Mode.DAILY, 8, "Pacific/Auckland", "2026-11-24")
    assert day_due(far, at("2026-11-24T20:30", "UTC")) == "2026-11-25"


def day_passes(desk: Desk, hour: int = 0) -> None:
    """It is tomorrow, and the hour of every digest."""
    values = {"day": "2000-01-01", "hour": hour}
    with desk.database.begin() as connection:
        connection.execute(update(subscription_table).values(**values))


def test_a_digest_has_what_waits_and_what_happened(desk: Desk, office: PostOffice) -> None:
    """Per language, with mentions, rejected work and failed builds; once, however many send."""
    addressed(desk, mode=Mode.DAILY)
    tess, ruth, mona = (person(desk, name) for name in ("Tess", "Ruth", "Mona"))
    at = place(desk)
    decisions.decide(desk, tess, at, Decision(Action.SAVE, ("Een zin",), ""))
    decisions.decide(desk, ruth, at, Decision(Action.REJECT, (), "", "Too stiff."))
    work.say(desk, at, ruth, "@Tess, @Mona, what about “you”?")
    row = {"at": time.time(), "person": mona.id, "who": "Mona", "kind": "build", "what": "{}"}
    row |= {"state": "failed", "until": time.time() + 1, "report": "{}"}
    with desk.database.begin() as connection:
        connection.execute(insert(run).values(**row))
    assert sent(desk) == 0
    day_passes(desk)
    with ThreadPoolExecutor(3) as pool:
        assert sum(pool.map(lambda _: sent(desk), range(3))) == 4
    letters = {to[0].partition("@")[0]: letter for to, letter in office.letters}
    plain, html = parts(letters["tess"])
    assert "Ruth rejected a translation of yours" in plain and "Too stiff." in plain
    assert "Ruth asks you about" in plain
    with desk.database.connect() as connection:
        total = connection.exec_driver_sql(
            "SELECT count(*) FROM message WHERE locale = 'nl' AND state = 'untranslated'"
        ).scalar()
    assert re.search(rf"{total}  untranslated", plain) and "1  rejected" in plain
    assert "German" not in plain and "failed" not in plain
    assert f'href="{URL}/nl/queue?state=rejected"' in html
    assert f"build, begun by Mona: {URL}/runs/1" in parts(letters["mona"])[0]
    assert "German" in parts(letters["bea"])[0]
    assert sent(desk) == 0


def test_no_digest_is_sent_of_nothing(desk: Desk, office: PostOffice) -> None:
    """Where all is approved, and nobody says anything."""
    translate(desk.project)
    addressed(desk, mode=Mode.DAILY, names=("Tess",))
    subscriptions.stop(desk.database, person(desk, "Bea").id)
    day_passes(desk)
    assert sent(desk) == 0


# The link that ends it


def test_one_click_ends_it_without_logging_in(desk: Desk, office: PostOffice) -> None:
    """As mail programs do it (RFC 8058): they post to the link of the header, and say no origin."""
    work.say(desk, place(desk), person(desk, "Ruth"), "@Tess, look")
    assert sent(desk) == 1
    letter = office.letters[0][1]
    assert letter["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    path = letter["List-Unsubscribe"].strip("<>").removeprefix(URL)
    work.say(desk, place(desk), person(desk, "Ruth"), "@Tess, again")  # not sent yet
    with browser(desk) as nobody:
        del nobody.headers["Sec-Fetch-Site"]
        assert "Tess" in nobody.get(path).text
        assert mode_of(desk, "Tess") is Mode.AT_ONCE  # looking changes nothing
        click = {"List-Unsubscribe": "One-Click"}
        assert nobody.post(path, data=click).status_code == 200
        assert nobody.post(path, data=click).status_code == 200
    assert mode_of(desk, "Tess") is Mode.NEVER
    assert sent(desk) == 0
    noted = [one for one in trail(desk.database) if "by a link in a letter" in one.detail]
    assert [one.who for one in noted] == ["Tess"]


def mode_of(desk: Desk, name: str) -> Mode:
    """How somebody is told."""
    with desk.database.connect() as connection:
        return subscriptions.of(connection, person(desk, name).id).mode


@pytest.mark.parametrize("word", ["", "x", "1", "1.", "1.AAAA", "１.x", "99999999999.x", "1.é"])
def test_a_link_that_nobody_signed_ends_nothing(desk: Desk, word: str) -> None:
    """Nor that of somebody else."""
    assert subscriptions.person_in(desk.database, word) is None
    own = subscriptions.word_for(desk.database, person(desk, "Tess").id)
    other = f"{person(desk, 'Ruth').id}.{own.partition('.')[2]}"
    assert subscriptions.person_in(desk.database, other) is None
    assert subscriptions.person_in(desk.database, own) == person(desk, "Tess").id
    with browser(desk) as nobody:
        assert nobody.post(f"/unsubscribe/{word or 'x'}").status_code == 410


# The account


def test_everybody_chooses_for_themselves(desk: Desk) -> None:
    """On their account; what makes no sense is refused, and it is in the trail."""

    def choose(tess: TestClient, mode: str, hour: str, zone: str) -> int:
        return tess.post(
            "/account/notices", data={"mode": mode, "hour": hour, "zone": zone}
        ).status_code

    with browser(desk, "Tess") as tess:
        assert choose(tess, "daily", "17", "Asia/Tokyo") == 303
        page = tess.get("/account").text
        assert '<option value="17" selected>' in page and "<option selected>Asia/Tokyo" in page
        assert choose(tess, "daily", "24", ZONE) == 422
        assert choose(tess, "daily", "8", "../../etc/passwd") == 422
        assert choose(tess, "hourly", "8", ZONE) == 422
    assert trail(desk.database, limit=1)[0].detail == "daily at 17:00, Asia/Tokyo"


# The webhook


def test_the_webhook_is_told_signed_until_it_hears(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As the reference of Standard Webhooks reads it; no text that anybody wrote is in it."""
    secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    monkeypatch.setenv("TEST_HOOK", secret)
    with hook(refuse=1) as heard:
        more = f'[review.webhook]\nurl = "{heard.url}"\nsecret_env = "TEST_HOOK"\n'
        desk = desk_in(tmp_path, settings=f'{TWO}\n[review]\nurl = "{URL}"\n{more}')
        work.say(desk, place(desk), person(desk, "Ruth"), "@Tess, @Mona, is this right?")
        assert sent(desk) == 0
        due_now(desk.database)
        assert sent(desk) == 1
        assert sent(desk) == 0
        first, second = heard.heard
    assert first.name == second.name
    names = ("webhook-id", "webhook-timestamp", "webhook-signature")
    headers = dict(zip(names, (second.name, second.at, second.signature), strict=True))
    said = Webhook(secret).verify(second.body, headers)
    assert said["type"] == "review.question"
    assert said["data"] == {
        "by": "Ruth",
        "to": ["Tess", "Mona"] if said["data"]["to"][0] == "Tess" else ["Mona", "Tess"],
        "locale": "nl",
        "article": "articles/first",
        "message": place(desk).digest,
        "messages": 1,
        "url": f"{URL}/nl/message/{place(desk).digest}?in=articles%2Ffirst",
    }
    assert "right?" not in json.dumps(said)
    desk.database.dispose()


def test_workers_send_as_the_desk_does(desk: Desk, office: PostOffice) -> None:
    """By the chore that beat asks for; both at once send each letter once."""
    for number in range(10):
        work.say(desk, place(desk), person(desk, "Ruth"), f"@Tess, look: {number}")
    with ThreadPoolExecutor(2) as pool:
        worker = pool.submit(chores.deliver, Working(desk.project.root))
        own = pool.submit(sent, desk)
        both = worker.result() + own.result()
    assert both == len(office.letters) == 10
