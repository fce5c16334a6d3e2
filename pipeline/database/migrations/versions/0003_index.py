"""Who asks an engine just now; suggestions; the index and its history; copies handed out."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Add columns and tables."""
    op.add_column("answer", sa.Column("owner", sa.String(128), nullable=False, server_default=""))
    op.add_column("answer", sa.Column("since", sa.Float, nullable=False, server_default="0"))
    op.create_table(
        "suggestion",
        sa.Column("locale", sa.String(16), primary_key=True),
        sa.Column("domain", sa.Text, primary_key=True),
        sa.Column("digest", sa.String(24), primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("origin", sa.Text, nullable=False),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("score", sa.Float, nullable=False),
        sa.Column("markup", sa.String(16), nullable=False),
        sa.Column("day", sa.Date, nullable=False),
    )
    op.create_table(
        "file",
        sa.Column("locale", sa.String(16), primary_key=True),
        sa.Column("domain", sa.Text, primary_key=True),
        sa.Column("digest", sa.String(24), nullable=False),
        sa.Column("size", sa.BigInteger, nullable=False),
        sa.Column("changed", sa.BigInteger, nullable=False),
        sa.Column("revision", sa.Text, nullable=False),
    )
    op.create_table(
        "message",
        sa.Column("locale", sa.String(16), primary_key=True),
        sa.Column("domain", sa.Text, primary_key=True),
        sa.Column("digest", sa.String(24), primary_key=True),
        sa.Column("context", sa.Text),
        sa.Column("place", sa.Integer, nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("strings", sa.JSON, nullable=False),
        sa.Column("sum", sa.String(24), nullable=False),
    )
    op.create_index(
        "ix_message_locale_state_domain_place",
        "message",
        ["locale", "state", "domain", "place"],
    )
    op.create_table(
        "change",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("at", sa.Float, nullable=False),
        sa.Column("locale", sa.String(16), nullable=False),
        sa.Column("domain", sa.Text, nullable=False),
        sa.Column("digest", sa.String(24), nullable=False),
        sa.Column("former", sa.String(24), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("who", sa.Text, nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("strings", sa.JSON, nullable=False),
    )
    op.create_index("ix_change_locale_domain_digest", "change", ["locale", "domain", "digest"])
    op.create_table(
        "copy",
        sa.Column("version", sa.String(24), primary_key=True),
        sa.Column("locale", sa.String(16), nullable=False),
        sa.Column("domain", sa.Text, nullable=False),
        sa.Column("at", sa.Float, nullable=False),
        sa.Column("data", sa.LargeBinary, nullable=False),
    )


def downgrade() -> None:
    """Drop them: history is lost, never a translation."""
    for name in ("copy", "change", "message", "file", "suggestion"):
        op.drop_table(name)
    with op.batch_alter_table("answer") as batch:
        batch.drop_column("since")
        batch.drop_column("owner")
