"""With every translation equal to its source, a page is the page it was: judged by html5lib."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from pipeline import articles
from pipeline.markup import Shown, parse
from pipeline.project import open_project
from tests.markup.dom import facts
from tests.tools import missing

ROOT = Path(__file__).parents[2]
PAGES = 50
LARGEST = 40_000
"""Bytes; html5lib needs a second for every 100 kB."""

SETS = {
    "debian-handbook": ("/usr/share/doc/debian-handbook/html", "en-US/*.html"),
    "python3-doc": ("/usr/share/doc/python3-doc/html", "**/*.html"),
}


def pages(name: str) -> list[Path]:
    """Fifty pages of a package, the same ones each time, spread over all of its sizes."""
    folder, pattern = SETS[name]
    found = sorted(p for p in Path(folder).resolve().glob(pattern) if p.is_file())
    found = [page for page in found if page.stat().st_size <= LARGEST]
    step = max(1, len(found) // PAGES)
    return found[::step][:PAGES]


@pytest.mark.parametrize("name", SETS)
def test_fifty_pages_are_there(name: str) -> None:
    """Or there is nothing to judge by."""
    if len(pages(name)) < PAGES:
        missing(f"the HTML of {name}", name)


@pytest.mark.parametrize(
    "page", [p for name in SETS for p in pages(name)], ids=lambda page: page.name
)
def test_a_real_page_is_the_page_it_was(page: Path) -> None:
    """Debian's books, XHTML and HTML 5, of a few hundred segments each."""
    html = page.read_text(encoding="utf-8")
    lang = re.search(r'<html[^>]*?\slang="([^"]*)"', html)
    skeleton = parse(html, path=page)
    for segment in skeleton.segments:
        assert segment.problems(segment.text) == []
    shown = [Shown(segment.text) for segment in skeleton.segments]
    made = skeleton.render(shown, lang=lang[1] if lang else "en")
    before, after = facts(html), facts(made)
    if lang is None:  # the one thing that a page gains
        before[0] = ("start", "html", tuple(sorted({*before[0][2], ("lang", "en")})))
    assert after == before


def sources() -> list[articles.Source]:
    """The sample site's articles."""
    return list(articles.find(open_project(ROOT)).sources)


@pytest.mark.parametrize("source", sources(), ids=lambda source: source.id)
def test_an_article_of_the_sample_site_is_what_it_was(source: articles.Source) -> None:
    """Its body, as Markdown or its author made it."""
    from pipeline.articles.formats import READERS  # noqa: PLC0415
    from pipeline.articles.page import body_of  # noqa: PLC0415
    from pipeline.markup.tree import build  # noqa: PLC0415

    html = READERS[source.path.suffix](source.path.read_bytes(), source.path).html
    body = body_of(build(html))
    inner = re.sub(r"<!--\s*l10n.*?-->", "", html[body.inner_start : body.inner_end])
    skeleton = parse(html, root=body)
    shown = [Shown(segment.text) for segment in skeleton.segments]
    made = skeleton.render(shown, lang="en")
    assert facts(made, fragment=True) == facts(inner, fragment=True)


@pytest.mark.parametrize("source", sources(), ids=lambda source: source.id)
def test_one_changed_text_changes_that_text_alone(source: articles.Source) -> None:
    """Of all that a page says."""
    skeleton = articles.load(open_project(ROOT), source).skeleton
    texts = [segment.text for segment in skeleton.segments]
    before = facts(skeleton.render([Shown(t) for t in texts], lang="en"), fragment=True)
    place = len(texts) // 2
    changed = [*texts]
    changed[place] = f"QX {texts[place]}"
    after = facts(skeleton.render([Shown(t) for t in changed], lang="en"), fragment=True)
    differing = [pair for pair in zip(before, after, strict=True) if pair[0] != pair[1]]
    assert len(differing) == 1
    assert "QX" in str(differing[0][1])
