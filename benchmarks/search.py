"""``python -m benchmarks.search``: a queue of very many messages, filtered by words and all else.

The index is filled with generated messages, a thousandth of them with odd words, and asked as a
page of the queue asks it: the rows of the first page, then how many there are in all.
"""

from __future__ import annotations

import argparse
import os
import random
import statistics
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

from rich.console import Console
from rich.table import Table
from sqlalchemy import insert

from benchmarks.articles import SETTINGS
from benchmarks.units import Writer
from pipeline.catalogues import State, digest_of
from pipeline.database import insert_many
from pipeline.database.tables import message, tally
from pipeline.index.mirror import said_by
from pipeline.project import open_project
from review import queue
from review.desk import Desk
from review.queue import Filter
from review.tables import facet
from tests.databases import KINDS, address

out = Console(highlight=False, width=110)

_AIM = 100.0
_PAGE = 50
_ODD = ("één cliënt", "咨询费用", "zeldzaam voorval", "café Noëlle", "ij 10 u")
_STATES = (*(State.APPROVED,) * 70, *(State.DRAFT,) * 20, *(State.TRANSLATED,) * 7)
_RARE = (State.STALE, State.UNTRANSLATED, State.REJECTED)


def main() -> None:
    """Fill and ask each kind of database."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.search", description=__doc__)
    parser.add_argument("--messages", type=int, default=1_000_000, help="how many (1,000,000)")
    parser.add_argument("--rounds", type=int, default=7, help="of every question (7)")
    parser.add_argument("--database", choices=KINDS, action="append", help="only this one")
    options = parser.parse_args()
    for kind in options.database or KINDS:
        with tempfile.TemporaryDirectory() as folder:
            settings = f'{SETTINGS}\n[state]\nurl_env = "BENCH_STATE"\n'
            os.environ["BENCH_STATE"] = address(kind)
            Path(folder, "pipeline.toml").write_text(settings, encoding="utf-8")
            Path(folder, "source").mkdir()
            desk = Desk.of(open_project(Path(folder)))
            begun = time.perf_counter()
            frequent = fill(desk, options.messages)
            filled = time.perf_counter() - begun
            ask(desk, kind, options.messages, options.rounds, frequent)
            out.print(f"Filling it took {filled:.0f} s.")
            desk.database.dispose()


def fill(desk: Desk, count: int) -> list[str]:
    """Put messages into the index; the words of their sources, the most frequent first."""
    words: Counter[str] = Counter()
    names = ("locale", "domain", "digest", "place", "state", "source", "strings", "sum")
    columns = (*names, "source_words", "target_words", "rank")
    facets = ("locale", "domain", "digest", "sum", "checks", "severity", "engine", "risk", "since")
    tallies: Counter[tuple[str, str]] = Counter()
    batch: list[tuple[object, ...]] = []
    found: list[tuple[object, ...]] = []

    def flush() -> None:
        with desk.database.begin() as connection:
            insert_many(connection, message, columns, batch)
            insert_many(connection, facet, facets, found)
        batch.clear()
        found.clear()

    for row, other in rows(count):
        tallies[str(row[1]), str(row[4])] += 1
        words.update(str(row[8]).split() if len(batch) < 1000 else ())
        batch.append(row)
        found.append(other)
        if len(batch) == 20_000:
            flush()
    flush()
    with desk.database.begin() as connection:
        connection.execute(
            insert(tally),
            [
                {"locale": "nl", "domain": domain, "state": state, "count": number}
                for (domain, state), number in tallies.items()
            ],
        )
    with desk.database.connect() as connection:  # as autovacuum does before long
        connection.exec_driver_sql("ANALYZE")
        connection.commit()
    return [word for word, _ in words.most_common()]


def rows(count: int) -> Iterator[tuple[tuple[object, ...], tuple[object, ...]]]:
    """Messages and their facets, fifty to an article."""
    chance = random.Random(7)
    for number, source in enumerate(Writer().units(count)):
        domain, place = f"articles/{number // 50:05}", number % 50
        odd = _ODD[number // 1000 % len(_ODD)] if number % 1000 == 500 else ""
        target = f"{' '.join(reversed(source.split()))} {odd}".strip()
        state = chance.choice(_STATES) if chance.random() < 0.999 else chance.choice(_RARE)
        digest = digest_of((None, f"{number} {source}"))
        spoken = (said_by([source]), said_by([target]), -chance.randrange(900))
        strings = f'["{target}"]'.replace("\\", "")
        key = ("nl", domain, digest)
        check = " numbers " if chance.random() < 0.01 else ""
        engine = "deepl" if state is State.DRAFT else ""
        risk = 2 if check else 0
        yield (
            (*key, place, state, source, strings, digest, *spoken),
            (*key, digest, check, 1, engine, risk, 1e9 + number),
        )


def questions(frequent: list[str]) -> dict[str, list[Filter]]:
    """What is asked, by what it is a matter of."""
    top, middle = frequent[:5], frequent[300:305]
    return {
        "everything that waits": [Filter(), Filter(order="article")],
        "one state": [Filter(state=str(state)) for state in (State.DRAFT, State.STALE)],
        "a rare word": [Filter(state="all", text=one) for one in ("zeldzaam", "noëlle")],
        "a frequent word": [Filter(state="all", text=one) for one in top],
        "a word of the middle": [Filter(state="all", text=one) for one in middle],
        "a word that is nowhere": [Filter(state="all", text="xyzzyq")],
        "two words": [
            Filter(state="all", text=f"{a} {b}") for a, b in zip(top, middle, strict=True)
        ],
        "a phrase": [Filter(state="all", text=f'"{a} {b}"') for a, b in pairwise(top)],
        "accents": [Filter(state="all", text=one) for one in ("één", "cliënt", "café")],
        "one or two letters": [Filter(state="all", text=one) for one in ("u", "10", "ij")],
        "Chinese": [Filter(state="all", text=one) for one in ("咨询", "费用", "费")],
        "the source only": [Filter(state="all", text=top[0], where="source")],
        "a word, in drafts": [Filter(state="draft", text=one) for one in (*top[:2], *middle[:2])],
        "a frequent word, in a rare state": [Filter(state="rejected", text=top[0])],
        "a word, with a check": [Filter(state="all", text=top[0], check="numbers")],
        "a check": [Filter(state="all", check="numbers")],
        "an engine": [Filter(engine="deepl")],
        "an article": [Filter(state="all", article="articles/00007", text=top[0])],
    }


def ask(desk: Desk, kind: str, count: int, rounds: int, frequent: list[str]) -> None:
    """Ask everything, and print how long it took."""
    table = Table(title=f"{count:,} messages in {kind}", title_justify="left")
    for name in ("asked for", "first page", "p95", "next page", "counts", "without counts"):
        table.add_column(name, justify="left" if name == "asked for" else "right")
    slowest = 0.0
    for name, filters in questions(frequent).items():
        firsts, nexts, counts, missed = [], [], [], 0
        for one in filters * rounds:
            begun = time.perf_counter()
            found = queue.page(desk, "nl", one, limit=_PAGE + 1)
            firsts.append(time.perf_counter() - begun)
            begun = time.perf_counter()
            missed += queue.counts_soon(desk, "nl", one) is None
            counts.append(time.perf_counter() - begun)
            if len(found) > _PAGE:
                begun = time.perf_counter()
                queue.page(desk, "nl", one, after=found[-2].position, limit=_PAGE + 1)
                nexts.append(time.perf_counter() - begun)
        slowest = max(slowest, quantile(firsts, 0.95))
        table.add_row(
            name,
            shown(statistics.median(firsts)),
            shown(quantile(firsts, 0.95)),
            shown(statistics.median(nexts)) if nexts else "",
            shown(statistics.median(counts)),
            f"{missed} of {len(counts)}" if missed else "",
        )
    out.print(table)
    out.print(f"The slowest p95 of a first page: {shown(slowest)} (aim {_AIM:g} ms).")


def quantile(values: list[float], part: float) -> float:
    """The value below which a part of all are."""
    return sorted(values)[min(len(values) - 1, int(len(values) * part))]


def shown(seconds: float) -> str:
    """A time, in milliseconds."""
    return f"{seconds * 1e3:.1f} ms"


if __name__ == "__main__":
    main()
