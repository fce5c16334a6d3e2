"""Sites to import into, and what readers see of what was imported, by the real pipeline."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from lxml import html
from lxml.html import HtmlElement

from pipeline.project import Project
from tests.sites import site

FIXTURES = Path(__file__).parent / "fixtures"
PIPELINE = Path(sys.executable).parent / "pipeline"

SETTINGS = """\
[site]
title = "A site"
url = "https://www.example.org"
source_locale = "en"

[locales.nl]
publish = "approved"
"""
HOME = {"index.md": "---\ntitle: Welcome\n---\n\nA site in two languages.\n"}


def empty(folder: Path) -> Project:
    """A site with a home page and nothing else."""
    folder.mkdir(parents=True, exist_ok=True)
    return site(folder, HOME, settings=SETTINGS)


def command(*arguments: str | Path, cwd: Path) -> subprocess.CompletedProcess[str]:
    """The command line, without a terminal."""
    called = [str(PIPELINE), *map(str, arguments)]
    return subprocess.run(called, cwd=cwd, capture_output=True, text=True, check=False)


def built(project: Project, *arguments: str | Path) -> None:
    """Import with these arguments, then extract and build; nothing may complain."""
    for call in (("import", *arguments, "--yes"), ("run",)):
        done = command(*call, cwd=project.root)
        assert (done.returncode, done.stderr) == (0, ""), done.stdout + done.stderr


def page(project: Project, slug: str) -> HtmlElement:
    """The main part of a published page."""
    path = project.output_dir / "en" / slug / "index.html"
    (main,) = html.fromstring(path.read_bytes()).cssselect("main")
    return main


def said(element: HtmlElement) -> str:
    """The text of an element in one line."""
    return " ".join(" ".join(element.itertext()).split())


def in_order(text: str, wanted: tuple[str, ...]) -> None:
    """Each of these stands in the text once, one after the other."""
    position = 0
    for one in wanted:
        assert text.count(one) == 1, f"{one!r} stands {text.count(one)} times in {text!r}"
        found = text.index(one)
        assert found >= position, f"{one!r} stands too early"
        position = found
