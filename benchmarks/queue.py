"""``python -m benchmarks.queue``: builds by workers, beside the pool of one process.

Whole builds of the same site, everything forced, one after the other in one run: in this process
with two processes, by one worker process, by two. Seconds on the clock mean little on a busy
machine; so the processor time of everybody who took part is measured too.
"""

from __future__ import annotations

import argparse
import os
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from rich.console import Console
from rich.table import Table

from benchmarks.__main__ import translate
from benchmarks.articles import generate
from pipeline.build import build
from pipeline.database import exclusive
from pipeline.extract import extract
from pipeline.ledger import DONE, Wanted, broker_of
from pipeline.ledger.asking import ask, follow
from pipeline.ledger.build import CLICK, NIGHTLY, Asked
from pipeline.ledger.sending import send
from pipeline.ledger.units import LEDGER
from pipeline.project import Project, open_project
from tests.workers.house import House, house

out = Console(highlight=False, width=100)
_TICKS = os.sysconf("SC_CLK_TCK")
_CLICKS = 5
_WARM = 256
"""Articles that are edited to have workers stand ready: more than one message of each kind."""


@dataclass(frozen=True, slots=True)
class Took:
    """Seconds on the clock, and seconds of all processors."""

    clock: float
    processor: float


def main() -> None:
    """Measure, and print what was measured."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.queue", description=__doc__)
    parser.add_argument("--pages", type=int, default=10_000, help="how many, in two languages")
    pages = parser.parse_args().pages
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with house(folder, {}, lease=30) as home:
            project = prepared(home, pages // 2)
            pool = measured(home, lambda: build(project, force=True, jobs=2))
            one = by_workers(home, project, 1)
            two = by_workers(home, project, 2)
            again = measured(home, lambda: build(project, force=True, jobs=2))
            show(pages, (pool, again), one, two)
            scheduled = schedule(home, project, 10_000)
            out.print(f"Scheduling 10,000 units, written down and sent: {scheduled:.2f} s (aim 2).")
            for what, found, aim in clicks(home, project):
                if not found:
                    out.print(f"No click fell {what}: it had ended. Take more pages.")
                    continue
                middle, worst = statistics.median(found), max(found)
                out.print(
                    f"From a click to its page being live, {what}: {middle:.2f} s, at most"
                    f" {worst:.2f} s of {len(found)} (aim {aim})."
                )
    out.print(f"Load of the machine: {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors.")


def prepared(home: House, articles: int) -> Project:
    """A translated site of so many articles in the house, built once."""
    settings = home.project.settings_path.read_text(encoding="utf-8")
    generate(home.project.root, articles)
    queue = settings[settings.index("[queue]") :]
    with home.project.settings_path.open("a", encoding="utf-8") as file:
        file.write(f"\n{queue}")
    project = open_project(home.project.root)
    extract(project)
    for path in (project.catalogues_dir / "nl").rglob("*.po"):
        translate(path)
    build(project)
    return project


def by_workers(home: House, project: Project, places: int) -> Took:
    """A full build by one worker with so many processes, which have been started before."""
    home.worker(places=places)
    warm(home, project)
    took = measured(home, lambda: ended(home, ask(project, Asked((), force=True)).id))
    home.stop("render")
    return took


def ended(home: House, build: str) -> None:
    """Follow a build until it has ended, as the command line does."""
    for progress in follow(home.ledger, build):
        if progress.build.has_ended and progress.build.state != DONE:
            raise RuntimeError(f"{build} is {progress.build.state}: {home.log}")


def warm(home: House, project: Project) -> None:
    """Have each process of a worker read articles and make pages, so that it stands ready."""
    for number in range(_WARM):
        edit(project, number)
    home.wait(ask(project).id, 600)


def edit(project: Project, number: int) -> str:
    """Add a paragraph to an article; what it says."""
    path = project.source_dir / "pages" / f"page-{number}.html"
    said = f"Edited at {time.time_ns()}"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("</main>", f"<p>{said}</p></main>"), encoding="utf-8")
    return said


def measured(home: House, action: Callable[[], object]) -> Took:
    """What an action takes, by the clock and of the processors."""
    before, begun = processor(home), time.perf_counter()
    action()
    return Took(time.perf_counter() - begun, processor(home) - before)


def processor(home: House) -> float:
    """Seconds of processors that we, our children, and everybody in the house have taken."""
    own = os.times()
    total = own.user + own.system + own.children_user + own.children_system
    redis = home.redis.process
    known = [redis.pid] if redis else []
    for name, process in home.processes.items():
        known += [process.pid, *home.children(name)]
    for pid in known:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        total += sum(map(int, fields[11:13])) / _TICKS
    return total


def schedule(home: House, project: Project, count: int) -> float:
    """Seconds to write so many units down and send them in batches."""
    ledger, broker = home.ledger, broker_of(project)
    begun = ask(project).id
    wanted = [Wanted(f"bench-{n}", "page", f"page {n}", "{}") for n in range(count)]
    start = time.perf_counter()
    with exclusive(ledger.database, LEDGER) as connection:
        ledger.units.enlist(connection, begun, "render", wanted, 9)
    send(ledger, broker, ledger.units.to_send(begun, "render"), batch=32)
    took = time.perf_counter() - start
    ledger.builds.cancel(begun)
    home.redis.wipe()
    return took


def clicks(home: House, project: Project) -> Iterator[tuple[str, list[float], int]]:
    """Seconds from a click to its page being live: with nothing to do, and with all of it."""
    home.worker(places=2)
    warm(home, project)
    yield "at an idle queue", [click(home, project, number) for number in range(_CLICKS)], 1
    nightly = ask(project, Asked((), force=True), priority=NIGHTLY)
    behind = []
    for number in range(_CLICKS, 2 * _CLICKS):
        time.sleep(0.5)
        if not home.ledger.builds.get(nightly.id).has_ended:
            behind.append(click(home, project, number))
    home.wait(nightly.id, 3600)
    home.stop("render")
    yield "behind a full nightly build", behind, 3


def click(home: House, project: Project, number: int) -> float:
    """Edit an article, ask for it, and wait until readers see it."""
    said = edit(project, number)
    live = project.output_dir / "en" / f"page-{number}" / "index.html"
    begun = time.perf_counter()
    ask(project, priority=CLICK)
    while said not in live.read_text(encoding="utf-8"):
        if time.perf_counter() > begun + 120:
            raise RuntimeError(f"{live} does not say it after two minutes")
        time.sleep(0.01)
    return time.perf_counter() - begun


def show(pages: int, pools: tuple[Took, Took], one: Took, two: Took) -> None:
    """The table, and the ratios that matter."""
    pool = Took(sum(p.clock for p in pools) / 2, sum(p.processor for p in pools) / 2)
    table = Table(title=f"{pages} pages, everything forced, {date.today()}", title_justify="left")
    for name in ("", "clock", "processors"):
        table.add_column(name, justify="left" if not name else "right")
    for label, took in (
        ("the pool of one process, two processes; before and after", pool),
        ("a worker, one process", one),
        ("a worker, two processes", two),
    ):
        table.add_row(label, f"{took.clock:.1f} s", f"{took.processor:.1f} s")
    out.print(table)
    out.print(f"Two processes: {one.clock / two.clock:.2f} times the rate of one (aim 1.6).")
    out.print(f"Beside the pool: {two.clock / pool.clock:.2f} times its time (aim 1.25 at most).")
    more = two.processor / pool.processor - 1
    out.print(f"What the queue adds, of the processors: {more:.0%} (aim 10 %).")


if __name__ == "__main__":
    main()
