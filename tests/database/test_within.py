"""Connections: what takes too long is given up, and nothing else."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from pipeline.database import TookTooLong, open_database, within
from tests.databases import KINDS, address
from tests.sites import SETTINGS, site

_ENDLESS = {
    "sqlite": "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n)"
    " SELECT max(x) FROM n",
    "postgresql": "SELECT pg_sleep(30)",
}


@pytest.mark.parametrize("kind", KINDS)
def test_what_takes_too_long_is_given_up(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In time; the connection can be asked again, and takes as long as it needs then."""
    monkeypatch.setenv("TEST_STATE", address(kind))
    settings = f'{SETTINGS}\n[state]\nurl_env = "TEST_STATE"\n'
    database = open_database(site(tmp_path, settings=settings), pooled=True)
    with database.connect() as connection:
        begun = time.monotonic()
        with pytest.raises(TookTooLong), within(connection, 0.05):
            connection.execute(text(_ENDLESS[kind]))
        assert time.monotonic() - begun < 20
        with pytest.raises(SQLAlchemyError), within(connection, 10):
            connection.execute(text("SELECT nothing"))
        connection.rollback()
        with within(connection, 10):
            assert connection.execute(text("SELECT 1")).scalar() == 1
    database.dispose()
