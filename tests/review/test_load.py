"""Many at once, and the desk killed in the middle: what was answered as saved is there."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

from pipeline import catalogues
from pipeline.catalogues import State, digest_of, state_of
from review.api.messages import id_of
from review.desk import Desk
from review.tokens import Scope
from tests.review.api.programs import token_of
from tests.review.chromium import served
from tests.review.desks import desk_in
from tests.sites import catalogue

DOMAIN = "articles/long"
COUNT = 200
PEOPLE = 50

SERVE = """
import sys
from pathlib import Path
import uvicorn
from pipeline.project import open_project
from review.app import create_app
from review.serve import listening
with listening(0) as place:
    print(place.getsockname()[1], flush=True)
    config = uvicorn.Config(create_app(open_project(Path(sys.argv[1]))), log_level="error")
    uvicorn.Server(config).run(sockets=[place])
"""


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """A desk with one long article."""
    words = "".join(f"The passage number {number} of many.\n\n" for number in range(COUNT))
    made = desk_in(tmp_path, files={"articles/long.md": f"---\ntitle: Long\n---\n\n{words}"})
    yield made
    made.database.dispose()


def headers_of(desk: Desk) -> dict[str, str]:
    """The token of a program that may decide."""
    return {"Authorization": f"Bearer {token_of(desk, 'Ruth', [Scope.READ, Scope.REVIEW])}"}


def versions(client: httpx.Client) -> dict[str, tuple[str, str]]:
    """The messages that want a translation: their versions and sources, by their ids."""
    asked = {"article": DOMAIN, "limit": "200"}
    rows = client.get("/api/v1/locales/nl/messages", params=asked).json()
    passages = [row for row in rows["items"] if "passage" in row["source"]]
    return {row["id"]: (row["version"], row["source"]) for row in passages}


def decide(client: httpx.Client, id: str, version: str, text: str) -> int:
    """Approve a translation; the status of the answer."""
    address = f"/api/v1/locales/nl/messages/{id}/approve"
    seen = {"If-Match": f'"{version}"'}
    return client.post(address, json={"strings": [text]}, headers=seen).status_code


def test_not_one_decision_of_many_people_is_lost(desk: Desk) -> None:
    """Fifty at once in one catalogue: the file is the sum of all decisions, and nothing besides."""
    headers = headers_of(desk)
    with (
        served(desk) as address,
        httpx.Client(
            base_url=address,
            headers=headers,
            timeout=120,
            limits=httpx.Limits(max_connections=PEOPLE),
        ) as client,
    ):
        work = versions(client)
        together = threading.Barrier(PEOPLE)

        def one(share: list[tuple[str, tuple[str, str]]]) -> list[int]:
            together.wait()
            return [decide(client, id, version, f"NL {source}") for id, (version, source) in share]

        items = list(work.items())
        with ThreadPoolExecutor(PEOPLE) as people:
            statuses = list(people.map(one, [items[n::PEOPLE] for n in range(PEOPLE)]))
        assert {status for own in statuses for status in own} == {200}
    after = {id_of(DOMAIN, digest_of(m.key)): m for m in catalogue(desk.project, DOMAIN)}
    assert all(after[id].text == f"NL {source}" for id, (_, source) in items)
    assert all(state_of(after[id]) is State.APPROVED for id in work)
    assert len(work) > 100


def test_of_many_who_decide_about_one_text_one_is_first(desk: Desk) -> None:
    """And all others are told, none of them written over it."""
    headers = headers_of(desk)
    with (
        served(desk) as address,
        httpx.Client(base_url=address, headers=headers, timeout=120) as client,
    ):
        id, (version, _) = next(iter(versions(client).items()))
        texts = [f"Versie {number}." for number in range(12)]
        with ThreadPoolExecutor(12) as people:
            statuses = list(people.map(lambda text: decide(client, id, version, text), texts))
    assert sorted(statuses) == [200] + [412] * 11
    message = next(m for m in catalogue(desk.project, DOMAIN) if id.endswith(digest_of(m.key)))
    assert message.text == texts[statuses.index(200)]


def test_what_was_answered_as_saved_survives_a_kill(desk: Desk) -> None:
    """The desk is killed without warning in the middle of saves, three times."""
    headers = headers_of(desk)
    saved: dict[str, str] = {}
    for _ in range(3):
        command = [sys.executable, "-c", SERVE, str(desk.project.root)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            address = f"http://127.0.0.1:{process.stdout.readline().strip()}"
            with httpx.Client(base_url=address, headers=headers, timeout=60) as client:
                work = [(id, *rest) for id, rest in versions(client).items() if id not in saved]
                enough = threading.Event()

                def go(
                    client: httpx.Client = client,
                    work: list[tuple[str, str, str]] = work,
                    enough: threading.Event = enough,
                ) -> None:
                    for number, (id, version, _) in enumerate(work):
                        try:
                            if decide(client, id, version, f"Tekst {id}.") == 200:
                                saved[id] = f"Tekst {id}."
                        except httpx.HTTPError:
                            return
                        if number >= 5:
                            enough.set()

                thread = threading.Thread(target=go)
                thread.start()
                assert enough.wait(120)
                time.sleep(0.05)
                os.kill(process.pid, signal.SIGKILL)
                thread.join()
            process.wait(timeout=20)
    path = desk.project.catalogue_path("nl", DOMAIN)
    after = {id_of(DOMAIN, digest_of(m.key)): m for m in catalogues.read(path)}
    assert len(saved) >= 15
    assert all(after[id].text == text for id, text in saved.items())
    assert not re.search(rb"^[<>=]{7}", path.read_bytes(), re.M)
