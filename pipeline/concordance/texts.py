"""Texts: those of a kind that have what somebody looks for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pyroaring import BitMap
from sqlalchemy import ColumnElement, Connection, Table, and_, false, func, or_, select

from ..database import among
from ..database.tables import message, unit
from . import bitmaps
from .pieces import LEAST, Piece
from .terms import SIDES, Side, of_pair, of_word
from .vocabulary import SOURCE, words_with

BY_NUMBER = 1_000
"""Texts that are put in order, rather than met in it."""

TOLD = 20_000
"""Numbers that the database looks for in its order; of more, it tells who comes next."""


@dataclass(frozen=True, slots=True)
class Found:
    """What bitmaps say of what somebody looks for.

    Attributes:
        numbers: The texts that may fit; None if that says nothing.
        exact: Whether they are those that fit, and not only some of them do.
    """

    numbers: BitMap | None
    exact: bool


@dataclass(frozen=True, slots=True)
class Texts:
    """Texts of a kind: the messages of the index, or the units of the memory."""

    kind: str
    table: Table

    def says(self, pieces: Sequence[Piece], where: str) -> ColumnElement[bool]:
        """Whether a source, a target, or either has all pieces."""
        if not pieces:
            return false()
        return or_(
            *(
                and_(
                    *(
                        self.table.c[f"{side}_words"].contains(one.pattern, autoescape=True)
                        for one in pieces
                    )
                )
                for side in _sides(where)
            )
        )

    def find(
        self, connection: Connection, locale: str, pieces: Sequence[Piece], where: str
    ) -> Found:
        """What may have all pieces in its source, its target, or either; but of what is fresh."""
        if not pieces:
            return Found(BitMap(), True)
        wanted = [
            [_wanted(connection, locale, side, one) for one in pieces] for side in _sides(where)
        ]
        terms = {term for side in wanted for piece in side for some in piece for term in some}
        known = bitmaps.read(connection, self.kind, locale, terms)
        found = BitMap()
        for side in wanted:
            sets = [
                BitMap().union(*(known[term] for term in some if term in known))
                for piece in side
                for some in piece
            ]
            if not sets:
                return Found(None, False)
            found |= sets[0].intersection(*sets[1:])
        exact = all(len(one.words) == 1 for one in pieces)
        whole = all(piece for side in wanted for piece in side)
        return Found(found, exact and whole)

    def all_with(
        self, connection: Connection, locale: str, pieces: Sequence[Piece], where: str
    ) -> Found:
        """The same with what is fresh, of which it is asked whether it really has them."""
        new = bitmaps.fresh_of(connection, self.kind)
        found = self.find(connection, locale, pieces, where)
        if found.numbers is None:
            return found
        query = select(self.table.c.id).where(self.table.c.locale == locale)
        query = query.where(among(connection, self.table.c.id, list(new)))
        fits = connection.execute(query.where(self.says(pieces, where))).scalars()
        return Found((found.numbers - new) | BitMap(fits.all()), found.exact)

    def are(
        self, connection: Connection, found: Found, pieces: Sequence[Piece], where: str
    ) -> ColumnElement[bool]:
        """Whether a text is one of those that were found, as a condition.

        Few are looked up by their numbers. Many are met in the order that is asked for, which is
        that of an index; and of very many that is sooner said than their numbers.
        """
        numbers = found.numbers
        if numbers is None or len(numbers) > TOLD:
            return self.says(pieces, where)
        column = self.table.c.id
        one = column if len(numbers) <= BY_NUMBER else func.coalesce(column, 0)
        own = among(connection, one, list(numbers))
        return own if found.exact else own & self.says(pieces, where)

    def only(
        self, connection: Connection, numbers: Sequence[int], pieces: Sequence[Piece], where: str
    ) -> list[int]:
        """Those of some texts that have all pieces."""
        own = among(connection, self.table.c.id, numbers)
        query = select(self.table.c.id).where(own, self.says(pieces, where))
        return list(connection.execute(query).scalars())


MESSAGES = Texts("message", message)
UNITS = Texts("unit", unit)


def _wanted(connection: Connection, locale: str, side: Side, piece: Piece) -> list[Sequence[str]]:
    """The terms of a piece: of each of these lists, a text has one at least."""
    found: list[Sequence[str]] = []
    own = SOURCE if side == "source" else locale
    for place, word in enumerate(piece.words):
        if not piece.is_part(place):
            found.append([of_word(side, word)])
        elif len(word) >= LEAST:
            words = words_with(connection, own, piece, place)
            if words is not None:
                found.append([of_word(side, one) for one in words])
    for place in range(len(piece.words) - 1):
        if not piece.is_part(place) and not piece.is_part(place + 1):
            found.append([of_pair(side, *piece.words[place : place + 2])])
    return found


def _sides(where: str) -> tuple[Side, ...]:
    return tuple(side for side in SIDES if where not in SIDES or side == where)
