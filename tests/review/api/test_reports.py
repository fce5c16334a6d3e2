"""What the API tells of builds beside their pages: why, of what, ahead of time, and the trouble."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import update

from pipeline.catalogues import digest_of
from pipeline.errors import QueueError
from pipeline.ledger import ledger_of
from pipeline.ledger.build import Asked
from pipeline.site.version import KEY
from review import queued
from review.desk import Desk
from review.tables import run
from tests.review.api.programs import problem, program
from tests.review.desks import desk_in
from tests.sites import replace, translate, untranslate

FIRST = "nl/nl-first/index.html"


@pytest.fixture
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A desk whose Dutch pages are translated."""
    made = desk_in(tmp_path_factory.mktemp("desk"))
    translate(made.project)
    yield made
    made.database.dispose()


def done(client: TestClient, **wish: Any) -> dict[str, Any]:
    """A build that was asked for, when it has ended."""
    begun = client.post("/builds", json=wish)
    assert begun.status_code == 202, begun.text
    until = time.monotonic() + 120
    while True:
        found: dict[str, Any] = client.get(begun.headers["location"][len("/api/v1") :]).json()
        if found["until"] is not None:
            return found
        assert time.monotonic() < until
        time.sleep(0.05)


def test_causes_name_what_changed(desk: Desk) -> None:
    """For every file of the report, and for no other; texts by the starts of their ids."""
    with program(desk, "Bea") as bea:
        assert {one["why"] for one in done(bea)["report"]["causes"][FIRST]} == {"new"}
        untranslate(desk.project, "articles/first", "An item")
        report = done(bea)["report"]
    named = {*report["new"], *report["changed"], *report["removed"]}
    assert FIRST in named and set(report["causes"]) == named
    said = {one["why"]: one["what"] for one in report["causes"][FIRST]}
    assert said["text"] == [digest_of((None, "An item"))[:KEY]]


def test_a_forecast_says_it_and_does_nothing(desk: Desk) -> None:
    """The same as the build that follows, with its causes."""
    with program(desk, "Bea") as bea:
        ahead = done(bea, forecast=True)
        assert ahead["asked"]["forecast"] is True and ahead["asked"]["preview"] is False
        assert not desk.project.output_dir.exists()
        built = done(bea)
        assert built["asked"]["forecast"] is False
        for name in ("new", "changed", "removed", "causes"):
            assert ahead["report"][name] == built["report"][name]
        replace(desk.project.source_dir / "articles/first.md", "One sentence", "Two sentences")
        before = (desk.project.output_dir / "en/first/index.html").read_bytes()
        foreseen = done(bea, forecast=True)["report"]
        assert "en/first/index.html" in foreseen["changed"]
        assert (desk.project.output_dir / "en/first/index.html").read_bytes() == before


def test_a_build_of_some_articles_leaves_others(desk: Desk) -> None:
    """What was asked for is told; what there is not is refused."""
    with program(desk, "Bea") as bea:
        done(bea)
        for name in ("first", "second"):
            path = desk.project.source_dir / f"articles/{name}.md"
            path.write_text(f"{path.read_text(encoding='utf-8')}\nAnd more.\n", encoding="utf-8")
        built = done(bea, articles=["articles/first"])
        assert built["asked"]["articles"] == ["articles/first"]
        assert "en/first/index.html" in built["report"]["changed"]
        assert "en/second/index.html" not in built["report"]["causes"]
        problem(bea.post("/builds", json={"articles": ["nowhere"]}), 404)


def test_trouble_is_told_until_it_goes_on(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a build that workers should do: the broker is down, or nobody begins; then no more."""
    with program(desk, "Bea") as bea:
        number = done(bea)["id"]
        path = f"/builds/{number}"
        assert bea.get(path).json()["trouble"] == ""
        name = ledger_of(desk.project, desk.database).builds.start(Asked(()), output="public")
        waits = {"build": name, "state": "waiting", "until": None, "owner": "", "at": time.time()}
        with desk.database.begin() as connection:
            connection.execute(update(run).where(run.c.id == int(number)).values(**waits))
        told = str(QueueError("Redis does not answer", hint="Start it."))
        for said, at in ((told, time.time()), ("", time.time()), ("", time.time() - 60)):
            monkeypatch.setattr(queued, "_asked", lambda project, said=said: said)
            monkeypatch.setattr(queued, "_RESTS", -1.0)
            with desk.database.begin() as connection:
                connection.execute(update(run).where(run.c.id == int(number)).values(at=at))
            found = bea.get(path).json()
            late = time.time() - at > 30
            assert found["trouble"] == (
                said or "No worker has begun it yet. See who is alive: pipeline workers." * late
            )
        assert bea.post(f"{path}/cancel").status_code == 200
        assert bea.get(path).json()["trouble"] == ""
