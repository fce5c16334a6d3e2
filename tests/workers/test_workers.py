"""Workers with a real Redis: what people and machines see of them."""

from __future__ import annotations

import json
import signal
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import update

from pipeline.database import open_database
from pipeline.database.tables import build as builds
from pipeline.extract import extract
from pipeline.ledger import broker_of
from review import notices, people, subscriptions
from review.rights import Role
from review.subscriptions import Mode
from tests.ledger.test_builds import MANY, expected, published
from tests.review.post import post_office
from tests.services import _free_port
from tests.sites import DAY, translate
from tests.workers.hook import Hook, hook
from tests.workers.house import BIN, House, house

SIGNED_WITH = "words that only the tests know"


@pytest.fixture
def home(tmp_path: Path) -> Iterator[House]:
    """A translated site; Redis runs, workers do not yet."""
    with house(tmp_path, MANY) as made:
        extract(made.project, today=DAY, jobs=1)
        translate(made.project)
        yield made


def at_rest(home: House) -> str:
    """What is said of the workers once no message waits; beat sends some of its own all the time.

    Its tasks take a moment, so that one of many looks finds none of them.
    """
    for _ in range(60):
        said = home.run("workers").stdout
        if "Messages: render 0, mt 0" in said:
            return said
    raise AssertionError(said + home.log)


def test_a_build_by_the_command_line(home: House) -> None:
    """Asked for, followed, listed; the same bytes as in one process; who is alive is said."""
    home.worker()
    home.beat()
    done = home.run("build", "--queue")
    assert (done.returncode, done.stderr) == (0, ""), done.stderr + home.log
    assert "is done in" in done.stdout
    said = at_rest(home)
    assert "render@test" in said
    assert "2 places" in said
    listed = json.loads(home.run("builds", "--json").stdout)
    assert [build["state"] for build in listed] == ["done"]
    made = published(home.project)
    assert home.run("build", "--queue").stdout.count("nothing changed") == 1
    assert made == published(home.project)
    home.stop("render")
    silent = home.run("workers")
    assert (silent.returncode, "No worker answers." in silent.stderr) == (1, True)


def test_without_redis_a_build_is_kept_and_runs_when_it_is_back(home: House) -> None:
    """The command says so, at once, and ends well."""
    home.redis.kill()
    done = home.run("build", "--queue")
    assert done.returncode == 0
    assert "Redis does not answer" in done.stderr
    assert "is kept, and begins by itself when Redis is back" in done.stdout
    ended = home.run("workers")
    assert (ended.returncode, "Redis does not answer" in ended.stderr) == (1, True)
    home.worker()
    home.beat()
    home.redis.start()
    (build,) = json.loads(home.run("builds", "--json").stdout)
    assert home.wait(build["id"]).state == "done"
    assert published(home.project) == expected(home.project)


