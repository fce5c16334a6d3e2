"""The review desk: people, sessions, what they are at, and the trail of what they did."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

_TABLES = (
    "run",
    "reply",
    "bulk",
    "facet",
    "assignment",
    "mention",
    "comment",
    "kept",
    "claim",
    "audit",
    "bearer",
    "invitation",
    "session",
    "role",
    "person",
)


def upgrade() -> None:
    """Add the tables, and have the database itself keep the trail as it is."""
    _people()
    _work()
    _records()
    if op.get_bind().dialect.name == "sqlite":
        for what in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER audit_{what.lower()} BEFORE {what} ON audit BEGIN "
                "SELECT RAISE(ABORT, 'the trail is only added to'); END"
            )
        return
    op.execute(
        "CREATE FUNCTION audit_stays() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        "RAISE EXCEPTION 'the trail is only added to'; END $$"
    )
    op.execute(
        "CREATE TRIGGER audit_stays BEFORE UPDATE OR DELETE OR TRUNCATE ON audit "
        "FOR EACH STATEMENT EXECUTE FUNCTION audit_stays()"
    )


def _people() -> None:
    """Who may come in, and the trail."""
    op.create_table(
        "person",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("name", sa.String(40), nullable=False),
        sa.Column("address", sa.Text, nullable=False),
        sa.Column("password", sa.Text, nullable=False),
        sa.Column("active", sa.Boolean, nullable=False),
        sa.Column("since", sa.Float, nullable=False),
        sa.UniqueConstraint("name", name="uq_person_name"),
    )
    op.create_table(
        "role",
        sa.Column("person", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("locale", sa.String(16), primary_key=True),
        sa.Column("role", sa.String(16), nullable=False),
    )
    op.create_table(
        "session",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("person", sa.Integer, nullable=False),
        sa.Column("since", sa.Float, nullable=False),
        sa.Column("seen", sa.Float, nullable=False),
        sa.Column("until", sa.Float, nullable=False),
        sa.Column("agent", sa.Text, nullable=False),
    )
    op.create_index("ix_session_person", "session", ["person"])
    op.create_table(
        "invitation",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("person", sa.Integer),
        sa.Column("until", sa.Float, nullable=False),
        sa.Column("used", sa.Float),
    )
    op.create_table(
        "bearer",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("person", sa.Integer, nullable=False),
        sa.Column("label", sa.Text, nullable=False),
        sa.Column("scopes", sa.Text, nullable=False),
        sa.Column("since", sa.Float, nullable=False),
        sa.Column("until", sa.Float, nullable=False),
        sa.Column("used", sa.Float),
    )
    op.create_index("ix_bearer_person", "bearer", ["person"])
    op.create_table(
        "audit",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("at", sa.Float, nullable=False),
        sa.Column("person", sa.Integer),
        sa.Column("who", sa.Text, nullable=False),
        sa.Column("action", sa.String(40), nullable=False),
        sa.Column("locale", sa.String(16), nullable=False),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("detail", sa.Text, nullable=False),
    )
    op.create_index("ix_audit_at", "audit", ["at"])


def _work() -> None:
    """What people are at."""
    op.create_table(
        "claim",
        sa.Column("locale", sa.String(16), primary_key=True),
        sa.Column("domain", sa.Text, primary_key=True),
        sa.Column("digest", sa.String(24), primary_key=True),
        sa.Column("person", sa.Integer, nullable=False),
        sa.Column("until", sa.Float, nullable=False),
    )
    op.create_table(
        "kept",
        sa.Column("person", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("locale", sa.String(16), primary_key=True),
        sa.Column("domain", sa.Text, primary_key=True),
        sa.Column("digest", sa.String(24), primary_key=True),
        sa.Column("texts", sa.Text, nullable=False),
        sa.Column("version", sa.String(24), nullable=False),
        sa.Column("at", sa.Float, nullable=False),
    )
    op.create_table(
        "comment",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("locale", sa.String(16), nullable=False),
        sa.Column("domain", sa.Text, nullable=False),
        sa.Column("digest", sa.String(24), nullable=False),
        sa.Column("person", sa.Integer, nullable=False),
        sa.Column("who", sa.Text, nullable=False),
        sa.Column("at", sa.Float, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
    )
    op.create_index("ix_comment_locale_domain_digest", "comment", ["locale", "domain", "digest"])
    op.create_table(
        "mention",
        sa.Column("comment", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("person", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("seen", sa.Float),
    )
    op.create_index("ix_mention_person_seen", "mention", ["person", "seen"])
    op.create_table(
        "assignment",
        sa.Column("locale", sa.String(16), primary_key=True),
        sa.Column("domain", sa.Text, primary_key=True),
        sa.Column("person", sa.Integer, nullable=False),
    )
    op.create_table(
        "facet",
        sa.Column("locale", sa.String(16), primary_key=True),
        sa.Column("domain", sa.Text, primary_key=True),
        sa.Column("digest", sa.String(24), primary_key=True),
        sa.Column("sum", sa.String(24), nullable=False),
        sa.Column("checks", sa.Text, nullable=False),
        sa.Column("severity", sa.Integer, nullable=False),
        sa.Column("engine", sa.String(64), nullable=False),
        sa.Column("risk", sa.Integer, nullable=False),
        sa.Column("since", sa.Float, nullable=False),
    )
    op.create_index("ix_facet_locale_risk", "facet", ["locale", "risk"])


def _records() -> None:
    """What was done to much at once."""
    op.create_table(
        "bulk",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("at", sa.Float, nullable=False),
        sa.Column("person", sa.Integer, nullable=False),
        sa.Column("locale", sa.String(16), nullable=False),
        sa.Column("action", sa.String(40), nullable=False),
        sa.Column("data", sa.Text, nullable=False),
        sa.Column("undone", sa.Float),
    )
    op.create_table(
        "reply",
        sa.Column("person", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("key", sa.String(64), primary_key=True),
        sa.Column("asked", sa.String(64), nullable=False),
        sa.Column("status", sa.Integer, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("at", sa.Float, nullable=False),
    )
    op.create_table(
        "run",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("at", sa.Float, nullable=False),
        sa.Column("person", sa.Integer, nullable=False),
        sa.Column("who", sa.Text, nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("what", sa.Text, nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("until", sa.Float),
        sa.Column("report", sa.Text, nullable=False),
    )


def downgrade() -> None:
    """Drop them: people have to be invited anew; no translation is lost."""
    for name in _TABLES:
        op.drop_table(name)
    if op.get_bind().dialect.name != "sqlite":
        op.execute("DROP FUNCTION audit_stays()")
