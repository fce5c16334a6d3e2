"""Opening the state database: SQLite in the site's folder, or PostgreSQL by its address."""

from __future__ import annotations

import os
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.util.exc import CommandError
from sqlalchemy import Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, SQLAlchemyError
from sqlalchemy.pool import NullPool

from .. import files
from ..errors import MemoryStoreError
from ..project import Project

_MIGRATIONS = Path(__file__).parent / "migrations"


def open_database(project: Project) -> Engine:
    """The state database of a site, with its tables as this version needs them.

    Raises:
        MemoryStoreError: It cannot be opened, or was made by a newer version.
    """
    settings = project.settings.state
    url = os.environ.get(settings.url_env, "") if settings.url_env else settings.url
    if not url:
        raise MemoryStoreError(
            f"the variable {settings.url_env} holds no address of a database",
            path=project.settings_path,
            hint="Set it, or remove “url_env” from [state].",
        )
    try:
        engine = _engine(project, url)
        with files.lock("database", project.locks_dir, timeout=60), engine.begin() as connection:
            config = Config()
            config.set_main_option("script_location", str(_MIGRATIONS))
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
        return engine
    except (SQLAlchemyError, ArgumentError, CommandError, ImportError, OSError) as error:
        said = str(getattr(error, "orig", None) or error).splitlines()[0]
        raise MemoryStoreError(
            f"the state database cannot be opened: {said}",
            hint="Translations and approvals are in the catalogues and safe; mend the address in"
            " [state], or start the server.",
        ) from error


def _engine(project: Project, url: str) -> Engine:
    address = make_url(url)
    if address.get_backend_name() != "sqlite":
        return create_engine(address, pool_pre_ping=True)
    if address.database and address.database != ":memory:":
        path = project.root / address.database
        path.parent.mkdir(parents=True, exist_ok=True)
        address = address.set(database=str(path))
    # A file needs no pool; and none keeps it open when nobody asks any more.
    engine = create_engine(address, poolclass=NullPool)

    @event.listens_for(engine, "connect")
    def prepare(connection: object, record: object) -> None:
        cursor = connection.cursor()  # type: ignore[attr-defined]  # that of sqlite3
        for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "busy_timeout=10000"):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    return engine
