"""The API: tokens, scopes, idempotency, cursors, errors; and that it is as it says it is."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from fastapi.routing import APIRoute
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, given, settings
from sqlalchemy import update

from pipeline.catalogues import State, state_of
from review import bearers
from review.access import right_of
from review.bearers import Scope
from review.desk import Desk
from review.doors import api
from review.people import Refused
from review.tables import bearer
from tests.review.chromium import served
from tests.review.desks import FOLK, browser, desk_in, person
from tests.review.test_access import MAY
from tests.sites import catalogue

DOMAIN = "articles/first"
TEXT = "One sentence, and <a1>a link</a1>."
ROUTES = [
    (method, route)
    for route in api.door.router.routes
    if isinstance(route, APIRoute) and "x-scope" in (route.openapi_extra or {})
    for method in route.methods or ()
]


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A desk with people."""
    made = desk_in(tmp_path_factory.mktemp("desk"))
    yield made
    made.database.dispose()


@pytest.fixture(scope="module")
def client(desk: Desk) -> Iterator[TestClient]:
    """A program, without cookies."""
    with browser(desk) as one:
        yield one


def token(desk: Desk, name: str, *scopes: str) -> dict[str, str]:
    """The header of a program that works for somebody."""
    given = scopes or tuple(Scope)
    secret = bearers.create(desk.database, person(desk, name), label="t", scopes=given, days=1)
    return {"Authorization": f"Bearer {secret}"}


def opened(client: TestClient, headers: dict[str, str]) -> dict[str, Any]:
    """A message as the API has it."""
    rows = client.get("/api/v1/messages/nl?state=all&limit=200", headers=headers).json()["items"]
    row = next(one for one in rows if one["source"] == TEXT)
    path = f"/api/v1/messages/nl/{row['id']}?in={DOMAIN}"
    found: dict[str, Any] = client.get(path, headers=headers).json()
    return found


@pytest.mark.parametrize(
    ("method", "route"), ROUTES, ids=[f"{method} {route.path}" for method, route in ROUTES]
)
def test_a_route_asks_for_its_scope_and_its_right(
    desk: Desk, client: TestClient, method: str, route: APIRoute
) -> None:
    """All routes, for all roles, with the scope and without, and nobody."""
    right, scope = right_of(route), Scope((route.openapi_extra or {})["x-scope"])
    assert right is not None
    path = route.path.replace("{locale}", "nl").replace(
        "{id}", "9" * 24 if "messages" in route.path else "9"
    )
    path += f"?in={DOMAIN}&text=x"
    body: Any = None if method == "GET" else {}
    assert client.request(method, path, json=body).status_code == 401
    others = [one for one in Scope if one is not scope]
    for name in FOLK:
        without = client.request(method, path, json=body, headers=token(desk, name, *others))
        assert without.status_code == 403, name
        answer = client.request(method, path, json=body, headers=token(desk, name, scope))
        wide = name == "Dora" and "{locale}" not in route.path  # a manager of another language
        assert (answer.status_code != 403) is (name in MAY[right] or wide), (name, answer.text)


def test_a_decision_is_made_once_and_for_a_version(desk: Desk, client: TestClient) -> None:
    """The same key answers the same; another request with it, or an old version, is refused."""
    headers = token(desk, "Ruth", "read", "decide")
    before = opened(client, headers)
    wish = {"domain": DOMAIN, "id": before["id"], "version": before["version"]}
    wish |= {"action": "approve", "strings": ["Eén zin, en <a1>een link</a1>."]}
    keyed = headers | {"Idempotency-Key": "one"}
    answer = client.post("/api/v1/decisions/nl", json=wish, headers=keyed)
    assert (answer.status_code, answer.json()["state"]) == (200, "approved")
    again = client.post("/api/v1/decisions/nl", json=wish, headers=keyed)
    assert (again.status_code, again.json()) == (200, answer.json())
    other = client.post("/api/v1/decisions/nl", json=wish | {"action": "save"}, headers=keyed)
    assert other.status_code == 409
    late = client.post("/api/v1/decisions/nl", json=wish, headers=headers)
    assert (late.status_code, late.headers["content-type"]) == (409, "application/problem+json")
    assert "read it again" in late.json()["detail"]
    message = next(m for m in catalogue(desk.project, DOMAIN) if m.id == TEXT)
    assert state_of(message) is State.APPROVED


