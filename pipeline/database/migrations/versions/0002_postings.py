"""The index of the memory in blocks: an eighth of the rows, and nothing to count."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Create the blocks, which are filled when the memory is next opened."""
    op.drop_table("gram_count")
    op.drop_table("gram")
    op.create_table(
        "posting",
        sa.Column("gram", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("first", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("units", sa.LargeBinary, nullable=False),
        sqlite_with_rowid=False,
    )
    if op.get_bind().dialect.name == "postgresql":
        # Hashed numbers do not compress: trying to takes longer than reading them.
        op.execute("ALTER TABLE posting ALTER COLUMN units SET STORAGE EXTERNAL")


def downgrade() -> None:
    """Back to a row for each unit; the memory is made again of the catalogues."""
    op.drop_table("posting")
    op.execute("DELETE FROM unit")
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
