"""The translation memory with its index of trigrams, what engines were sent, and what they said."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

_SQLITE = (
    "CREATE VIRTUAL TABLE unit_words USING fts5"
    "(words, content='unit', content_rowid='id', tokenize='trigram')",
    "CREATE TRIGGER unit_added AFTER INSERT ON unit BEGIN"
    " INSERT INTO unit_words(rowid, words) VALUES (new.id, new.words); END",
    "CREATE TRIGGER unit_removed AFTER DELETE ON unit BEGIN"
    " INSERT INTO unit_words(unit_words, rowid, words) VALUES ('delete', old.id, old.words); END",
    "CREATE TRIGGER unit_changed AFTER UPDATE OF words ON unit BEGIN"
    " INSERT INTO unit_words(unit_words, rowid, words) VALUES ('delete', old.id, old.words);"
    " INSERT INTO unit_words(rowid, words) VALUES (new.id, new.words); END",
)
_POSTGRESQL = (
    "CREATE EXTENSION IF NOT EXISTS pg_trgm",
    "CREATE INDEX ix_unit_words_trgm ON unit USING gin (words gin_trgm_ops)",
)


def upgrade() -> None:
    """Create the tables, and what finds candidates for a fuzzy match."""
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
        "usage",
        sa.Column("engine", sa.String(64), primary_key=True),
        sa.Column("day", sa.Date, primary_key=True),
        sa.Column("requests", sa.Integer, nullable=False),
        sa.Column("characters", sa.Integer, nullable=False),
    )
    op.create_table(
        "answer",
        sa.Column("key", sa.String(64), primary_key=True),
        sa.Column("engine", sa.String(64), nullable=False),
        sa.Column("day", sa.Date, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
    )
    on_sqlite = op.get_bind().dialect.name == "sqlite"
    for statement in _SQLITE if on_sqlite else _POSTGRESQL:
        op.execute(statement)


def downgrade() -> None:
    """Drop them; the memory is made again of the catalogues."""
    if op.get_bind().dialect.name == "sqlite":
        for name in ("added", "removed", "changed"):
            op.execute(f"DROP TRIGGER unit_{name}")
        op.execute("DROP TABLE unit_words")
    for name in ("answer", "usage", "unit"):
        op.drop_table(name)
