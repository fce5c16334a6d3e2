"""Searching messages: for words, their beginnings and phrases, among very many of them.

Words stand in the index in lower case, each between spaces, so that a pattern says exactly what is
found. Where few messages can fit, their numbers come from an index of words; where many do, the
first of them are met soon by whoever goes through them in order. So neither the rare word nor the
frequent one makes anybody wait.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    and_,
    cast,
    false,
    literal,
    literal_column,
    or_,
    select,
    text,
)
from sqlalchemy.dialects.postgresql import TSQUERY

from pipeline.database import among
from pipeline.database.tables import message as table
from pipeline.markup.words import is_sign, words_of

FEW = 4000
"""Messages that are fetched by their numbers, rather than met in order."""

_CHUNK = re.compile(r'"([^"]*)"|“([^”]*)”|(\S+)')
_OPEN = 3
"""Letters from which on a word may go on."""


@dataclass(frozen=True, slots=True)
class Piece:
    """Words that stand side by side; ``open`` if the last may go on."""

    words: tuple[str, ...]
    open: bool

    @property
    def pattern(self) -> str:
        """The words as they stand between spaces."""
        return f" {' '.join(self.words)}{'' if self.open else ' '}"


def pieces_of(said: str) -> list[Piece]:
    """What somebody looks for: words, each of which may go on, and phrases in quotation marks."""
    found = []
    for first, second, plain in _CHUNK.findall(said):
        words = tuple(words_of(first or second or plain))
        if words:
            goes_on = bool(plain) and len(words[-1]) >= _OPEN and not is_sign(words[-1])
            found.append(Piece(words, goes_on))
    return found


def says(said: str, where: str) -> ColumnElement[bool]:
    """Whether a source, a target, or either has all the words that somebody looks for."""
    pieces = pieces_of(said)
    if not pieces:
        return false()
    return or_(
        *(
            and_(
                *(table.c[f"{side}_words"].contains(one.pattern, autoescape=True) for one in pieces)
            )
            for side in _sides(where)
        )
    )


def few(connection: Connection, said: str, where: str) -> Sequence[int] | None:
    """The numbers of the messages that may fit, if they are few; else None."""
    pieces = pieces_of(said)
    if not pieces:
        return []
    sides = _sides(where)
    if connection.dialect.name == "sqlite":
        words = _terms(pieces, '"{}"', "*", " ")
        query = " OR ".join(f"({{{side}_words}} : ({words}))" for side in sides)
        statement = text("SELECT rowid FROM said WHERE said MATCH :query LIMIT :most")
        rows = connection.execute(statement, {"query": query, "most": FEW + 1}).scalars().all()
    else:
        # Of what is in very many, some are enough to know that; PostgreSQL leaves the rest unread.
        connection.exec_driver_sql(f"SET LOCAL gin_fuzzy_search_limit = {5 * FEW}")
        connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
        rows = connection.execute(_in_vectors(pieces, sides)).scalars().all()
        connection.exec_driver_sql("SET LOCAL enable_seqscan = on")
        connection.exec_driver_sql("SET LOCAL gin_fuzzy_search_limit = 0")
    return [int(row) for row in rows] if len(rows) <= FEW else None


def _in_vectors(pieces: Sequence[Piece], sides: Sequence[str]) -> Select[tuple[int]]:
    """What PostgreSQL finds in its index of tsvectors, which is made of the words as they are."""
    wanted = cast(literal(_terms(pieces, "'{}'", ":*", " & ")), TSQUERY)
    vectors = [
        f"array_to_tsvector(string_to_array(btrim(message.{side}_words), ' '))" for side in sides
    ]
    ways: list[ColumnElement[bool]] = [
        literal_column(vector).bool_op("@@")(wanted) for vector in vectors
    ]
    return select(table.c.id).where(or_(*ways)).limit(FEW + 1)


def _terms(pieces: Sequence[Piece], form: str, goes_on: str, between: str) -> str:
    """All words, as an index of words is asked for them."""
    return between.join(
        form.format(word) + (goes_on if piece.open and place == len(piece.words) else "")
        for piece in pieces
        for place, word in enumerate(piece.words, 1)
    )


def one_of(connection: Connection, ids: Sequence[int]) -> ColumnElement[bool]:
    """Whether a message has one of these numbers."""
    return among(connection, table.c.id, ids)


def _sides(where: str) -> tuple[str, ...]:
    return (where,) if where in ("source", "target") else ("source", "target")
