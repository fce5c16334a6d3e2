"""Coming in: log-ins, sessions, links that work once, and the throttle."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from limits import parse
from sqlalchemy import update

from review import people, secrets, sessions
from review.audit import trail
from review.desk import Desk
from review.doors.entry import within
from review.hits import Hits
from review.people import Refused
from review.rights import EVERYWHERE, Role
from review.tables import invitation, session
from review.throttle import Throttle
from tests.review.desks import PASSWORD, browser, desk_in, person
from tests.sites import site


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A desk with people."""
    made = desk_in(tmp_path_factory.mktemp("desk"))
    yield made
    made.database.dispose()


def test_the_first_link_makes_one_manager_once(tmp_path: Path) -> None:
    """It works once, and not at all when somebody else was first."""
    made = Desk.of(site(tmp_path))
    first, second = (people.first_link(made.database) for _ in range(2))
    assert first and second
    with browser(made) as nobody:
        assert nobody.get(f"/join/{first}").status_code == 410  # the later link took its place
        assert "You are the first" in nobody.get(f"/join/{second}").text
        form = {"name": "Anna de Vries", "password": PASSWORD, "again": PASSWORD}
        assert nobody.post(f"/join/{second}", data=form).status_code == 303
        assert "Anna de Vries" in nobody.get("/account").text
        assert nobody.post(f"/join/{second}", data=form).status_code == 410
    assert people.first_link(made.database) is None
    assert person(made, "Anna de Vries").roles == {EVERYWHERE: Role.MANAGER}


@pytest.mark.parametrize(
    ("name", "password", "again", "said"),
    [
        ("Anna", "short", "short", "at least 10 characters"),
        ("Anna", "aaaaaaaaaaaa", "aaaaaaaaaaaa", "too easy to guess"),
        ("Anna", "anna anna 1234", "anna anna 1234", "too easy to guess"),
        ("Anna", PASSWORD, PASSWORD + "!", "the same"),
        ("<b>", PASSWORD, PASSWORD, "letters and digits"),
        ("A name that is much too long", PASSWORD, PASSWORD, "at most 22"),
    ],
)
def test_a_link_is_not_used_up_by_a_mistake(
    tmp_path: Path, name: str, password: str, again: str, said: str
) -> None:
    """The form comes back, saying what is wrong, and works the next time."""
    made = Desk.of(site(tmp_path))
    secret = people.first_link(made.database)
    with browser(made) as nobody:
        form = {"name": name, "password": password, "again": again}
        answer = nobody.post(f"/join/{secret}", data=form)
        assert (answer.status_code, said in answer.text) == (422, True)
        assert nobody.get(f"/join/{secret}").status_code == 200


def test_an_old_invitation_does_not_work(desk: Desk) -> None:
    """After a week."""
    secret = people.invite(desk.database, "Late", "", {}, by=person(desk, "Bea"))
    with desk.database.begin() as connection:
        late = update(invitation).where(invitation.c.id == secrets.digest(secret))
        connection.execute(late.values(until=time.time() - 1))
    with browser(desk) as nobody:
        assert nobody.get(f"/join/{secret}").status_code == 410
    with pytest.raises(Refused):
        people.accept(desk.database, secret, PASSWORD)


def test_a_session_is_a_row_that_can_be_taken_away(desk: Desk) -> None:
    """Log out, or end a session elsewhere: the cookie is worth nothing then."""
    with browser(desk, "Tess") as one, browser(desk, "Tess") as other:
        cookie = one.cookies[sessions.COOKIE]
        assert one.get("/account").status_code == 200
        assert other.post("/account/sessions").status_code == 303
        assert one.get("/account").headers["location"] == "/login?next=%2Faccount"
        assert sessions.person_of(desk.database, cookie) is None


def test_a_session_ends_when_nobody_comes(desk: Desk) -> None:
    """For three days."""
    with browser(desk, "Tess") as tess:
        with desk.database.begin() as connection:
            connection.execute(update(session).values(seen=time.time() - 4 * 86400))
        assert tess.get("/account").status_code == 303


def test_the_cookie_cannot_be_read_or_planted(desk: Desk) -> None:
    """No script reads it, and a log-in never keeps the one that was there."""
    with browser(desk) as nobody:
        nobody.cookies.set(sessions.COOKIE, "planted", domain="127.0.0.1")
        answer = nobody.post("/login", data={"name": "tess", "password": PASSWORD})
        said = answer.headers["set-cookie"]
        assert "HttpOnly" in said and "SameSite=lax" in said and "planted" not in said


def test_only_its_hash_is_kept_of_a_secret(desk: Desk) -> None:
    """Whoever reads the database cannot come in with what is there."""
    with browser(desk, "Tess") as tess, desk.database.connect() as connection:
        kept = connection.exec_driver_sql("SELECT id FROM session").scalars().all()
        assert tess.cookies[sessions.COOKIE] not in kept
        words = connection.exec_driver_sql("SELECT password FROM person").scalars().all()
    assert all(word.startswith("$argon2id$") for word in words if word)


def test_somebody_switched_off_is_out_at_once(desk: Desk) -> None:
    """And cannot come back."""
    bea = person(desk, "Bea")
    people.accept(desk.database, people.invite(desk.database, "Off", "", {}, by=bea), PASSWORD)
    with browser(desk, "Off") as gone:
        people.change(desk.database, person(desk, "Off").id, {}, active=False, by=bea)
        assert gone.get("/account").status_code == 303
        answer = gone.post("/login", data={"name": "Off", "password": PASSWORD})
        assert answer.status_code == 422


def test_the_last_manager_stays(desk: Desk) -> None:
    """Nobody locks everybody out."""
    bea = person(desk, "Bea")
    with pytest.raises(Refused, match="manager of every language"):
        people.change(desk.database, bea.id, {}, active=True, by=bea)


def test_wrong_passwords_are_throttled_by_account_and_address(desk: Desk) -> None:
    """The right one does not help then, and what failed is in the trail."""
    strict = Throttle(Hits(desk.database), account=parse("3 per hour"), address=parse("5 per hour"))
    with browser(replace(desk, throttle=strict)) as nobody:
        wrong = {"name": "Ruth", "password": "wrong"}
        codes = [nobody.post("/login", data=wrong).status_code for _ in range(4)]
        assert codes == [422, 422, 422, 429]
        right = {"name": "ruth ", "password": PASSWORD}
        assert nobody.post("/login", data=right).status_code == 429
        others = [{"name": f"nobody {n}", "password": "wrong"} for n in range(3)]
        assert [nobody.post("/login", data=form).status_code for form in others] == [422, 422, 429]
    assert trail(desk.database, limit=1)[0].action == "log-in failed"
    assert "wrong" not in str(trail(desk.database))


@pytest.mark.parametrize(
    "address",
    ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)", "evil"],
)
def test_nobody_is_sent_elsewhere(address: str) -> None:
    """After logging in one is on this desk."""
    assert within(address) == "/"
    assert within("/nl/queue?state=draft") == "/nl/queue?state=draft"
