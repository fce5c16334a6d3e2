"""Databases to test with: SQLite, and PostgreSQL by ``DATABASE_URL`` or from a wheel."""

from __future__ import annotations

import atexit
import secrets
import shutil
import tempfile
from functools import cache
from pathlib import Path

from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url

from pipeline.errors import MemoryStoreError
from services import postgres
from tests.tools import missing

KINDS = ("sqlite", "postgresql")


def address(kind: str) -> str:
    """The address of an empty database of a kind."""
    if kind == "sqlite":
        return "sqlite:///.pipeline/state.db"
    name = f"test_{secrets.token_hex(6)}"
    server = make_url(_server())
    admin = create_engine(server, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    admin.dispose()
    return server.set(database=name).render_as_string(hide_password=False)


@cache
def _server() -> str:
    """A PostgreSQL server: the one that is named, or one of our own until the tests end."""
    if found := postgres.named():
        return found
    folder = Path(tempfile.mkdtemp(prefix="pg"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    block = postgres.server(folder / "data")
    atexit.register(block.__exit__, None, None, None)
    try:
        return block.__enter__()
    except MemoryStoreError as error:
        missing("a PostgreSQL server", error.hint)
