"""Many decisions in one request, each with what came of it; and comments."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from pipeline import catalogues
from pipeline.catalogues import State, state_of
from review import facets
from review.desk import Desk
from review.tokens import Scope
from tests.databases import KINDS
from tests.review.api.programs import desk_on, program
from tests.sites import catalogue, translate

MESSAGES = "/locales/nl/messages"
DECISIONS = "/locales/nl/decisions"
BULK = "/locales/nl/bulk"
ARTICLE = "articles/first"


@pytest.fixture(params=KINDS)
def desk(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Desk]:
    """A desk where everything is translated and nothing approved."""
    made = desk_on(request.param, tmp_path, monkeypatch)
    translate(made.project, approved=False)
    facets.look(made, "nl", now=True)
    yield made
    made.database.dispose()


def items(client: TestClient, article: str = ARTICLE) -> list[dict[str, Any]]:
    """The messages of an article."""
    answer = client.get(MESSAGES, params={"article": article, "limit": 200})
    found: list[dict[str, Any]] = answer.json()["items"]
    return found


def approvals(messages: list[dict[str, Any]]) -> dict[str, Any]:
    """What is sent to approve messages as they were seen."""
    return {
        "decisions": [
            {"message": one["id"], "version": one["version"], "action": "approve"}
            for one in messages
        ]
    }


def states(desk: Desk, domain: str = ARTICLE) -> set[State]:
    """The states that the messages of a catalogue are in."""
    return {state_of(message) for message in catalogue(desk.project, domain)}


def test_many_are_approved_in_one_go(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """A catalogue is written once, whatever the number; and answered again, not done again."""
    written: list[Path] = []
    write = catalogues.catalogue.write

    def counted(one: catalogues.Catalogue, path: Path, *, durable: bool) -> None:
        written.append(path)
        write(one, path, durable=durable)

    monkeypatch.setattr(catalogues.catalogue, "write", counted)
    with program(desk, "Ruth") as ruth:
        body = approvals([*items(ruth), *items(ruth, "articles/second")])
        headers = {"Idempotency-Key": "once"}
        answer = ruth.post(DECISIONS, json=body, headers=headers)
        assert answer.json()["done"] == len(body["decisions"]) > 5
        assert len(written) == 2
        assert states(desk) == {State.APPROVED}
        again = ruth.post(DECISIONS, json=body, headers=headers)
        assert (again.json(), len(written)) == (answer.json(), 2)
        now = {one["id"]: one["version"] for one in items(ruth)}
        told = {one["message"]: one["version"] for one in answer.json()["items"]}
        assert now.items() <= told.items()
        who = ruth.get(DECISIONS).json()["items"]
        assert {(one["kind"], one["who"]) for one in who} == {("approved", "Ruth")}


def test_each_is_told_what_came_of_it(desk: Desk) -> None:
    """One that somebody changed, one that is nowhere and one that would break stop no other."""
    with program(desk, "Ruth") as ruth:
        first, second, third, *rest = items(ruth)
        with_link = next(one for one in rest if "<a1>" in one["source"])
        body = approvals([first, second])["decisions"]
        body[1]["version"] = "0" * 24
        body.append({"message": "no:such.thing", "version": "*", "action": "approve"})
        broken = {"message": with_link["id"], "version": "*", "action": "approve"}
        body.append({**broken, "strings": ["Zonder verwijzing"]})
        body.append({"message": third["id"], "version": third["version"], "action": "reject"})
        body.append({**body[-1], "reason": "Stijf.", "version": "*"})
        answer = ruth.post(DECISIONS, json={"decisions": body}).json()
        assert [one["outcome"] for one in answer["items"]] == [
            "done", "changed", "missing", "blocked", "refused", "done",
        ]  # fmt: skip
        assert answer["done"] == 2
        assert answer["items"][1]["version"] == second["version"]
        assert answer["items"][3]["findings"]
        now = {one["id"]: one["state"] for one in items(ruth)}
        assert (now[first["id"]], now[third["id"]]) == ("approved", "rejected")
        assert now[second["id"]] == now[with_link["id"]] == "translated"


def test_translators_edit_many_and_approve_none(desk: Desk) -> None:
    """The same scopes and rights as for one."""
    with program(desk, "Tess") as tess:
        found = items(tess)[:3]
        edits = [
            {"message": one["id"], "version": one["version"], "strings": [f"{one['source']}!"]}
            for one in found
        ]
        assert tess.put(MESSAGES, json={"edits": edits}).json()["done"] == 3
        assert tess.post(DECISIONS, json=approvals(found)).status_code == 403
        wish = {"deed": "approve", "filter": {"article": ARTICLE}}
        assert tess.post(BULK, json=wish).status_code == 403
        too_many = {"edits": edits * 80}
        assert tess.put(MESSAGES, json=too_many).status_code == 422
    with program(desk, "Ruth", [Scope.READ, Scope.TRANSLATE]) as ruth:
        assert ruth.post(DECISIONS, json=approvals(found)).status_code == 403
        assert ruth.post(BULK, json=wish).status_code == 403
    assert State.APPROVED not in states(desk)


def test_all_that_a_filter_finds_is_seen_then_done_then_undone(desk: Desk) -> None:
    """And not done if something has changed since it was seen."""
    path = desk.project.catalogue_path("nl", ARTICLE)
    before = path.read_bytes()
    wish: dict[str, Any] = {
        "deed": "replace",
        "filter": {"state": "all", "article": ARTICLE, "text": "item"},
        "old": "item",
        "new": "ding",
    }
    with program(desk, "Ruth") as ruth:
        seen = ruth.post(BULK, json=wish).json()
        assert (seen["done"], len(seen["items"])) == (None, 2)
        assert all("ding" in one["after"][0] for one in seen["items"])
        assert path.read_bytes() == before
        assert ruth.post(BULK, json={**wish, "seen": "0" * 24}).status_code == 412
        done = ruth.post(BULK, json={**wish, "seen": seen["seen"]}).json()
        assert done["done"] == 2 and path.read_bytes() != before
        assert ruth.post(BULK, json={**wish, "seen": seen["seen"]}).status_code == 412
        undo = f"{BULK}/{done['id']}/undo"
        assert ruth.post(undo).json() == {"done": 2, "problems": []}
        assert path.read_bytes() == before
        assert ruth.post(undo).status_code == 409


def test_people_and_programs_talk_about_a_message(desk: Desk) -> None:
    """Whom a comment names is told; nobody else is."""
    with program(desk, "Tess") as tess, program(desk, "Ruth") as ruth:
        address = f"{MESSAGES}/{items(tess)[0]['id']}/comments"
        assert tess.post(address, json={"text": "@Ruth, is dit goed?"}).status_code == 201
        assert tess.post(address, json={"text": " "}).status_code == 422
        assert ruth.post(address, json={"text": "Ja."}).json()["who"] == "Ruth"
        said = [(one["who"], one["text"]) for one in ruth.get(address).json()["items"]]
        assert said == [("Tess", "@Ruth, is dit goed?"), ("Ruth", "Ja.")]
        first = ruth.get(address, params={"limit": 1}).json()
        following = ruth.get(address, params={"limit": 1, "cursor": first["next"]}).json()
        assert [one["text"] for one in following["items"]] == ["Ja."]
        (call,) = ruth.get("/mentions", params={"unseen": True}).json()["items"]
        assert (call["comment"]["who"], call["locale"], call["seen"]) == ("Tess", "nl", False)
        assert tess.get("/mentions").json()["items"] == []
    with program(desk, "Ruth", [Scope.READ]) as reader:
        assert reader.post(address, json={"text": "Nee."}).status_code == 403
