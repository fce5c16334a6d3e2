"""The tables of the state database: what is about work in progress, and may be lost.

Translations and approvals are not here: their truth is the catalogues.
"""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    BigInteger,
    Column,
    Date,
    Float,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

unit = Table(
    "unit",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("source_locale", String(16), nullable=False),
    Column("locale", String(16), nullable=False),
    Column("domain", Text, nullable=False),
    Column("context", Text, nullable=False),
    Column("digest", String(24), nullable=False),
    Column("source", Text, nullable=False),
    Column("target", Text, nullable=False),
    Column("words", Text, nullable=False),
    Column("origin", String(16), nullable=False),
    Column("source_words", Text, nullable=False, server_default=""),
    Column("target_words", Text, nullable=False, server_default=""),
    UniqueConstraint("locale", "domain", "context", "digest"),
    Index(None, "locale", "digest"),
)
"""The translation memory: a text and its approved translation.

``words`` is what texts that are like another one are found by, ``source_words`` and
``target_words`` are what is searched, each word between spaces.
"""

posting = Table(
    "posting",
    metadata,
    Column("gram", BigInteger, primary_key=True, autoincrement=False),
    Column("first", Integer, primary_key=True, autoincrement=False),
    Column("units", LargeBinary, nullable=False),
    sqlite_with_rowid=False,
)
"""The index of the memory: the units that have a word or pair of words, many in a row.

``units`` are numbers of 32 bits, little-endian, the first of them ``first``.
"""

usage = Table(
    "usage",
    metadata,
    Column("engine", String(64), primary_key=True),
    Column("day", Date, primary_key=True),
    Column("requests", Integer, nullable=False),
    Column("characters", Integer, nullable=False),
)
"""What was sent to each engine on each day."""

calibration = Table(
    "calibration",
    metadata,
    Column("engine", String(64), primary_key=True),
    Column("source_locale", String(16), primary_key=True),
    Column("locale", String(16), primary_key=True),
    Column("style", String(16), nullable=False),
)
"""The form of markup that each engine was found to keep best."""

answer = Table(
    "answer",
    metadata,
    Column("key", String(64), primary_key=True),
    Column("engine", String(64), nullable=False),
    Column("day", Date, nullable=False),
    Column("text", Text, nullable=False),
    Column("owner", String(128), nullable=False, server_default=""),
    Column("since", Float, nullable=False, server_default="0"),
)
"""What engines answered, by what was asked: so that nothing is paid for twice.

Where somebody is asking just now, ``owner`` says who, and ``since`` from when (seconds of the
epoch); the text is still empty then.
"""

