"""``pipeline check --published`` on many pages: ``python -m benchmarks.proof``.

The sample site's articles are copied until there are enough pages; the copies are built, and the
checks look at all of them, with and without telling languages apart.
"""

from __future__ import annotations

import argparse
import re
import shutil
import tempfile
import time
from pathlib import Path

from lxml import etree
from rich.console import Console

from pipeline.build import build
from pipeline.project import Project, open_project
from pipeline.proof import CHECKS, prove

ROOT = Path(__file__).parents[1]

out = Console(highlight=False, width=100)


def copies(folder: Path, count: int) -> Project:
    """A site with each article of the sample site so many times, in both languages."""
    for name in ("source", "locales", "glossary"):
        shutil.copytree(ROOT / name, folder / name)
    shutil.copy(ROOT / "pipeline.toml", folder)
    catalogues = folder / "locales" / "nl" / "LC_MESSAGES" / "articles"
    for article in list((folder / "source" / "articles").glob("*.md")):
        said = re.sub(r"\nslug:.*", "", article.read_text(encoding="utf-8"))
        catalogue = catalogues / f"{article.stem}.po"
        for number in range(1, count):
            name = f"{article.stem}-{number}"
            article.with_name(f"{name}.md").write_text(said, encoding="utf-8")
            if catalogue.exists():
                # The slug is the article's own again: two pages cannot have the same address.
                text = catalogue.read_text(encoding="utf-8")
                before, _, after = text.partition('msgctxt "slug"')
                after = after.partition("\n\n")[2]
                kept = before.rpartition("\n\n")[0] + "\n\n" + after if after else text
                (catalogues / f"{name}.po").write_text(kept, encoding="utf-8")
    return open_project(folder)


def main() -> None:
    """Measure, and print what was measured."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.proof", description=__doc__)
    parser.add_argument("--copies", type=int, default=40, help="of each article (40)")
    with tempfile.TemporaryDirectory() as name:
        project = copies(Path(name), parser.parse_args().copies)
        assert build(project).ok
        whole = seconds(project)
        severity_and_check = CHECKS.pop("language")
        without = seconds(project)
        pages = prove(project).pages
        CHECKS["language"] = severity_and_check
        files = [path.read_bytes() for path in project.output_dir.rglob("*.html")]
        bare = parsing(files)
    size = sum(map(len, files))
    out.print(f"{pages} pages of {size / pages / 1000:.1f} kB.")
    for what, taken in (
        ("Parsing alone", bare),
        ("All checks but that of the language", without),
        ("All checks", whole),
    ):
        each = f"{1000 * taken / pages:.2f} ms a page"
        out.print(f"{what}: {each}, {taken / bare:.1f} times parsing alone.")


def seconds(project: Project) -> float:
    """How long a core works on all pages; of five runs the fastest."""
    taken = []
    for _ in range(5):
        begun = time.process_time()
        prove(project)
        taken.append(time.process_time() - begun)
    return min(taken)


def parsing(files: list[bytes]) -> float:
    """How long lxml takes to parse them once, of five runs the fastest."""
    taken = []
    for _ in range(5):
        begun = time.process_time()
        for data in files:
            etree.fromstring(data, etree.HTMLParser(encoding="utf-8"))
        taken.append(time.process_time() - begun)
    return min(taken)


if __name__ == "__main__":
    main()
