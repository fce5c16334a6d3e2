"""`make up`: one command starts all that a site asks for, and leaves nothing behind."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from services.redis import answers, free_port
from tests.deployment.files import BIN, ROOT
from tests.services import _binary


def copy(folder: Path, more: str) -> Path:
    """The sample site, with more settings."""
    for name in ("source", "locales", "glossary"):
        shutil.copytree(ROOT / name, folder / name)
    settings = (ROOT / "pipeline.toml").read_text(encoding="utf-8")
    (folder / "pipeline.toml").write_text(f"{settings}\n{more}", encoding="utf-8")
    return folder


def ours(place: Path) -> list[str]:
    """The command lines of all processes that work in or on a folder."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            command = (process / "cmdline").read_bytes().replace(b"\0", b" ").decode()
            environment = (process / "environ").read_bytes().decode(errors="replace")
        except OSError:
            continue
        if command and (str(place) in command or f"PIPELINE_SITE={place}\0" in environment):
            found.append(command)
    return found


@contextmanager
def up(place: Path, port: int) -> Iterator[subprocess.Popen[bytes]]:
    """`make up` for as long as the block lasts; its output is in the folder ``log``."""
    command = [sys.executable, "-m", "services.up", "--site", str(place), "--port", str(port)]
    command += ["--desk-port", str(free_port())]
    with (place / "log").open("wb") as log:
        process = subprocess.Popen(command, cwd=ROOT, stdout=log, stderr=log)
    try:
        yield process
    finally:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(60)
        finally:
            process.kill()


def log(place: Path) -> str:
    """What was said."""
    return (place / "log").read_text(encoding="utf-8")


def page(port: int, path: str) -> str:
    """A page over HTTP."""
    with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=5) as answer:
        return str(answer.read().decode())


def until(said: str, place: Path, process: subprocess.Popen[bytes]) -> None:
    """Wait for words in the output."""
    limit = time.monotonic() + 120
    while said not in log(place):
        assert process.poll() is None, log(place)
        assert time.monotonic() < limit, log(place)
        time.sleep(0.1)


def test_a_build_by_its_workers_is_on_the_site_and_nothing_is_left(tmp_path: Path) -> None:
    """With Redis where the settings have it; output has names; Ctrl-C is an end without fault."""
    _binary()
    redis, port = free_port(), free_port()
    url = f"redis://127.0.0.1:{redis}/0"
    place = copy(tmp_path, f'[queue]\nurl = "{url}"\n')
    with up(place, port) as process:
        until("all is started", place, process)
        until("render   | ", place, process)
        index = place / "source/index.md"
        index.write_text(f"{index.read_text()}\nNew words, seen by workers.\n")
        built = subprocess.run(
            [str(BIN / "pipeline"), "build", "--queue", "--site", str(place)],
            capture_output=True, text=True, timeout=120, check=False,
        )  # fmt: skip
        assert built.returncode == 0, built.stdout + built.stderr + log(place)
        assert "New words, seen by workers." in page(port, "/en/")
        assert answers(url)
    assert process.returncode == 0, log(place)
    assert ours(place) == []
    assert not answers(url)
    said = log(place)
    assert {line.split("|")[0].strip() for line in said.splitlines() if " | " in line} >= {
        "up", "redis", "render", "mt", "beat", "site",
    }  # fmt: skip


def test_killed_itself_it_leaves_nothing(tmp_path: Path) -> None:
    """By SIGKILL, of which it learns nothing: workers, their pools, Redis, PostgreSQL, the site."""
    _binary()
    redis, port = free_port(), free_port()
    more = f'[queue]\nurl = "redis://127.0.0.1:{redis}/0"\n[state]\nurl_env = "UP_STATE_URL"\n'
    place = copy(tmp_path, more)
    with up(place, port) as process:
        until("all is started", place, process)
        limit = time.monotonic() + 60
        while len(ours(place)) < 14:  # with leashes, pools, and what PostgreSQL needs
            assert time.monotonic() < limit, ours(place)
            time.sleep(0.1)
        process.kill()
        process.wait()
        limit = time.monotonic() + 60
        while ours(place):
            assert time.monotonic() < limit, ours(place)
            time.sleep(0.1)
    assert not answers(f"redis://127.0.0.1:{redis}/0")


def test_when_one_ends_all_end(tmp_path: Path) -> None:
    """Which one is said, and the status is not 0."""
    _binary()
    redis = free_port()
    place = copy(tmp_path, f'[queue]\nurl = "redis://127.0.0.1:{redis}/0"\n')
    with up(place, free_port()) as process:
        until("all is started", place, process)
        for path in Path("/proc").glob("[0-9]*"):
            if _is_beat(path, place):
                os.kill(int(path.name), signal.SIGKILL)
        assert process.wait(60) == 1
    assert "beat     | ended with status -9" in log(place)
    assert ours(place) == []


def _is_beat(path: Path, place: Path) -> bool:
    try:
        words = (path / "cmdline").read_bytes().split(b"\0")
        return (
            b"beat" in words
            and f"PIPELINE_SITE={place}\0".encode() in (path / "environ").read_bytes() + b"\0"
        )
    except OSError:
        return False


def test_a_site_without_a_queue_needs_no_redis(tmp_path: Path) -> None:
    """It is served, and what to add for workers is said."""
    place, port = copy(tmp_path, ""), free_port()
    with up(place, port) as process:
        until("all is started", place, process)
        limit = time.monotonic() + 20
        while time.monotonic() < limit:
            try:
                assert "<html" in page(port, "/en/")
                break
            except OSError:
                time.sleep(0.1)
        assert "no [queue] in pipeline.toml" in log(place)
    assert process.returncode == 0
    assert ours(place) == []


def test_an_interrupt_while_it_starts_leaves_nothing(tmp_path: Path) -> None:
    """However early it comes."""
    _binary()
    place = copy(tmp_path, f'[queue]\nurl = "redis://127.0.0.1:{free_port()}/0"\n')
    with up(place, free_port()) as process:
        until("redis", place, process)
    assert process.returncode == 0, log(place)
    assert ours(place) == []


@pytest.mark.parametrize("url", ["redis://redis.invalid:6379/0"])
def test_a_redis_of_another_machine_is_not_started_here(tmp_path: Path, url: str) -> None:
    """It is said that it does not answer."""
    place = copy(tmp_path, f'[queue]\nurl = "{url}"\n')
    with up(place, free_port()) as process:
        assert process.wait(60) == 1
    assert "Redis does not answer, and is on another machine" in log(place)
