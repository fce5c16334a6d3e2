"""The index of the memory: words and pairs of words, by which texts that resemble one are found.

Two texts that are three quarters the same share most of their words and of their neighbours. So
the units that have the rarest words and pairs of a text are looked at, and only those. That finds
what a scan of all of them finds, a hundred times as fast as ranking the trigrams of FTS5 does; and
it is the same in every database.

Each word or pair has its units in blocks, one for each batch that was added, so that a million
units are a few million rows; small blocks are joined when there are many.
"""

from __future__ import annotations

import re
import sys
from array import array
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from hashlib import blake2b
from itertools import pairwise
from typing import Any

from sqlalchemy import Connection, Row, delete, func, insert, select, update

from ..database import insert_many
from ..database.tables import posting

_WORD = re.compile(r"\w+")
_MOST_GRAMS = 14
_MOST_UNITS = 4000
_MOST_BLOCKS = 100
_IN_ONE_QUERY = 500
_MASK = (1 << 64) - 1


def grams_of(words: str, locale: str) -> list[int]:
    """The words of a text and its pairs of neighbours, as numbers of 64 bits.

    Args:
        words: As the index sees a text: in lower case, without markup.
        locale: Each language has an index of its own.
    """
    found = [_number(word, locale) for word in _WORD.findall(words)]
    pairs = [
        _signed(one * 0x9E3779B97F4A7C15 + (other ^ 0x5851F42D)) for one, other in pairwise(found)
    ]
    return list(dict.fromkeys([*found, *pairs]))


@lru_cache(maxsize=100_000)
def _number(word: str, locale: str) -> int:
    said = f"{locale}\0{word}".encode(errors="surrogatepass")
    return int.from_bytes(blake2b(said, digest_size=8).digest(), "big", signed=True)


def _signed(number: int) -> int:
    number &= _MASK
    number ^= number >> 29
    return number - (1 << 64) if number >> 63 else number


def add(connection: Connection, grams: Iterable[tuple[int, Sequence[int]]]) -> None:
    """Take units into the index: the number of each, rising, and its grams."""
    found: defaultdict[int, list[int]] = defaultdict(list)
    for unit, own in grams:
        for gram in own:
            found[gram].append(unit)
    # In their order, so that they lie beside each other.
    rows = ((gram, units[0], _packed(units)) for gram, units in sorted(found.items()))
    insert_many(connection, posting, ("gram", "first", "units"), rows)


def join(connection: Connection, grams: Iterable[Sequence[int]]) -> None:
    """Make one block of those that have become many; for small batches, which make small blocks."""
    for part in _parts(sorted({gram for own in grams for gram in own})):
        many = (
            select(posting.c.gram)
            .where(posting.c.gram.in_(part))
            .group_by(posting.c.gram)
            .having(func.count() > _MOST_BLOCKS)
        )
        for gram in connection.execute(many).scalars().all():
            own = posting.c.gram == gram
            query = select(posting.c.units).where(own).order_by(posting.c.first)
            blocks = connection.execute(query).scalars().all()
            units = [unit for block in blocks for unit in _unpacked(block)]
            connection.execute(delete(posting).where(own))
            row = {"gram": gram, "first": units[0], "units": _packed(units)}
            connection.execute(insert(posting), row)


def remove(connection: Connection, grams: Iterable[tuple[int, Sequence[int]]]) -> None:
    """Take units out of the index."""
    for unit, own in grams:
        for gram in own:
            _take_out(connection, gram, unit)


def _take_out(connection: Connection, gram: int, unit: int) -> None:
    query = (
        select(posting)
        .where(posting.c.gram == gram, posting.c.first <= unit)
        .order_by(posting.c.first.desc())
        .limit(1)
    )
    block: Row[Any] | None = connection.execute(query).first()
    if block is None:
        return
    left = [other for other in _unpacked(block.units) if other != unit]
    where = (posting.c.gram == gram, posting.c.first == block.first)
    if left:
        values = {"first": left[0], "units": _packed(left)}
        connection.execute(update(posting).where(*where).values(values))
    else:
        connection.execute(delete(posting).where(*where))


def candidates(connection: Connection, grams: Sequence[int], *, most: int) -> list[int]:
    """The numbers of the units that share the most of the rarest grams."""
    counts: dict[int, int] = {}
    size = func.sum(func.length(posting.c.units))
    for part in _parts(grams):
        query = select(posting.c.gram, size).where(posting.c.gram.in_(part))
        rows = connection.execute(query.group_by(posting.c.gram))
        counts |= {int(gram): int(length) // 4 for gram, length in rows}
    chosen: list[int] = []
    seen = 0
    for number in sorted(counts, key=lambda g: counts[g])[:_MOST_GRAMS]:
        if seen and seen + counts[number] > _MOST_UNITS:
            break
        chosen.append(number)
        seen += counts[number]
    return [unit for unit, _ in _shared(connection, chosen).most_common(most)]


def _shared(connection: Connection, grams: Sequence[int]) -> Counter[int]:
    """How many of a few grams each unit has; of the commonest, not all units are looked at."""
    shared: Counter[int] = Counter()
    left = dict.fromkeys(grams, _MOST_UNITS)
    query = select(posting.c.gram, posting.c.units).where(posting.c.gram.in_(grams))
    for gram, block in connection.execute(query):
        units = _unpacked(block)[: left[gram]]
        left[gram] -= len(units)
        shared.update(units)
    return shared


def _packed(units: Sequence[int]) -> bytes:
    numbers = array("I", units)
    if sys.byteorder == "big":
        numbers.byteswap()
    return numbers.tobytes()


def _unpacked(block: bytes) -> array[int]:
    numbers = array("I", block)
    if sys.byteorder == "big":
        numbers.byteswap()
    return numbers


def _parts(grams: Sequence[int]) -> Iterator[Sequence[int]]:
    return (grams[n : n + _IN_ONE_QUERY] for n in range(0, len(grams), _IN_ONE_QUERY))
