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
from pipeline.catalogues import digest_of
from review.api.messages import id_of
from review.desk import Desk
from review.tokens import Scope
from tests.review import crowd
from tests.review.api.programs import token_of
from tests.review.chromium import served
from tests.review.crowd import DOMAIN, SERVE
from tests.review.desks import desk_in
from tests.sites import catalogue

COUNT = 200
PEOPLE = 50


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """A desk with one long article."""
    made = desk_in(tmp_path, files=crowd.article(COUNT))
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
    """Fifty at once in one catalogue: the file is the sum of all decisions, and nothing besides.

    Two rounds; ``SOAK_SECONDS`` has them go on for as long, at a decision a second each.
    """
    secrets = crowd.reviewers(desk, PEOPLE)
    seconds = float(os.environ.get("SOAK_SECONDS", "0"))
    with crowd.process(desk) as (address, _):
        came = crowd.approve(
            address,
            secrets,
            seconds=seconds or 600,
            every=1.0 if seconds else 0.0,
            rounds=10_000 if seconds else 2,
        )
    assert set(came.statuses) == {200}
    assert crowd.lost(desk, came) == []
    assert len(came.texts) >= COUNT - 1
    others = [one for one in catalogue(desk.project, DOMAIN) if "passage" not in one.id]
    assert not any(one.translated for one in others)


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
                enough, before = threading.Event(), len(saved)

                def go(
                    work: list[tuple[str, str, str]],
                    client: httpx.Client = client,
                    enough: threading.Event = enough,
                    before: int = before,
                ) -> None:
                    for id, version, _ in work:
                        try:
                            if decide(client, id, version, f"Tekst {id}.") == 200:
                                saved[id] = f"Tekst {id}."
                        except httpx.HTTPError:
                            return
                        if len(saved) >= before + 12:
                            enough.set()

                # Eight who wait for each other, so that their decisions are written together.
                threads = [threading.Thread(target=go, args=(work[n::8],)) for n in range(8)]
                for thread in threads:
                    thread.start()
                assert enough.wait(120)
                time.sleep(0.05)
                os.kill(process.pid, signal.SIGKILL)
                for thread in threads:
                    thread.join()
            process.wait(timeout=20)
    path = desk.project.catalogue_path("nl", DOMAIN)
    after = {id_of(DOMAIN, digest_of(m.key)): m for m in catalogues.read(path)}
    assert len(saved) >= 36
    assert all(after[id].text == text for id, text in saved.items())
    assert not re.search(rb"^[<>=]{7}", path.read_bytes(), re.M)
