"""Filling an index with very many generated messages, and a memory with as many units."""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import islice

from sqlalchemy import Engine as Database
from sqlalchemy import Table, func, insert, select

from benchmarks.units import Writer
from pipeline import concordance
from pipeline.catalogues import State, digest_of
from pipeline.database import insert_many
from pipeline.database.tables import bitmap, message, tally, unit
from pipeline.markup.words import said_by
from pipeline.memory import index

ODD = ("één cliënt", "咨询费用", "zeldzaam voorval", "café Noëlle", "ij 10 u consulttarief")
"""What one of a thousand messages has at its end."""

_BATCH = 20_000
_STATES = (*(State.APPROVED,) * 70, *(State.DRAFT,) * 20, *(State.TRANSLATED,) * 7)
_RARE = (State.STALE, State.UNTRANSLATED, State.REJECTED)
_NAMES = ("locale", "domain", "digest", "place", "state", "source", "strings", "sum")
_COLUMNS = (*_NAMES, "source_words", "target_words", "rank", "checks", "engine", "risk", "since")


def fill(database: Database, count: int) -> None:
    """Put messages into the index and the same texts into the memory, and take them in."""
    texts = Writer().units(count)
    tallies: Counter[tuple[str, str]] = Counter()
    made = rows(texts)
    while batch := list(islice(made, _BATCH)):
        tallies.update((str(row[1]), str(row[4])) for row in batch)
        _insert(database, message, _COLUMNS, batch)
    counted = [
        {"locale": "nl", "domain": domain, "state": state, "count": number}
        for (domain, state), number in tallies.items()
    ]
    with database.begin() as connection:
        connection.execute(insert(tally), counted)
    columns = unit.c.keys()
    numbered = units(texts)
    while some := list(islice(numbered, _BATCH)):
        _insert(database, unit, columns, some)
    with database.begin() as connection:  # none of them is looked up by likeness
        index.clear(connection)
    concordance.settle(database)
    settle(database)


def settle(database: Database) -> None:
    """Have the statistics that a database makes by itself before long."""
    with database.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        command = "VACUUM ANALYZE" if database.dialect.name == "postgresql" else "ANALYZE"
        connection.exec_driver_sql(command)


def _insert(
    database: Database, table: Table, columns: Sequence[str], rows: Sequence[Sequence[object]]
) -> None:
    with database.begin() as connection:
        insert_many(connection, table, columns, rows)


def rows(texts: Sequence[str]) -> Iterator[tuple[object, ...]]:
    """Messages, fifty to an article."""
    chance = random.Random(7)
    today = time.time()
    for number, source in enumerate(texts):
        domain, place = f"articles/{number // 50:05}", number % 50
        odd = ODD[number // 1000 % len(ODD)] if number % 1000 == 500 else ""
        target = f"{' '.join(reversed(source.split()))} {odd}".strip()
        state = chance.choice(_STATES) if chance.random() < 0.999 else chance.choice(_RARE)
        digest = digest_of((None, f"{number} {source}"))
        spoken = (said_by([source]), said_by([target]), -chance.randrange(900))
        strings = f'["{target}"]'.replace("\\", "")
        check = " numbers " if chance.random() < 0.01 else ""
        engine = "deepl" if state is State.DRAFT else ""
        found = (check, engine, 2 if check else 0, today - 86_400 * chance.expovariate(1 / 60))
        yield ("nl", domain, digest, place, state, source, strings, digest, *spoken, *found)


def units(texts: Sequence[str]) -> Iterator[tuple[object, ...]]:
    """The same texts as units of a memory; they are not looked up by likeness."""
    for number, source in enumerate(texts, start=1):
        target = " ".join(reversed(source.split()))
        place = (f"articles/{number // 50:05}", "", digest_of((None, f"{number} {source}")))
        said = (said_by([source]), said_by([target]))
        yield (number, "en", "nl", *place, source, target, "", "tmx", *said)


def frequent(database: Database) -> list[str]:
    """The words of targets, the most frequent first."""
    size = func.sum(func.length(bitmap.c.numbers))
    query = select(bitmap.c.term).where(bitmap.c.kind == "message", bitmap.c.locale == "nl")
    query = query.where(bitmap.c.term.startswith("t ")).group_by(bitmap.c.term)
    with database.connect() as connection:
        found = connection.execute(query.order_by(size.desc(), bitmap.c.term).limit(2000))
        return [term[2:] for term in found.scalars() if term[2:] not in " ".join(ODD)]
