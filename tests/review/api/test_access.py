"""Who may do what: every route for every role, every scope and nobody; limits; errors."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient
from limits import parse
from sqlalchemy import update

from review import people, tokens
from review.access import RIGHT
from review.api import create_api, resources
from review.api.access import SCOPE
from review.api.catalogues import LARGEST
from review.app import create_app
from review.current import Current
from review.desk import Desk
from review.rights import Role
from review.tables import bearer
from review.tokens import Scope
from tests.review.api.programs import desk_on, problem, program, token_of
from tests.review.desks import BASE, FOLK, PASSWORD, browser, desk_in, person

ROUTES = {
    "GET /me": ("read", "enter"),
    "GET /locales": ("read", "read"),
    "GET /status": ("read", "read"),
    "GET /activity": ("read", "manage"),
    "GET /activity/totals": ("read", "manage"),
    "GET /waits": ("read", "manage"),
    "GET /locales/{locale}/messages": ("read", "read"),
    "GET /locales/{locale}/messages/{message}": ("read", "read"),
    "GET /locales/{locale}/messages/{message}/history": ("read", "read"),
    "PUT /locales/{locale}/messages/{message}": ("translate", "translate"),
    "PUT /locales/{locale}/messages": ("translate", "translate"),
    "POST /locales/{locale}/decisions": ("review", "review"),
    "POST /locales/{locale}/bulk": ("translate", "translate"),
    "POST /locales/{locale}/bulk/{id}/undo": ("translate", "translate"),
    "GET /locales/{locale}/messages/{message}/comments": ("read", "read"),
    "POST /locales/{locale}/messages/{message}/comments": ("translate", "read"),
    "GET /mentions": ("read", "enter"),
    "POST /locales/{locale}/messages/{message}/approve": ("review", "review"),
    "POST /locales/{locale}/messages/{message}/reject": ("review", "review"),
    "GET /locales/{locale}/decisions": ("read", "read"),
    "GET /locales/{locale}/catalogues": ("read", "read"),
    "GET /locales/{locale}/catalogues/{catalogue}": ("read", "read"),
    "GET /locales/{locale}/archive": ("read", "read"),
    "POST /locales/{locale}/catalogues": ("translate", "translate"),
    "GET /locales/{locale}/memory": ("read", "read"),
    "GET /locales/{locale}/memory/matches": ("read", "read"),
    "GET /locales/{locale}/memory.tmx": ("read", "read"),
    "POST /locales/{locale}/memory": ("manage", "manage"),
    "POST /builds": ("build", "manage"),
    "GET /builds": ("read", "manage"),
    "GET /builds/{id}": ("read", "manage"),
    "POST /builds/{id}/cancel": ("build", "manage"),
    "GET /locales/{locale}/estimate": ("build", "manage"),
    "POST /locales/{locale}/drafts": ("build", "manage"),
    "GET /locales/{locale}/drafts/{id}": ("read", "manage"),
    "POST /locales/{locale}/drafts/{id}/cancel": ("build", "manage"),
    "POST /tokens": ("manage", "manage"),
    "GET /tokens": ("manage", "manage"),
    "DELETE /tokens/{id}": ("manage", "manage"),
}
"""Every route with the scope and the right that it has to ask for."""

MAY = {
    "enter": {"Tess", "Ruth", "Mona", "Dora", "Nina", "Bea"},
    "read": {"Tess", "Ruth", "Mona", "Bea"},
    "translate": {"Tess", "Ruth", "Mona", "Bea"},
    "review": {"Ruth", "Mona", "Bea"},
    "manage": {"Mona", "Bea"},
}
"""Who has each right in Dutch; Dora manages German alone."""

BODY = {"content": b'{"locales": 0, "scopes": 0}', "headers": {"Content-Type": "text/plain"}}
"""What no route takes: so that those who may get in change nothing."""


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A desk with people."""
    made = desk_in(tmp_path_factory.mktemp("desk"))
    yield made
    made.database.dispose()


def ask(client: TestClient, route: str) -> int:
    """The status that a route answers with to a request that it cannot carry out."""
    method, _, path = route.partition(" ")
    for name, value in {
        "locale": "nl",
        "message": "about.000000000000000000000000",
        "catalogue": "nowhere",
        "id": "999",
    }.items():
        path = path.replace(f"{{{name}}}", value)
    body = BODY if method in ("POST", "PUT") else {}
    return client.request(method, path, **body).status_code  # type: ignore[arg-type]  # a body


def test_every_route_is_in_the_table() -> None:
    """With the scope and the right that it states."""
    found = {
        f"{next(iter(route.methods))} {route.path}": (  # type: ignore[attr-defined]  # a route
            route.openapi_extra[SCOPE],  # type: ignore[attr-defined]
            route.openapi_extra[RIGHT].lower(),  # type: ignore[attr-defined]
        )
        for resource in resources()
        for route in resource.router.routes
    }
    assert found == ROUTES


