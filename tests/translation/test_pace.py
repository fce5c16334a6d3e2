"""The pace of engines, shared through a real Redis by several processes."""

from __future__ import annotations

import math
import multiprocessing
import os
import signal
import time
from collections.abc import Iterator
from multiprocessing.queues import Queue
from pathlib import Path

import pytest
from limits import RateLimitItemPerSecond

from pipeline.database import open_database
from pipeline.errors import QueueError
from pipeline.project import Project, open_project
from pipeline.translation import EngineFault, Guarded, Job, Trouble
from pipeline.translation.engines import libretranslate
from pipeline.translation.pace import FAILURES, SharedPace, pace_of, wait_for_turn
from tests.services import RedisServer, redis_server
from tests.sites import DAY, SETTINGS, site
from tests.translation.clients import guarded, libre, settings
from tests.translation.stand_in import StandIn

JOB = Job("en", "nl")
SPAWN = multiprocessing.get_context("spawn")


@pytest.fixture(scope="module")
def redis() -> Iterator[RedisServer]:
    """A server of these tests alone: some of them end it."""
    with redis_server() as found:
        yield found


@pytest.fixture
def project(tmp_path: Path, redis: RedisServer) -> Project:
    """A site that shares its pace; each with its own address, and so its own keys."""
    if redis.process is None:
        redis.start()
    own = SETTINGS.replace("www.example.org", f"{tmp_path.name}.example.org".replace("_", "-"))
    return site(tmp_path, settings=f'{own}[queue]\nurl = "{redis.url}"\n')


def shared(project: Project) -> SharedPace:
    """The pace of a site, as any process of it finds it."""
    found = pace_of(project)
    assert isinstance(found, SharedPace)
    return found


def _holds(root: Path, held: Queue[int], lease: float) -> None:
    """Take a place and never leave it."""
    pace = shared(open_project(root))
    pace.lease = lease
    with pace.place("engine", 1, time.sleep):
        held.put(os.getpid())
        time.sleep(60)


def test_places_are_shared_and_those_of_the_dead_come_free(project: Project) -> None:
    """After a lease, which a living process renews for as long as it needs."""
    held = SPAWN.Queue()
    process = SPAWN.Process(target=_holds, args=(project.root, held, 1.0))
    process.start()
    assert held.get(timeout=60) == process.pid
    pace = shared(project)
    pace.lease = 1.0
    waited: list[float] = []

    def sleep(seconds: float) -> None:
        """Wait in earnest; end the other process after more than its lease."""
        waited.append(seconds)
        time.sleep(seconds)
        if sum(waited) > 2 and process.is_alive():
            os.kill(process.pid or 0, signal.SIGKILL)
            process.join()

    with pace.place("engine", 1, sleep):
        assert process.exitcode == -signal.SIGKILL
    assert sum(waited) > 2


def _hits(root: Path, many: int, times: Queue[float]) -> None:
    pace = shared(open_project(root))
    for _ in range(many):
        wait_for_turn(pace, "engine", RateLimitItemPerSecond(4), time.sleep)
        times.put(time.time())


def test_a_rate_is_shared(project: Project) -> None:
    """Two processes together do not ask more often than one may."""
    times = SPAWN.Queue()
    processes = [SPAWN.Process(target=_hits, args=(project.root, 5, times)) for _ in range(2)]
    for process in processes:
        process.start()
    found = sorted(times.get(timeout=120) for _ in range(10))
    for process in processes:
        process.join()
    # The fifth after any one comes a second after it, but for what a clock and a queue take.
    assert all(later - earlier > 0.8 for earlier, later in zip(found, found[4:], strict=False))


def test_a_breaker_is_shared(project: Project, server: StandIn) -> None:
    """What one has found out holds for others, and why."""
    database = open_database(project)
    one = guarded(libre(server), database, pace=shared(project))
    other = guarded(libre(server), database, pace=shared(project))
    server.always = "500"
    for n in range(FAILURES):
        with pytest.raises(EngineFault, match="failed"):
            (one, other)[n % 2].translate([f"Text {n}"], JOB)
    server.always = ""
    for engine in (one, other):
        with pytest.raises(EngineFault, match="is not asked for now: failed"):
            engine.translate(["Another text"], JOB)
    assert len(server.asked) == FAILURES
    database.dispose()


