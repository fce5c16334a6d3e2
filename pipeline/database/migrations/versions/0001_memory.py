"""The translation memory with its index, what engines were sent, and what they said."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "unit",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("source_locale", sa.String(16), nullable=False),
        sa.Column("locale", sa.String(16), nullable=False),
        sa.Column("domain", sa.Text, nullable=False),
        sa.Column("context", sa.Text, nullable=False),
        sa.Column("digest", sa.String(24), nullable=False),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("target", sa.Text, nullable=False),
        sa.Column("words", sa.Text, nullable=False),
        sa.Column("origin", sa.String(16), nullable=False),
        sa.UniqueConstraint(
            "locale", "domain", "context", "digest", name="uq_unit_locale_domain_context_digest"
        ),
    )
    op.create_index("ix_unit_locale_digest", "unit", ["locale", "digest"])
    op.create_table(
        "gram",
        sa.Column("gram", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("unit", sa.Integer, primary_key=True, autoincrement=False),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "gram_count",
        sa.Column("gram", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("units", sa.Integer, nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "usage",
        sa.Column("engine", sa.String(64), primary_key=True),
        sa.Column("day", sa.Date, primary_key=True),
        sa.Column("requests", sa.Integer, nullable=False),
        sa.Column("characters", sa.Integer, nullable=False),
    )
    op.create_table(
        "calibration",
        sa.Column("engine", sa.String(64), primary_key=True),
        sa.Column("source_locale", sa.String(16), primary_key=True),
        sa.Column("locale", sa.String(16), primary_key=True),
        sa.Column("style", sa.String(16), nullable=False),
    )
    op.create_table(
        "answer",
        sa.Column("key", sa.String(64), primary_key=True),
        sa.Column("engine", sa.String(64), nullable=False),
        sa.Column("day", sa.Date, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
    )


def downgrade() -> None:
    """Drop them; the memory is made again of the catalogues."""
    for name in ("answer", "calibration", "usage", "gram_count", "gram", "unit"):
        op.drop_table(name)