def test_who_asks_is_told_once_that_a_build_has_ended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Signed; and again until somebody hears."""
    monkeypatch.setenv("TEST_HOOK_SECRET", SIGNED_WITH)
    with hook(refuse=1) as heard:
        queue = f'webhook = "{heard.url}"\nwebhook_secret_env = "TEST_HOOK_SECRET"\n'
        with house(tmp_path, queue=queue) as home:
            home.worker()
            home.beat()
            begun = home.ask()
            assert home.wait(begun).state == "done"
            heard.wait(2)
            told(heard, begun)
            long_ago = update(builds).values(ended=builds.c.ended - 3600)  # any try is due
            with home.ledger.database.begin() as connection:
                connection.execute(long_ago)
            assert home.ledger.builds.untold(most=100) == []
            time.sleep(3)  # more reconciles, which have nothing to tell
            assert len(heard.heard) == 2
            assert home.ledger.builds.get(begun).told == "heard"


def told(heard: Hook, build: str) -> None:
    """Twice the same, the first refused; both are signed over what they say."""
    first, second = heard.heard
    assert first.name == second.name == f"build_{build}_{first.name.rpartition('_')[2]}"
    assert all(one.is_signed(SIGNED_WITH) for one in heard.heard)
    assert not second.is_signed("another secret")
    said = json.loads(second.body)
    assert (said["type"], said["build"], said["state"]) == ("build.done", build, "done")


def test_a_build_that_nobody_begins_is_said_so(home: House) -> None:
    """While it is looked at; the look may end, the build does not."""
    command = [str(BIN / "pipeline"), "build", "--queue", "--site", str(home.project.root)]
    looking = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert looking.stderr is not None
    assert "No worker has begun" in looking.stderr.readline()
    looking.send_signal(signal.SIGINT)
    said, _ = looking.communicate(timeout=60)
    assert "It goes on without you" in said
    assert home.ledger.builds.latest()[0].state == "pending"


def test_health_and_metrics(home: House) -> None:
    """Live while the process is; ready while database and Redis are; figures for Prometheus."""
    port = _free_port()
    home.worker(PIPELINE_HEALTH_PORT=str(port))
    assert answer(port, "live") == (200, '{"alive": true}')
    assert answer(port, "ready") == (200, '{"database": "ok", "redis": "ok"}')
    begun = home.ask()
    home.wait(begun)
    figures = answer(port, "", path="/metrics")[1]
    assert 'pipeline_builds{state="done"} 1.0' in figures
    assert 'pipeline_units{kind="page",state="done"}' in figures
    assert 'pipeline_messages{queue="render"} 0.0' in figures
    assert "pipeline_redis_up 1.0" in figures
    home.redis.kill()
    status, said = answer(port, "ready")
    assert status == 503
    assert "Redis does not answer" in said
    assert answer(port, "live")[0] == 200


def answer(port: int, name: str, path: str = "") -> tuple[int, str]:
    """What a worker answers, once it does."""
    until = time.monotonic() + 30
    while True:
        try:
            url = f"http://127.0.0.1:{port}{path or f'/health/{name}'}"
            with urllib.request.urlopen(url, timeout=10) as said:
                return said.status, said.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()
        except OSError:
            assert time.monotonic() < until
            time.sleep(0.1)


def test_a_click_overtakes_what_waits(home: House) -> None:
    """Redis empties its list of urgent messages first."""
    broker = broker_of(home.project)
    nightly, click = home.ask(priority=6), home.ask(priority=0)
    assert broker.lengths()["render"] == 2
    home.worker(places=1)
    first, second = home.wait(click), home.wait(nightly)
    assert first.begun is not None
    assert second.begun is not None
    assert first.begun < second.begun


def test_traces_go_where_they_are_asked_for(home: House) -> None:
    """Spans of all workers, in one trace with whoever asked, to a collector."""
    with hook() as collector:
        home.worker(OTEL_EXPORTER_OTLP_ENDPOINT=collector.url.removesuffix("/"))
        home.wait(home.ask())
        collector.wait(1)
    assert collector.paths[0] == "/v1/traces"
    assert any(b"render" in one.body or b"plan and publish" in one.body for one in collector.heard)


def test_workers_tell_people_what_the_desk_has_for_them(tmp_path: Path) -> None:
    """A letter is sent once, by whichever of them is first, with no desk in the house."""
    with post_office() as office:
        mail = f'[review.mail]\nhost = "localhost"\nport = {office.port}\ntls = "none"\n'
        more = f'[review]\nurl = "http://desk.example.org"\n{mail}sender = "desk@example.org"\n'
        with house(tmp_path, queue=f"\n{more}") as home:
            database = open_database(home.project)
            secret = people.first_link(database)
            assert secret
            bea = people.accept(database, secret, "correct horse battery", name="Bea")
            people.invite(database, "Tess", "tess@example.org", {"nl": Role.TRANSLATOR}, by=bea)
            tess = next(one for one in people.everybody(database) if one.name == "Tess")
            subscriptions.choose(database, tess.id, "Tess", Mode.AT_ONCE, hour=8, zone="UTC")
            review, by = home.project.settings.review, (bea.id, bea.name)
            with database.begin() as connection:
                at = "articles/first"
                notices.assigned(connection, review, "nl", at, by=by, to=tess.id)
            home.worker()
            home.beat()
            office.wait(1, 60)
            time.sleep(3)  # more rounds, which have nothing to send
            assert len(office.letters) == 1
            database.dispose()
