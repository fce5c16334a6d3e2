"""``python -m benchmarks.scale``: what a site of a million pages in forty languages would take.

A simulation: the costs of one article, page, message and row are measured here and now, on a small
site, and multiplied. What is multiplied, and by what, is printed, so that it can be disputed.
"""

from __future__ import annotations

import argparse
import sqlite3
import tempfile
import time
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from rich.console import Console
from rich.table import Table

from benchmarks.__main__ import translate
from benchmarks.articles import generate
from pipeline.build import build
from pipeline.extract import extract
from pipeline.ledger.kinds import Article, Planned, Versions, encode
from pipeline.making import Making
from pipeline.outline import read_outline
from pipeline.project import open_project
from pipeline.record import Record

out = Console(highlight=False, width=100)

PRICE = 20.0
"""Euros for a million characters: what the larger services ask."""
CHARACTERS = 60
"""Of a message, as in the generated articles."""
MESSAGES = 24
BATCH = 4 * 32
MESSAGE = 0.004
"""Seconds for a message of Celery: sent, carried, begun (measured with 5.7.0)."""
REDIS = 7600
"""Bytes of a message of so many pages in Redis (measured)."""


@dataclass(frozen=True, slots=True)
class Costs:
    """Seconds of one processor, and bytes."""

    extract: float
    survey: float
    plan: float
    keep: float
    render: float
    publish: float
    version_bytes: float
    outline_bytes: float
    page_bytes: float
    catalogue_bytes: float
    planned_bytes: float
    row: float


def main() -> None:
    """Measure small, and multiply."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.scale", description=__doc__)
    parser.add_argument("--pages", type=int, default=1_000_000, help="articles (a million)")
    parser.add_argument("--locales", type=int, default=40, help="languages (40)")
    parser.add_argument("--processors", type=int, default=64, help="of all workers (64)")
    parser.add_argument("--sample", type=int, default=300, help="articles that are measured (300)")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        costs = measured(Path(name), given.sample)
    show(costs, given.pages, given.locales, given.processors)


def measured(folder: Path, articles: int) -> Costs:
    """The costs of one of each, from a site of so many articles in two languages."""
    generate(folder, articles)
    project = open_project(folder)
    begun = time.process_time()
    extract(project, jobs=1)
    extracting = time.process_time() - begun
    catalogues = list((project.catalogues_dir / "nl").rglob("*.po"))
    for path in catalogues:
        translate(path)
    build(project, jobs=1)
    record = Record.of(project, preview=False)
    making = Making(
        project, record, project.all_locales, date.today(), True, lambda step, done, of: None
    )
    begun = time.process_time()
    surveys = [making.job.survey(source) for source in making.found.sources]
    surveying = time.process_time() - begun
    begun = time.process_time()
    outline = making.outline(lambda sources: surveys)
    pages = making.outdated(outline)
    planning = time.process_time() - begun
    path = folder / "outline"
    begun = time.process_time()
    making.keep(outline, path, "")
    if kept := read_outline(path, ""):
        making.resume(kept)
    keeping = time.process_time() - begun
    begun = time.process_time()
    made = [len(making.job.page(wanted, exact=True)) for wanted, _ in pages]
    rendering = time.process_time() - begun
    begun = time.process_time()
    build(project, jobs=1, force=True)
    whole = time.process_time() - begun
    versions = [encode(Versions(one.stamps, one.versions)) for one in surveys]
    planned = [
        encode(Planned(page, digest, "", Article("a", "b", date.today())))
        for (page, _), digest in pages
    ]
    count = len(pages)
    return Costs(
        extracting / articles,
        surveying / articles / 2,
        planning / count,
        keeping / count,
        rendering / count,
        max(0.0, whole - surveying - planning - rendering) / count,
        sum(map(len, versions)) / len(versions) / 2,
        path.stat().st_size / count,
        sum(made) / count,
        sum(path.stat().st_size for path in catalogues) / len(catalogues),
        sum(map(len, planned)) / count,
        rows(planned),
    )


def rows(planned: list[str]) -> float:
    """Seconds for a row of the ledger: written, claimed, settled."""
    database = sqlite3.connect(":memory:")
    database.execute("CREATE TABLE work (key TEXT PRIMARY KEY, input TEXT, state TEXT)")
    begun = time.process_time()
    database.executemany("INSERT INTO work VALUES (?, ?, 'pending')", enumerate(planned))
    for state in ("running", "done"):
        database.executemany(
            f"UPDATE work SET state = '{state}' WHERE key = ?",  # noqa: S608
            ((number,) for number in range(len(planned))),
        )
    took = time.process_time() - begun
    database.close()
    return took / len(planned)


def show(costs: Costs, articles: int, locales: int, processors: int) -> None:
    """Where time, money, memory and files go."""
    pages = articles * locales
    table = Table(
        title=f"{articles:,} articles in {locales} languages: {pages:,} pages;"
        f" {processors} processors",
        title_justify="left",
    )
    for name in ("a full build", "for one", "in all", "on them"):
        table.add_column(name, justify="left" if name == "a full build" else "right")
    shared = (
        ("extract and merge", costs.extract, articles * (locales - 1)),
        ("survey", costs.survey, pages),
        ("render", costs.render, pages),
        ("messages, in the largest batches", MESSAGE, (articles + pages) // BATCH),
    )
    alone = (
        ("plan, by one process", costs.plan, pages),
        ("keep the plan and read it, by one process", costs.keep, pages),
        ("publish, by one process", costs.publish, pages),
        ("ledger, by one database", 2 * costs.row, pages),
    )
    for label, one, times in shared:
        total = one * times
        table.add_row(label, _small(one), _large(total), _large(total / processors))
    for label, one, times in alone:
        table.add_row(label, _small(one), _large(one * times), _large(one * times))
    out.print(table)
    characters = articles * MESSAGES * CHARACTERS * (locales - 1)
    budget = Table(title="What it takes besides", title_justify="left")
    for name in ("what", "how much"):
        budget.add_column(name, justify="left" if name == "what" else "right")
    for label, said in (
        ("drafts, once", f"€ {characters * PRICE / 1e6:,.0f}"),
        ("published pages", f"{pages:,} files, {_bytes(pages * costs.page_bytes)}"),
        (
            "catalogues",
            f"{articles * (locales - 1):,} files,"
            f" {_bytes(articles * (locales - 1) * costs.catalogue_bytes)}",
        ),
        ("versions, in the ledger and in memory", _bytes(pages * costs.version_bytes)),
        ("the plan, in a file and in memory", _bytes(pages * costs.outline_bytes)),
        ("planned pages, in the ledger", _bytes(pages * costs.planned_bytes)),
        ("messages in Redis at once", _bytes(pages / BATCH * REDIS)),
    ):
        budget.add_row(label, said)
    out.print(budget)


def _small(seconds: float) -> str:
    return f"{seconds * 1e3:.2f} ms"


def _large(seconds: float) -> str:
    return f"{seconds / 3600:.1f} h" if seconds > 3600 else f"{seconds / 60:.1f} min"


def _bytes(size: float) -> str:
    return f"{size / 1e9:,.1f} GB"


if __name__ == "__main__":
    main()
