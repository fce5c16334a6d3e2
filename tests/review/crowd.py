"""A crowd: many translators who approve in one catalogue of a desk that serves them."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

import httpx

from pipeline.catalogues import State, digest_of, state_of
from review import people, tokens
from review.api.messages import id_of
from review.desk import Desk
from review.rights import Role
from review.tokens import Scope, Wish
from tests.review.desks import PASSWORD, person
from tests.sites import catalogue

DOMAIN = "articles/long"

SERVE = """
import sys
from pathlib import Path
import uvicorn
from pipeline.project import open_project
from review.app import create_app
from review.serve import listening
with listening(0) as place:
    print(place.getsockname()[1], flush=True)
    app = create_app(open_project(Path(sys.argv[1])))
    # A busy client may come back late to a connection; it must not meet one that just closes.
    config = uvicorn.Config(app, log_level="error", timeout_keep_alive=300)
    uvicorn.Server(config).run(sockets=[place])
"""


@dataclass(slots=True)
class Came:
    """What came of it: seconds and status of every decision, and what each text has to be now."""

    seconds: list[float] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)
    texts: dict[str, str] = field(default_factory=dict)


def article(count: int) -> dict[str, str]:
    """The source of one long article."""
    words = "".join(f"The passage number {number} of many.\n\n" for number in range(count))
    return {f"{DOMAIN}.md": f"---\ntitle: Long\n---\n\n{words}"}


def reviewers(desk: Desk, count: int) -> list[str]:
    """Tokens of so many people who may approve, one for each."""
    bea, secrets = person(desk, "Bea"), []
    for number in range(count):
        link = people.invite(desk.database, f"Rev {number}", "", {"nl": Role.REVIEWER}, by=bea)
        somebody = people.accept(desk.database, link, PASSWORD)
        wish = Wish("load", (Scope.READ, Scope.REVIEW), ("nl",), 1)
        secrets.append(tokens.make(desk.database, somebody, wish, by=bea)[0])
    return secrets


@contextmanager
def process(desk: Desk) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """The address of the desk of the same site in a process of its own, and that process."""
    command = [sys.executable, "-c", SERVE, str(desk.project.root)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as serving:
        assert serving.stdout is not None
        try:
            yield f"http://127.0.0.1:{serving.stdout.readline().strip()}", serving
        finally:
            serving.terminate()


def approve(
    address: str, secrets: Sequence[str], *, seconds: float, every: float = 0.0, rounds: int = 1000
) -> Came:
    """Have each of them approve passage after passage, with a text that is another each time.

    Args:
        address: The desk.
        secrets: A token for each.
        seconds: No decision begins later.
        every: Seconds from one decision of somebody to their next; 0 for no rest.
        rounds: How often each goes through their passages at most.
    """
    return asyncio.run(_approve(address, secrets, seconds, every, rounds))


async def _approve(
    address: str, secrets: Sequence[str], seconds: float, every: float, rounds: int
) -> Came:
    limits = httpx.Limits(max_connections=len(secrets), max_keepalive_connections=len(secrets))
    came = Came()
    async with httpx.AsyncClient(base_url=address, timeout=120, limits=limits) as client:
        work = await _passages(client, secrets[0])
        begun = time.perf_counter()

        async def one(number: int) -> None:
            mine = work[number :: len(secrets)]
            due = begun + every * number / len(secrets)
            for turn in range(rounds):
                for place, (id, version, source) in enumerate(mine):
                    await asyncio.sleep(max(0.0, due - time.perf_counter()))
                    due += every
                    if time.perf_counter() - begun > seconds:
                        return
                    text = f"NL {source} {turn}"
                    new = await _decide(client, secrets[number], id, version, text, came)
                    mine[place] = (id, new, source)

        await asyncio.gather(*map(one, range(len(secrets))))
    return came


async def _decide(
    client: httpx.AsyncClient, secret: str, id: str, version: str, text: str, came: Came
) -> str:
    """Approve a translation; the version that it has then."""
    headers = {"Authorization": f"Bearer {secret}", "If-Match": f'"{version}"'}
    begun = time.perf_counter()
    address = f"/api/v1/locales/nl/messages/{id}/approve"
    answer = await client.post(address, json={"strings": [text]}, headers=headers)
    came.seconds.append(time.perf_counter() - begun)
    came.statuses.append(answer.status_code)
    if answer.status_code == 200:
        came.texts[id] = text
    return str(answer.headers.get("ETag", "")).strip('"')


async def _passages(client: httpx.AsyncClient, secret: str) -> list[tuple[str, str, str]]:
    """The id, version and source of each passage."""
    found: list[tuple[str, str, str]] = []
    asked: dict[str, str] = {"article": DOMAIN, "limit": "200"}
    while True:
        answer = await client.get(
            "/api/v1/locales/nl/messages",
            params=asked,
            headers={"Authorization": f"Bearer {secret}"},
        )
        page = answer.json()
        found += [(row["id"], row["version"], row["source"]) for row in page["items"]]
        if page["next"] is None:
            return [row for row in found if "passage" in row[2]]
        asked["cursor"] = page["next"]


def lost(desk: Desk, came: Came) -> list[str]:
    """The decisions that were answered as made, and are not what the file says."""
    now = {id_of(DOMAIN, digest_of(m.key)): m for m in catalogue(desk.project, DOMAIN)}
    return [
        id
        for id, text in came.texts.items()
        if now[id].text != text or state_of(now[id]) is not State.APPROVED
    ]
