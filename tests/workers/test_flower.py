"""Flower shows the workers and their tasks by what they make."""

from __future__ import annotations

import time
import urllib.request
from pathlib import Path

from pipeline.extract import extract
from tests.ledger.test_builds import MANY
from tests.services import _free_port
from tests.sites import DAY
from tests.workers.house import house


def test_flower_shows_workers_and_tasks(tmp_path: Path) -> None:
    """With the settings as they are, and the prefix of all keys."""
    with house(tmp_path, MANY) as home:
        extract(home.project, today=DAY, jobs=1)
        port = _free_port()
        home.flower(port)
        home.worker()
        page(port, "/workers", "render@test")
        home.wait(home.ask())
        shown = page(port, "/api/tasks?limit=1000", "render pages")
        assert "survey articles" in shown
        assert "plan and publish" in shown


def page(port: int, path: str, expected: str) -> str:
    """A page of Flower, once it says what is expected."""
    until = time.monotonic() + 60
    text = ""
    while expected not in text:
        assert time.monotonic() < until, text[-2000:]
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=10) as said:
                text = said.read().decode()
        except OSError:
            time.sleep(0.3)
    return text
