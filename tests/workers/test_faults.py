"""Workers that are killed, cut off, old, or on a full disk: every build ends, and is right."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from pipeline.extract import extract
from tests.ledger.test_builds import MANY, expected, published
from tests.sites import DAY, replace, translate
from tests.workers.house import BIN, House, house

OLD = "import pipeline\npipeline.__version__ = '0.0.9'\n"

FULL = """
import errno, os, sys
if "worker" in sys.argv:
    from pipeline.site import shelf

    def lay(parcel):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    shelf.Parcel.lay = lay
"""

AHEAD = """
import time
true = time.time
time.time = lambda: true() + 86400 * {days}
"""

POISON = """
import os, signal, sys
if "worker" in sys.argv:
    from pipeline import articles

    load = articles.load

    def killing(project, source):
        if source.id == "articles/n7":
            os.kill(os.getpid(), signal.SIGKILL)
        return load(project, source)

    articles.load = killing
    from pipeline.site import survey
    survey.load = killing
"""

SLOW = """
import sys, time
if "worker" in sys.argv:
    from pipeline.site import shelf

    add = shelf.Parcel.add

    def slowly(*given):
        time.sleep(0.1)
        return add(*given)

    shelf.Parcel.add = slowly
"""


@pytest.fixture
def home(tmp_path: Path) -> Iterator[House]:
    """A translated site; nobody works on it yet."""
    with house(tmp_path, MANY) as made:
        extract(made.project, today=DAY, jobs=1)
        translate(made.project)
        yield made


def finished(home: House, name: str) -> None:
    """A build ends well, with the bytes that one in this process has."""
    done = home.wait(name)
    assert (done.state, done.outcome["errors"]) == ("done", []), home.log
    assert published(home.project) == expected(home.project)


def test_an_older_worker_leaves_newer_work_to_newer_ones(home: House) -> None:
    """It gives back what it would make otherwise; with only old ones, nothing wrong is made."""
    home.worker("old", python=OLD, places=1)
    home.beat()
    begun = home.ask()
    time.sleep(6)
    assert not home.ledger.builds.get(begun).has_ended
    assert not (home.project.output_dir / "index.html").exists()
    home.worker("new", places=1)
    finished(home, begun)


def test_a_full_disk_on_one_worker(home: House) -> None:
    """The other one does its work."""
    home.worker("full", python=FULL, places=1)
    home.worker("good", places=1)
    home.beat()
    finished(home, home.ask())


@pytest.mark.parametrize("days", [-1, 1])
def test_clocks_that_differ(home: House, days: int) -> None:
    """By a day: the ledger goes by the database’s, and the day is that of who asked."""
    home.worker("skewed", python=AHEAD.format(days=days), places=1)
    home.worker("right", places=1)
    home.beat()
    begun = home.ask()
    home.kill("skewed")
    finished(home, begun)


def test_a_poison_article_is_isolated_and_named(home: House) -> None:
    """It ends the process that reads it, three times; all others are published."""
    home.worker("render", python=POISON)
    home.beat()
    done = home.wait(home.ask())
    assert done.state == "done", home.log
    (error,) = done.outcome["errors"]
    assert "articles/n7.md ended its worker 3 times" in error["message"]
    names = published(home.project)
    assert "en/n8/index.html" in names
    assert "en/n7/index.html" not in names
    listed = home.run("builds")
    assert "1 error" in listed.stdout
    home.kill("render")
    home.worker("mended")
    assert home.run("builds", "retry", done.id).returncode == 0
    assert published(home.project) == expected(home.project)


def test_an_article_edited_while_workers_build(home: House) -> None:
    """The site is one state of it, the last."""
    home.worker("render", python=SLOW)
    home.beat()
    begun = home.ask()
    ledger = home.ledger
    while ledger.builds.get(begun).step != "render":
        time.sleep(0.02)
    path = home.project.source_dir / "articles/n5.md"
    replace(path, "title: Number 5", "title: Called five")
    finished(home, begun)
    assert b"Called five" in published(home.project)["en/articles/index.html"]


def test_a_terminal_that_is_closed_stops_nothing(home: House) -> None:
    """The command is killed; the build ends."""
    home.worker("render", python=SLOW)
    home.beat()
    command = ["build", "--queue", "--site", str(home.project.root)]
    terminal = subprocess.Popen(
        [str(BIN / "pipeline"), *command],
        stdout=subprocess.DEVNULL,
    )
    ledger = home.ledger
    while not (found := ledger.builds.latest()) or found[0].step != "render":
        time.sleep(0.02)
    terminal.kill()
    terminal.wait()
    finished(home, found[0].id)


@contextmanager
def namespace(name: str) -> Iterator[str]:
    """A network of its own for a worker, with a cable to ours: our address at its end."""
    if shutil.which("ip") is None or os.geteuid() != 0:
        pytest.skip("network namespaces need root and iproute2")
    ours, theirs = f"{name}a", f"{name}b"
    steps = (
        f"ip netns add {name}",
        f"ip link add {ours} type veth peer name {theirs} netns {name}",
        f"ip addr add 10.213.7.1/30 dev {ours}",
        f"ip link set {ours} up",
        f"ip -n {name} addr add 10.213.7.2/30 dev {theirs}",
        f"ip -n {name} link set {theirs} up",
        f"ip -n {name} link set lo up",
    )
    try:
        for step in steps:
            done = subprocess.run(step.split(), capture_output=True, text=True, check=False)
            if done.returncode:
                pytest.skip(f"network namespaces are not permitted: {done.stderr.strip()}")
        yield "10.213.7.1"
    finally:
        subprocess.run(["ip", "netns", "del", name], capture_output=True, check=False)
        subprocess.run(["ip", "link", "del", ours], capture_output=True, check=False)


def test_a_host_that_is_cut_off(home: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its cable is pulled in the middle of a build, and put back: it misses nothing."""
    name = f"q{os.getpid() % 100000}"
    with namespace(name) as address:
        home.redis.kill()
        home.redis.binds = ("127.0.0.1", address)
        home.redis.start()
        away = home.redis.url.replace("127.0.0.1", address)
        within = ("ip", "netns", "exec", name)
        home.environment["TEST_QUEUE_URL"] = away
        settings = home.project.settings_path
        replace(settings, f'\nurl = "{home.redis.url}"', '\nurl_env = "TEST_QUEUE_URL"')
        home.worker("away", python=SLOW, places=1, within=within)
        home.environment["TEST_QUEUE_URL"] = home.redis.url
        monkeypatch.setenv("TEST_QUEUE_URL", home.redis.url)
        home.worker("here", python=SLOW, places=1)
        home.beat()
        begun = home.ask()
        ledger = home.ledger
        while ledger.builds.get(begun).step != "render":
            time.sleep(0.02)
        subprocess.run(["ip", "link", "set", f"{name}a", "down"], check=True)
        time.sleep(3)
        subprocess.run(["ip", "link", "set", f"{name}a", "up"], check=True)
        finished(home, begun)
