"""Builds and drafting in the background; tokens made, listed and revoked."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient

from pipeline.build import Progress, Report
from pipeline.errors import OutputError
from pipeline.extract import extract
from review import running, tokens
from review.audit import trail
from review.desk import Desk
from review.tables import bearer
from review.tokens import Scope
from tests.review.api.programs import items, problem, program, token_of
from tests.review.desks import SAME, browser, desk_in, person
from tests.sites import DAY, translate


@pytest.fixture
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A desk with people."""
    made = desk_in(tmp_path_factory.mktemp("desk"))
    yield made
    made.database.dispose()


def ended(client: TestClient, address: str) -> dict[str, Any]:
    """What is at an address when it has ended."""
    path = address.removeprefix("/api/v1")
    for _ in range(3000):
        found: dict[str, Any] = client.get(path).json()
        if found["until"] is not None:
            return found
        time.sleep(0.02)
    raise AssertionError(found)


def test_a_build_says_what_it_did(desk: Desk) -> None:
    """By its address, when it is done; the pages are there, and the trail says who built."""
    translate(desk.project)
    with program(desk, "Bea") as bea:
        begun = bea.post("/builds", json={})
        assert begun.status_code == 202 and begun.json()["state"] in ("waiting", "running")
        done = ended(bea, begun.headers["location"])
        assert (done["state"], done["errors"], done["who"]) == ("done", [], "Bea")
        pages = [name for name in done["report"]["new"] if name.startswith("nl/")]
        assert pages and all((desk.project.output_dir / name).is_file() for name in pages)
        again = ended(bea, bea.post("/builds", json={}).headers["location"])
        assert again["report"]["new"] == again["report"]["changed"] == []
        assert [one["id"] for one in items(bea, "/builds", 1)] == [again["id"], done["id"]]
        problem(bea.post(f"/builds/{done['id']}/cancel"), 409)
    entry = trail(desk.database, limit=1)[0]
    assert (entry.action, entry.who, entry.token) == ("build", "Bea", "a test")


def test_who_manages_a_language_builds_that(desk: Desk) -> None:
    """And no other, nor everything; nor gives up what others build."""
    with program(desk, "Mona") as mona, program(desk, "Dora") as dora:
        begun = mona.post("/builds", json={"locales": ["nl"]})
        assert begun.status_code == 202
        problem(mona.post("/builds", json={"locales": ["nl", "de"]}), 403)
        problem(mona.post("/builds", json={"locales": ["en"]}), 403)
        problem(mona.post("/builds", json={}), 403)
        problem(mona.post("/builds"), 403)
        problem(mona.post("/builds", json={"locales": ["xx"]}), 422)
        problem(dora.post(f"/builds/{begun.json()['id']}/cancel"), 403)
        assert ended(mona, begun.headers["location"])["state"] == "done"


def test_a_build_is_watched_and_cancelled(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """While it runs it says how far it is; given up, nothing of it goes live."""
    going, seen = threading.Event(), threading.Event()

    def slow(*given: object, progress: Progress, **more: object) -> Report:
        progress("Rendering", 3, 10)
        seen.set()
        assert going.wait(20)
        progress("Rendering", 10, 10)
        raise AssertionError("it went on")

    monkeypatch.setattr(running, "build", slow)
    with program(desk, "Bea") as bea:
        address = bea.post("/builds", json={}).headers["location"].removeprefix("/api/v1")
        assert seen.wait(20)
        now = bea.get(address).json()
        assert (now["state"], now["progress"]) == (
            "running",
            {"step": "Rendering", "done": 3, "total": 10},
        )
        waiting = bea.post("/builds", json={}).headers["location"].removeprefix("/api/v1")
        assert bea.get(waiting).json()["state"] == "waiting"
        for one in (waiting, address):
            assert bea.post(f"{one}/cancel").status_code == 200
        going.set()
        for one in (waiting, address):
            done = ended(bea, one)
            assert (done["state"], done["report"], done["progress"]) == ("cancelled", None, None)


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (OutputError("the disk is full", hint="Make room."), "the disk is full. Make room."),
        (ValueError("hunter2"), "Something is wrong with the desk itself."),
    ],
)
def test_a_build_that_fails_says_why(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, error: Exception, said: str
) -> None:
    """What it is to people, and no more."""

    def failing(*given: object, **more: object) -> Report:
        raise error

    monkeypatch.setattr(running, "build", failing)
    with program(desk, "Bea") as bea:
        done = ended(bea, bea.post("/builds", json={}).headers["location"])
    assert (done["state"], done["errors"]) == ("failed", [said])
    assert "hunter2" not in str(done)


