"""Watching a site: what changes is on the page a moment later."""

from __future__ import annotations

import queue
import threading
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from pipeline.build import Report
from pipeline.errors import PipelineError
from pipeline.extract import Extraction
from pipeline.project import Project
from pipeline.watch import watch_and_serve
from tests.sites import SETTINGS, replace, site, write

SOON = 30
"""Seconds after which something that should have happened has not."""


class Watched:
    """A site being watched, and what it tells."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self.rounds: queue.Queue[Report] = queue.Queue()
        self.errors: queue.Queue[PipelineError] = queue.Queue()
        self.ready: queue.Queue[str] = queue.Queue()
        self.stop = threading.Event()
        self.address = ""

    def run(self) -> None:
        """Watch until stopped."""
        watch_and_serve(
            self.project,
            port=0,
            preview=False,
            jobs=1,
            show=self.told,
            ready=self.ready.put,
            failed=self.errors.put,
            stop=self.stop,
        )

    def told(self, project: Project, done: Extraction, report: Report) -> None:
        """What a round did."""
        self.rounds.put(report)

    def page(self, path: str) -> str:
        """A page as a browser gets it."""
        with urllib.request.urlopen(self.address + path) as response:  # noqa: S310 - loopback
            return str(response.read().decode())


@contextmanager
def watching(project: Project) -> Iterator[Watched]:
    """A site that is watched for as long as the block lasts."""
    watched = Watched(project)
    thread = threading.Thread(target=watched.run)
    thread.start()
    try:
        watched.address = watched.ready.get(timeout=SOON)
        watched.rounds.get(timeout=SOON)
        yield watched
    finally:
        watched.stop.set()
        thread.join(timeout=SOON)
    assert not thread.is_alive()


def test_a_change_is_on_the_page_a_moment_later(tmp_path: Path) -> None:
    """And what the pipeline writes itself begins no round."""
    project = site(tmp_path)
    with watching(project) as watched:
        assert "One sentence" in watched.page("en/first/")
        replace(project.source_dir / "articles/first.md", "One sentence", "One other sentence")
        report = watched.rounds.get(timeout=SOON)
        assert report.published.changed == ("en/first/index.html",)
        assert "One other sentence" in watched.page("en/first/")
        with pytest.raises(queue.Empty):
            watched.rounds.get(timeout=1)


def test_a_mistake_is_told_and_the_next_change_mends_it(tmp_path: Path) -> None:
    """The site goes on being served meanwhile."""
    project = site(tmp_path)
    with watching(project) as watched:
        write(project.settings_path, SETTINGS + "nonsense = 1\n")
        assert "nonsense" in str(watched.errors.get(timeout=SOON))
        assert "One sentence" in watched.page("en/first/")
        write(project.settings_path, SETTINGS.replace("A site", "Another site"))
        assert watched.rounds.get(timeout=SOON).changed
        assert "Another site" in watched.page("en/first/")
