"""Sending: encrypted, again until it is heard, once each."""

from __future__ import annotations

import logging
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import update

from pipeline.ledger import chores
from pipeline.ledger.place import Place as Working
from pipeline.project import open_project
from review import courier, outbox, work
from review.audit import trail
from review.courier import Courier, deliver
from review.desk import Desk
from review.tables import outbox as outbox_table
from tests.review.desks import desk_in, person
from tests.review.letters.posting import (
    addressed,
    due_now,
    place,
    row_of,
    sent,
    settings,
)
from tests.review.post import PASSWORD, USER, PostOffice, context, post_office


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


def test_workers_send_as_the_desk_does(desk: Desk, office: PostOffice) -> None:
    """By the chore that beat asks for; both at once send each letter once."""
    for number in range(10):
        work.say(desk, place(desk), person(desk, "Ruth"), f"@Tess, look: {number}")
    with ThreadPoolExecutor(2) as pool:
        worker = pool.submit(chores.deliver, Working(desk.project.root))
        own = pool.submit(sent, desk)
        both = worker.result() + own.result()
    assert both == len(office.letters) == 10