def test_what_cannot_be_shown_cannot_be_approved(desk: Desk, client: TestClient) -> None:
    """And who may not approve is told so."""
    headers = token(desk, "Ruth")
    now = opened(client, headers)
    wish = {"domain": DOMAIN, "id": now["id"], "version": now["version"], "action": "approve"}
    answer = client.post("/api/v1/decisions/nl", json=wish | {"strings": ["Kaal"]}, headers=headers)
    assert answer.status_code == 409
    tess = token(desk, "Tess")
    answer = client.post("/api/v1/decisions/nl", json=wish | {"strings": ["x"]}, headers=tess)
    assert answer.status_code == 403


def test_cursors_lead_through_everything_once(desk: Desk, client: TestClient) -> None:
    """Page by page."""
    headers = token(desk, "Tess", "read")
    whole = client.get("/api/v1/messages/nl?state=all&limit=200", headers=headers).json()
    assert whole["next"] is None
    found, cursor = [], ""
    while True:
        path = f"/api/v1/messages/nl?state=all&limit=3&cursor={cursor}"
        page = client.get(path, headers=headers).json()
        found += page["items"]
        cursor = page["next"]
        if cursor is None:
            break
    assert found == whole["items"]
    bad = client.get("/api/v1/messages/nl?cursor=nonsense", headers=headers)
    assert bad.status_code == 404


def test_a_build_is_begun_once_and_followed(desk: Desk, client: TestClient) -> None:
    """By its number, until it has ended."""
    headers = token(desk, "Bea") | {"Idempotency-Key": "build"}
    first = client.post("/api/v1/builds", json={}, headers=headers).json()
    assert client.post("/api/v1/builds", json={}, headers=headers).json()["id"] == first["id"]
    for _ in range(300):
        now = client.get(f"/api/v1/builds/{first['id']}", headers=headers).json()
        if now["stage"] not in ("waiting", "running"):
            break
        time.sleep(0.1)
    assert now["stage"] == "done"
    assert client.get("/api/v1/builds", headers=headers).json()["items"][0]["id"] == first["id"]


def test_catalogues_and_memory_are_there(desk: Desk, client: TestClient) -> None:
    """As in the files."""
    headers = token(desk, "Tess", "read")
    assert DOMAIN in client.get("/api/v1/catalogues/nl", headers=headers).json()["items"]
    path = f"/api/v1/catalogues/nl/file?in={DOMAIN}&form=xlf"
    assert b"urn:oasis:names:tc:xliff" in client.get(path, headers=headers).content
    assert client.get("/api/v1/memory/nl?text=x", headers=headers).json() == {"items": []}


def test_a_token_ends(desk: Desk, client: TestClient) -> None:
    """By its date, by its person, or with its person."""
    headers = token(desk, "Tess", "read")
    assert client.get("/api/v1/status", headers=headers).status_code == 200
    with desk.database.begin() as connection:
        connection.execute(update(bearer).values(until=time.time() - 1))
    assert client.get("/api/v1/status", headers=headers).status_code == 401
    for days, scopes in ((0, ["read"]), (400, ["read"]), (1, ["all"]), (1, [])):
        with pytest.raises(Refused):
            bearers.create(desk.database, person(desk, "Tess"), label="t", scopes=scopes, days=days)
    with browser(desk, "Tess") as tess:
        form = {"label": "script", "scope": ["read"], "days": "3"}
        page = tess.post("/account/tokens", data=form).text
        secret = page.partition('value="desk_')[2].partition('"')[0]
        own = {"Authorization": f"Bearer desk_{secret}"}
        assert client.get("/api/v1/status", headers=own).status_code == 200
        for one in bearers.of(desk.database, person(desk, "Tess")):
            tess.post("/account/tokens/end", data={"id": one.id})
        assert client.get("/api/v1/status", headers=own).status_code == 401


def test_a_cookie_is_no_token(desk: Desk) -> None:
    """The API knows no sessions, so that no other site can use one."""
    with browser(desk, "Bea") as bea:
        assert bea.get("/api/v1/status").status_code == 401


def test_the_api_is_as_it_says(desk: Desk) -> None:
    """Schemathesis asks it everything that its own description allows, and what it does not."""
    headers = token(desk, "Bea")
    with served(desk) as address:
        schema = schemathesis.openapi.from_url(f"{address}/api/v1/openapi.json")

        @settings(
            max_examples=12,
            deadline=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
        )
        def ask(case: Any) -> None:
            case.call_and_validate(headers=headers, timeout=60)

        asked = 0
        for result in schema.get_all_operations():
            operation: Any = result.ok()  # type: ignore[union-attr]  # it raises what is wrong
            asked += 1
            strategy = operation.as_strategy()
            given(case=strategy)(ask)()
    assert asked == len(ROUTES)
