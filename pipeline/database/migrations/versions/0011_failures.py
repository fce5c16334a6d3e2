"""Being told of failures at once, the language of letters, and who wrote each message."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"

_KEPT = (
    *("locale", "source_words", "target_words"),
    *("domain", "state", "checks", "engine", "risk", "since"),
)
"""What the concordance has of a message but for its author."""


def upgrade() -> None:
    """Have every message looked at again, by who wrote it."""
    no = sa.Column("failures", sa.Boolean, nullable=False, server_default=sa.false())
    op.add_column("subscription", no)
    own = sa.Column("language", sa.String(16), nullable=False, server_default="")
    op.add_column("subscription", own)
    op.create_table(
        "told",
        sa.Column("key", sa.String(64), primary_key=True),
        sa.Column("at", sa.Float, nullable=False),
    )
    author = sa.Column("author", sa.Text, nullable=False, server_default="")
    op.add_column("message", author)
    op.add_column("fresh", sa.Column("author", sa.Text))
    op.create_index(
        "ix_message_author",
        "message",
        ["locale", "author", "domain", "digest"],
        sqlite_where=sa.text("author <> ''"),
        postgresql_where=sa.text("author <> ''"),
    )
    _drop_triggers()
    _keep_what_was((*_KEPT, "author"))
    op.execute("UPDATE file SET checked = ''")


def downgrade() -> None:
    """Forget all three."""
    _drop_triggers()
    op.drop_index("ix_message_author", "message")
    op.execute("DELETE FROM bitmap WHERE term LIKE 'author %'")
    op.drop_column("message", "author")
    op.drop_column("fresh", "author")
    _keep_what_was(_KEPT)
    op.drop_table("told")
    op.drop_column("subscription", "language")
    op.drop_column("subscription", "failures")


def _drop_triggers() -> None:
    on = "" if op.get_bind().dialect.name == "sqlite" else " ON message"
    for name in ("message_gone", "message_changed"):
        op.execute(f"DROP TRIGGER {name}{on}")


def _keep_what_was(names: Sequence[str]) -> None:
    """Have the database keep what a message said before it is another one or gone."""
    values = ", ".join(f"old.{name}" for name in names)
    old = (
        f"INSERT INTO fresh (kind, number, {', '.join(names)})"  # noqa: S608
        f" VALUES ('message', old.id, {values});"
    )
    sqlite = op.get_bind().dialect.name == "sqlite"
    differs = "IS NOT" if sqlite else "IS DISTINCT FROM"
    other = " OR ".join(f"old.{name} {differs} new.{name}" for name in names)
    does = f"BEGIN {old} END"
    if not sqlite:
        op.execute(
            "CREATE OR REPLACE FUNCTION message_was_other() RETURNS trigger LANGUAGE plpgsql AS"
            f" $$ BEGIN {old} RETURN NULL; END $$"
        )
        does = "EXECUTE FUNCTION message_was_other()"
    each = "" if sqlite else "FOR EACH ROW"
    op.execute(f"CREATE TRIGGER message_gone AFTER DELETE ON message {each} {does}")
    op.execute(
        f"CREATE TRIGGER message_changed AFTER UPDATE OF {', '.join(names)} ON message {each}"
        f" WHEN ({other}) {does}"
    )
