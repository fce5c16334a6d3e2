"""Coming in with an OpenID provider: who is let in, and all that does not let anybody in."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select, update

from review import identities, openid, people, sessions
from review.audit import trail
from review.desk import Desk
from review.rights import EVERYWHERE, Role
from review.tables import arrival, identity
from tests.review.desks import PASSWORD, TWO, browser, desk_in, person, text_of
from tests.review.provider import CLIENT, SECRET, Provider, elliptic, provider, rsa

URL = "http://127.0.0.1:8001"


@pytest.fixture
def idp(monkeypatch: pytest.MonkeyPatch) -> Iterator[Provider]:
    """A provider that nobody knows yet, who says that it is Tess."""
    monkeypatch.setenv("TEST_OIDC", SECRET)
    monkeypatch.setattr(openid, "_known", {})
    with provider() as one:
        yield one


def settings(idp: Provider, *lines: str, review: str = "") -> str:
    """Those of a desk that people come to with it."""
    own = f'issuer = "{idp.issuer}"\nclient_id = "{CLIENT}"\nclient_secret_env = "TEST_OIDC"'
    rest = "\n".join(('name = "Example"', *lines))
    return f'{TWO}\n[review]\nurl = "{URL}"\n{review}\n[review.oidc]\n{own}\n{rest}\n'


def made(folder: Path, idp: Provider, *lines: str, review: str = "") -> Desk:
    """A desk, where Tess has an address."""
    desk = desk_in(folder, settings=settings(idp, *lines, review=review))
    tess = person(desk, "Tess")
    people.change(
        desk.database,
        tess.id,
        tess.roles or {},
        active=True,
        by=person(desk, "Bea"),
        address="Tess@example.org",
    )
    return desk


@pytest.fixture
def desk(tmp_path: Path, idp: Provider) -> Iterator[Desk]:
    """A desk that people come to with the provider."""
    one = made(tmp_path, idp)
    yield one
    one.database.dispose()


def come(nobody: TestClient, idp: Provider, next: str = "/account") -> Any:
    """Go to the provider, and come back."""
    away = nobody.get("/login/oidc", params={"next": next})
    assert away.status_code == 303, text_of(away.text)
    return nobody.get(idp.let_in(away.headers["location"]))


def test_the_button_is_there_where_it_is_set_up(desk: Desk, tmp_path: Path) -> None:
    """And nowhere else."""
    with browser(desk) as nobody:
        assert "Log in with Example" in nobody.get("/login").text
    (tmp_path / "other").mkdir()
    other = desk_in(tmp_path / "other")
    with browser(other) as nobody:
        assert "Log in with" not in nobody.get("/login").text
        assert nobody.get("/login/oidc").status_code == 404
        assert nobody.get("/login/oidc/callback?state=x&code=x").status_code == 404
    other.database.dispose()


def test_a_verified_address_lets_an_invited_person_in(desk: Desk, idp: Provider) -> None:
    """Whatever letters it is written in; from then on they are known by their subject."""
    with browser(desk) as nobody:
        answer = come(nobody, idp)
        assert (answer.status_code, answer.headers["location"]) == (303, "/account")
        assert "Tess" in nobody.get("/account").text
    assert "link identity" in [one.action for one in trail(desk.database, limit=3)]
    idp.claims = {"email": "other@example.org", "email_verified": False}
    with browser(desk) as nobody:
        assert come(nobody, idp).status_code == 303
        assert "Tess" in nobody.get("/account").text


def test_an_address_at_another_place_counts_too(desk: Desk, idp: Provider) -> None:
    """Some providers say it only when asked; it has to be of the same subject."""
    idp.missing = ("email", "email_verified")
    idp.user = {"sub": "4711", "email": "tess@example.org", "email_verified": True}
    with browser(desk) as nobody:
        assert come(nobody, idp).status_code == 303
    idp.claims = {"sub": "another"}
    with browser(desk) as nobody:
        assert come(nobody, idp).status_code == 403


@pytest.mark.parametrize("kind", ["ES256", "RS256"])
def test_keys_are_changed(desk: Desk, idp: Provider, kind: str) -> None:
    """The provider signs with a new one: it is asked for its keys again, once."""
    with browser(desk) as nobody:
        assert come(nobody, idp).status_code == 303
    before = idp.asked.count("/keys")
    idp.keys = [elliptic("two") if kind == "ES256" else rsa("two")]
    idp.algorithm = kind
    with browser(desk) as nobody:
        assert come(nobody, idp).status_code == 303
        assert come(nobody, idp).status_code == 303
    assert idp.asked.count("/keys") == before + 1


NOW = time.time()
LIES: dict[str, dict[str, Any]] = {
    "nonce": {"claims": {"nonce": "another"}},
    "no nonce": {"missing": ("nonce",)},
    "audience": {"claims": {"aud": "another"}},
    "audiences": {"claims": {"aud": [CLIENT, "another"]}},
    "party": {"claims": {"azp": "another"}},
    "no audience": {"missing": ("aud",)},
    "issuer": {"claims": {"iss": "https://evil.example"}},
    "expired": {"claims": {"exp": int(NOW) - 600, "iat": int(NOW) - 900}},
    "no expiry": {"missing": ("exp",)},
    "of tomorrow": {"claims": {"iat": int(NOW) + 86400, "exp": int(NOW) + 2 * 86400}},
    "no subject": {"missing": ("sub",)},
    "empty subject": {"claims": {"sub": ""}},
    "none": {"algorithm": "none"},
    "public key as secret": {"algorithm": "HS256"},
    "another's key": {"signer": rsa("one")},
    "an unknown key": {"signer": rsa("unknown")},
    "unverified": {"claims": {"email_verified": False}},
    "nothing said of it": {"missing": ("email_verified",)},
    "verified by a word": {"claims": {"email_verified": "yes"}},
    "a stranger": {"claims": {"email": "stranger@example.org"}},
    "no address": {"missing": ("email",)},
}


@pytest.mark.parametrize("lie", LIES)
def test_what_is_not_right_lets_nobody_in(desk: Desk, idp: Provider, lie: str) -> None:
    """It is said on the page, noted in the trail, and makes nobody."""
    for name, value in LIES[lie].items():
        setattr(idp, name, value)
    with browser(desk) as nobody:
        answer = come(nobody, idp)
        assert answer.status_code == 403
        assert 'role="alert"' in answer.text
        assert sessions.COOKIE not in nobody.cookies
    assert trail(desk.database, limit=1)[0].action == "log-in failed"
    with desk.database.connect() as connection:
        assert connection.execute(select(identity)).all() == []


def test_a_state_of_somebody_else_lets_nobody_in(desk: Desk, idp: Provider) -> None:
    """An address that others prepared, in a browser that did not begin."""
    with browser(desk) as evil, browser(desk) as victim:
        address = idp.let_in(evil.get("/login/oidc").headers["location"])
        assert victim.get(address).status_code == 403
        victim.get("/login/oidc")
        assert victim.get(address).status_code == 403
        wrong = address.replace("state=", "state=x")
        assert evil.get(wrong).status_code == 403
        assert evil.get("/login/oidc/callback").status_code == 403
        assert evil.get("/login/oidc/callback?state=é&code=x").status_code == 403


def test_nothing_works_twice(desk: Desk, idp: Provider) -> None:
    """Neither the address that one comes back to, nor a code with another state."""
    with browser(desk) as nobody:
        away = nobody.get("/login/oidc").headers["location"]
        cookie = nobody.cookies["arrival"]
        address = idp.let_in(away)
        assert nobody.get(address).status_code == 303
        nobody.cookies.clear()
        nobody.cookies.set("arrival", cookie)
        assert nobody.get(address).status_code == 403
        nobody.cookies.clear()
        fresh = idp.let_in(nobody.get("/login/oidc").headers["location"])
        used = address.split("code=")[1].split("&")[0]
        code = fresh.split("code=")[1].split("&")[0]
        assert nobody.get(fresh.replace(code, used)).status_code == 403


def test_whoever_takes_too_long_begins_again(desk: Desk, idp: Provider) -> None:
    """After ten minutes; and what was left is swept out."""
    with browser(desk) as nobody:
        address = idp.let_in(nobody.get("/login/oidc").headers["location"])
        with desk.database.begin() as connection:
            connection.execute(update(arrival).values(until=time.time() - 1))
        assert nobody.get(address).status_code == 403
        nobody.get("/login/oidc")
        with desk.database.begin() as connection:
            connection.execute(update(arrival).values(until=time.time() - 1))
        nobody.get("/login/oidc")
    with desk.database.connect() as connection:
        assert len(connection.execute(select(arrival)).all()) == 1


def test_another_provider_answers(desk: Desk, idp: Provider) -> None:
    """As RFC 9207 has it: the answer says who gave it."""
    with browser(desk) as nobody:
        address = idp.let_in(nobody.get("/login/oidc").headers["location"])
        assert nobody.get(f"{address}.evil.example").status_code == 403


@pytest.mark.parametrize(
    "said",
    [
        {"issuer": "https://evil.example"},
        {"authorization_endpoint": "http://evil.example/authorize"},
        {"authorization_endpoint": "javascript:alert(1)"},
    ],
)
def test_a_provider_that_is_another_is_not_gone_to(
    desk: Desk, idp: Provider, said: dict[str, str]
) -> None:
    """Or that would be gone to unencrypted."""
    idp.said = said
    with browser(desk) as nobody:
        assert nobody.get("/login/oidc").status_code == 403


def test_a_provider_that_is_down_is_said_so(desk: Desk, idp: Provider) -> None:
    """Before and on the way back; passwords work."""
    idp.down = True
    with browser(desk, "Ruth") as ruth, browser(desk) as nobody:
        assert "does not answer" in nobody.get("/login/oidc").text
        idp.down = False
        address = idp.let_in(nobody.get("/login/oidc").headers["location"])
        idp.down = True
        assert nobody.get(address).status_code == 403
        assert ruth.get("/account").status_code == 200


@pytest.mark.parametrize("next", ["https://evil.example/", "//evil.example", "/\\evil.example"])
def test_nobody_is_sent_elsewhere_afterwards(desk: Desk, idp: Provider, next: str) -> None:
    """One is on this desk."""
    with browser(desk) as nobody:
        assert come(nobody, idp, next).headers["location"] == "/"


def test_somebody_switched_off_stays_out(desk: Desk, idp: Provider) -> None:
    """Also when they were let in before; and an address that two have lets neither in."""
    bea, tess = person(desk, "Bea"), person(desk, "Tess")
    with browser(desk) as nobody:
        assert come(nobody, idp).status_code == 303
        people.change(desk.database, tess.id, {}, active=False, by=bea)
        assert nobody.get("/account").headers["location"].startswith("/login")
        assert come(nobody, idp).status_code == 403
    for name in ("Ruth", "Mona"):
        one = person(desk, name)
        people.change(
            desk.database, one.id, one.roles or {}, active=True, by=bea, address="r@example.org"
        )
    idp.claims = {"sub": "4712", "email": "r@example.org"}
    with browser(desk) as nobody:
        assert "Several people" in come(nobody, idp).text


def test_an_invitation_ends_with_the_first_visit(desk: Desk, idp: Provider) -> None:
    """Its link makes no password any more, and they are not said to be invited."""
    link = people.invite(desk.database, "Vera", "vera@example.org", {}, by=person(desk, "Bea"))
    idp.claims = {"email": "vera@example.org", "sub": "v"}
    with browser(desk) as nobody:
        assert come(nobody, idp).status_code == 303
        assert "Vera" in nobody.get("/account").text
        assert nobody.get(f"/join/{link}").status_code == 410
    assert not person(desk, "Vera").invited


def test_accounts_are_made_where_the_settings_say_so(tmp_path: Path, idp: Provider) -> None:
    """For addresses of a domain, verified, with a role; under a name that nobody has."""
    lines = ("create = true", 'domains = ["Example.org"]', 'languages = ["nl"]')
    desk = made(tmp_path, idp, *lines)
    idp.claims = {"sub": "n1", "email": "new@example.org", "name": "Ruth"}
    with browser(desk) as nobody:
        assert come(nobody, idp).status_code == 303
    new = person(desk, "Ruth 2")
    assert (new.roles, new.address) == ({"nl": Role.TRANSLATOR}, "new@example.org")
    for number, (email, name) in enumerate(
        [("x@evil.example", "X"), ("x@sub.example.org", "X"), ("x@example.org.evil", "X")]
    ):
        idp.claims = {"sub": f"e{number}", "email": email, "name": name}
        with browser(desk) as nobody:
            assert come(nobody, idp).status_code == 403
    idp.claims = {"sub": "n2", "email": "o.neil@example.org", "name": "<b>\n@Bea</b>" * 9}
    with browser(desk) as nobody:
        assert come(nobody, idp).status_code == 303
        assert nobody.get("/board").status_code == 403
    assert person(desk, "b Bea b b Bea b b").address == "o.neil@example.org"
    desk.database.dispose()


def test_passwords_can_be_switched_off(tmp_path: Path, idp: Provider) -> None:
    """There is no form, none is taken, and links for it do not work; the first manager's does."""
    desk = made(tmp_path, idp, review="passwords = false")
    link = people.invite(desk.database, "Vera", "", {}, by=person(desk, "Bea"))
    with browser(desk) as nobody:
        page = nobody.get("/login").text
        assert 'type="password"' not in page and "Log in with Example" in page
        assert nobody.post("/login", data={"name": "Ruth", "password": PASSWORD}).status_code == 403
        form = {"password": PASSWORD, "again": PASSWORD}
        assert nobody.get(f"/join/{link}").status_code == 403
        assert nobody.post(f"/join/{link}", data=form).status_code == 403
        assert come(nobody, idp).status_code == 303
    desk.database.dispose()


def test_a_manager_who_comes_this_way_counts_as_one(desk: Desk, idp: Provider) -> None:
    """The only one with a password may go then."""
    bea = person(desk, "Bea")
    roles = {EVERYWHERE: Role.MANAGER}
    people.change(desk.database, person(desk, "Tess").id, roles, active=True, by=bea)
    with browser(desk) as nobody:
        assert come(nobody, idp).status_code == 303
    people.change(desk.database, bea.id, {}, active=False, by=bea)
    assert not person(desk, "Bea").active


def test_beginning_is_throttled(desk: Desk, idp: Provider) -> None:
    """Each leaves a row."""
    with browser(desk) as nobody:
        codes = [nobody.get("/login/oidc").status_code for _ in range(61)]
    assert codes == [303] * 60 + [429]
    assert identities.LASTS == 600
