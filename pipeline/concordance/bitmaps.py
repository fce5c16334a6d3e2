"""Bitmaps: the numbers of the texts that have a term, written some time after the texts.

Who writes a text writes nothing here: the database keeps what it said before (`fresh`), and
whoever looks asks such a text itself, until they have become many and are taken in together. So a
decision costs one row more, and two who write never wait for each other.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from pyroaring import BitMap
from sqlalchemy import Connection, Table, delete, func, select
from sqlalchemy import Engine as Database

from ..database import among, exclusive, insert_many
from ..database.tables import bitmap as table
from ..database.tables import fresh, message, unit
from .terms import SIDES, terms_of
from .vocabulary import SOURCE, learn

FRESH = 500
"""Texts that may wait to be taken in: so many can be asked themselves without anybody waiting."""

BLOCK = 1 << 18
"""Numbers in one row; a word that every other text has takes 32 kB of it."""

_FEW = 200
_MOST = 5_000
_MANY = 100_000
_AT_ONCE = 5_000
_SAID = ("locale", "source_words", "target_words")
_FOUND = ("checks", "engine", "risk", "since", "author")
_KINDS: Mapping[str, tuple[Table, tuple[str, ...]]] = {
    "message": (message, (*_SAID, "domain", "state", *_FOUND)),
    "unit": (unit, _SAID),
}
"""Where texts are, and what of them makes their terms."""


def read(connection: Connection, kind: str, locale: str, terms: Iterable[str]) -> dict[str, BitMap]:
    """The numbers of the texts that have each of some terms, but of what is fresh."""
    found: dict[str, BitMap] = defaultdict(BitMap)
    query = select(table.c.term, table.c.numbers)
    query = query.where(table.c.kind == kind, table.c.locale == locale)
    wanted = sorted(set(terms))
    for term, numbers in connection.execute(query.where(among(connection, table.c.term, wanted))):
        found[term] |= BitMap.deserialize(numbers)
    return found


def read_until(connection: Connection, kind: str, locale: str, first: str, last: str) -> BitMap:
    """The numbers of the texts that have any of the terms from one to another."""
    query = select(table.c.numbers).where(table.c.kind == kind, table.c.locale == locale)
    rows = connection.execute(query.where(table.c.term.between(first, last))).scalars()
    return BitMap().union(*map(BitMap.deserialize, rows))


def terms_like(connection: Connection, kind: str, locale: str, beginning: str) -> list[str]:
    """How the terms go on that begin so, in the order of their letters; they are few."""
    query = select(table.c.term).where(table.c.kind == kind, table.c.locale == locale)
    query = query.order_by(table.c.term).limit(1)
    found: list[str] = []
    last = beginning
    while (term := connection.execute(query.where(table.c.term > last)).scalar()) is not None:
        if not term.startswith(beginning):
            break
        found.append(term.removeprefix(beginning))
        last = term
    return found


def fresh_of(connection: Connection, kind: str) -> BitMap:
    """The texts whose bitmaps are not right yet; to be read before any of them."""
    numbers = connection.execute(select(fresh.c.number).where(fresh.c.kind == kind)).scalars()
    return BitMap(numbers.all())


def settle(database: Database, *, most: int = FRESH) -> None:
    """Take what was written into the bitmaps, while more than ``most`` texts wait for it."""
    while (waiting := _waiting(database)) > most:
        for kind in _KINDS:
            _take(database, kind, _MANY if waiting > _MOST else _FEW)


def _waiting(database: Database) -> int:
    with database.connect() as connection:
        return int(connection.execute(select(func.count()).select_from(fresh)).scalar_one())


class _Row(NamedTuple):
    """A text that waits: as the bitmaps have it, and as it is."""

    id: int
    number: int
    was: Mapping[str, Any]
    now: Mapping[str, Any]


_Numbers = defaultdict[tuple[str, int], defaultdict[str, list[int]]]
"""The numbers that each term has, in a block of a language."""


def _none() -> _Numbers:
    return defaultdict(lambda: defaultdict(list))


def _take(database: Database, kind: str, most: int) -> None:
    """Take in what was written first.

    Only writing is alone with the database: looking at the texts takes longer, and who decides need
    not wait for it. What is written meanwhile is kept with what it said when it was looked at.
    """
    with database.connect() as connection:
        rows = _rows(connection, kind, most)
    if not rows:
        return
    now = {row.number: row.now for row in rows}
    gone, come = _moved(rows, now)
    with exclusive(database, "concordance") as connection:
        if not _still_wait(connection, rows):  # somebody else took them in
            return
        _learn(connection, now.values())
        _write(connection, kind, gone, come)
        for some in _ids(rows):
            connection.execute(delete(fresh).where(among(connection, fresh.c.id, some)))


def _moved(rows: Sequence[_Row], now: Mapping[int, Mapping[str, Any]]) -> tuple[_Numbers, _Numbers]:
    """The numbers that go out of terms, and those that come into them."""
    was: dict[int, Mapping[str, Any]] = {}
    for row in rows:
        was.setdefault(row.number, row.was)
    gone, come = _none(), _none()
    for number, said in now.items():
        block, before = number // BLOCK, was[number]
        if before["locale"] is None:  # as most are
            if said["locale"] is not None:
                new = come[said["locale"], block]
                for term in terms_of(said):
                    new[term].append(number)
            continue
        had, has = set(terms_of(before)), set(terms_of(said))
        for term in had - has:
            gone[before["locale"], block][term].append(number)
        for term in has - had:
            come[said["locale"], block][term].append(number)
    return gone, come


def _still_wait(connection: Connection, rows: Sequence[_Row]) -> bool:
    """Whether all of them wait still."""
    count = select(func.count()).select_from(fresh)
    return all(
        connection.execute(count.where(among(connection, fresh.c.id, some))).scalar() == len(some)
        for some in _ids(rows)
    )


def _ids(rows: Sequence[_Row]) -> Iterator[list[int]]:
    for n in range(0, len(rows), _AT_ONCE):
        yield [row.id for row in rows[n : n + _AT_ONCE]]


def _rows(connection: Connection, kind: str, most: int) -> list[_Row]:
    """What waits, as it was and as it is; both are of one moment, and all there is of a text."""
    current, names = _KINDS[kind]
    first = select(fresh.c.number).where(fresh.c.kind == kind).order_by(fresh.c.id).limit(most)
    columns = [column for name in names for column in (fresh.c[name], current.c[name])]
    query = select(fresh.c.id, fresh.c.number, *columns).where(fresh.c.kind == kind)
    query = query.where(fresh.c.number.in_(first.subquery().select()))
    query = query.outerjoin(current, current.c.id == fresh.c.number)
    found = connection.execute(query.order_by(fresh.c.id))
    return [
        _Row(
            row[0],
            row[1],
            dict(zip(names, row[2::2], strict=True)),
            dict(zip(names, row[3::2], strict=True)),
        )
        for row in found
    ]


def _learn(connection: Connection, rows: Iterable[Mapping[str, Any]]) -> None:
    """Take the words of texts into the vocabulary."""
    texts: dict[str, list[str]] = defaultdict(list)
    for row in rows:
        for side in SIDES:
            if row["locale"] is not None:
                locale = SOURCE if side == "source" else row["locale"]
                texts[locale].append(row[f"{side}_words"] or "")
    for locale in sorted(texts):
        learn(connection, locale, texts[locale])


def _write(connection: Connection, kind: str, gone: _Numbers, come: _Numbers) -> None:
    """Take numbers out of terms and into others."""
    for locale, block in sorted({*gone, *come}):
        out, into = gone[locale, block], come[locale, block]
        own = (table.c.kind == kind, table.c.locale == locale, table.c.block == block)
        terms = sorted({*out, *into})
        for n in range(0, len(terms), _AT_ONCE):
            some = terms[n : n + _AT_ONCE]
            these = (*own, among(connection, table.c.term, some))
            query = select(table.c.term, table.c.numbers).where(*these)
            before = {term: BitMap.deserialize(data) for term, data in connection.execute(query)}
            connection.execute(delete(table).where(*these))
            rows = []
            for term in some:
                numbers = before.get(term) or BitMap()
                numbers |= BitMap(into.get(term, ()))
                numbers -= BitMap(out.get(term, ()))
                if numbers:
                    rows.append((kind, locale, term, block, numbers.serialize()))
            insert_many(connection, table, ("kind", "locale", "term", "block", "numbers"), rows)
