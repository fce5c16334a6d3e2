"""Guards around an engine: what is asked again, what is left alone, what is paid."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from pipeline.database import open_database
from pipeline.translation import EngineFault, Guarded, Job
from tests.sites import DAY, site
from tests.translation.clients import guarded as guarded_engine
from tests.translation.clients import libre
from tests.translation.stand_in import StandIn

JOB = Job("en", "nl")


@pytest.fixture
def guarded(server: StandIn, tmp_path: Path) -> Iterator[Guarded]:
    """LibreTranslate on the stand-in, guarded."""
    database = open_database(site(tmp_path))
    yield guarded_engine(libre(server), database)
    database.dispose()


def test_a_busy_engine_is_asked_again_and_a_broken_one_is_not(
    guarded: Guarded, server: StandIn
) -> None:
    """What broke off may have been paid for."""
    server.faults = ["429", "503"]
    assert guarded.translate(["One"], JOB) == ["nlone"]
    assert len(server.asked) == 3
    server.faults = ["500"]
    with pytest.raises(EngineFault):
        guarded.translate(["Two"], JOB)
    assert len(server.asked) == 4


def test_nothing_is_paid_twice(guarded: Guarded, server: StandIn) -> None:
    """Also not after a kill, or in another order."""
    guarded.translate(["One", "Two"], JOB)
    again = Guarded(guarded.engine, guarded.database, today=DAY)
    assert again.translate(["Two", "Three", "One"], JOB) == ["nltwo", "nlthree", "nlone"]
    assert server.asked == ["One", "Two", "Three"]


def test_an_engine_that_fails_three_times_is_left_alone(guarded: Guarded, server: StandIn) -> None:
    """For the rest of the run; one without quota at once."""
    server.always = "500"
    for text in ("a", "b", "c", "d", "e"):
        with pytest.raises(EngineFault):
            guarded.translate([text], JOB)
    assert len(server.asked) == 3
    other = Guarded(guarded.engine, guarded.database, today=DAY)
    server.always = "456"
    for text in ("a", "b"):
        with pytest.raises(EngineFault):
            other.translate([text], JOB)
    assert len(server.asked) == 4


def test_a_budget_is_kept(guarded: Guarded, server: StandIn) -> None:
    """To the character; what was refused is not counted."""
    guarded.daily = 10
    guarded.translate(["12345"], JOB)
    server.faults = ["456"]
    with pytest.raises(EngineFault, match="no quota"):
        guarded.translate(["1"], JOB)
    guarded.pace.close(guarded.name, 0, "")
    assert guarded.budget.room() == 5
    with pytest.raises(EngineFault, match="5 characters of its budget"):
        guarded.translate(["1234567"], JOB)
    assert server.asked == ["12345", "1"]


def test_many_threads_count_right(guarded: Guarded) -> None:
    """And ask once for each text."""
    barrier = threading.Barrier(4)

    def work(number: int) -> None:
        barrier.wait()
        for n in range(5):
            guarded.translate([f"{number}{n}"], JOB)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(work, range(4)))
    guarded.daily = 1000
    assert guarded.budget.room() == 1000 - 4 * 5 * 2
