"""Desks to test with: a small site, people of every role, and browsers that they are in with."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from fastapi.testclient import TestClient

from pipeline.extract import extract
from pipeline.project import Project
from review import people
from review.app import create_app
from review.desk import Desk
from review.people import Person
from review.rights import EVERYWHERE, Role
from tests.sites import DAY, SETTINGS, site

BASE = "http://127.0.0.1:8001"
SAME = {"Sec-Fetch-Site": "same-origin"}
PASSWORD = "correct horse battery"
TWO = f'{SETTINGS}\n[locales.de]\npublish = "approved"\n'

FOLK: dict[str, dict[str, Role]] = {
    "Tess": {"nl": Role.TRANSLATOR},
    "Ruth": {"nl": Role.REVIEWER},
    "Mona": {"nl": Role.MANAGER},
    "Dora": {"de": Role.MANAGER},
    "Nina": {},
    "Bea": {EVERYWHERE: Role.MANAGER},
}
"""Who there is, and what they are."""


def desk_in(folder: Path, *, settings: str = TWO, files: dict[str, str] | None = None) -> Desk:
    """The desk of a small site with these people, or those sources."""
    project = site(folder, files, settings=settings)
    extract(project, today=DAY, jobs=1)
    return staffed(project)


def staffed(project: Project) -> Desk:
    """The desk of a site, with everybody in `FOLK`."""
    desk = Desk.of(project)
    desk.watch.rests, desk.watch.checks = 0.0, 600.0
    secret = people.first_link(desk.database)
    assert secret
    first = people.accept(desk.database, secret, PASSWORD, name="Bea")
    for name, roles in FOLK.items():
        if name != first.name:
            link = people.invite(desk.database, name, "", roles, by=first)
            people.accept(desk.database, link, PASSWORD)
    return desk


@contextmanager
def browser(desk: Desk, name: str = "") -> Iterator[TestClient]:
    """A browser at a desk, in which somebody is logged in (nobody without a name)."""
    app = create_app(desk.project, desk=desk)
    with TestClient(app, base_url=BASE, headers=SAME, follow_redirects=False) as client:
        if name:
            form = {"name": name, "password": PASSWORD}
            assert client.post("/login", data=form).status_code == 303
        yield client


def person(desk: Desk, name: str) -> Person:
    """Somebody, by name."""
    return next(one for one in people.everybody(desk.database) if one.name == name)


def text_of(html: str) -> str:
    """What a page says, without its markup."""
    return " ".join(re.sub(r"<[^>]*>", " ", html).split())
