"""Redis is away, in each of the ways in which it may be: that is said within two seconds."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest
from redis import Redis

from pipeline.errors import QueueError
from pipeline.ledger import broker_of
from pipeline.project import open_project
from pipeline.translation.pace import pace_of
from tests.sites import replace
from tests.slowness import slowness
from tests.workers.house import House, house

SOON = 2.0
"""Seconds: what `Broker` promises, with all that a command has to load."""


@pytest.fixture
def home(tmp_path: Path) -> Iterator[House]:
    """A site with its Redis, and nobody who works on it."""
    with house(tmp_path) as made:
        made.run("builds")  # which makes the tables
        yield made


@contextmanager
def ended(home: House) -> Iterator[None]:
    """Nobody listens."""
    home.redis.kill()
    try:
        yield
    finally:
        home.redis.start()


@contextmanager
def stopped(home: House) -> Iterator[None]:
    """The system accepts for a process that is stopped, and so nobody answers."""
    assert home.redis.process is not None
    home.redis.process.send_signal(signal.SIGSTOP)
    try:
        yield
    finally:
        home.redis.process.send_signal(signal.SIGCONT)


@contextmanager
def silent(home: House) -> Iterator[None]:
    """Something else listens there, and never says a word."""
    settings = home.project.settings_path
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
        replace(settings, f":{home.redis.port}/", f":{port}/")
        try:
            yield
        finally:
            replace(settings, f":{port}/", f":{home.redis.port}/")


@contextmanager
def hanging_up(home: House) -> Iterator[None]:
    """It listens and ends each connection: nobody reads what waits to be accepted."""
    settings = home.project.settings_path
    code = (
        "import socket\ns = socket.create_server(('127.0.0.1', {}))\nwhile 1: s.accept()[0].close()"
    )
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    process = subprocess.Popen([sys.executable, "-c", code.format(port)])
    replace(settings, f":{home.redis.port}/", f":{port}/")
    try:
        yield
    finally:
        replace(settings, f":{port}/", f":{home.redis.port}/")
        process.kill()
        process.wait()


AWAY = (ended, stopped, silent, hanging_up)


def soonest(action: Callable[[], object]) -> float:
    """Seconds of the quickest of three, as on a machine that nobody else uses."""
    found = []
    for _ in range(3):
        before, begun = slowness(), time.monotonic()
        action()
        took = time.monotonic() - begun
        found.append(took / max(before, slowness()))
    return min(found)


@pytest.mark.parametrize("away", AWAY)
def test_commands_say_so_within_two_seconds(
    home: House, away: Callable[[House], AbstractContextManager[None]]
) -> None:
    """What was asked for is kept, and done when Redis is back; `builds` needs no Redis."""

    def ask() -> None:
        done = home.run("build", "--queue")
        assert (done.returncode, "Redis does not answer" in done.stderr) == (0, True), done.stderr
        assert "is kept, and begins by itself when Redis is back" in done.stdout

    def who() -> None:
        done = home.run("workers")
        assert (done.returncode, "Redis does not answer" in done.stderr) == (1, True), done.stderr

    with away(home):
        took = {"build": soonest(ask), "workers": soonest(who)}
        took["builds"] = soonest(lambda: home.run("builds"))
        kept = json.loads(home.run("builds", "--json").stdout)
    assert all(seconds < SOON for seconds in took.values()), took
    assert [build["state"] for build in kept] == ["pending"] * 3
    home.worker(places=1)
    home.beat()
    assert [home.wait(build["id"]).state for build in kept] == ["done"] * 3


@pytest.mark.parametrize("away", AWAY)
def test_who_asks_in_a_process_is_told_in_a_moment(
    home: House, away: Callable[[House], AbstractContextManager[None]]
) -> None:
    """As the review desk asks, and who wants to ask an engine; half a second for a silent one."""
    with away(home):
        project = open_project(home.project.root)
        broker = broker_of(project)
        for action in (
            lambda: broker.advance("0", 0),
            broker.lengths,
            broker.workers,
            lambda: pace_of(project),
        ):

            def told(action: Callable[[], object] = action) -> None:
                with pytest.raises(QueueError, match="Redis does not answer"):
                    action()

            assert soonest(told) < 0.8


def test_a_server_that_wants_a_password_is_there(home: House) -> None:
    """What it says of the password is said, not that it is away."""
    with Redis.from_url(home.redis.url) as client:
        client.config_set("requirepass", "words")
    with pytest.raises(QueueError, match="AuthenticationError"):
        broker_of(home.project).lengths()
