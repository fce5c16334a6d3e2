"""``python -m benchmarks.memory``: looking up in a large memory, beside scanning all of it.

Every query is also looked for among all units with rapidfuzz, by the same score, in the same
process and run; what that finds is what is to be found. SQLite and PostgreSQL hold the same units
and answer the same queries.
"""

from __future__ import annotations

import argparse
import os
import statistics
import tempfile
import time
import tracemalloc
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from rapidfuzz import fuzz, process
from rich.console import Console
from rich.table import Table

from benchmarks.articles import SETTINGS
from benchmarks.units import Writer, odd
from pipeline.memory import LEAST, Memory, Unit, memory_of
from pipeline.project import open_project
from tests.databases import KINDS, address

out = Console(highlight=False, width=100)

_ROUNDS = 5
_AIMS = {
    "Look-up, median": "< 20 ms",
    "Times as fast as the scan": ">= 10",
    "The same best match": ">= 98 %",
    "Adding 1,000 units, median": "< 1 s",
    "Adding 1,000 units, slowest of 5": "< 1 s",
}


@dataclass(frozen=True, slots=True)
class Scanned:
    """What rapidfuzz finds by looking at everything: the best score of each query, if enough."""

    seconds: float
    best: Sequence[float | None]


def main() -> None:
    """Scan; then fill, look up, compare and add in each database."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.memory", description=__doc__)
    parser.add_argument("--units", type=int, default=1_000_000, help="how many (1,000,000)")
    parser.add_argument("--queries", type=int, default=280, help="how many (280)")
    parser.add_argument("--database", choices=KINDS, action="append", help="only this one")
    options = parser.parse_args()
    writer = Writer()
    texts = writer.units(options.units)
    queries = list(Writer(seed=2).queries(texts, options.queries))
    scanned = scan(queries, texts)
    found = {}
    for kind in options.database or KINDS:
        with tempfile.TemporaryDirectory() as name:
            found[kind] = measure(Path(name), kind, texts, queries, scanned)
    alike = sum(score is not None for score in scanned.best)
    title = f"{len(texts):,} units, {len(queries)} queries, {alike} of them like a unit"
    show(f"{title}; scan {scanned.seconds * 1e3:.0f} ms (median)", found)


def scan(queries: Sequence[str], texts: Sequence[str]) -> Scanned:
    """Look at every unit for each query."""
    times, best = [], []
    for query in queries:
        begun = time.perf_counter()
        match = process.extractOne(query, texts, scorer=fuzz.ratio, score_cutoff=LEAST)
        times.append(time.perf_counter() - begun)
        best.append(None if match is None else match[1])
    return Scanned(statistics.median(times), best)


def measure(
    folder: Path, kind: str, texts: Sequence[str], queries: Sequence[str], scanned: Scanned
) -> dict[str, str]:
    """Everything about one database."""
    settings = f'{SETTINGS}\n[state]\nurl = "{address(kind)}"\n'
    (folder / "pipeline.toml").write_text(settings, encoding="utf-8")
    memory = memory_of(open_project(folder), "nl")
    filled = timed(lambda: memory.add(units(texts)))
    memory.fuzzy(queries[0])
    spent = processor_time(memory)
    times, same, wrong = [], 0, 0
    for query, best in zip(queries, scanned.best, strict=True):
        begun = time.perf_counter()
        matches = memory.fuzzy(query, limit=1)
        times.append(time.perf_counter() - begun)
        if best is None:
            wrong += bool(matches)
        else:
            same += bool(matches) and abs(matches[0].score - best) < 1e-6
    assert not wrong, "a look-up found what is not there"
    wanted = sum(score is not None for score in scanned.best)
    median = statistics.median(times)
    looking = (processor_time(memory) - spent) / len(times)
    hardest = hard(memory, texts)
    fresh = Writer(seed=3).units(1000 * _ROUNDS)
    rounds = [fresh[n : n + 1000] for n in range(0, len(fresh), 1000)]
    spent = processor_time(memory)
    adding = [timed(partial(memory.add, units(some))) for some in rounds]
    processor = (processor_time(memory) - spent) / len(adding)
    memory.engine.dispose()
    return {
        "Filling": f"{filled:.0f} s",
        "Look-up, median": f"{median * 1e3:.1f} ms",
        "Look-up, 95th percentile": f"{statistics.quantiles(times, n=20)[-1] * 1e3:.1f} ms",
        "Look-up, processor time, mean": f"{looking * 1e3:.1f} ms",
        "Look-up, slowest": f"{max(times) * 1e3:.0f} ms",
        "Times as fast as the scan": f"{scanned.seconds / median:.0f}",
        "The same best match": f"{same} of {wanted} ({100 * same / wanted:.1f} %)",
        **hardest,
        "Adding 1,000 units, median": f"{statistics.median(adding):.2f} s",
        f"Adding 1,000 units, slowest of {_ROUNDS}": f"{max(adding):.2f} s",
        "Adding 1,000 units, processor time, mean": f"{processor:.2f} s",
    }


def hard(memory: Memory, texts: Sequence[str]) -> dict[str, str]:
    """Texts that are hard on an index: the slowest of them, and the most that one takes."""
    times, peaks = {}, []
    for name, text in odd(Writer(), texts):
        times[name] = timed(partial(memory.fuzzy, text))
        tracemalloc.start()
        memory.fuzzy(text)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    name, slowest = max(times.items(), key=lambda item: item[1])
    return {
        "Hardest text": f"{slowest * 1e3:.0f} ms ({name})",
        "Memory of a look-up, at most": f"{max(peaks) / 1e6:.0f} MB",
    }


def processor_time(memory: Memory) -> float:
    """Seconds that this process and its server have worked; not those that others made it wait."""
    if memory.engine.dialect.name == "sqlite":
        return time.process_time()
    with memory.engine.connect() as connection:
        server = connection.exec_driver_sql("SELECT pg_backend_pid()").scalar_one()
    fields = Path(f"/proc/{server}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    ticks = int(fields[11]) + int(fields[12])
    return time.process_time() + ticks / os.sysconf("SC_CLK_TCK")


def units(texts: Iterable[str]) -> Iterator[Unit]:
    """Texts with a translation each."""
    return (Unit(text, f"NL {text}", "", "bench", "tmx") for text in texts)


def timed(what: Callable[[], object]) -> float:
    """The seconds that it takes."""
    begun = time.perf_counter()
    what()
    return time.perf_counter() - begun


def show(title: str, found: dict[str, dict[str, str]]) -> None:
    """The table."""
    table = Table(title=title, title_justify="left")
    for name in ("", *found, "aim"):
        table.add_column(name, justify="left" if not name else "right")
    for label in next(iter(found.values())):
        table.add_row(label, *(one[label] for one in found.values()), _AIMS.get(label, ""))
    out.print(table)


if __name__ == "__main__":
    main()
