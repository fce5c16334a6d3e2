"""The concordance of the memory: units that have words, parts of words or phrases."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any

from pyroaring import BitMap
from sqlalchemy import Connection, Row, select

from ..concordance import UNITS, Piece, pieces_of
from ..database import among
from ..database.tables import unit as table

_SOME = 500
"""Units that are looked at together where not all of them may have a phrase."""


def rows_with(
    connection: Connection, locale: str, said: str, *, limit: int, after: int = 0
) -> Sequence[Row[*tuple[Any, ...]]]:
    """The units of a language whose source or translation has all that somebody looks for.

    They come in the order of their numbers.

    Args:
        connection: The memory.
        locale: The language.
        said: Words, which may be parts of longer ones, and phrases in quotation marks.
        limit: How many at most.
        after: The number of the last one that is known already.
    """
    pieces = pieces_of(said)
    found = UNITS.all_with(connection, locale, pieces, "both")
    query = select(table).where(table.c.locale == locale).order_by(table.c.id)
    if found.numbers is None:  # what is a part of very many words is soon met
        query = query.where(table.c.id > after, UNITS.says(pieces, "both"))
        return connection.execute(query.limit(limit)).all()
    fitting = _fitting(connection, found.numbers, pieces, after, exact=found.exact)
    chosen = list(islice(fitting, limit))
    return connection.execute(query.where(among(connection, table.c.id, chosen))).all()


def _fitting(
    connection: Connection, numbers: BitMap, pieces: Sequence[Piece], after: int, *, exact: bool
) -> Iterator[int]:
    """Those of some units after a number that really have what is looked for."""
    left = numbers.iter_equal_or_larger(after + 1)
    if exact:
        yield from left
    while some := list(islice(left, _SOME)):
        yield from sorted(UNITS.only(connection, some, pieces, "both"))
