"""Being told of failures at once, the language of letters, and who wrote each message."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0009"


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
    op.add_column("facet", sa.Column("author", sa.Text, nullable=False, server_default=""))
    columns = ["locale", "author", "domain", "digest"]
    op.create_index("ix_facet_locale_author_domain_digest", "facet", columns)
    op.execute("UPDATE file SET checked = ''")


def downgrade() -> None:
    """Forget all three."""
    op.drop_index("ix_facet_locale_author_domain_digest", "facet")
    op.drop_column("facet", "author")
    op.drop_table("told")
    op.drop_column("subscription", "language")
    op.drop_column("subscription", "failures")
