"""The index of the memory: words and pairs of words, by which texts that resemble one are found.

Two texts that are three quarters the same share many of their words and of their neighbours, and
are not much longer than each other. So the units of about that length that have the rarest words
and pairs of a text are looked at, and only those. That finds what a scan of all of them finds, a
hundred times as fast as ranking the trigrams of FTS5 does; and it is the same in every database.

Of a long text a fixed number are kept, those whose hashes are the lowest: texts that share many
share many of those (Broder, "On the resemblance and containment of documents"). Short texts are
kept by their letters too, since one typo may leave them no word in common.

Each key has its units in blocks, one for each batch that was added, so that a million units are a
few million rows; small blocks are joined when there are many.
"""

from __future__ import annotations

import math
import sys
from array import array
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from hashlib import blake2b
from itertools import pairwise

from sqlalchemy import Connection, delete, func, insert, select

from ..database import among, insert_many
from ..database.tables import posting
from ..markup.words import LONGEST_WORD, words_in

_KEPT = 12
_ASKED = 3 * _KEPT
_SHORT = 24
_STEP = math.log(1.35)
_MOST_UNITS = 8_000
_MOST_BLOCKS = 8
_AT_ONCE = 500
_COLUMNS = ("gram", "first", "units")
_MASK = (1 << 64) - 1
_FORM = {"gram": 0, "first": 2, "units": b""}
"""A row that is no key's: which form the index has. One of another form is made anew."""


def keys_of(words: str, locale: str, length: int) -> list[int]:
    """What a unit is kept under, as numbers of 64 bits.

    Args:
        words: As the index sees a text: in lower case, without markup.
        locale: Each language has an index of its own.
        length: Of the text itself, in characters.
    """
    step = _step(length)
    keys = sorted(_key(gram, step) for gram in _grams(words, locale))[:_KEPT]
    if length < _SHORT:
        keys += [_key(gram, step) for gram in _letters(words, locale)]
    return keys


def wanted(words: str, locale: str, length: int, *, least: float) -> list[int]:
    """The keys under which a text can be found that is so much like this one, in per cent.

    Texts of *n* and *m* characters are at most 2 min(n, m) / (n + m) alike.
    """
    ratio = max(least, 1) / (200 - max(least, 1))
    steps = range(_step(math.floor(length * ratio)), _step(math.ceil(length / ratio)) + 1)
    grams = _grams(words, locale)
    letters = _letters(words, locale) if length * ratio < _SHORT else []
    found: list[int] = []
    for step in steps:
        found += sorted(_key(gram, step) for gram in grams)[:_ASKED]
        found += sorted(_key(gram, step) for gram in letters)[:_ASKED]
    return found


def _grams(words: str, locale: str) -> list[int]:
    """The words of a text and its pairs of neighbours."""
    found = [_number(word[:LONGEST_WORD], locale) for word in words_in(words)]
    pairs = [_key(one, other) for one, other in pairwise(found)]
    return list(dict.fromkeys([*found, *pairs]))


def _letters(words: str, locale: str) -> list[int]:
    """Three letters at a time, with the edges of the text."""
    text = f" {words} "
    return [_number(f"\0{piece}", locale) for piece in {text[n : n + 3] for n in range(len(words))}]


def _step(length: int) -> int:
    return int(math.log(max(length, 1)) / _STEP)


@lru_cache(maxsize=100_000)
def _number(word: str, locale: str) -> int:
    said = f"{locale}\0{word}".encode(errors="surrogatepass")
    return int.from_bytes(blake2b(said, digest_size=8).digest(), "big")


def _key(one: int, other: int) -> int:
    """Two numbers as one that depends on their order, of 64 bits with a sign."""
    number = (one * 0x9E3779B97F4A7C15 + (other ^ 0x5851F42D) * 0xD1342543DE82EF95) & _MASK
    number ^= number >> 29
    return number - (1 << 64) if number >> 63 else number


def is_current(connection: Connection) -> bool:
    """Whether the index has the form of this version."""
    query = select(posting.c.first).where(posting.c.gram == 0)
    return connection.execute(query).scalars().all() == [_FORM["first"]]


def clear(connection: Connection) -> None:
    """Begin an index of the form of this version."""
    connection.execute(delete(posting))
    connection.execute(insert(posting), _FORM)


