"""The vocabulary: every word that texts have or had, found by its parts.

There are few of them: a million texts have some hundred thousand words, and a language gets new
ones ever more slowly. So three letters at a time are kept of words, where those of all texts would
be several times as large as the texts.
"""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection, literal_column, select, text
from sqlalchemy.dialects import postgresql, sqlite

from ..database import among
from ..database.tables import word as table
from .pieces import LEAST, Piece

MOST = 2_000
"""Words that a part is looked for in; what is a part of more is in very many texts."""

SOURCE = ""
"""The language, as the vocabulary has it, of what is translated."""

_AT_ONCE = 5_000


def parts_of(word: str) -> str:
    """Three letters at a time, each between spaces."""
    return " ".join(dict.fromkeys(word[n : n + LEAST] for n in range(len(word) - LEAST + 1)))


def learn(connection: Connection, locale: str, texts: Iterable[str]) -> None:
    """Take new words into the vocabulary of a language.

    Args:
        connection: In the transaction that writes the texts.
        locale: The language; `SOURCE` for that of the sources.
        texts: Their words, between spaces.
    """
    # In their order, so that two who learn the same wait for each other, and never both.
    words = sorted({word for text in texts for word in text.split() if len(word) >= LEAST})
    made = sqlite if connection.dialect.name == "sqlite" else postgresql
    for n in range(0, len(words), _AT_ONCE):
        some = words[n : n + _AT_ONCE]
        query = select(table.c.word).where(table.c.locale == locale)
        known = set(
            connection.execute(query.where(among(connection, table.c.word, some))).scalars()
        )
        rows = [
            {"locale": locale, "word": word, "parts": parts_of(word)}
            for word in some
            if word not in known
        ]
        if rows:
            connection.execute(made.insert(table).on_conflict_do_nothing(), rows)


def words_with(connection: Connection, locale: str, piece: Piece, place: int) -> list[str] | None:
    """The words that one word of a piece may be a part of; None if there are too many."""
    said = piece.words[place]
    begins = place > 0 or piece.begins
    ends = place < len(piece.words) - 1 or piece.ends
    column = table.c.word
    if begins:
        fits = column.startswith(said, autoescape=True)
    elif ends:
        fits = column.endswith(said, autoescape=True)
    else:
        fits = column.contains(said, autoescape=True)
    query = select(column).where(table.c.locale == locale, fits)
    parts = parts_of(said).split()
    if connection.dialect.name == "sqlite":
        match = text("word.id IN (SELECT rowid FROM said_part WHERE said_part MATCH :parts)")
        query = query.where(match.bindparams(parts=" ".join(f'"{part}"' for part in parts)))
    else:
        array = literal_column(
            "string_to_array(word.parts, ' ')", postgresql.ARRAY(table.c.parts.type)
        )
        query = query.where(array.contains(parts))
    found = connection.execute(query.limit(MOST + 1)).scalars().all()
    return sorted(found) if len(found) <= MOST else None
