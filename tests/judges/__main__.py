"""``make check-site``: every judge on every site, one line each, and what it objects to below.

Sites are folders with a ``pipeline.toml``; without any it is the sample site and all test sites.
What is missing on this machine is said; where ``CI`` is set it is a failure.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.markup import escape

from . import browser, hosts, links, machines, markup
from .built import Built, built
from .registry import JUDGES, Absent, Note

ROOT = Path(__file__).parents[2]
MOST = 40

out = Console(highlight=False, emoji=False, soft_wrap=True)
__all__ = ["browser", "hosts", "links", "machines", "main", "markup"]


def main(arguments: Sequence[str] | None = None) -> int:
    """Judge, and say how many judges objected; 0 if none did."""
    parser = argparse.ArgumentParser(prog="make check-site", description=__doc__)
    parser.add_argument("site", nargs="*", type=Path, help="folders with a pipeline.toml")
    parser.add_argument("--only", action="append", choices=JUDGES, help="only this judge")
    asked = parser.parse_args(arguments)
    sites = asked.site or default_sites()
    failed = missing = 0
    with built(sites) as found:
        for name in asked.only or JUDGES:
            for site in found:
                verdict = judged(name, site, several=len(found) > 1)
                failed += verdict is False
                missing += verdict is None
    if missing:
        out.print(f"[bold yellow]{missing} could not judge.[/]")
    return int(bool(failed or (missing and os.environ.get("CI"))))


def default_sites() -> list[Path]:
    """The sample site, and the sites that tests keep in folders of their own."""
    kept = sorted(
        path.parent
        for path in (ROOT / "tests").glob("**/pipeline.toml")
        if "node_modules" not in path.parts
    )
    return [ROOT, *kept]


def judged(name: str, site: Built, *, several: bool) -> bool | None:
    """Let one judge look at one site, and print its line; None if it could not."""
    begun = time.monotonic()
    label = f"{name} ({site.name})" if several else name
    try:
        said = list(JUDGES[name](site))
    except Absent as absent:
        out.print(f"[bold yellow]○ {escape(label)}: not judged: {escape(str(absent))}[/]")
        return None
    notes = ", ".join(one.words for one in said if isinstance(one, Note))
    objections = [one for one in said if not isinstance(one, Note)]
    taken = f"{time.monotonic() - begun:.0f} s"
    mark = f"[bold red]✗ {len(objections)}[/]" if objections else "[green]✓[/]"
    out.print(f"{mark} {escape(label)}: {escape(notes + ', ' * bool(notes))}{taken}")
    for one in objections[:MOST]:
        out.print(f"    {escape(one)}")
    if len(objections) > MOST:
        out.print(f"    … and {len(objections) - MOST} more")
    return not objections


if __name__ == "__main__":
    sys.exit(main())
