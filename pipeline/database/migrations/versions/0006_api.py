"""The API: what its tokens may do where, what it answered, who did what by which token."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Add what tokens need; replies are kept by token, as they were sent, from now on."""
    op.add_column("bearer", sa.Column("locales", sa.Text, nullable=False, server_default="*"))
    op.add_column("bearer", sa.Column("made_by", sa.Text, nullable=False, server_default=""))
    op.add_column("audit", sa.Column("token", sa.Text, nullable=False, server_default=""))
    op.drop_table("reply")
    op.create_table(
        "reply",
        sa.Column("token", sa.String(64), primary_key=True),
        sa.Column("key", sa.String(255), primary_key=True),
        sa.Column("asked", sa.String(64), nullable=False),
        sa.Column("owner", sa.String(32), nullable=False),
        sa.Column("at", sa.Float, nullable=False),
        sa.Column("status", sa.Integer, nullable=False),
        sa.Column("headers", sa.Text, nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
    )
    op.create_index("ix_reply_at", "reply", ["at"])
    op.create_index("ix_change_locale_id", "change", ["locale", "id"])


def downgrade() -> None:
    """Go back to replies by person; what was kept of them is forgotten."""
    op.drop_index("ix_change_locale_id", "change")
    op.drop_table("reply")
    op.create_table(
        "reply",
        sa.Column("person", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("key", sa.String(64), primary_key=True),
        sa.Column("asked", sa.String(64), nullable=False),
        sa.Column("status", sa.Integer, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("at", sa.Float, nullable=False),
    )
    op.drop_column("audit", "token")
    op.drop_column("bearer", "made_by")
    op.drop_column("bearer", "locales")
