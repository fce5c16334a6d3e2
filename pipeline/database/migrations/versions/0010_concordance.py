"""The concordance of messages and memory as bitmaps; what the desk found is with its message."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from pipeline.markup.words import words_of

revision = "0010"
down_revision = "0009"

_SAID = ("locale", "source_words", "target_words")
_KEPT = {"message": (*_SAID, "domain", "state", "checks", "engine", "risk", "since"), "unit": _SAID}
_SAID_TRIGGERS = ("said_new", "said_gone", "said_changed")
_BATCH = 20_000
_PUT = (
    "INSERT INTO said (rowid, source_words, target_words)"
    " VALUES (new.id, new.source_words, new.target_words);"
)
_TAKE = (
    "INSERT INTO said (said, rowid, source_words, target_words)"
    " VALUES ('delete', old.id, old.source_words, old.target_words);"
)
_FTS5 = (
    f"CREATE TRIGGER said_new AFTER INSERT ON message BEGIN {_PUT} END",
    f"CREATE TRIGGER said_gone AFTER DELETE ON message BEGIN {_TAKE} END",
    "CREATE TRIGGER said_changed AFTER UPDATE OF source_words, target_words ON message"
    " WHEN old.source_words IS NOT new.source_words OR old.target_words IS NOT new.target_words"
    f" BEGIN {_TAKE} {_PUT} END",
)


def upgrade() -> None:
    """Keep what is searched and filtered by; the concordance is made when it is first looked at."""
    sqlite = op.get_bind().dialect.name == "sqlite"
    if sqlite:
        for name in _SAID_TRIGGERS:
            op.execute(f"DROP TRIGGER {name}")
        op.execute("DROP TABLE said")
    else:
        op.execute("DROP INDEX said_source")
        op.execute("DROP INDEX said_target")
    _with_facets()
    for name in ("source_words", "target_words"):
        op.add_column("unit", sa.Column(name, sa.Text, nullable=False, server_default=""))
    _spell_units()
    _create()
    for table in _KEPT:
        statement = f"INSERT INTO fresh (kind, number) SELECT '{table}', id FROM {table}"  # noqa: S608
        op.execute(statement)
    if sqlite:
        _for_sqlite()
    else:
        _for_postgresql()


def _with_facets() -> None:
    """Have what the desk found in a message in its row."""
    for column in _facets():
        op.add_column("message", column)
    found = "f.locale = message.locale AND f.domain = message.domain AND f.digest = message.digest"
    values = ", ".join(
        f"{name} = COALESCE((SELECT f.{name} FROM facet f WHERE {found} AND f.sum = message.sum),"  # noqa: S608
        f" message.{name})"
        for name in ("checks", "engine", "risk", "since")
    )
    op.execute(f"UPDATE message SET {values}")  # noqa: S608
    op.drop_table("facet")
    op.drop_index("ix_message_rank", "message")
    op.drop_index("ix_message_locale_state_domain_place", "message")
    columns = ["locale", "state", "domain", "place", "id"]
    op.create_index("ix_message_place", "message", columns)
    op.create_index("ix_message_rank", "message", [*columns[:2], "rank", *columns[2:]])


def _facets() -> list[sa.Column[object]]:
    return [
        sa.Column("checks", sa.Text, nullable=False, server_default=""),
        sa.Column("engine", sa.String(64), nullable=False, server_default=""),
        sa.Column("risk", sa.Integer, nullable=False, server_default="0"),
        sa.Column("since", sa.Float, nullable=False, server_default="0"),
    ]


def _spell_units() -> None:
    """Write the words of the memory as they are searched."""
    connection = op.get_bind()
    unit = sa.table("unit", *(sa.column(n) for n in ("id", "source", "target", *_SAID[1:])))
    query = sa.select(unit.c.id, unit.c.source, unit.c.target).order_by(unit.c.id).limit(_BATCH)
    change = sa.update(unit).where(unit.c.id == sa.bindparam("number"))
    change = change.values(source_words=sa.bindparam("one"), target_words=sa.bindparam("other"))
    last = 0
    while rows := connection.execute(query.where(unit.c.id > last)).all():
        said = [
            {
                "number": row.id,
                "one": f" {' '.join(words_of(row.source))} ",
                "other": f" {' '.join(words_of(row.target))} ",
            }
            for row in rows
        ]
        connection.execute(change, said)
        last = rows[-1].id


def _create() -> None:
    op.create_table(
        "bitmap",
        sa.Column("kind", sa.String(8), primary_key=True),
        sa.Column("locale", sa.String(16), primary_key=True),
        sa.Column("term", sa.Text, primary_key=True),
        sa.Column("block", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("numbers", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "word",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("locale", sa.String(16), nullable=False),
        sa.Column("word", sa.Text, nullable=False),
        sa.Column("parts", sa.Text, nullable=False),
        sa.UniqueConstraint("locale", "word", name="uq_word_locale_word"),
    )
    op.create_table(
        "fresh",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("kind", sa.String(8), nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("locale", sa.String(16)),
        sa.Column("domain", sa.Text),
        sa.Column("state", sa.String(16)),
        sa.Column("source_words", sa.Text),
        sa.Column("target_words", sa.Text),
        sa.Column("checks", sa.Text),
        sa.Column("engine", sa.String(64)),
        sa.Column("risk", sa.Integer),
        sa.Column("since", sa.Float),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_fresh_kind_number", "fresh", ["kind", "number"])


def _for_sqlite() -> None:
    """An index of the parts of words, and triggers."""
    op.execute(
        "CREATE VIRTUAL TABLE said_part USING fts5(parts, content='word', content_rowid='id',"
        " tokenize='ascii tokenchars _', detail='none')"
    )
    op.execute(
        "CREATE TRIGGER word_new AFTER INSERT ON word BEGIN"
        " INSERT INTO said_part (rowid, parts) VALUES (new.id, new.parts); END"
    )
    for table, names in _KEPT.items():
        new = f"INSERT INTO fresh (kind, number) VALUES ('{table}', new.id);"  # noqa: S608
        old = _old(table, names)
        op.execute(f"CREATE TRIGGER {table}_new AFTER INSERT ON {table} BEGIN {new} END")
        op.execute(f"CREATE TRIGGER {table}_gone AFTER DELETE ON {table} BEGIN {old} END")
        other = " OR ".join(f"old.{name} IS NOT new.{name}" for name in names)
        op.execute(
            f"CREATE TRIGGER {table}_changed AFTER UPDATE OF {', '.join(names)} ON {table}"
            f" WHEN {other} BEGIN {old} END"
        )


def _for_postgresql() -> None:
    """The same; bitmaps are compressed by themselves, and trying to takes longer than reading."""
    op.execute("ALTER TABLE bitmap ALTER COLUMN numbers SET STORAGE EXTERNAL")
    op.execute("CREATE INDEX said_part ON word USING gin (string_to_array(parts, ' '))")
    for table, names in _KEPT.items():
        new = f"INSERT INTO fresh (kind, number) VALUES ('{table}', new.id);"  # noqa: S608
        op.execute(
            f"CREATE FUNCTION {table}_is_new() RETURNS trigger LANGUAGE plpgsql AS"
            f" $$ BEGIN {new} RETURN NULL; END $$"
        )
        op.execute(
            f"CREATE FUNCTION {table}_was_other() RETURNS trigger LANGUAGE plpgsql AS"
            f" $$ BEGIN {_old(table, names)} RETURN NULL; END $$"
        )
        other = " OR ".join(f"old.{name} IS DISTINCT FROM new.{name}" for name in names)
        for name, when, does in (
            ("new", "INSERT", f"{table}_is_new"),
            ("gone", "DELETE", f"{table}_was_other"),
            ("changed", f"UPDATE OF {', '.join(names)}", f"{table}_was_other"),
        ):
            only = f"WHEN ({other})" if name == "changed" else ""
            op.execute(
                f"CREATE TRIGGER {table}_{name} AFTER {when} ON {table}"
                f" FOR EACH ROW {only} EXECUTE FUNCTION {does}()"
            )


def _old(table: str, names: Sequence[str]) -> str:
    """The statement that keeps what a row said before."""
    values = ", ".join(f"old.{name}" for name in names)
    return (
        f"INSERT INTO fresh (kind, number, {', '.join(names)})"  # noqa: S608
        f" VALUES ('{table}', old.id, {values});"
    )


def downgrade() -> None:
    """Back to what was found in a table of its own, and an index of words in each message."""
    sqlite = op.get_bind().dialect.name == "sqlite"
    for table in _KEPT:
        for name in ("new", "gone", "changed"):
            op.execute(f"DROP TRIGGER {table}_{name}" + ("" if sqlite else f" ON {table}"))
        if not sqlite:
            op.execute(f"DROP FUNCTION {table}_is_new()")
            op.execute(f"DROP FUNCTION {table}_was_other()")
    if sqlite:
        op.execute("DROP TRIGGER word_new")
        op.execute("DROP TABLE said_part")
    for table in ("bitmap", "word", "fresh"):
        op.drop_table(table)
    for name in ("source_words", "target_words"):
        op.drop_column("unit", name)
    _without_facets()
    if sqlite:
        op.execute(
            "CREATE VIRTUAL TABLE said USING fts5(source_words, target_words, content='message',"
            " content_rowid='id', tokenize='ascii tokenchars _', prefix='3 4', detail='column')"
        )
        op.execute("INSERT INTO said (said) VALUES ('rebuild')")
        for trigger in _FTS5:
            op.execute(trigger)
    else:
        for name in ("source", "target"):
            vector = f"array_to_tsvector(string_to_array(btrim({name}_words), ' '))"
            op.execute(f"CREATE INDEX said_{name} ON message USING gin ({vector})")


def _without_facets() -> None:
    """Have what the desk found in a table of its own; it looks again at all messages."""
    op.drop_index("ix_message_rank", "message")
    op.drop_index("ix_message_place", "message")
    for column in _facets():
        op.drop_column("message", column.name)
    columns = ["locale", "state", "domain", "place"]
    op.create_index("ix_message_locale_state_domain_place", "message", columns)
    op.create_index("ix_message_rank", "message", [*columns[:2], "rank", *columns[2:]])
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
    for name in ("risk", "checks", "engine"):
        op.create_index(f"ix_facet_locale_{name}", "facet", ["locale", name])
    op.execute("UPDATE file SET checked = ''")
