"""The desk's tables, in every kind of database."""

from __future__ import annotations

from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine, delete, text, update
from sqlalchemy.exc import DBAPIError

from pipeline.database import open_database
from pipeline.database.tables import metadata
from review.audit import note, trail
from review.tables import audit
from tests.databases import KINDS, address
from tests.sites import SETTINGS, site


@pytest.fixture(params=KINDS)
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Engine:
    """An empty state database."""
    settings = f'{SETTINGS}\n[state]\nurl_env = "TEST_STATE"\n'
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TEST_STATE", address(request.param))
        return open_database(site(tmp_path, settings=settings))


def test_migrations_make_the_tables_that_the_code_knows(database: Engine) -> None:
    """Every table, column and index."""
    with database.connect() as connection:
        context = MigrationContext.configure(connection, opts={"include_name": named})
        assert compare_metadata(context, metadata) == []
    database.dispose()


def named(name: str | None, kind: str, parents: object) -> bool:
    """Whether a table or index is one that the code names: what searches words is not."""
    return not (name or "").startswith("said")


@pytest.mark.parametrize("statement", [update(audit).values(who="x"), delete(audit)])
def test_the_trail_is_only_added_to(database: Engine, statement: object) -> None:
    """The database itself refuses, whoever asks."""
    with database.begin() as connection:
        note(connection, "log in", who="Anna")
    with pytest.raises(DBAPIError, match="only added to"), database.begin() as connection:
        connection.execute(statement)  # type: ignore[call-overload]  # either statement
    assert [entry.who for entry in trail(database)] == ["Anna"]
    if database.dialect.name != "sqlite":
        with pytest.raises(DBAPIError, match="only added to"), database.begin() as connection:
            connection.execute(text("TRUNCATE audit"))
    database.dispose()
