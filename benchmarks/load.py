"""``python -m benchmarks.load``: many translators who approve in one catalogue, all at once.

The desk is a process of its own, as `pipeline serve` is; the translators are another one on the
same machine, and take their part of it. Each has a token of their own and approves a text with a
wording of their own, reads the answer, and goes on to the next.
"""

from __future__ import annotations

import argparse
import os
import statistics
import tempfile
from pathlib import Path

from rich.console import Console
from rich.table import Table

from tests.review import crowd
from tests.review.desks import desk_in

out = Console(highlight=False, width=100)

_AIM = 200.0
"""Milliseconds in which 95 of 100 decisions are to be answered."""


def main() -> None:
    """One decision a second each; then as many as there can be."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.load", description=__doc__)
    parser.add_argument("--translators", type=int, default=50, help="how many (50)")
    parser.add_argument("--seconds", type=float, default=60, help="for how long (60)")
    parser.add_argument("--messages", type=int, default=1000, help="in the catalogue (1,000)")
    options = parser.parse_args()
    table = Table(
        title=f"{options.translators} translators, one catalogue of {options.messages} messages,"
        f" {options.seconds:g} seconds",
        title_justify="left",
    )
    names = ("each decides", "decisions", "a second", "p50", "p95", "p99", "longest", "desk's CPU")
    for name in (*names, "lost"):
        table.add_column(name, justify="left" if name == names[0] else "right")
    for said, every in (("every 2 seconds", 2.0), ("every second", 1.0), ("without a rest", 0.0)):
        table.add_row(said, *row(options, every))
    out.print(table)
    out.print(f"The aim: p95 under {_AIM:g} ms, and nothing lost.")


def row(options: argparse.Namespace, every: float) -> list[str]:
    """What one crowd found, on a site of its own."""
    with tempfile.TemporaryDirectory() as folder:
        desk = desk_in(Path(folder), files=crowd.article(options.messages))
        secrets = crowd.reviewers(desk, options.translators)
        with crowd.process(desk) as (address, process):
            came = crowd.approve(address, secrets, seconds=options.seconds, every=every)
            worked = seconds_of(process.pid)
        lost = len(crowd.lost(desk, came)) + sum(status != 200 for status in came.statuses)
        desk.database.dispose()
    count, cuts = len(came.seconds), statistics.quantiles(came.seconds, n=100)
    figures = [f"{cuts[at] * 1e3:.0f} ms" for at in (49, 94, 98)]
    return [
        str(count),
        f"{count / options.seconds:.0f}",
        *figures,
        f"{max(came.seconds) * 1e3:.0f} ms",
        f"{worked / count * 1e3:.1f} ms each",
        str(lost),
    ]


def seconds_of(pid: int) -> float:
    """The seconds that a process has kept the processors busy."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


if __name__ == "__main__":
    main()
