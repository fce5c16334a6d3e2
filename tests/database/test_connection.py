"""Opening the state database: its tables are made once, and found as they are from then on."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, text

from pipeline.database import connection, open_database
from pipeline.errors import MemoryStoreError
from tests.databases import KINDS, address
from tests.sites import SETTINGS, site

OPEN = """
import sys
from pathlib import Path
from pipeline.database import open_database
from pipeline.project import open_project

open_database(open_project(Path(sys.argv[1]))).dispose()
print("alembic" in sys.modules)
"""


def opened_by(count: int, root: Path) -> list[str]:
    """Several processes open a database at once; whether each had to look at its migrations."""
    command = [sys.executable, "-c", OPEN, str(root)]
    pipe = subprocess.PIPE
    started = [subprocess.Popen(command, stdout=pipe, stderr=pipe, text=True) for _ in range(count)]
    said = [process.communicate(timeout=120) for process in started]
    assert [process.returncode for process in started] == [0] * count, said
    return [out.strip() for out, _ in said]


@pytest.mark.parametrize("kind", KINDS)
def test_tables_are_made_once_however_many_come_first(kind: str, tmp_path: Path) -> None:
    """And whoever comes later does not load what makes them, which takes longer than the rest."""
    project = site(tmp_path, settings=f'{SETTINGS}[state]\nurl = "{address(kind)}"\n')
    assert "True" in opened_by(4, project.root)
    assert opened_by(2, project.root) == ["False", "False"]
    database = open_database(project)
    assert inspect(database).has_table("build")
    database.dispose()


def test_a_database_of_a_newer_version_is_not_opened(tmp_path: Path) -> None:
    """What is in it would not be understood."""
    project = site(tmp_path)
    database = open_database(project)
    with database.begin() as open_:
        open_.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    database.dispose()
    with pytest.raises(MemoryStoreError, match="cannot be opened: Can't locate revision"):
        open_database(project)


def test_the_last_migration_has_the_greatest_number() -> None:
    """By which a database that is up to date is known."""
    scripts = ScriptDirectory(str(connection._MIGRATIONS))
    assert scripts.get_heads() == [max(one.revision for one in scripts.walk_revisions())]
    for one in scripts.walk_revisions():
        assert Path(one.path).name.startswith(f"{one.revision}_")