@pytest.mark.parametrize("name", FOLK)
def test_every_route_for_every_scope_of(desk: Desk, name: str) -> None:
    """A token needs the scope, and its person the right: neither makes up for the other."""
    for scope in Scope:
        with program(desk, name, [scope]) as client:
            for route, (wanted, right) in ROUTES.items():
                may = set(MAY[right])
                if "{locale}" not in route:
                    may |= {"Dora"}
                good = name in may and (wanted in ("read", scope))
                assert (ask(client, route) not in (401, 403)) is good, (route, scope)


@pytest.mark.parametrize("secret", ["", "l10n_wrong", "not-a-token", "l10n_" + "x" * 500])
def test_no_route_for_nobody(desk: Desk, secret: str) -> None:
    """Without a token, or with one that is none, everything says 401 and how to come in."""
    with program(desk, secret=secret) as client:
        for route in ROUTES:
            assert ask(client, route) == 401, route
        answer = client.get("/me")
        problem(answer, 401)
        assert answer.headers["www-authenticate"].startswith("Bearer")


def test_a_cookie_is_no_token(desk: Desk) -> None:
    """So no other site can make somebody's browser do anything here."""
    with browser(desk, "Bea") as bea:
        problem(bea.get("/api/v1/me"), 401)
        problem(bea.post("/api/v1/builds", json={}), 401)


def test_a_token_is_for_its_languages(desk: Desk) -> None:
    """Whatever else its person may."""
    with program(desk, "Bea", locales=["de"]) as client:
        assert client.get("/locales/de/messages").status_code == 200
        said = problem(client.get("/locales/nl/messages"), 403)
        assert said["detail"] == "This token is not for “nl”."
        assert [one["locale"] for one in client.get("/locales").json()["items"]] == ["de"]
        assert {row["locale"] for row in client.get("/status").json()["items"]} == {"de"}
        problem(client.get("/status?locale=nl"), 403)
        problem(client.post("/builds", json={"locales": ["nl"]}), 403)
        problem(client.post("/builds", json={}), 403)


def test_a_token_ends_at_its_day(desk: Desk) -> None:
    """From one moment to the next."""
    secret = token_of(desk, "Tess")
    with program(desk, secret=secret) as client:
        id = client.get("/me").json()["token"]["id"]
        with desk.database.begin() as connection:
            late = update(bearer).where(bearer.c.id.startswith(id)).values(until=time.time() - 1)
            connection.execute(late)
        problem(client.get("/me"), 401)


def test_a_token_ends_with_its_person(desk: Desk) -> None:
    """Switched off, they can do nothing, and back on, the token is gone."""
    bea = person(desk, "Bea")
    link = people.invite(desk.database, "Robot", "", {"nl": Role.REVIEWER}, by=bea)
    people.accept(desk.database, link, PASSWORD)
    robot = person(desk, "Robot")
    with program(desk, "Robot") as client:
        assert client.get("/locales/nl/messages").status_code == 200
        people.change(desk.database, robot.id, {"nl": Role.REVIEWER}, active=False, by=bea)
        problem(client.get("/locales/nl/messages"), 401)
        people.change(desk.database, robot.id, {"nl": Role.REVIEWER}, active=True, by=bea)
        problem(client.get("/locales/nl/messages"), 401)


def test_a_token_may_no_more_than_its_person_now(desk: Desk) -> None:
    """Roles that are taken away are taken from the tokens that there are."""
    bea = person(desk, "Bea")
    link = people.invite(desk.database, "Temp", "", {"nl": Role.MANAGER}, by=bea)
    people.accept(desk.database, link, PASSWORD)
    with program(desk, "Temp") as client:
        assert client.get("/builds").status_code == 200
        people.change(desk.database, person(desk, "Temp").id, {}, active=True, by=bea)
        problem(client.get("/builds"), 403)
        assert client.get("/me").json()["roles"] == {}


def test_what_a_scope_lacks_is_said_to_programs(desk: Desk) -> None:
    """In the header that RFC 6750 has for it."""
    with program(desk, "Bea", [Scope.READ]) as client:
        answer = client.post("/builds", json={})
        assert problem(answer, 403)["detail"].endswith("it asks for “build”.")
        assert 'error="insufficient_scope", scope="build"' in answer.headers["www-authenticate"]


