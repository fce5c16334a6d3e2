"""``python -m benchmarks.search``: a queue and a memory of very many texts, asked for all there is.

The index is filled with generated messages, a thousandth of them with odd words, and the memory
with the same texts. Pages are asked for as a browser or a program does, through the whole desk but
without a network, the first page with its counts each time.
"""

from __future__ import annotations

import argparse
import os
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.parse import quote

from rich.console import Console
from rich.table import Table
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url

from benchmarks.articles import SETTINGS
from benchmarks.filling import fill, frequent
from pipeline.catalogues import State
from pipeline.project import open_project
from review.desk import Desk
from review.queue import Filter
from services import postgres
from tests.databases import KINDS
from tests.review.api.programs import program
from tests.review.desks import browser, staffed

out = Console(highlight=False, width=120)

_AIM = 100.0
"""Milliseconds in which 95 of 100 first pages are to be there."""


def main() -> None:
    """Fill and ask each kind of database."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.search", description=__doc__)
    parser.add_argument("--messages", type=int, default=1_000_000, help="how many (1,000,000)")
    parser.add_argument("--rounds", type=int, default=7, help="of every question (7)")
    parser.add_argument("--database", choices=KINDS, action="append", help="only this one")
    parser.add_argument("--keep", type=Path, help="a folder in which filled databases stay")
    options = parser.parse_args()
    with ExitStack() as stack:
        folder = options.keep or Path(stack.enter_context(tempfile.TemporaryDirectory()))
        for kind in options.database or KINDS:
            with desk_of(folder.absolute(), kind, options.messages) as desk:
                ask(desk, kind, options.messages, options.rounds)


@contextmanager
def desk_of(folder: Path, kind: str, count: int) -> Iterator[Desk]:
    """A desk whose state database of a kind has so many messages."""
    home = folder / f"{kind}-{count}"
    home.mkdir(parents=True, exist_ok=True)
    with ExitStack() as stack:
        os.environ["BENCH_STATE"] = "sqlite:///.pipeline/state.db"
        if kind != "sqlite":
            server = postgres.named() or stack.enter_context(postgres.server(folder / kind))
            os.environ["BENCH_STATE"] = _named(server, f"search_{count}")
        settings = f'{SETTINGS}\n[state]\nurl_env = "BENCH_STATE"\n'
        (home / "pipeline.toml").write_text(settings, encoding="utf-8")
        (home / "source").mkdir(exist_ok=True)
        project = open_project(home)
        filled = home / "filled"
        if filled.exists():
            desk = Desk.of(project)
        else:
            desk = staffed(project)
            begun = time.perf_counter()
            fill(desk.database, count)
            out.print(f"Filling {kind} took {time.perf_counter() - begun:.0f} s.")
            filled.touch()
        desk.watch.rests, desk.watch.seen["nl"] = 1e9, time.monotonic()  # there are no catalogues
        yield desk
        desk.database.dispose()


def _named(server: str, name: str) -> str:
    """The address of a database of a server, which is made if it is not there."""
    admin = create_engine(server, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        found = connection.execute(
            text("SELECT 1 FROM pg_database WHERE datname = :name"), {"name": name}
        )
        if found.first() is None:
            connection.execute(text(f"CREATE DATABASE {name}"))
    admin.dispose()
    return make_url(server).set(database=name).render_as_string(hide_password=False)


def questions(words: Sequence[str]) -> Mapping[str, list[Filter]]:
    """What is asked of the queue, by what it is a matter of."""
    top, middle, seldom = words[:5], words[300:305], words[1500:1505]
    everywhere = Filter(state="all")
    return {
        "all that waits": [Filter(), Filter(order="article")],
        "one state": [Filter(state=str(state)) for state in State],
        "an article": [Filter(state="all", article="articles/00007")],
        "a check": [Filter(state="all", check="numbers"), Filter(check="numbers", order="article")],
        "an engine": [Filter(engine="deepl"), Filter(engine="deepl", order="article")],
        "a risk": [Filter(risk=2), Filter(state="all", risk=1, order="article")],
        "an age": [Filter(age=1), Filter(age=7), Filter(state="all", age=30)],
        "somebody's": [Filter(assignee="nobody"), Filter(assignee="1")],
        "a rare word": _said("zeldzaam", "noëlle", "voorval"),
        "a frequent word": _said(*top),
        "a word of the middle": _said(*middle),
        "a seldom word": _said(*seldom),
        "a word that is nowhere": _said("xyzzyq"),
        "a part of words": _said(
            "tarief", "aldzaa", *(word[1:] for word in middle if len(word) > 5)
        ),
        "a part of very many words": _said("bab", "kar", "ris"),
        "two words": _said(*(f"{a} {b}" for a, b in zip(top, middle, strict=True))),
        "two frequent words": _said(*(f"{a} {b}" for a, b in pairwise(top))),
        "two seldom words": _said(*(f"{a} {b}" for a, b in pairwise(seldom))),
        "a phrase": _said(*(f'"{a} {b}"' for a, b in pairwise(top))),
        "a rare phrase": _said('"zeldzaam voorval"', *(f'"{a} {b}"' for a, b in pairwise(middle))),
        "accents": _said("één", "cliënt", "café"),
        "one or two letters": _said("u", "10", "ij"),
        "Chinese": _said("咨询", "费用", "费"),
        "the source only": [Filter(state="all", text=top[0], where="source")],
        "the target only": [Filter(state="all", text=middle[0], where="target")],
        "by article": [
            Filter(text=one, order="article") for one in (top[0], middle[0], seldom[0], "tarief")
        ],
        "a word, in drafts": [Filter(state="draft", text=one) for one in (*top[:2], *middle[:2])],
        "a word, in a rare state": [
            Filter(state="rejected", text=one) for one in (top[0], middle[0])
        ],
        "a word, with a check": [Filter(state="all", text=top[0], check="numbers")],
        "a word, an engine, an age": [Filter(text=middle[0], engine="deepl", age=30)],
        "a word, in an article": [Filter(state="all", article="articles/00007", text=top[0])],
        "everything": [everywhere],
    }


def _said(*texts: str) -> list[Filter]:
    return [Filter(state="all", text=one) for one in texts]


def ask(desk: Desk, kind: str, count: int, rounds: int) -> None:
    """Ask everything, and print how long it took."""
    words = frequent(desk.database)
    table = Table(title=f"{count:,} messages and units in {kind}", title_justify="left")
    for name in ("asked for", "p50", "p95", "longest", "processor", "rows"):
        table.add_column(name, justify="left" if name == "asked for" else "right")
    slowest = 0.0
    words_in = questions(words)
    with browser(desk, "Bea") as bea, program(desk, "Bea") as api:
        for name, filters in words_in.items():
            pages = [partial(bea.get, f"/nl/queue?{one.query}") for one in filters]
            slowest = max(slowest, measured(table, f"queue: {name}", pages, rounds))
        for where in ("messages", "memory"):
            for name, filters in words_in.items():
                if all(one.text and one == Filter(state="all", text=one.text) for one in filters):
                    asked = [f"/locales/nl/{where}?text={quote(one.text)}" for one in filters]
                    calls = [partial(api.get, address) for address in asked]
                    slowest = max(slowest, measured(table, f"API, {where}: {name}", calls, rounds))
    out.print(table)
    out.print(f"The slowest p95: {slowest:.1f} ms (aim {_AIM:g} ms).")


def measured(table: Table, name: str, asked: Sequence[Callable[[], Any]], rounds: int) -> float:
    """A row of the table; the milliseconds in which 95 of 100 were answered."""
    times: list[float] = []
    worked, size = time.process_time(), 0
    for one in [*asked] * rounds:
        begun = time.perf_counter()
        answer = one()
        times.append((time.perf_counter() - begun) * 1e3)
        assert answer.status_code == 200, answer.text
        size += answer.text.count("<li>\n<input") or answer.text.count('"source":')
    worked = (time.process_time() - worked) * 1e3 / len(times)
    slowest = quantile(times, 0.95)
    figures = (statistics.median(times), slowest, max(times), worked)
    shown = [f"{figure:.1f} ms" for figure in figures]
    table.add_row(name, *shown, f"{size / len(times):.0f}", style="red" if slowest > _AIM else "")
    return slowest


def quantile(values: Sequence[float], part: float) -> float:
    """The value below which a part of all are."""
    return sorted(values)[min(len(values) - 1, int(len(values) * part))]


if __name__ == "__main__":
    main()
