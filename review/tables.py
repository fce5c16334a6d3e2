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
    false,
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
    Column("build", String(16), nullable=False, server_default=""),
    Column("owner", String(128), nullable=False, server_default=""),
    Column("held", Float, nullable=False, server_default="0"),
    Column("cancelled", Boolean, nullable=False, server_default=false()),
    Column("step", Text, nullable=False, server_default=""),
    Column("done", Integer, nullable=False, server_default="0"),
    Column("total", Integer, nullable=False, server_default="0"),
    Index(None, "state"),
)
"""Builds and drafting that people started here; ``report`` in JSON.

``build`` is the one of the ledger that does it, if workers do; else ``owner`` is the process that
does, and ``held`` until when that holds without a sign of life, by the database's clock.
"""

subscription = Table(
    "subscription",
    metadata,
    Column("person", Integer, primary_key=True, autoincrement=False),
    Column("mode", String(16), nullable=False),
    Column("hour", Integer, nullable=False),
    Column("zone", String(64), nullable=False),
    Column("day", String(10), nullable=False),
    Column("at", Float, nullable=False),
    Column("failures", Boolean, nullable=False, server_default=false()),
    Column("language", String(16), nullable=False, server_default=""),
)
"""How somebody wants to be told: ``day`` is that of their last digest in their zone, ``at`` when
it was made; ``failures`` is whether they want to hear of those at once, ``language`` what their
letters are in, empty for the desk's."""

told = Table(
    "told",
    metadata,
    Column("key", String(64), primary_key=True),
    Column("at", Float, nullable=False),
)
"""What people were told of that somebody has to look for: each failure of a build once."""

outbox = Table(
    "outbox",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("at", Float, nullable=False),
    Column("channel", String(16), nullable=False),
    Column("person", Integer),
    Column("kind", String(32), nullable=False),
    Column("data", Text, nullable=False),
    Column("due", Float, nullable=False),
    Column("tries", Integer, nullable=False),
    Column("owner", String(128), nullable=False),
    Column("until", Float, nullable=False),
    Column("ended", Float),
    Column("error", Text, nullable=False),
    Index(None, "ended", "due"),
    Index(None, "person", "channel"),
)
"""What is to be told, written with what it tells of. ``due`` is when it is tried (again), ``owner``
who has it in hand and ``until`` when; ``ended`` when it was sent or given up, ``error`` why."""

signing = Table(
    "signing",
    metadata,
    Column("name", String(40), primary_key=True),
    Column("secret", String(64), nullable=False),
)
"""What the desk signs links with that it sends out."""

hit = Table(
    "hit",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("key", String(64), nullable=False),
    Column("at", Float, nullable=False),
    Index(None, "key", "at"),
    Index(None, "at"),
)
"""What is counted against a limit, by the hash of whom it counts for; ``at`` by the database's
clock."""

arrival = Table(
    "arrival",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("nonce", String(64), nullable=False),
    Column("verifier", String(128), nullable=False),
    Column("next", Text, nullable=False),
    Column("until", Float, nullable=False),
)
"""Who is on the way back from an OpenID provider, by the hash of their state; each works once."""

identity = Table(
    "identity",
    metadata,
    Column("issuer", Text, primary_key=True),
    Column("subject", Text, primary_key=True),
    Column("person", Integer, nullable=False, index=True),
    Column("at", Float, nullable=False),
)
"""Who somebody is at an OpenID provider."""
