"""The same request again: answered as before, and never done twice."""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select, update

from review.api import replies
from review.desk import Desk
from review.tables import bearer, reply, run
from tests.databases import KINDS
from tests.review.api.programs import desk_on, message, problem, program, seen, token_of
from tests.sites import catalogue

KEY = replies.HEADER


@pytest.fixture(params=KINDS)
def desk(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Desk]:
    """A desk with people, in every kind of database."""
    with pytest.MonkeyPatch.context() as patch:
        made = desk_on(request.param, tmp_path_factory.mktemp("desk"), patch)
        yield made
        made.database.dispose()


def together(client: TestClient, times: int, **asked: Any) -> list[Any]:
    """The answers to the same request, sent at the same moment."""
    ready = Barrier(times)

    def send(_: int) -> Any:
        ready.wait()
        return client.request(**asked)

    with ThreadPoolExecutor(times) as pool:
        return list(pool.map(send, range(times)))


def runs(desk: Desk) -> int:
    """How many builds there are."""
    with desk.database.connect() as connection:
        return len(connection.execute(select(run.c.id)).all())


def test_a_request_again_is_answered_as_before(desk: Desk) -> None:
    """With the same status, headers and body; without its key it is another one."""
    with program(desk, "Bea") as client:
        one = client.post("/builds", json={"locales": ["nl"]}, headers={KEY: "a"})
        again = client.post("/builds", json={"locales": ["nl"]}, headers={KEY: "a"})
        assert (again.status_code, again.content) == (202, one.content)
        assert again.headers["location"] == one.headers["location"]
        assert "idempotency-replayed" not in one.headers
        assert again.headers["idempotency-replayed"] == "true"
        assert runs(desk) == 1
        assert client.post("/builds", json={"locales": ["nl"]}, headers={KEY: "b"}).is_success
        assert runs(desk) == 2


def test_two_at_once_are_done_once(desk: Desk) -> None:
    """Eight, even: one is carried out, the others wait for its answer."""
    with program(desk, "Bea") as client:
        asked = {"method": "POST", "url": "/builds", "json": {"preview": True}}
        answers = together(client, 8, **asked, headers={KEY: "once"})
        assert {answer.status_code for answer in answers} == {202}
        assert len({answer.content for answer in answers}) == 1
        assert runs(desk) == 1


def test_an_edit_at_once_with_itself_is_no_conflict(desk: Desk) -> None:
    """Without keys one of both is too late; with the same key both are answered alike."""
    with program(desk, "Tess") as client:
        address, _ = message(desk, "A heading")
        version = seen(client, address)
        asked = {"method": "PUT", "url": address, "json": {"strings": ["Een kop"]}}
        answers = together(client, 4, **asked, headers={**version, KEY: "edit"})
        assert {answer.status_code for answer in answers} == {200}
        assert len({answer.headers["etag"] for answer in answers}) == 1
        late = client.put(address, json={"strings": ["Een titel"]}, headers=version)
        problem(late, 412)


def test_a_key_is_for_one_request(desk: Desk) -> None:
    """Another body, address or version with it is refused, and not done."""
    with program(desk, "Bea") as client:
        assert client.post("/builds", json={}, headers={KEY: "a"}).is_success
        problem(client.post("/builds", json={"force": True}, headers={KEY: "a"}), 409)
        problem(client.post("/locales/nl/drafts", json={}, headers={KEY: "a"}), 409)
        assert runs(desk) == 1
        for bad in ("", "x" * 256):
            problem(client.post("/builds", json={}, headers={KEY: bad}), 400)


def test_a_key_is_a_tokens_own(desk: Desk) -> None:
    """Nobody gets at what another was answered."""
    secret = token_of(desk, "Mona")
    with program(desk, "Bea") as bea:
        one = bea.post("/builds", json={"locales": ["nl"]}, headers={KEY: "a"})
        headers = {KEY: "a", "Authorization": f"Bearer {secret}"}
        other = bea.post("/builds", json={"locales": ["nl"]}, headers=headers)
        assert one.json()["id"] != other.json()["id"]
        assert other.json()["who"] == "Mona"


def test_a_refusal_is_remembered_and_a_fault_is_not(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is wrong with a request stays so; what was wrong here may be better now."""
    with program(desk, "Bea") as client:
        wrong = client.post("/builds", json={"locales": ["xx"]}, headers={KEY: "wrong"})
        problem(wrong, 422)
        again = client.post("/builds", json={"locales": ["xx"]}, headers={KEY: "wrong"})
        assert (again.status_code, again.content) == (422, wrong.content)
        assert problem(again, 422)
        with monkeypatch.context() as patch:

            def broken(*given: object, **more: object) -> None:
                raise RuntimeError

            patch.setattr("review.runs.Runs.start", broken)
            problem(client.post("/builds", json={}, headers={KEY: "fault"}), 500)
        assert client.post("/builds", json={}, headers={KEY: "fault"}).status_code == 202


def test_a_secret_is_not_kept_with_its_answer(desk: Desk) -> None:
    """A token is shown once, whatever key it was asked for with; one was made, not two."""
    with program(desk, "Bea") as client:
        body = {"label": "secret", "scopes": ["read"]}
        secret = client.post("/tokens", json=body, headers={KEY: "a"}).json()["secret"]
        problem(client.post("/tokens", json=body, headers={KEY: "a"}), 409)
        with desk.database.connect() as connection:
            kept = connection.execute(select(reply.c.body)).scalars().all()
            labels = connection.execute(select(bearer.c.label)).scalars().all()
        assert kept and not any(secret.encode() in bytes(one) for one in kept)
        assert labels.count("secret") == 1


def test_a_day_later_a_key_is_new(desk: Desk) -> None:
    """Nothing is kept for longer than that."""
    with program(desk, "Bea") as client:
        client.post("/builds", json={}, headers={KEY: "a"})
        with desk.database.begin() as connection:
            connection.execute(update(reply).values(at=time.time() - replies.KEPT - 1))
        assert client.post("/builds", json={"force": True}, headers={KEY: "a"}).is_success
        assert runs(desk) == 2


def test_what_died_on_the_way_is_carried_out_again(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its process never answers; after some minutes whoever asks again is heard."""
    monkeypatch.setattr("review.api.access._PATIENCE", 0.2)
    address, _ = message(desk, "A heading")
    secret = token_of(desk, "Tess")
    with program(desk, secret=secret) as client:
        version = seen(client, address)
        asked = {"json": {"strings": ["Een kop"]}, "headers": {**version, KEY: "a"}}
        assert client.put(address, **asked).status_code == 200  # type: ignore[arg-type]  # a body
        with desk.database.begin() as connection:
            connection.execute(update(reply).values(status=0))
        waiting = client.put(address, **asked)  # type: ignore[arg-type]
        problem(waiting, 409)
        assert waiting.headers["retry-after"] == "2"
        with desk.database.begin() as connection:
            connection.execute(update(reply).values(at=time.time() - replies.DIED - 1))
        problem(client.put(address, **asked), 412)  # type: ignore[arg-type]  # it had been written
    assert [m.text for m in catalogue(desk.project, "articles/first") if m.id == "A heading"] == [
        "Een kop"
    ]
