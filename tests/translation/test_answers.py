"""Answers: nothing is paid for twice, by processes that are killed or work at the same time."""

from __future__ import annotations

import multiprocessing
import os
import signal
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import Engine as Database
from sqlalchemy import select, text, update

from pipeline.database import open_database
from pipeline.database.tables import answer
from pipeline.extract import extract
from pipeline.project import Project, open_project
from pipeline.translation import Job, translate
from pipeline.translation.answers import EXPIRES, Answers
from tests.databases import KINDS, address
from tests.sites import DAY, SETTINGS, site
from tests.translation.clients import guarded, libre
from tests.translation.stand_in import StandIn, fluent

SPAWN = multiprocessing.get_context("spawn")


@pytest.fixture(params=KINDS)
def project(request: pytest.FixtureRequest, tmp_path: Path) -> Project:
    """A site that was extracted, with a database of each kind."""
    return made(tmp_path / "one", request.param)


def made(folder: Path, kind: str) -> Project:
    """A site in a folder."""
    folder.mkdir()
    os.environ["TEST_STATE_URL"] = address(kind)
    project = site(folder, settings=f'{SETTINGS}[state]\nurl_env = "TEST_STATE_URL"\n')
    extract(project, today=DAY)
    return project


def _work(root: Path, url: str) -> None:
    """Draft a site in a process of one's own."""
    project = open_project(root)
    database = open_database(project)
    engine = guarded(libre(StandIn(url)), database, today=DAY, deadline=60)
    object.__setattr__(engine.engine, "timeout", 60.0)
    translate(project, "nl", engines=[engine], today=DAY)
    database.dispose()


def started(project: Project, server: StandIn) -> multiprocessing.process.BaseProcess:
    """A process that drafts."""
    process = SPAWN.Process(target=_work, args=(project.root, server.url))
    process.start()
    return process


def drafts(project: Project) -> dict[str, bytes]:
    """The catalogues as they stand."""
    paths = sorted(project.catalogues_dir.rglob("*.po"))
    return {str(path.relative_to(project.root)): path.read_bytes() for path in paths}


@pytest.mark.parametrize("request_number", [2])
def test_killed_in_the_middle_and_run_again_is_as_if_nothing_had_been(
    request_number: int, project: Project, tmp_path: Path, server: StandIn
) -> None:
    """By SIGKILL, while a request is under way: the same catalogues, nothing paid for twice."""
    kind = "sqlite" if "sqlite" in os.environ["TEST_STATE_URL"] else "postgresql"
    victim: list[int] = []

    def say(text: str) -> str:
        if len(server.seen) == request_number and victim:
            os.kill(victim.pop(), signal.SIGKILL)
            time.sleep(0.5)  # until it is gone: this answer reaches nobody
        return fluent(text)

    server.say = say
    process = SPAWN.Process(target=_work, args=(project.root, server.url))
    process.start()
    victim.append(process.pid or 0)
    process.join(120)
    assert process.exitcode == -signal.SIGKILL
    lost = Counter(server.seen[request_number - 1]["q"])
    server.say = fluent
    again = started(project, server)
    again.join(120)
    assert again.exitcode == 0
    # What was under way when the process was killed has no answer, and is asked for again.
    assert Counter(server.asked) - lost == Counter(set(server.asked))

    whole = made(tmp_path / "whole", kind)
    calm = started(whole, server)
    calm.join(120)
    assert drafts(project) == drafts(whole)


def test_two_processes_at_once_pay_once(project: Project, server: StandIn) -> None:
    """Each waits for what the other is asking."""

    def say(text: str) -> str:
        time.sleep(0.02)
        return fluent(text)

    server.say = say
    processes = [started(project, server) for _ in range(2)]
    for process in processes:
        process.join(180)
        assert process.exitcode == 0
    assert max(Counter(server.asked).values()) == 1


def test_a_claim_is_free_again_when_its_process_is_gone(project: Project) -> None:
    """At once on this machine, also where its number is used again; else after some time."""
    database = open_database(project)
    answers = Answers(database, "engine", DAY)
    assert answers.claim(["a"]).ours == {"a"}
    assert answers.claim(["a"]).ours == {"a"}  # as after a connection that broke
    with ThreadPoolExecutor() as others:
        assert others.submit(answers.claim, ["a"]).result().others(["a"]) == ["a"]
    owner = _owner(database)
    machine, process, began, thread = owner.rsplit(":", 3)
    for left, free in (
        (f"{machine}:{process}:{int(began) - 1}:{thread}", True),
        (f"elsewhere:{process}:1:{thread}", False),
    ):
        _set(database, left, time.time())
        assert (answers.claim(["a"]).ours == {"a"}) is free
    _set(database, f"elsewhere:{process}:1:{thread}", time.time() - EXPIRES - 1)
    assert answers.claim(["a"]).ours == {"a"}
    database.dispose()


def test_a_connection_that_breaks_during_a_request_loses_no_answer(
    tmp_path: Path, server: StandIn
) -> None:
    """What was paid for is written down by another connection."""
    project = made(tmp_path / "one", "postgresql")
    database = open_database(project)
    cut = text(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )

    def say(words: str) -> str:
        with other.begin() as connection:
            connection.execute(cut)
        return fluent(words)

    other = open_database(project)
    server.say = say
    engine = guarded(libre(server), database)
    first = engine.translate(["One", "Two"], Job("en", "nl"))
    assert engine.translate(["One", "Two"], Job("en", "nl")) == first
    assert server.asked == ["One", "Two"]
    database.dispose()
    other.dispose()


def _owner(database: Database) -> str:
    with database.connect() as connection:
        return str(connection.execute(select(answer.c.owner)).scalar_one())


def _set(database: Database, owner: str, since: float) -> None:
    with database.begin() as connection:
        connection.execute(update(answer).values(owner=owner, since=since))
