"""The tables of the state database: what is about work in progress, and may be lost.

Translations and approvals are not here: their truth is the catalogues.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Column,
    Date,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

unit = Table(
    "unit",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("source_locale", String(16), nullable=False),
    Column("locale", String(16), nullable=False),
    Column("domain", Text, nullable=False),
    Column("context", Text, nullable=False),
    Column("digest", String(24), nullable=False),
    Column("source", Text, nullable=False),
    Column("target", Text, nullable=False),
    Column("words", Text, nullable=False),
    Column("origin", String(16), nullable=False),
    UniqueConstraint("locale", "domain", "context", "digest"),
    Index(None, "locale", "digest"),
)
"""The translation memory: a text and its approved translation. ``words`` is what is searched."""

gram = Table(
    "gram",
    metadata,
    Column("gram", BigInteger, primary_key=True, autoincrement=False),
    Column("unit", Integer, primary_key=True, autoincrement=False),
    sqlite_with_rowid=False,
)
"""The index of the memory: which unit has which word or pair of words."""

gram_count = Table(
    "gram_count",
    metadata,
    Column("gram", BigInteger, primary_key=True, autoincrement=False),
    Column("units", Integer, nullable=False),
    sqlite_with_rowid=False,
)
"""In how many units, or a few more, each of them stands."""

usage = Table(
    "usage",
    metadata,
    Column("engine", String(64), primary_key=True),
    Column("day", Date, primary_key=True),
    Column("requests", Integer, nullable=False),
    Column("characters", Integer, nullable=False),
)
"""What was sent to each engine on each day."""

calibration = Table(
    "calibration",
    metadata,
    Column("engine", String(64), primary_key=True),
    Column("source_locale", String(16), primary_key=True),
    Column("locale", String(16), primary_key=True),
    Column("style", String(16), nullable=False),
)
"""The form of markup that each engine was found to keep best."""

answer = Table(
    "answer",
    metadata,
    Column("key", String(64), primary_key=True),
    Column("engine", String(64), nullable=False),
    Column("day", Date, nullable=False),
    Column("text", Text, nullable=False),
)
"""What engines answered, by what was asked: so that nothing is paid for twice."""