def test_an_engine_that_wants_rest_is_left_alone_by_all(project: Project, server: StandIn) -> None:
    """For as long as it says."""
    database = open_database(project)
    server.always, server.after = "429", "600"
    with pytest.raises(EngineFault, match="busy"):
        guarded(libre(server), database, pace=shared(project)).translate(["One"], JOB)
    assert len(server.asked) == 1
    seconds, why = shared(project).closed("libre")
    assert 500 < seconds <= 600
    assert "429" in why
    database.dispose()


def _translates(root: Path, url: str, said: Queue[str]) -> None:
    """Ask an engine in earnest, as a worker does."""
    project = open_project(root)
    database = open_database(project)
    engine = libretranslate.create(settings("libre", url=url))
    guarded = Guarded(engine, database, today=DAY, pace=shared(project), at_once=2)
    said.put("ready")
    said.put(guarded.translate([f"Text of {os.getpid()}"], JOB)[0])
    database.dispose()


@pytest.mark.parametrize("status", ["429", "503"])
def test_who_was_told_to_come_later_speaks_for_all(
    project: Project, server: StandIn, status: str
) -> None:
    """Another process, which may ask at the same time, does not before; then both are answered."""
    server.faults, server.after = [status], "3"
    queues = [SPAWN.Queue(), SPAWN.Queue()]
    one, other = (
        SPAWN.Process(target=_translates, args=(project.root, server.url, said)) for said in queues
    )
    one.start()
    while not (server.requests and server.requests[0].sent < math.inf):
        assert one.is_alive()
        time.sleep(0.01)
    pace = shared(project)
    while not 0 < pace.pausing("libre") <= 3:
        assert len(server.requests) == 1
        time.sleep(0.01)
    other.start()
    answered = [said.get(timeout=60) + said.get(timeout=60) for said in queues]
    for process in (one, other):
        process.join()
    assert answered == [f"readynltext of {process.pid}" for process in (one, other)]
    told, *later = server.requests
    assert len(later) == 2
    # All but what passes between an answer's being sent and its being read.
    assert all(request.came - told.sent > 2.8 for request in later)


def test_when_redis_dies_nothing_is_sent_and_nothing_lost(
    project: Project, server: StandIn, redis: RedisServer
) -> None:
    """What was answered is kept, the rest waits with the reason, and comes when Redis is back."""
    database = open_database(project)
    engine = guarded(libre(server), database, pace=shared(project), daily=1000)
    assert engine.translate(["One"], JOB) == ["nlone"]
    redis.kill()
    with pytest.raises(EngineFault, match="Redis does not answer") as caught:
        engine.translate(["Two"], JOB)
    assert caught.value.trouble is Trouble.BUSY
    assert engine.translate(["One"], JOB) == ["nlone"]
    with pytest.raises(QueueError, match="Nothing was sent"):
        pace_of(project)
    redis.start()
    assert engine.translate(["One", "Two"], JOB) == ["nlone", "nltwo"]
    assert server.asked == ["One", "Two"]
    assert engine.budget.room() == 1000 - server.billed
    database.dispose()


def test_redis_that_dies_during_a_request_loses_no_answer(
    project: Project, server: StandIn, redis: RedisServer
) -> None:
    """It was paid for: it is kept."""
    database = open_database(project)
    engine = Guarded(libre(server), database, today=DAY, pace=shared(project))

    def say(text: str) -> str:
        redis.kill()
        return f"nl{text}"

    server.say = say
    assert engine.translate(["One"], JOB) == ["nlOne"]
    assert engine.translate(["One"], JOB) == ["nlOne"]
    assert server.asked == ["One"]
    database.dispose()