suggestion = Table(
    "suggestion",
    metadata,
    Column("locale", String(16), primary_key=True),
    Column("domain", Text, primary_key=True),
    Column("digest", String(24), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("origin", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("score", Float, nullable=False),
    Column("markup", String(16), nullable=False),
    Column("day", Date, nullable=False),
)
"""What is proposed for a message: ``source`` is the text that it was made for, if another.

``digest``, here and below, is that of the message's msgctxt and msgid.
"""

file = Table(
    "file",
    metadata,
    Column("locale", String(16), primary_key=True),
    Column("domain", Text, primary_key=True),
    Column("digest", String(24), nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("changed", BigInteger, nullable=False),
    Column("revision", Text, nullable=False),
    Column("checked", String(24), nullable=False, server_default=""),
)
"""The catalogues as the index has them.

``changed`` is the time of the file in nanoseconds, ``revision`` the PO-Revision-Date of its header,
``checked`` what the desk has checked and ranked its messages by.
"""

tally = Table(
    "tally",
    metadata,
    Column("locale", String(16), primary_key=True),
    Column("domain", Text, primary_key=True),
    Column("state", String(16), primary_key=True),
    Column("count", Integer, nullable=False),
)
"""How many messages of a catalogue are in each state; written with the index, and as right."""

_SOMEBODY = text("author <> ''")

message = Table(
    "message",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("locale", String(16), nullable=False),
    Column("domain", Text, nullable=False),
    Column("digest", String(24), nullable=False),
    Column("context", Text),
    Column("place", Integer, nullable=False),
    Column("state", String(16), nullable=False),
    Column("source", Text, nullable=False),
    Column("strings", JSON, nullable=False),
    Column("sum", String(24), nullable=False),
    Column("source_words", Text),
    Column("target_words", Text),
    Column("rank", Integer, nullable=False, server_default="0"),
    Column("checks", Text, nullable=False, server_default=""),
    Column("engine", String(64), nullable=False, server_default=""),
    Column("risk", Integer, nullable=False, server_default="0"),
    Column("since", Float, nullable=False, server_default="0"),
    Column("author", Text, nullable=False, server_default=""),
    UniqueConstraint("locale", "domain", "digest"),
    Index("ix_message_place", "locale", "state", "domain", "place", "id"),
    Index("ix_message_rank", "locale", "state", "rank", "domain", "place", "id"),
    Index(
        "ix_message_author",
        "locale",
        "author",
        "domain",
        "digest",
        sqlite_where=_SOMEBODY,
        postgresql_where=_SOMEBODY,
    ),
)
"""The index: every message as its file has it.

``place`` is its number in the file, from 0; ``strings`` are its translations, one for each plural
form; ``sum`` is over all that its file says of it. ``source_words`` and ``target_words`` are what
is searched, each word between spaces; none for what has not been read since there is a search.

The rest is the desk's: ``rank``, the lower, the sooner a message is shown to who has to decide; the
names of ``checks`` that found something, each between spaces of its own; the ``engine`` of a draft;
how much harm it may do (``risk``); ``since`` when it waits, 0 while the desk has not looked; the
``author`` of what it says, empty where that is nobody known.
"""

bitmap = Table(
    "bitmap",
    metadata,
    Column("kind", String(8), primary_key=True),
    Column("locale", String(16), primary_key=True),
    Column("term", Text, primary_key=True),
    Column("block", Integer, primary_key=True, autoincrement=False),
    Column("numbers", LargeBinary, nullable=False),
)
"""The concordance: which texts of a kind and language have a word, or are of a sort.

``numbers`` is a Roaring bitmap (the format of CRoaring, portable) of the numbers of a block.
"""

word = Table(
    "word",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("locale", String(16), nullable=False),
    Column("word", Text, nullable=False),
    Column("parts", Text, nullable=False),
    UniqueConstraint("locale", "word"),
)
"""The vocabulary of each language, of sources under an empty name.

``parts`` are three letters at a time, each between spaces (SQLite: the table ``said_part`` finds
them, PostgreSQL: an index of arrays).
"""

fresh = Table(
    "fresh",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("kind", String(8), nullable=False),
    Column("number", Integer, nullable=False),
    Column("locale", String(16)),
    Column("domain", Text),
    Column("state", String(16)),
    Column("source_words", Text),
    Column("target_words", Text),
    Column("checks", Text),
    Column("engine", String(64)),
    Column("risk", Integer),
    Column("since", Float),
    Column("author", Text),
    Index(None, "kind", "number"),
    sqlite_autoincrement=True,
)
"""What has been written and is not in the concordance yet, with what it said before that.

The database itself keeps it (triggers), whoever writes. Without a language there was nothing. A
number (``id``) is never given twice: who takes texts in knows by it that nobody else did.
"""

change = Table(
    "change",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("at", Float, nullable=False),
    Column("locale", String(16), nullable=False),
    Column("domain", Text, nullable=False),
    Column("digest", String(24), nullable=False),
    Column("former", String(24), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("who", Text, nullable=False),
    Column("state", String(16), nullable=False),
    Column("strings", JSON, nullable=False),
    Index(None, "locale", "domain", "digest"),
    Index(None, "locale", "id"),
    Index(None, "locale", "at"),
)
"""The history: what became of a message, when it was seen, and who did it where that is known.

``former`` is the message that it was before its source changed; ``strings`` are what it said from
then on.
"""

copy = Table(
    "copy",
    metadata,
    Column("version", String(24), primary_key=True),
    Column("locale", String(16), nullable=False),
    Column("domain", Text, nullable=False),
    Column("at", Float, nullable=False),
    Column("data", LargeBinary, nullable=False),
)
"""Catalogues as they were when somebody took a copy; ``data`` is the file, compressed by zlib."""

build = Table(
    "build",
    metadata,
    Column("id", String(16), primary_key=True),
    Column("state", String(16), nullable=False),
    Column("step", String(16), nullable=False),
    Column("steps", Text, nullable=False),
    Column("round", Integer, nullable=False, server_default="0"),
    Column("output", Text, nullable=False),
    Column("asked", Text, nullable=False),
    Column("priority", Integer, nullable=False),
    Column("version", String(32), nullable=False),
    Column("who", Text, nullable=False, server_default=""),
    Column("created", Float, nullable=False),
    Column("begun", Float),
    Column("ended", Float),
    Column("changed", Float, nullable=False),
    Column("owner", String(128), nullable=False, server_default=""),
    Column("until", Float, nullable=False, server_default="0"),
    Column("runs", Integer, nullable=False, server_default="0"),
    Column("outcome", Text, nullable=False, server_default=""),
    Column("told", String(16), nullable=False, server_default=""),
    Column("tries", Integer, nullable=False, server_default="0"),
    Index(None, "state", "created"),
)
"""The ledger of builds. ``asked`` and ``outcome`` are JSON; times are seconds of the database's
own clock; ``owner`` and ``until`` say who takes its next step, and until when that holds; ``told``
is what became of its webhook, after so many ``tries``."""

work = Table(
    "work",
    metadata,
    Column("key", String(64), primary_key=True),
    Column("kind", String(16), nullable=False),
    Column("name", Text, nullable=False),
    Column("input", Text, nullable=False),
    Column("state", String(16), nullable=False),
    Column("priority", Integer, nullable=False),
    Column("runs", Integer, nullable=False, server_default="0"),
    Column("batch", String(40), nullable=False, server_default=""),
    Column("owner", String(128), nullable=False, server_default=""),
    Column("until", Float, nullable=False, server_default="0"),
    Column("changed", Float, nullable=False),
    Column("outcome", Text, nullable=False, server_default=""),
    Index(None, "state", "until"),
)
"""Units of work, one for each input, however many builds want it. ``key`` is the hash of all that
the outcome depends on, ``batch`` the message that it was sent with."""

part = Table(
    "part",
    metadata,
    Column("build", String(16), primary_key=True),
    Column("step", String(16), primary_key=True),
    Column("key", String(64), primary_key=True),
    Index(None, "key"),
)
"""Which units each step of a build waits for."""

lock = Table(
    "lock",
    metadata,
    Column("name", String(64), primary_key=True),
    Column("token", String(64), nullable=False),
    Column("until", Float, nullable=False),
)
"""What somebody on some machine is changing just now, by the hash of its name."""
