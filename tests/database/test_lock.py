"""Locks in the state database: they hold between machines, and end with whoever held them."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from pipeline import catalogues
from pipeline.catalogues import Catalogue
from pipeline.database import open_database
from pipeline.database.lock import DatabaseLocks, Held
from pipeline.errors import ConflictError, ProjectError
from pipeline.extract import extract
from pipeline.locks import locks_of
from pipeline.project import Project
from tests.databases import KINDS, address
from tests.sites import DAY, SETTINGS, catalogue, site

WRITER = """
import sys
from pathlib import Path
from pipeline import catalogues
from pipeline.locks import locks_of
from pipeline.project import open_project

project, who = open_project(Path(sys.argv[1])), sys.argv[2]
path = project.catalogue_path("nl", "articles/first")

def edited(catalogue):
    message = catalogue.get("An item")
    return catalogue.with_message(catalogues.edit(message, [message.text + who]))

for _ in range(15):
    catalogues.update(path, edited, locks=locks_of(project))
"""

FORKING = """
import os, sys
from pathlib import Path
from sqlalchemy import text
from pipeline.database.lock import opened
from pipeline.project import open_project

project = open_project(Path(sys.argv[1]))
ours = opened(project, pooled=True)
with ours.connect() as connection:
    connection.execute(text("SELECT 1"))
child = os.fork()
if child == 0:
    ended = 1
    try:
        with opened(project, pooled=True).begin() as connection:
            connection.execute(text("INSERT INTO lock VALUES ('theirs', 't', 0)"))
        ended = 0
    finally:
        os._exit(ended)
assert os.waitpid(child, 0)[1] == 0
with ours.connect() as connection:
    print(connection.execute(text("SELECT name FROM lock")).all())
ours.dispose()
"""


@pytest.fixture(params=KINDS)
def project(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Project]:
    """A site with a queue, so that its locks are rows."""
    monkeypatch.setenv("TEST_LOCK_URL", address(request.param))
    state = '[state]\nurl_env = "TEST_LOCK_URL"\n[queue]\nurl = "redis://127.0.0.1:1/0"\n'
    made = site(tmp_path, settings=SETTINGS + state)
    extract(made, today=DAY, jobs=1)
    yield made


def locks(project: Project, lease: float = 0.3) -> DatabaseLocks:
    """Locks as another machine has them, that end soon."""
    return DatabaseLocks(project, open_database(project), lease)


def test_no_edit_is_lost_between_writers(project: Project) -> None:
    """Four processes, fifteen edits each, one message: sixty are there."""
    writers = [
        subprocess.Popen([sys.executable, "-c", WRITER, str(project.root), who]) for who in "abcd"
    ]
    assert [writer.wait() for writer in writers] == [0, 0, 0, 0]
    message = catalogue(project, "articles/first").get("An item")
    assert message is not None
    assert {who: message.text.count(who) for who in "abcd"} == dict.fromkeys("abcd", 15)


def test_a_lock_is_held_against_others_as_long_as_it_takes(project: Project) -> None:
    """Longer than its lease; whoever waits too long is told."""
    ours, theirs = locks(project), locks(project)
    with ours.hold("catalogue"):
        time.sleep(0.6)
        with pytest.raises(ProjectError, match="being changed by somebody else"):
            theirs.hold("catalogue", timeout=0.2).__enter__()
        with theirs.hold("another", timeout=0.2):
            pass
    with theirs.hold("catalogue", timeout=0.2):
        pass
    ours.database.dispose()
    theirs.database.dispose()


def test_the_lock_of_a_dead_machine_ends(project: Project) -> None:
    """After its lease; and its late owner neither keeps nor removes it."""
    ours, theirs = locks(project), locks(project)
    with theirs.hold("catalogue") as held:
        pass
    late = Held(held.database, held.name, "elsewhere:1:token", 0.3)
    assert late.acquire()
    with ours.hold("catalogue", timeout=5) as now:
        assert not late.renew()
        late.release()
        assert now.renew()
    ours.database.dispose()
    theirs.database.dispose()


def test_nothing_is_written_by_who_lost_the_lock(project: Project) -> None:
    """A process that slept while another took over: the file stays as that one left it."""
    path = project.catalogue_path("nl", "articles/first")
    before = path.read_bytes()

    class Lost:
        """A lock that somebody else has by now."""

        def renew(self) -> bool:
            """It is not ours."""
            return False

    class Losing:
        """Locks that are lost as soon as they are held."""

        @contextmanager
        def hold(self, name: str) -> Iterator[Lost]:
            """Not for long."""
            yield Lost()

    def change(catalogue: Catalogue) -> Catalogue:
        message = catalogue.get("An item")
        assert message is not None
        return catalogue.with_message(catalogues.edit(message, ["Iets"]))

    with pytest.raises(ConflictError, match="took over"):
        catalogues.update(path, change, locks=Losing())
    assert path.read_bytes() == before
    catalogues.update(path, change, locks=locks_of(project))
    assert b"Iets" in path.read_bytes()


def test_a_forked_process_has_connections_of_its_own(project: Project) -> None:
    """Those that are kept open stay the other one's, which goes on with them."""
    command = [sys.executable, "-c", FORKING, str(project.root)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout.strip()) == (0, "[('theirs',)]"), done.stderr
