"""Opening the state database: SQLite in the site's folder, or PostgreSQL by its address."""

from __future__ import annotations

import hashlib
import json
import weakref
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Connection,
    Engine,
    Table,
    any_,
    create_engine,
    event,
    func,
    inspect,
    literal,
    select,
    text,
)
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, SQLAlchemyError
from sqlalchemy.pool import NullPool, QueuePool

from .. import files
from ..errors import MemoryStoreError
from ..project import Project
from ..settings import address_of

_MIGRATIONS = Path(__file__).parent / "migrations"


def open_database(project: Project, *, pooled: bool = False) -> Engine:
    """The state database of a site, with its tables as this version needs them.

    Args:
        project: The site.
        pooled: Whether connections to SQLite stay open until the engine is disposed of, for who
            asks all the time: opening one, and writing back the log when the last one is closed,
            takes longer than most questions.

    Raises:
        SettingsError: The variable with its address is not set.
        MemoryStoreError: It cannot be opened, or was made by a newer version.
    """
    url = address_of(project.settings.state)
    try:
        engine = _engine(project, url, pooled=pooled)
        if not _is_current(engine):
            _upgrade(project, engine)
        return engine
    except (SQLAlchemyError, ArgumentError, ImportError, OSError) as error:
        raise _closed(getattr(error, "orig", None) or error) from error


def _is_current(engine: Engine) -> bool:
    """Whether the tables are those of this version, told without Alembic: it loads for 0.2 s."""
    try:
        with engine.connect() as connection:
            if not inspect(connection).has_table("alembic_version"):
                return False
            found = connection.execute(text("SELECT version_num FROM alembic_version"))
            versions = list(found.scalars())
    except SQLAlchemyError:  # one that is just being made; what is wrong otherwise shows again
        return False
    return versions == [max(path.name[:4] for path in _MIGRATIONS.glob("versions/[0-9]*.py"))]


def _upgrade(project: Project, engine: Engine) -> None:
    """Bring the tables to what this version needs; nobody else does meanwhile."""
    from alembic import command  # noqa: PLC0415 - slow, and seldom needed
    from alembic.config import Config  # noqa: PLC0415
    from alembic.util.exc import CommandError  # noqa: PLC0415

    with files.lock("database", project.locks_dir, timeout=60), engine.begin() as connection:
        if connection.dialect.name == "postgresql":  # nor on another machine
            connection.execute(select(func.pg_advisory_xact_lock(_number("database"))))
        config = Config()
        config.set_main_option("script_location", str(_MIGRATIONS))
        config.attributes["connection"] = connection
        try:
            command.upgrade(config, "head")
        except CommandError as error:
            raise _closed(error) from error


def _closed(error: BaseException) -> MemoryStoreError:
    return MemoryStoreError(
        f"the state database cannot be opened: {str(error).splitlines()[0]}",
        hint="Translations and approvals are in the catalogues and safe; mend the address in"
        " [state], or start the server.",
    )


@contextmanager
def exclusive(engine: Engine, name: str) -> Iterator[Connection]:
    """A transaction that is alone with what it is named for: others wait until it ends."""
    with engine.begin() as connection:
        if engine.dialect.name == "sqlite":
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        else:
            connection.execute(select(func.pg_advisory_xact_lock(_number(name))))
        yield connection


def _number(name: str) -> int:
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big", signed=True)


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """A connection to look something up among very many rows."""
    with engine.connect() as connection:
        by_index(connection)
        yield connection


def by_index(connection: Connection) -> None:
    """Have PostgreSQL use the index also of a table that it has no statistics of yet."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("SET LOCAL enable_seqscan = off")


def among(
    connection: Connection, column: ColumnElement[Any], values: Sequence[int] | Sequence[str]
) -> ColumnElement[bool]:
    """Whether a column has one of many values, which are sent as one."""
    if connection.dialect.name == "sqlite":
        each = func.json_each(json.dumps(values)).table_valued("value")
        return column.in_(select(each.c.value))
    return column == any_(literal(values, ARRAY(column.type)))


def insert_many(
    connection: Connection, table: Table, columns: Sequence[str], rows: Iterable[Sequence[Any]]
) -> None:
    """Insert many rows, as fast as the driver does; none of them may be there yet."""
    names = ", ".join(columns)
    if connection.dialect.name == "sqlite":
        marks = ", ".join("?" * len(columns))
        statement = f"INSERT INTO {table.name} ({names}) VALUES ({marks})"  # noqa: S608
        # Without SQLAlchemy's look at each of the rows, which takes longer than SQLite does.
        connection.connection.driver_connection.executemany(statement, rows)  # type: ignore[union-attr]
        return
    cursor = connection.connection.cursor()
    with cursor.copy(f"COPY {table.name} ({names}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)


def _engine(project: Project, url: str, *, pooled: bool) -> Engine:
    address = make_url(url)
    if address.get_backend_name() != "sqlite":
        return create_engine(address, pool_pre_ping=True)
    if address.database and address.database != ":memory:":
        path = project.root / address.database
        path.parent.mkdir(parents=True, exist_ok=True)
        address = address.set(database=str(path))
    # A file needs no pool; and none keeps it open when nobody asks any more.
    engine = (
        create_engine(address, poolclass=QueuePool, max_overflow=-1)
        if pooled
        else create_engine(address, poolclass=NullPool)
    )
    weakref.finalize(engine, engine.pool.dispose)

    @event.listens_for(engine, "connect")
    def prepare(connection: object, record: object) -> None:
        cursor = connection.cursor()  # type: ignore[attr-defined]  # that of sqlite3
        for pragma in (
            "journal_mode=WAL",
            "synchronous=NORMAL",
            "busy_timeout=60000",
            "cache_size=-64000",
        ):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    return engine
