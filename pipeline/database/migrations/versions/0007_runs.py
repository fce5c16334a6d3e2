"""Runs of the desk: who does them, until when that holds, how far they are; those of workers."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def _columns() -> tuple[sa.Column[object], ...]:
    return (
        sa.Column("build", sa.String(16), nullable=False, server_default=""),
        sa.Column("owner", sa.String(128), nullable=False, server_default=""),
        sa.Column("held", sa.Float, nullable=False, server_default="0"),
        sa.Column("cancelled", sa.Boolean, nullable=False, server_default=sa.false()),
        sa.Column("step", sa.Text, nullable=False, server_default=""),
        sa.Column("done", sa.Integer, nullable=False, server_default="0"),
        sa.Column("total", sa.Integer, nullable=False, server_default="0"),
    )


def upgrade() -> None:
    """Add them; a run of an earlier desk is held by nobody."""
    for column in _columns():
        op.add_column("run", column)
    op.create_index("ix_run_state", "run", ["state"])
    op.create_index("ix_change_locale_at", "change", ["locale", "at"])


def downgrade() -> None:
    """Take them away."""
    op.drop_index("ix_change_locale_at", "change")
    op.drop_index("ix_run_state", "run")
    for column in reversed(_columns()):
        op.drop_column("run", column.name)
