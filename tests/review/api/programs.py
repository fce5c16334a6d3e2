"""Programs that use the API: each with a token for somebody, and what they are told."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from fastapi.testclient import TestClient
from limits import parse

from pipeline.catalogues import Message, digest_of
from pipeline.extract import extract
from review import tokens
from review.api import PREFIX
from review.api.messages import id_of
from review.app import create_app
from review.desk import Desk
from review.rights import EVERYWHERE
from review.serve import listening
from review.tokens import Scope, Wish
from tests.databases import address
from tests.review.desks import BASE, TWO, person, staffed
from tests.sites import DAY, catalogue, site

PROBLEM = "application/problem+json"
ALL = tuple(Scope)


def desk_on(kind: str, folder: Path, patch: pytest.MonkeyPatch, *, settings: str = TWO) -> Desk:
    """A desk whose state database is of a kind."""
    patch.setenv("TEST_STATE", address(kind))
    project = site(folder, settings=f'{settings}\n[state]\nurl_env = "TEST_STATE"\n')
    extract(project, today=DAY, jobs=1)
    return staffed(project)


def token_of(
    desk: Desk,
    name: str,
    scopes: Sequence[Scope] = ALL,
    *,
    locales: Sequence[str] = (EVERYWHERE,),
    days: int = 1,
) -> str:
    """A new token for somebody, made by who manages everything."""
    wish = Wish("a test", scopes, locales, days)
    secret, _ = tokens.make(desk.database, person(desk, name), wish, by=person(desk, "Bea"))
    return secret


@contextmanager
def program(
    desk: Desk,
    name: str = "",
    scopes: Sequence[Scope] = ALL,
    *,
    locales: Sequence[str] = (EVERYWHERE,),
    secret: str = "",
) -> Iterator[TestClient]:
    """A program with a token for somebody, or with this one; with neither it is nobody's."""
    word = secret or (token_of(desk, name, scopes, locales=locales) if name else "")
    headers = {"Authorization": f"Bearer {word}"} if word else {}
    app = create_app(desk.project, desk=desk)
    base = f"{BASE}{PREFIX}"
    with TestClient(app, base_url=base, headers=headers, follow_redirects=False) as client:
        yield client


def message(desk: Desk, source: str, *, locale: str = "nl") -> tuple[str, Message]:
    """The address of the message of a text, and the message as its catalogue has it."""
    for domain in desk.project.domains(locale):
        for one in catalogue(desk.project, domain, locale):
            if one.id == source:
                return f"/locales/{locale}/messages/{id_of(domain, digest_of(one.key))}", one
    raise LookupError(source)


def seen(client: TestClient, address: str) -> dict[str, str]:
    """The header of a decision on a message as it is now."""
    return {"If-Match": client.get(address).headers["etag"]}


def problem(answer: Any, status: int) -> dict[str, Any]:
    """The problem that an answer is, which has to have this status."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == PROBLEM
    said: dict[str, Any] = answer.json()
    assert (said["status"], said["type"]) == (status, "about:blank")
    assert said["title"] and len(said["detail"]) > 10 and said["detail"].endswith((".", "…"))
    return said


def items(client: TestClient, address: str, limit: int) -> list[Any]:
    """All items of a list, page by page."""
    found: list[Any] = []
    cursor: str | None = None
    sign = "&" if "?" in address else "?"
    while True:
        more = f"&cursor={cursor}" if cursor else ""
        page = client.get(f"{address}{sign}limit={limit}{more}").json()
        assert len(page["items"]) <= limit
        found += page["items"]
        cursor = page["next"]
        if cursor is None:
            return found


@contextmanager
def serving(desk: Desk) -> Iterator[str]:
    """A real server of a desk on loopback; the address of its API. Its tokens may ask often."""
    app = create_app(desk.project, desk=desk, rate=parse("1000000 per minute"))
    with listening(0) as place:
        server = uvicorn.Server(uvicorn.Config(app, log_level="warning", access_log=False))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [place]}, daemon=True)
        thread.start()
        while not server.started and thread.is_alive():
            time.sleep(0.01)
        yield f"http://127.0.0.1:{place.getsockname()[1]}{PREFIX}"
        server.should_exit = True
        thread.join(20)
