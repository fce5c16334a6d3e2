"""``make bench``: extracting and rendering 1,000 articles, beside html2po and po2html.

Whole processes are measured, from start to end, one after the other in one run. The pages are
whole HTML pages that both sides localise in place; every message is translated, and approved.
"""

from __future__ import annotations

import argparse
import compileall
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

from rich.console import Console
from rich.table import Table

import pipeline
from benchmarks.articles import generate
from benchmarks.process import Measured, measure
from pipeline import catalogues
from pipeline.articles import find, load
from pipeline.build import build
from pipeline.project import Project, open_project
from pipeline.site.choice import policies_of
from pipeline.site.survey import read_choices

out = Console(highlight=False, width=100)


def main() -> None:
    """Measure, and print what was measured."""
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--articles", type=int, default=1000, help="how many pages (1000)")
    count = parser.parse_args().articles
    # As the peers were when they were installed: compiled.
    compileall.compile_dir(str(Path(pipeline.__file__).parent), quiet=2)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        peers, ours, small = folder / "peers", folder / "ours", folder / "small"
        for site, pages in ((peers, count), (ours, count), (small, count // 4)):
            generate(site, pages)
        theirs = measure_peers(peers)
        mine = measure_ours(ours)
        less = measure_ours(small)
        segments = sum(1 for _ in messages(ours)) / count
    show(count, segments, theirs, mine, less)


def measure_peers(folder: Path) -> dict[str, Measured]:
    """html2po, then po2html on its translated files."""
    source, po, html = folder / "source", folder / "po", folder / "html"
    options = ("--progress=none", "--errorlevel=traceback")
    extracting = measure("html2po", *options, "--duplicates=msgctxt", source, po)
    for path in po.rglob("*.po"):
        translate(path)
    rendering = measure("po2html", *options, "-t", source, po, html)
    return {"extract": extracting, "render": rendering}


def measure_ours(folder: Path) -> dict[str, Measured]:
    """Extract, then build Dutch; then everything, and everything again with nothing to do."""
    at = ("--site", folder)
    extracting = measure("pipeline", "extract", *at)
    for path in (folder / "locales" / "nl").rglob("*.po"):
        translate(path)
    rendering = measure("pipeline", "build", *at)
    forced = measure("pipeline", "build", *at, "--force")
    single = measure("pipeline", "build", *at, "--force", "--jobs", "1")
    idle = measure("pipeline", "build", *at, repeat=3)
    project = open_project(folder)
    with timed() as full_call:
        build(project, force=True)
    with timed() as idle_call:
        build(project)
    return {
        "extract": extracting,
        "render": rendering,
        **measure_filling(project),
        "render again": forced,
        "render in one process": single,
        "idle": idle,
        "full call": Measured(full_call[0], 0),
        "idle call": Measured(idle_call[0], 0),
    }


def measure_filling(project: Project) -> dict[str, Measured]:
    """What a page needs beyond its template: its catalogue and skeleton, read and filled."""
    sources = [source for source in find(project).sources if source.id.startswith("pages/")]
    policy = policies_of(project, date.today(), preview=False)["nl"]
    assert policy is not None
    work = []
    with timed() as reading:
        for source in sources:
            article = load(project, source)
            choices = read_choices(project, article, "nl", policy)
            shown = [choices[s.key].shown(policy) for s in article.skeleton.segments]
            work.append((article.skeleton, shown))
    with timed() as filling:
        for skeleton, shown in work:
            skeleton.render(shown, lang="nl")
    return {"reading": Measured(reading[0], 0), "filling": Measured(filling[0], 0)}


@contextmanager
def timed() -> Iterator[list[float]]:
    """The seconds that the block takes, in the list once it has ended."""
    taken = [0.0]
    begun = time.perf_counter()
    yield taken
    taken[0] = time.perf_counter() - begun


def translate(path: Path) -> None:
    """Translate and approve every message of a file."""
    catalogue = catalogues.read(path)
    done = []
    for message in catalogue:
        mark = "nl-" if message.context == "slug" else "NL "
        edited = catalogues.edit(message, [mark + message.id])
        done.append(catalogues.approve(edited, by="bench", on=date(2026, 11, 24)))
    catalogues.write(catalogue.with_messages(done), path)


def messages(folder: Path) -> Iterator[catalogues.Message]:
    """All messages of a site's articles."""
    for path in (folder / "locales" / "nl").rglob("pages/*.po"):
        yield from catalogues.read(path)


def show(
    count: int,
    segments: float,
    theirs: dict[str, Measured],
    ours: dict[str, Measured],
    less: dict[str, Measured],
) -> None:
    """The table."""
    table = Table(
        title=f"{count} articles of {segments:.0f} messages, English to Dutch", title_justify="left"
    )
    for name in ("", "translate-toolkit", "pipeline", "times as fast", "aim"):
        table.add_column(name, justify="left" if not name else "right")
    for label, name, pages, aim in (
        ("extract: html2po; ours also templates", "extract", 1, 3),
        ("render: po2html; ours two languages, lists, publishing", "render", 1, 20),
        ("render, for each page", "render", 2, 20),
    ):
        peer, own = theirs[name].seconds, ours[name].seconds / pages
        table.add_row(label, f"{peer:.2f} s", f"{own:.2f} s", f"{peer / own:.1f}", str(aim))
    out.print(table)
    read, filled, peer = (
        ours["reading"].seconds,
        ours["filling"].seconds,
        theirs["render"].seconds,
    )
    out.print(
        f"Filling the cached skeletons, one process: {filled:.2f} s ({peer / filled:.0f} times"
        f" po2html); with reading them and their catalogues: {read + filled:.2f} s"
        f" ({peer / (read + filled):.1f} times)."
    )
    one, all_ = ours["render in one process"].seconds, ours["render again"].seconds
    out.print(f"All cores: {all_:.2f} s; one process: {one:.2f} s ({one / all_:.1f} times).")
    full, idle = ours["full call"].seconds, ours["idle call"].seconds
    out.print(
        f"Nothing to do: {idle * 1e3:.0f} ms, 1/{full / idle:.0f} of a full build (aim 1/50);"
        f" whole processes: {ours['idle'].seconds:.2f} s, 1/{all_ / ours['idle'].seconds:.0f}."
    )
    out.print(
        f"Memory, largest process: {ours['render'].mebibytes:.0f} MiB for {count} articles,"
        f" {less['render'].mebibytes:.0f} MiB for {count // 4}."
    )


if __name__ == "__main__":
    if shutil.which("html2po", path=str(Path(sys.executable).parent)) is None:
        sys.exit("html2po is missing: install translate-toolkit (it is in the lock)")
    main()
