"""Views: counted from a log without anything about readers, and read by article."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from typer.testing import CliRunner

from pipeline import views
from pipeline.build import build
from pipeline.cli import app
from pipeline.errors import ProjectError
from pipeline.extract import extract
from tests.sites import DAY, site, translate

LOG = """\
192.0.2.7 - anna [24/Nov/2026:10:00:00 +0000] "GET /nl/ HTTP/2.0" 200 512 "-" "A browser"
192.0.2.7 - - [24/Nov/2026:10:00:01 +0000] "GET /nl/the-first/?from=anna HTTP/1.1" 200 5 "x" "y"
192.0.2.8 - - [24/Nov/2026:10:00:02 +0000] "GET /nl/the-first/index.html HTTP/1.1" 304 0 "x" "y"
192.0.2.8 - - [24/Nov/2026:10:00:02 +0000] "GET /nl/nowhere/ HTTP/1.1" 404 0 "x" "y"
192.0.2.8 - - [24/Nov/2026:10:00:02 +0000] "POST /nl/the-first/ HTTP/1.1" 200 0 "x" "y"
192.0.2.8 - - [24/Nov/2026:10:00:02 +0000] "GET /theme.css HTTP/1.1" 200 0 "x" "y"
nonsense
"""


def test_a_log_is_counted_and_nothing_of_readers_is_kept(tmp_path: Path) -> None:
    """Pages that were read, also in a compressed log; no name, address, query or browser."""
    site(tmp_path)
    plain, packed = tmp_path / "access.log", tmp_path / "access.log.1.gz"
    plain.write_text(LOG, encoding="utf-8")
    packed.write_bytes(gzip.compress(LOG.encode()))
    done = CliRunner().invoke(app, ["views", str(plain), str(packed), "--site", str(tmp_path)])
    assert done.exit_code == 0
    assert "2 pages, read 6 times" in done.output
    written = (tmp_path / "views.tsv").read_text(encoding="utf-8")
    assert written == "/nl/the-first/\t4\n/nl/\t2\n"


def test_views_are_those_of_articles_in_all_languages(tmp_path: Path) -> None:
    """By the addresses that were published; an article may be named itself."""
    project = site(tmp_path)
    extract(project, today=DAY)
    assert views.read(project) == {}
    translate(project)
    build(project, today=DAY)
    path = tmp_path / "views.tsv"
    path.write_text("# a month\n/en/first/\t5\n/nl/nl-first/\t2\nabout\t3\n/x/\t1\n")
    found = views.read(project)
    assert found["about"] == 3
    assert found["articles/first"] == 7
    path.write_text("about 3\n", encoding="utf-8")
    with pytest.raises(ProjectError, match="no line of views") as error:
        views.read(project)
    assert error.value.line == 1
