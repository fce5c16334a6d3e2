"""``python -m benchmarks.memory``: looking up in a large memory, beside scanning all of it.

Units are generated from the vocabulary of Debian's installation guide, as sentences of 4 to 30
words; queries are units with a few words changed. What rapidfuzz finds by looking at every unit is
what is to be found; the times are of one process, in one run.
"""

from __future__ import annotations

import argparse
import random
import re
import statistics
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from rapidfuzz import fuzz, process
from rich.console import Console

from benchmarks.articles import SETTINGS
from benchmarks.gates import GUIDE, _segments
from pipeline.markup import plain
from pipeline.memory import LEAST, Unit, memory_of
from pipeline.project import open_project

out = Console(highlight=False, width=100)


def vocabulary() -> list[str]:
    """The words of the guide, as often as they stand in it."""
    words: list[str] = []
    for page in sorted((GUIDE / "en").glob("*.html")):
        for segment in _segments(page):
            words += re.findall(r"[A-Za-z]{2,}", plain(segment.text))
    return words


def sentences(words: list[str], count: int, *, seed: int = 1) -> Iterator[str]:
    """Sentences that do not occur twice, but for chance."""
    chance = random.Random(seed)
    for _ in range(count):
        text = " ".join(chance.choices(words, k=chance.randint(4, 30)))
        yield f"{text[:1].upper()}{text[1:].lower()}."


def changed(text: str, words: list[str], chance: random.Random) -> str:
    """A sentence with up to a quarter of its words replaced, dropped or added."""
    pieces = text.split()
    for _ in range(chance.randint(0, max(1, len(pieces) // 4))):
        place = chance.randrange(len(pieces))
        pieces[place : place + chance.randint(0, 1)] = chance.choices(words, k=chance.randint(0, 1))
    return " ".join(pieces) or text


def main() -> None:
    """Fill a memory, look up, compare, add."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--units", type=int, default=1_000_000)
    parser.add_argument("--queries", type=int, default=200)
    parser.add_argument("--database", default="", help="an address; SQLite if there is none")
    options = parser.parse_args()
    chance = random.Random(2)
    words = vocabulary()
    texts = list(sentences(words, options.units))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        state = f'\n[state]\nurl = "{options.database}"\n' if options.database else ""
        (folder / "pipeline.toml").write_text(SETTINGS + state, encoding="utf-8")
        memory = memory_of(open_project(folder), "nl")
        begun = time.perf_counter()
        memory.add(Unit(t, f"NL {t}", "", "bench", "tmx") for t in texts)
        filling = time.perf_counter() - begun
        queries = [changed(chance.choice(texts), words, chance) for _ in range(options.queries)]
        memory.fuzzy(queries[0])
        ours, found = [], []
        for query in queries:
            begun = time.perf_counter()
            found.append(memory.fuzzy(query, limit=1))
            ours.append(time.perf_counter() - begun)
        scans, same, wanted = [], 0, 0
        for query, matches in zip(queries, found, strict=True):
            begun = time.perf_counter()
            best = process.extractOne(query, texts, scorer=fuzz.ratio, score_cutoff=LEAST)
            scans.append(time.perf_counter() - begun)
            if best is not None:
                wanted += 1
                same += bool(matches) and matches[0].score >= best[1] - 1e-6
        more = list(sentences(words, 1000, seed=3))
        begun = time.perf_counter()
        memory.add(Unit(t, f"NL {t}", "", "bench", "tmx") for t in more)
        adding = time.perf_counter() - begun
        kind = memory.engine.dialect.name
        memory.engine.dispose()
    look, scan = statistics.median(ours), statistics.median(scans)
    out.print(f"{kind}, {options.units:,} units, filled in {filling:.0f} s.")
    out.print(
        f"Look-up: {look * 1e3:.1f} ms median, {max(ours) * 1e3:.0f} ms at most;"
        f" scan {scan * 1e3:.0f} ms ({scan / look:.0f} times)."
    )
    out.print(
        f"The same best match as the scan in {same} of {wanted} ({100 * same / wanted:.1f} %)."
    )
    out.print(f"Adding 1,000 units: {adding:.2f} s.")


if __name__ == "__main__":
    main()