def add(connection: Connection, keys: Iterable[tuple[int, Sequence[int]]]) -> None:
    """Take units into the index: the number of each, rising, and its keys."""
    found: defaultdict[int, list[int]] = defaultdict(list)
    for unit, own in keys:
        for key in own:
            found[key].append(unit)
    # In their order, so that they lie beside each other.
    ordered = sorted(found)
    _join(connection, ordered)
    rows = ((key, found[key][0], _packed(found[key])) for key in ordered)
    insert_many(connection, posting, _COLUMNS, rows)


def _join(connection: Connection, keys: Sequence[int]) -> None:
    """Make one block of those that have become many."""
    own = among(connection, posting.c.gram, keys)
    query = select(posting.c.gram).where(own).group_by(posting.c.gram)
    crowded = connection.execute(query.having(func.count() >= _MOST_BLOCKS)).scalars().all()
    for n in range(0, len(crowded), _AT_ONCE):
        own = among(connection, posting.c.gram, crowded[n : n + _AT_ONCE])
        query = select(posting.c.gram, posting.c.units).where(own)
        blocks: defaultdict[int, list[bytes]] = defaultdict(list)
        for key, block in connection.execute(query.order_by(posting.c.gram, posting.c.first)):
            blocks[key].append(block)
        connection.execute(delete(posting).where(own))
        # Of more units, no look-up would look at the rest.
        joined = ((key, _unpacked(some)[-_MOST_UNITS:]) for key, some in blocks.items())
        rows = [(key, units[0], _packed(units)) for key, units in joined]
        insert_many(connection, posting, _COLUMNS, rows)


def remove(connection: Connection, keys: Iterable[tuple[int, Sequence[int]]]) -> None:
    """Take units out of the index."""
    gone: defaultdict[int, set[int]] = defaultdict(set)
    for unit, own in keys:
        for key in own:
            gone[key].add(unit)
    query = select(posting).where(among(connection, posting.c.gram, sorted(gone)))
    for key, first, block in connection.execute(query).all():
        units = _unpacked([block])
        left = [unit for unit in units if unit not in gone[key]]
        if len(left) < len(units):
            block_of_it = (posting.c.gram == key) & (posting.c.first == first)
            connection.execute(delete(posting).where(block_of_it))
            if left:
                insert_many(connection, posting, _COLUMNS, [(key, left[0], _packed(left))])


def candidates(connection: Connection, keys: Sequence[int], *, most: int) -> list[int]:
    """The numbers of the units that share the most of the rarest keys."""
    query = select(posting.c.gram, func.sum(func.length(posting.c.units)))
    query = query.where(among(connection, posting.c.gram, keys)).group_by(posting.c.gram)
    sizes = {key: int(size) // 4 for key, size in connection.execute(query).all()}
    chosen: dict[int, float] = {}
    seen = 0
    for key in sorted(sizes, key=lambda key: sizes[key]):
        seen += sizes[key]
        if chosen and seen > _MOST_UNITS:
            break
        chosen[key] = math.log(1 + _MOST_UNITS / sizes[key]) ** 2
    shared = _shared(connection, chosen)
    return sorted(shared, key=shared.__getitem__, reverse=True)[:most]


def _shared(connection: Connection, weights: Mapping[int, float]) -> dict[int, float]:
    """How much each unit has of a few keys; of one that is too common, not all units count."""
    query = select(posting.c.gram, posting.c.units)
    query = query.where(among(connection, posting.c.gram, list(weights)))
    if len(weights) == 1:
        query = query.order_by(posting.c.first.desc()).limit(_MOST_BLOCKS)
    shared: defaultdict[int, float] = defaultdict(float)
    left = _MOST_UNITS
    for key, block in connection.execute(query).all():
        weight = weights[key]
        units = _unpacked([block])[:left]
        left -= len(units)
        for unit in units:
            shared[unit] += weight
    return shared


def _packed(units: Sequence[int]) -> bytes:
    numbers = array("I", units)
    if sys.byteorder == "big":
        numbers.byteswap()
    return numbers.tobytes()


def _unpacked(blocks: Iterable[bytes]) -> array[int]:
    numbers = array("I", b"".join(blocks))
    if sys.byteorder == "big":
        numbers.byteswap()
    return numbers
