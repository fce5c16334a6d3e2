"""One page as it would be: with texts that nobody has saved, and each passage marked."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.catalogues import digest_of
from pipeline.errors import ProjectError
from pipeline.extract import extract
from pipeline.galley import Galleys, finished
from tests.sites import DAY, site

TEXT = "One sentence, and <a1>a link</a1>."


@pytest.fixture
def galleys(tmp_path: Path) -> Galleys:
    """Those of a site that was extracted and never built."""
    project = site(tmp_path)
    extract(project, today=DAY, jobs=1)
    return Galleys(project, "/site", "<link>")


def test_a_text_stands_on_its_page_before_it_is_saved(galleys: Galleys) -> None:
    """With its links, in an element with its digest; what was typed as markup is text."""
    html = galleys.of("nl", "articles/first", {(None, TEXT): "<b>Eén</b> <a1>link</a1>."})
    mark = f'<span data-message="{digest_of((None, TEXT))}">'
    assert f'{mark}&lt;b&gt;Eén&lt;/b&gt; <a href="/site/nl/second/"' in html
    assert "<link></head>" in html
    assert "\U0010f000" not in html and "\U0010f002" not in html


def test_a_text_that_does_not_fit_is_not_shown(galleys: Galleys) -> None:
    """The page shows what it would show."""
    assert "Kaal" not in galleys.of("nl", "articles/first", {(None, TEXT): "Kaal"})


def test_nothing_is_written(galleys: Galleys) -> None:
    """Neither a page nor a catalogue."""
    before = {path: path.read_bytes() for path in galleys.project.root.rglob("*.po")}
    galleys.of("nl", "articles/first", {(None, TEXT): "Iets <a1>x</a1>"})
    assert not galleys.project.output_dir.exists()
    assert {path: path.read_bytes() for path in galleys.project.root.rglob("*.po")} == before


def test_a_galley_has_what_its_page_shows(galleys: Galleys) -> None:
    """Other pages, pictures, the theme's assets; and nothing else."""
    assert isinstance(galleys.at("/nl/first/"), str)
    picture = galleys.at("/images/dot.svg")
    assert isinstance(picture, bytes) and b"<svg" in picture
    for path in ("/pipeline.toml", "/../pipeline.toml", "/articles/first.md", "/assets/none"):
        assert galleys.at(path) is None


def test_the_sites_own_words_are_shown_on_the_home_page(galleys: Galleys) -> None:
    """They have no page; and an article that is gone has none either."""
    assert "Welcome" in galleys.of("nl", "site")
    (galleys.project.source_dir / "index.md").unlink()
    fresh = Galleys(galleys.project)
    with pytest.raises(ProjectError):
        fresh.of("nl", "articles/none")


def test_marks_stay_out_of_titles_and_attributes() -> None:
    """Only text between elements has room for one."""
    marked = "\U0010f000ab\U0010f001Text\U0010f002"
    html = f'<title>{marked}</title><img alt="{marked}" src="/a.png"><p>{marked}</p>'
    assert finished(html, below="/site") == (
        '<title>Text</title><img alt="Text" src="/site/a.png">'
        '<p><span data-message="ab">Text</span></p>'
    )
