"""The desk's own tables in the state database: people, what they are at, and what they did.

Translations are not here: their truth is the catalogues.
"""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    Column,
    Float,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from pipeline.database.tables import metadata


def _key() -> tuple[Column[str], Column[str], Column[str]]:
    """What a message is found by, as in the index; part of the table's key."""
    return (
        Column("locale", String(16), primary_key=True),
        Column("domain", Text, primary_key=True),
        Column("digest", String(24), primary_key=True),
    )


def _message() -> tuple[Column[str], Column[str], Column[str]]:
    """The same where it is not the key."""
    return (
        Column("locale", String(16), nullable=False),
        Column("domain", Text, nullable=False),
        Column("digest", String(24), nullable=False),
    )


person = Table(
    "person",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", String(40), nullable=False),
    Column("address", Text, nullable=False),
    Column("password", Text, nullable=False),
    Column("active", Boolean, nullable=False),
    Column("since", Float, nullable=False),
    UniqueConstraint("name"),
)
"""Who may come in. ``password`` is what argon2 made of it, empty for none yet."""

role = Table(
    "role",
    metadata,
    Column("person", Integer, primary_key=True, autoincrement=False),
    Column("locale", String(16), primary_key=True),
    Column("role", String(16), nullable=False),
)
"""What somebody may do in a language; ``*`` is every one."""

session = Table(
    "session",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("person", Integer, nullable=False, index=True),
    Column("since", Float, nullable=False),
    Column("seen", Float, nullable=False),
    Column("until", Float, nullable=False),
    Column("agent", Text, nullable=False),
)
"""Who is in: ``id`` is the hash of what the cookie says."""

invitation = Table(
    "invitation",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("person", Integer),
    Column("until", Float, nullable=False),
    Column("used", Float),
)
"""Links that work once, by their hash; the one without a person makes the first manager."""

bearer = Table(
    "bearer",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("person", Integer, nullable=False, index=True),
    Column("label", Text, nullable=False),
    Column("scopes", Text, nullable=False),
    Column("since", Float, nullable=False),
    Column("until", Float, nullable=False),
    Column("used", Float),
    Column("locales", Text, nullable=False, server_default="*"),
    Column("made_by", Text, nullable=False, server_default=""),
)
"""Tokens of the API, by their hash; ``scopes`` and ``locales`` are words between spaces."""

audit = Table(
    "audit",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("at", Float, nullable=False),
    Column("person", Integer),
    Column("who", Text, nullable=False),
    Column("action", String(40), nullable=False),
    Column("locale", String(16), nullable=False),
    Column("subject", Text, nullable=False),
    Column("detail", Text, nullable=False),
    Column("token", Text, nullable=False, server_default=""),
    Index(None, "at"),
)
"""The trail: what was done, by whom. The database itself refuses to change or remove a row."""

claim = Table(
    "claim",
    metadata,
    *_key(),
    Column("person", Integer, nullable=False),
    Column("until", Float, nullable=False),
)
"""Who has a message open just now."""

kept = Table(
    "kept",
    metadata,
    Column("person", Integer, primary_key=True, autoincrement=False),
    *_key(),
    Column("texts", Text, nullable=False),
    Column("version", String(24), nullable=False),
    Column("at", Float, nullable=False),
)
"""What somebody typed and did not save yet: ``texts`` in JSON, made for a version."""

comment = Table(
    "comment",
    metadata,
    Column("id", Integer, primary_key=True),
    *_message(),
    Column("person", Integer, nullable=False),
    Column("who", Text, nullable=False),
    Column("at", Float, nullable=False),
    Column("text", Text, nullable=False),
    Index(None, "locale", "domain", "digest"),
)
"""What people say and ask about a message."""

mention = Table(
    "mention",
    metadata,
    Column("comment", Integer, primary_key=True, autoincrement=False),
    Column("person", Integer, primary_key=True, autoincrement=False),
    Column("seen", Float),
    Index(None, "person", "seen"),
)
"""Whom a comment calls."""

assignment = Table(
    "assignment",
    metadata,
    Column("locale", String(16), primary_key=True),
    Column("domain", Text, primary_key=True),
    Column("person", Integer, nullable=False),
)
"""Who is to work on a catalogue."""

facet = Table(
    "facet",
    metadata,
    *_key(),
    Column("sum", String(24), nullable=False),
    Column("checks", Text, nullable=False),
    Column("severity", Integer, nullable=False),
    Column("engine", String(64), nullable=False),
    Column("risk", Integer, nullable=False),
    Column("since", Float, nullable=False),
    Index(None, "locale", "risk"),
    Index(None, "locale", "checks"),
    Index(None, "locale", "engine"),
)
"""What a queue is filtered by besides the index: findings, origin, risk, since when it waits."""

bulk = Table(
    "bulk",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("at", Float, nullable=False),
    Column("person", Integer, nullable=False),
    Column("locale", String(16), nullable=False),
    Column("action", String(40), nullable=False),
    Column("data", Text, nullable=False),
    Column("undone", Float),
)
"""What was done to many messages at once, with all there is to undo it."""

reply = Table(
    "reply",
    metadata,
    Column("token", String(64), primary_key=True),
    Column("key", String(255), primary_key=True),
    Column("asked", String(64), nullable=False),
    Column("owner", String(32), nullable=False),
    Column("at", Float, nullable=False),
    Column("status", Integer, nullable=False),
    Column("headers", Text, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Index(None, "at"),
)
"""What the API answered to a request with an idempotency key; ``status`` is 0 until it has."""

run = Table(
    "run",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("at", Float, nullable=False),
    Column("person", Integer, nullable=False),
    Column("who", Text, nullable=False),
    Column("kind", String(16), nullable=False),
    Column("what", Text, nullable=False),
    Column("state", String(16), nullable=False),
    Column("until", Float),
    Column("report", Text, nullable=False),
)
"""Builds and drafting that people started here; ``report`` in JSON."""