def test_drafting_is_estimated_started_and_told_of(desk: Desk) -> None:
    """From the memory, as no engine is configured here; what is for whom is kept apart."""
    translate(desk.project, "nl")
    extra = desk.project.source_dir / "articles/third.md"
    extra.write_text("---\ntitle: Third\n---\n\n## A heading\n\nNew.\n", encoding="utf-8")
    extract(desk.project, today=DAY, jobs=1)
    with program(desk, "Mona") as mona:
        planned = mona.get("/locales/nl/estimate?article=articles/third").json()
        assert planned == {"items": [], "errors": []}
        body = {"articles": ["articles/third"]}
        begun = mona.post("/locales/nl/drafts", json=body)
        done = ended(mona, begun.headers["location"])
        assert (done["state"], done["locale"], done["asked"]) == (
            "done",
            "nl",
            {**body, "engines": []},
        )
        assert done["report"]["drafts"] == {"nl, memory": 1} and done["report"]["waiting"] >= 1
        path = begun.headers["location"].removeprefix("/api/v1")
        problem(mona.post(f"{path}/cancel"), 409)
        problem(mona.post("/locales/nl/drafts", json={"articles": ["nowhere"]}), 404)
        problem(mona.get("/locales/nl/estimate?article=nowhere"), 404)
        problem(mona.get(f"/builds/{done['id']}"), 404)
    with program(desk, "Bea") as bea:
        problem(bea.get(path.replace("/nl/", "/de/")), 404)


def test_only_a_hash_is_kept_of_a_token(desk: Desk) -> None:
    """Whoever reads the database comes in nowhere."""
    secret = token_of(desk, "Tess")
    with desk.database.connect() as connection:
        rows = connection.execute(bearer.select()).all()
    assert secret not in str(rows) and secret[len(tokens.PREFIX) :] not in str(rows)


def test_a_token_makes_none_that_may_more(desk: Desk) -> None:
    """Not by scope, language, person or day; what it makes is in the trail with its name."""
    new = {"label": "New", "scopes": ["read"], "locales": ["nl"], "days": 300}
    scopes = [Scope.READ, Scope.MANAGE]
    with program(desk, "Bea", scopes, locales=["nl"]) as bea:
        made = bea.post("/tokens", json=new)
        assert made.status_code == 201
        own = bea.get("/me").json()["token"]
        assert made.json()["token"]["until"] == own["until"]
        problem(bea.post("/tokens", json={**new, "scopes": ["review"]}), 422)
        problem(bea.post("/tokens", json={**new, "locales": ["*"]}), 422)
        problem(bea.post("/tokens", json={**new, "locales": ["xx"]}), 422)
        problem(bea.post("/tokens", json={**new, "person": "Tess"}), 403)
        problem(bea.delete(f"/tokens/{own['id']}"), 409)
    entry = next(one for one in trail(desk.database) if one.action == "make token")
    assert (entry.who, entry.subject, entry.token) == ("Bea", "Bea: New", "a test")


def test_who_manages_everything_gives_and_takes_tokens(desk: Desk) -> None:
    """Of anybody; others see and revoke their own."""
    with program(desk, "Bea") as bea, program(desk, "Mona") as mona:
        new = {"label": "Robot", "scopes": ["read"], "person": "tess"}
        token = bea.post("/tokens", json=new).json()["token"]
        assert (token["person"], token["made_by"]) == ("Tess", "Bea")
        problem(bea.post("/tokens", json={**new, "person": "Nobody"}), 404)
        assert {one["person"] for one in items(bea, "/tokens", 1)} == {"Bea", "Mona", "Tess"}
        assert {one["person"] for one in items(mona, "/tokens", 1)} == {"Mona"}
        problem(mona.delete(f"/tokens/{token['id']}"), 404)
        assert bea.delete(f"/tokens/{token['id']}").status_code == 204
        problem(bea.delete(f"/tokens/{token['id']}"), 404)
        problem(bea.delete("/tokens/%25"), 404)


def test_tokens_are_made_on_the_desk(desk: Desk) -> None:
    """The page shows a token once, and revokes it."""
    with browser(desk, "Bea") as bea:
        form = {"label": "<Robot>", "scope": ["read", "build"], "locale": ["nl"], "days": "30"}
        page = bea.post("/tokens", data=form)
        secret = page.text.partition('value="l10n_')[2].partition('"')[0]
        assert len(secret) > 40 and "&lt;Robot&gt;" in page.text
        assert secret not in bea.get("/tokens").text
        with program(desk, secret=f"l10n_{secret}") as robot:
            said = robot.get("/me").json()["token"]
            assert (said["scopes"], said["locales"]) == (["read", "build"], ["nl"])
            assert bea.post(f"/tokens/{said['id']}/revoke").status_code == 303
            problem(robot.get("/me"), 401)
        assert bea.post(f"/tokens/{said['id']}/revoke", headers=SAME).status_code == 404
        mistakes: list[dict[str, Any]] = [{"scope": []}, {"label": " "}, {"days": "9999"}]
        for wrong in (*mistakes, {"locale": []}):
            assert bea.post("/tokens", data={**form, **wrong}).status_code == 422
    with browser(desk, "Mona") as mona:
        other = str(person(desk, "Tess").id)
        assert mona.post("/tokens", data={**form, "person": other}).status_code == 422
    with browser(desk, "Tess") as tess:
        assert tess.get("/tokens").status_code == 403
