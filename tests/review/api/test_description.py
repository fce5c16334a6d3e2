"""The API does what it says: asked by schemathesis, and read by people."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from review.api.describe import operations
from review.app import create_app
from review.desk import Desk
from review.guard import POLICY
from tests.review.api.programs import message, program, serving, token_of
from tests.review.api.test_access import ROUTES
from tests.review.desks import BASE, desk_in, text_of
from tests.sites import translate

CONFIGURATION = """\
[checks.positive_data_acceptance]
# 400: a cursor is what a list gave; 412: a version that the message does not have.
expected-statuses = ["2xx", "400", "401", "403", "404", "409", "412", "429"]

[checks.missing_required_header]
expected-statuses = ["401", "403", "428"]

# Schemas cannot say what a .po or TMX file is, or which tokens a text must have.
[[operations]]
include-operation-id = ["bring", "import_memory", "edit", "approve"]
checks.positive_data_acceptance.expected-statuses = [
  "2xx", "400", "401", "403", "404", "409", "412", "422", "429"
]

[[operations]]
include-path-regex = "/messages/"
parameters = { message = "MESSAGE" }
"""


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A desk with people, and translations to decide on."""
    made = desk_in(tmp_path_factory.mktemp("desk"))
    translate(made.project, approved=False)
    yield made
    made.database.dispose()


@pytest.fixture(scope="module")
def description(desk: Desk) -> dict[str, Any]:
    """The description, which asks for no token."""
    with program(desk) as nobody:
        said: dict[str, Any] = nobody.get("/openapi.json").json()
    return said


def test_schemathesis_finds_nothing(desk: Desk, tmp_path: Path) -> None:
    """It asks a real server all that the description allows, and much that it forbids.

    Every answer has to be described, whole, of the right kind, and none a fault of ours.
    """
    address, _ = message(desk, "A heading")
    text = CONFIGURATION.replace("MESSAGE", address.rpartition("/")[2])
    (tmp_path / "schemathesis.toml").write_text(text, encoding="utf-8")
    with serving(desk) as url:
        command = [
            str(Path(sys.executable).with_name("schemathesis")),
            "run",
            f"{url}/openapi.json",
        ]
        options = ["--header", f"Authorization: Bearer {token_of(desk, 'Bea')}", "--no-color"]
        options += ["--seed", "1", "--max-examples", "3", "--generation-database", "none"]
        done = subprocess.run(
            [*command, *options, "--continue-on-failure", "--warnings", "off"],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
        )
    lines = [line[:400] for line in (done.stdout + done.stderr).splitlines()]
    assert done.returncode == 0, "\n".join(lines[-200:])
    assert f"Tested: {len(ROUTES)}" in done.stdout


def test_every_route_is_described(description: dict[str, Any]) -> None:
    """With what it asks for, what it is for, and an example of what it takes and gives."""
    found = {f"{method.upper()} {path}": said for path, method, said in operations(description)}
    assert found.keys() == ROUTES.keys()
    for name, said in found.items():
        scope, right = ROUTES[name]
        assert (said["x-required-scope"], said["x-required-right"]) == (scope, right)
        assert said["security"] == [{"bearer": [scope]}]
        assert said["summary"] and len(said["description"]) > 20, name
        for parameter in said.get("parameters", []):
            assert parameter.get("description"), (name, parameter["name"])
        for status, answer in said["responses"].items():
            assert answer["description"] not in ("Problem", "Successful Response"), (name, status)
            kinds = answer.get("content", {})
            assert status[0] == "2" or list(kinds) == ["application/problem+json"], (name, status)


def test_every_shape_is_described(description: dict[str, Any]) -> None:
    """In a sentence."""
    for name, shape in description["components"]["schemas"].items():
        if shape["type"] == "object" and not name.startswith("Page_"):
            assert shape["description"].endswith("."), name


def test_the_page_reads_without_anything_from_elsewhere(desk: Desk) -> None:
    """Plain HTML under the desk's own policy: every route, with what it takes and gives."""
    with program(desk) as nobody:
        answer = nobody.get("/docs")
    html = answer.text
    assert answer.headers["content-security-policy"] == POLICY
    assert not re.search(r"<script|<style|style=|\son\w+=|//(?!www\.w3)[a-z]+\.", html)
    said = text_of(html)
    for route in ROUTES:
        method, _, path = route.partition(" ")
        assert f"{method} /api/v1{path}" in said
    ids = re.findall(r'id="([^"]+)"', html)
    assert len(ids) == len(set(ids))
    assert set(re.findall(r'href="#([^"]+)"', html)) <= set(ids)
    assert "“Tarief” is a fee" in said


def test_the_sites_words_are_shown_as_text(tmp_path: Path) -> None:
    """A title with markup in it is a title."""
    settings = '[site]\ntitle = "A <b>site</b>"\nurl = "https://www.example.org"\n'
    made = desk_in(tmp_path, settings=f'{settings}source_locale = "en"\n[locales.nl]\n', files={})
    with TestClient(create_app(made.project, desk=made), base_url=BASE) as nobody:
        html = nobody.get("/api/v1/docs").text
    assert "<b>" not in html and "A &lt;b&gt;site&lt;/b&gt;" in html
