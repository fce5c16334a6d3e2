"""Words to search messages by, their rank in a queue, and how many there are in each state."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"

_OLD = "locale, domain, digest, context, place, state, source, strings, sum"
_VECTOR = "array_to_tsvector(string_to_array(btrim({}_words), ' '))"
_TRIGGERS = """
CREATE TRIGGER said_new AFTER INSERT ON message BEGIN
    INSERT INTO said (rowid, source_words, target_words)
    VALUES (new.id, new.source_words, new.target_words);
END;
CREATE TRIGGER said_gone AFTER DELETE ON message BEGIN
    INSERT INTO said (said, rowid, source_words, target_words)
    VALUES ('delete', old.id, old.source_words, old.target_words);
END;
CREATE TRIGGER said_changed AFTER UPDATE OF source_words, target_words ON message
WHEN old.source_words IS NOT new.source_words OR old.target_words IS NOT new.target_words BEGIN
    INSERT INTO said (said, rowid, source_words, target_words)
    VALUES ('delete', old.id, old.source_words, old.target_words);
    INSERT INTO said (rowid, source_words, target_words)
    VALUES (new.id, new.source_words, new.target_words);
END;
"""


def upgrade() -> None:
    """Give messages a number and words; the next look at the catalogues fills the words in."""
    op.add_column("file", sa.Column("checked", sa.String(24), nullable=False, server_default=""))
    op.create_table(
        "tally",
        sa.Column("locale", sa.String(16), primary_key=True),
        sa.Column("domain", sa.Text, primary_key=True),
        sa.Column("state", sa.String(16), primary_key=True),
        sa.Column("count", sa.Integer, nullable=False),
    )
    _set_aside()
    op.create_table(
        "message",
        sa.Column("id", sa.Integer, primary_key=True),
        *_columns(),
        sa.Column("source_words", sa.Text),
        sa.Column("target_words", sa.Text),
        sa.Column("rank", sa.Integer, nullable=False, server_default="0"),
        sa.UniqueConstraint("locale", "domain", "digest", name="uq_message_locale_domain_digest"),
    )
    op.execute(f"INSERT INTO message ({_OLD}) SELECT {_OLD} FROM message_old")  # noqa: S608
    op.drop_table("message_old")
    columns = ["locale", "state", "domain", "place"]
    op.create_index("ix_message_locale_state_domain_place", "message", columns)
    op.create_index("ix_message_rank", "message", ["locale", "state", "rank", "domain", "place"])
    op.create_index("ix_facet_locale_checks", "facet", ["locale", "checks"])
    op.create_index("ix_facet_locale_engine", "facet", ["locale", "engine"])
    op.execute("UPDATE file SET digest = '', size = 0, changed = 0")
    if op.get_bind().dialect.name == "sqlite":
        _for_sqlite()
    else:
        for name in ("source", "target"):
            vector = _VECTOR.format(name)
            op.execute(f"CREATE INDEX said_{name} ON message USING gin ({vector})")


def _set_aside() -> None:
    """Have the messages in another table, and none of the name of theirs."""
    op.execute(f"CREATE TABLE message_old AS SELECT {_OLD} FROM message")  # noqa: S608
    op.drop_table("message")


def _columns() -> list[sa.Column[object]]:
    return [
        sa.Column("locale", sa.String(16), nullable=False),
        sa.Column("domain", sa.Text, nullable=False),
        sa.Column("digest", sa.String(24), nullable=False),
        sa.Column("context", sa.Text),
        sa.Column("place", sa.Integer, nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("strings", sa.JSON, nullable=False),
        sa.Column("sum", sa.String(24), nullable=False),
    ]


def _for_sqlite() -> None:
    """An index of words that are in lower case and set apart by spaces: all other signs are
    letters of theirs."""
    op.execute(
        "CREATE VIRTUAL TABLE said USING fts5(source_words, target_words, content='message',"
        " content_rowid='id', tokenize='ascii tokenchars _', prefix='3 4', detail='column')"
    )
    op.execute("INSERT INTO said (said) VALUES ('rebuild')")
    for statement in _TRIGGERS.strip().split("END;\n"):
        op.execute(f"{statement.removesuffix('END;')}END;")


def downgrade() -> None:
    """Go back to messages without words."""
    if op.get_bind().dialect.name == "sqlite":
        for name in ("said_new", "said_gone", "said_changed"):
            op.execute(f"DROP TRIGGER {name}")
        op.execute("DROP TABLE said")
    op.drop_index("ix_facet_locale_checks", "facet")
    op.drop_index("ix_facet_locale_engine", "facet")
    op.drop_table("tally")
    op.drop_column("file", "checked")
    _set_aside()
    first, second, third, *rest = _columns()
    for column in (first, second, third):
        column.primary_key = True
    op.create_table("message", first, second, third, *rest)
    op.execute(f"INSERT INTO message ({_OLD}) SELECT {_OLD} FROM message_old")  # noqa: S608
    op.drop_table("message_old")
    columns = ["locale", "state", "domain", "place"]
    op.create_index("ix_message_locale_state_domain_place", "message", columns)
