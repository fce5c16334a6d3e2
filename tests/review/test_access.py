"""Every route states a right, and lets in who has it and nobody else."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from fastapi.routing import APIRoute
from fastapi.testclient import TestClient

from pipeline.catalogues import digest_of
from review.access import right_of
from review.app import create_app, doors
from review.desk import Desk
from review.rights import Right
from tests.review.desks import FOLK, browser, desk_in
from tests.sites import catalogue

MAY: dict[Right, set[str]] = {
    Right.OPEN: {"", *FOLK},
    Right.ENTER: set(FOLK),
    Right.READ: {"Tess", "Ruth", "Mona", "Bea"},
    Right.TRANSLATE: {"Tess", "Ruth", "Mona", "Bea"},
    Right.REVIEW: {"Ruth", "Mona", "Bea"},
    Right.MANAGE: {"Mona", "Bea"},
    Right.RULE: {"Bea"},
}
"""Who may, where the language is Dutch; nobody is the empty name."""

ROUTES = [
    (method, route)
    for door in doors()
    for route in door.router.routes
    if isinstance(route, APIRoute) and "x-scope" not in (route.openapi_extra or {})
    for method in route.methods or ()
]


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A desk with people."""
    made = desk_in(tmp_path_factory.mktemp("desk"))
    yield made
    made.database.dispose()


@pytest.fixture(scope="module")
def browsers(desk: Desk) -> Iterator[dict[str, TestClient]]:
    """A browser for everybody, and one that nobody is logged in with."""
    with ExitStack() as stack:
        yield {name: stack.enter_context(browser(desk, name)) for name in ("", *FOLK)}


def test_every_route_is_behind_a_door(desk: Desk) -> None:
    """And every door's routes state their rights."""
    app = create_app(desk.project, desk=desk)
    assert len(app.routes) == len(doors()) + 1  # the API, which states and tests its own
    assert all(right_of(route) is not None for _, route in ROUTES)


@pytest.mark.parametrize(
    ("method", "route"), ROUTES, ids=[f"{method} {route.path}" for method, route in ROUTES]
)
def test_a_route_lets_in_who_has_its_right(
    desk: Desk, browsers: dict[str, TestClient], method: str, route: APIRoute
) -> None:
    """All routes, for all roles and nobody; what they do with an empty form is another question."""
    right = right_of(route)
    assert right is not None
    for name, client in browsers.items():
        if route.path in ("/logout", "/account/sessions") and name:
            continue  # it would end the browser's own session; tested elsewhere
        answer = client.request(method, address(desk, route.path), data={})
        refused = answer.status_code in (401, 403) or answer.headers.get("location", "").startswith(
            "/login?next="
        )
        # A manager of another language sees the board of that one, and the preview.
        somewhere = right in (Right.READ, Right.MANAGE) and "{locale}" not in route.path
        wide = name == "Dora" and somewhere
        assert refused is not (name in MAY[right] or wide), (name, answer.status_code)


def address(desk: Desk, path: str) -> str:
    """An address that a route answers to."""
    message = catalogue(desk.project, "articles/first").messages[0]
    values = {
        "locale": "nl",
        "digest": digest_of(message.key),
        "id": "999",
        "secret": "x",
        "name": "desk.css",
        "path:path": "assets/none.css",
        "domain:path": "articles/first",
    }
    for name, value in values.items():
        path = path.replace(f"{{{name}}}", value)
    return f"{path}?in=articles/first"
