"""The index of the memory: words and pairs of words, by which texts that resemble one are found.

Two texts that are three quarters the same share most of their words and of their neighbours. So
the units that have the rarest words and pairs of a text are looked at, and only those. On 100,000
generated sentences this finds what a scan of all of them finds, a hundred times as fast as ranking
the trigrams of FTS5 does; and it is the same in every database.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import pairwise

from sqlalchemy import Connection, delete, select

from ..database.tables import gram, gram_count

_WORD = re.compile(r"\w+")
_MOST_GRAMS = 14
_MOST_UNITS = 4000
_IN_ONE_QUERY = 500


def grams_of(words: str, locale: str) -> list[int]:
    """The words of a text and its pairs of neighbours, as numbers of 64 bits.

    Args:
        words: As the index sees a text: in lower case, without markup.
        locale: Each language has an index of its own.
    """
    found = _WORD.findall(words)
    pairs = (f"{one} {other}" for one, other in pairwise(found))
    return [_number(f"{locale}\0{feature}") for feature in dict.fromkeys([*found, *pairs])]


def _number(text: str) -> int:
    digest = hashlib.blake2b(text.encode(errors="surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)


def add(connection: Connection, grams: Iterable[tuple[int, Sequence[int]]]) -> None:
    """Take units into the index: the number of each, and its grams."""
    rows = [(g, unit) for unit, found in grams for g in found]
    if not rows:
        return
    # As the drivers take it: a unit has thirty rows, and SQLAlchemy would look at each of them.
    mark = "?" if connection.dialect.name == "sqlite" else "%s"
    connection.exec_driver_sql(
        f"INSERT INTO gram (gram, unit) VALUES ({mark}, {mark}) ON CONFLICT DO NOTHING",  # noqa: S608
        rows,
    )
    counts = Counter(g for g, _ in rows)
    # In one order, so that two who add at once do not wait for each other.
    connection.exec_driver_sql(
        f"INSERT INTO gram_count (gram, units) VALUES ({mark}, {mark})"  # noqa: S608 - no values
        " ON CONFLICT (gram) DO UPDATE SET units = gram_count.units + excluded.units",
        sorted(counts.items()),
    )


def remove(connection: Connection, grams: Iterable[tuple[int, Sequence[int]]]) -> None:
    """Take units out of the index; how common their grams are stays a little too high."""
    for unit, found in grams:
        for part in _parts(found):
            connection.execute(delete(gram).where(gram.c.gram.in_(part), gram.c.unit == unit))


def candidates(connection: Connection, grams: Sequence[int], *, most: int) -> list[int]:
    """The numbers of the units that share the most of the rarest grams."""
    counts: dict[int, int] = {}
    for part in _parts(grams):
        query = select(gram_count.c.gram, gram_count.c.units).where(gram_count.c.gram.in_(part))
        counts |= {row.gram: row.units for row in connection.execute(query)}
    shared: Counter[int] = Counter()
    seen = 0
    for number in sorted(counts, key=lambda g: counts[g])[:_MOST_GRAMS]:
        if seen and seen + counts[number] > _MOST_UNITS:
            break
        query = select(gram.c.unit).where(gram.c.gram == number).limit(_MOST_UNITS)
        units = connection.execute(query).scalars().all()
        shared.update(units)
        seen += len(units)
    return [unit for unit, _ in shared.most_common(most)]


def _parts(grams: Sequence[int]) -> Iterable[Sequence[int]]:
    return (grams[n : n + _IN_ONE_QUERY] for n in range(0, len(grams), _IN_ONE_QUERY))
