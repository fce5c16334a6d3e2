"""What stands before every route: host, origin, and what a page may load."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient
from starlette.datastructures import Headers

from review.app import create_app
from review.desk import Desk
from review.guard import POLICY, means_it
from tests.review.desks import BASE, PASSWORD, browser, desk_in


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A desk with people."""
    made = desk_in(tmp_path_factory.mktemp("desk"))
    yield made
    made.database.dispose()


@pytest.mark.parametrize(
    ("headers", "good"),
    [
        ({"sec-fetch-site": "same-origin"}, True),
        ({"sec-fetch-site": "same-site"}, False),
        ({"sec-fetch-site": "cross-site"}, False),
        ({"sec-fetch-site": "none"}, False),
        ({"sec-fetch-site": "cross-site", "origin": BASE, "host": "127.0.0.1:8001"}, False),
        ({"origin": BASE, "host": "127.0.0.1:8001"}, True),
        ({"origin": "http://127.0.0.1:8000", "host": "127.0.0.1:8001"}, False),
        ({"origin": "null", "host": "127.0.0.1:8001"}, False),
        ({"host": "127.0.0.1:8001"}, False),
        ({"authorization": "Bearer x"}, True),
        ({"authorization": "Bearer x", "cookie": "desk=1"}, False),
    ],
)
def test_only_our_own_pages_change_anything(headers: dict[str, str], good: bool) -> None:
    """What a browser says of where a request comes from decides."""
    assert means_it("POST", Headers(headers)) is good
    assert means_it("GET", Headers(headers))


def test_a_request_from_elsewhere_changes_nothing(desk: Desk) -> None:
    """Not even a log-in, with the right password."""
    with TestClient(create_app(desk.project, desk=desk), base_url=BASE) as client:
        form = {"name": "Tess", "password": PASSWORD}
        headers = {"Sec-Fetch-Site": "cross-site"}
        answer = client.post("/login", data=form, headers=headers)
        assert (answer.status_code, answer.headers.get("set-cookie")) == (403, None)


def test_the_desk_answers_to_its_own_name_only(desk: Desk) -> None:
    """A name that somebody bent to this machine (DNS rebinding) is refused."""
    with browser(desk) as nobody:
        assert nobody.get("/login", headers={"Host": "evil.example"}).status_code == 421
        assert nobody.get("/login", headers={"Host": "localhost:1"}).status_code == 200


def test_every_answer_has_the_policy(desk: Desk) -> None:
    """Pages, errors, and what is not there."""
    with browser(desk, "Tess") as tess:
        for path in ("/login", "/account", "/nowhere", "/people", "/static/desk.css"):
            headers = tess.get(path).headers
            assert headers["content-security-policy"] == POLICY, path
            assert headers["x-content-type-options"] == "nosniff"


def test_no_page_has_script_or_style_in_it(desk: Desk) -> None:
    """The policy would not let it run anyway."""
    with browser(desk, "Bea") as bea:
        for path in ("/login", "/account", "/people", "/trail"):
            html = bea.get(path).text
            assert "style=" not in html and "<style" not in html, path
            assert "<script>" not in html and " onclick" not in html
