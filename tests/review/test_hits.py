"""Limits that hold for all desks of a site together."""

from __future__ import annotations

import multiprocessing
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from limits import parse
from sqlalchemy import func, select, update

from pipeline.database import open_database
from pipeline.project import Project, open_project
from review.hits import Hits, limiter_of
from review.tables import hit
from review.throttle import Throttle
from tests.databases import KINDS, address
from tests.sites import SETTINGS, site


@pytest.fixture(params=KINDS)
def project(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Project:
    """A site with an empty state database."""
    monkeypatch.setenv("TEST_STATE", address(request.param))
    return site(tmp_path, settings=f'{SETTINGS}\n[state]\nurl_env = "TEST_STATE"\n')


def ask(folder: Path) -> int:
    """Another process asks ten times; how often it was let in."""
    database = open_database(open_project(folder))
    limiter, rate = limiter_of(database), parse("15 per minute")
    good = sum(limiter.hit(rate, "token") for _ in range(10))
    database.dispose()
    return good


def test_several_processes_count_as_one(project: Project) -> None:
    """Three of them ask thirty times together, and fifteen are let in."""
    with multiprocessing.get_context("spawn").Pool(3) as pool:
        assert sum(pool.map(ask, [project.root] * 3)) == 15
    database = open_database(project)
    limiter, rate = limiter_of(database), parse("15 per minute")
    assert limiter.get_window_stats(rate, "token").remaining == 0
    assert limiter.get_window_stats(rate, "another").remaining == 15
    with database.connect() as connection:
        assert "token" not in set(connection.execute(select(hit.c.key)).scalars())
    database.dispose()


def test_a_hit_counts_until_its_time_is_over(project: Project) -> None:
    """Then it is forgotten; and the reset is when the first of them is."""
    database = open_database(project)
    limiter, rate = limiter_of(database), parse("2 per minute")
    assert [limiter.hit(rate, "x") for _ in range(3)] == [True, True, False]
    assert 58 < limiter.get_window_stats(rate, "x").reset_time - time.time() < 62
    with database.begin() as connection:
        connection.execute(update(hit).values(at=hit.c.at - 61))
    assert limiter.hit(rate, "x")
    with database.connect() as connection:
        assert connection.execute(select(func.count()).select_from(hit)).scalar() == 1
    database.dispose()


def test_what_nobody_uses_any_more_is_swept_out(project: Project) -> None:
    """Once in a while, whoever asks."""
    database = open_database(project)
    hits = Hits(database)
    hits.acquire_entry("old", 5, 60)
    with database.begin() as connection:
        connection.execute(update(hit).values(at=hit.c.at - 25 * 3600))
    for _ in range(256):
        hits.acquire_entry("new", 10, 60)
    with database.connect() as connection:
        assert connection.execute(select(func.count()).select_from(hit)).scalar() == 10
    database.dispose()


def test_passwords_tried_at_once_count_all(project: Project) -> None:
    """Each is counted before it is looked at, and given back if it was right."""
    database = open_database(project)
    throttle = Throttle(Hits(database), account=parse("5 per hour"), address=parse("9 per hour"))
    with ThreadPoolExecutor(8) as pool:
        tried = list(pool.map(lambda n: throttle.allows("Anna", "127.0.0.1"), range(20)))
    assert sum(tried) == 5
    assert not throttle.allows(" anna", "127.0.0.2")
    throttle.worked("ANNA", "127.0.0.1")
    assert throttle.allows("anna", "127.0.0.1")
    assert [throttle.allows(f"x{n}", "127.0.0.1") for n in range(5)] == [True] * 4 + [False]
    database.dispose()