def test_a_token_may_not_ask_too_often(desk: Desk) -> None:
    """It is told how much is left, and then when to go on; others are not held up."""
    api = create_api(Current(desk), rate=parse("3 per minute"))
    first, other = token_of(desk, "Tess"), token_of(desk, "Ruth")
    with TestClient(api, base_url=BASE) as client:
        headers = {"Authorization": f"Bearer {first}"}
        left = [client.get("/me", headers=headers).headers["ratelimit"] for _ in range(3)]
        assert [said.partition(";t=")[0] for said in left] == [f'"token";r={n}' for n in (2, 1, 0)]
        answer = client.get("/me", headers=headers)
        problem(answer, 429)
        assert 1 <= int(answer.headers["retry-after"]) <= 61
        assert client.get("/me", headers={"Authorization": f"Bearer {other}"}).status_code == 200


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/nowhere", 404),
        ("GET", "/locales/xx/messages", 404),
        ("GET", "/locales/nl/messages/about.ffffffffffffffffffffffff", 404),
        ("GET", "/locales/nl/messages/..%2F..%2Fpipeline.000000000000000000000000", 404),
        ("GET", "/locales/nl/catalogues/..:..:..:pipeline", 404),
        ("GET", "/locales/nl/catalogues/about%00", 404),
        ("PATCH", "/me", 405),
        ("DELETE", "/builds", 405),
        ("GET", "/locales/nl/messages?limit=0", 422),
        ("GET", "/locales/nl/messages?state=lost", 422),
        ("GET", "/locales/nl/messages?cursor=nonsense", 400),
        ("GET", "/locales/nl/messages?cursor=WzEsMl0", 400),
        ("GET", "/builds?cursor=WzFlOTld", 400),
        ("POST", "/builds", 422),
    ],
)
def test_every_error_is_a_problem(desk: Desk, method: str, path: str, status: int) -> None:
    """Those of the framework as well."""
    with program(desk, "Bea") as client:
        body = {"json": {"no": "such"}} if method == "POST" else {}
        problem(client.request(method, path, **body), status)  # type: ignore[arg-type]  # a body


def test_a_method_that_is_not_taken_is_told_which_are(desk: Desk) -> None:
    """All of those that the address takes."""
    with program(desk, "Bea") as client:
        assert client.delete("/builds").headers["allow"] == "GET, POST"


def test_what_was_sent_is_not_in_the_answer(desk: Desk) -> None:
    """A mistake says where it is, and never repeats what may be a secret."""
    with program(desk, "Bea") as client:
        body = {"label": "x", "scopes": ["read"], "days": "hunter2"}
        said = problem(client.post("/tokens", json=body), 422)
        assert said["errors"] == [
            {
                "in": "body",
                "at": "days",
                "detail": "Input should be a valid integer, unable to parse string as an integer",
            }
        ]
        broken = {"content": b"{", "headers": {"Content-Type": "application/json"}}
        assert problem(client.post("/tokens", **broken), 400)["detail"] == "The body is no JSON."  # type: ignore[arg-type]  # a body


def test_what_is_too_large_is_not_read(desk: Desk) -> None:
    """Whether it says its size or not."""
    with program(desk, "Bea") as client:
        large = b"x" * (LARGEST + 1)
        headers = {"Content-Type": "application/zip"}
        address = "/locales/nl/catalogues"
        said = problem(client.post(address, content=large, headers=headers), 413)
        assert said["detail"] == "At most 20 MiB are taken here."
        pieces = (large[n : n + (1 << 20)] for n in range(0, len(large), 1 << 20))
        problem(client.post(address, content=pieces, headers=headers), 413)
        problem(client.post("/builds", content=b" " * ((1 << 20) + 1)), 413)


def test_what_comes_from_elsewhere_is_a_problem_too(desk: Desk) -> None:
    """The guard before all routes speaks to programs as programs understand it."""
    with program(desk, "Bea") as client:
        problem(client.get("/me", headers={"Host": "evil.example"}), 421)


def test_an_error_that_nobody_foresaw_is_a_problem(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """It is in the log, and tells the world nothing of the inside."""

    def broken(*given: object, **more: object) -> None:
        raise RuntimeError("the password is hunter2")

    monkeypatch.setattr(tokens, "listed", broken)
    with program(desk, "Bea") as client:
        said = problem(client.get("/tokens"), 500)
    assert "hunter2" not in str(said)
    assert "hunter2" in caplog.text


@pytest.mark.parametrize("kind", ["postgresql"])
def test_tokens_work_on(
    kind: str, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    """PostgreSQL as well: made, used, revoked."""
    made = desk_on(kind, tmp_path_factory.mktemp("desk"), monkeypatch)
    with program(made, "Bea") as client:
        new = client.post("/tokens", json={"label": "new", "scopes": ["read"]}).json()
        with TestClient(create_app(made.project, desk=made), base_url=BASE) as other:
            headers = {"Authorization": f"Bearer {new['secret']}"}
            assert other.get("/api/v1/me", headers=headers).json()["person"] == "Bea"
            assert client.delete(f"/tokens/{new['token']['id']}").status_code == 204
            problem(other.get("/api/v1/me", headers=headers), 401)
    made.database.dispose()
