"""Every address that pages have had leads on, also on another machine."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from pipeline.build import build
from pipeline.causes import Cause, Why
from pipeline.errors import OutputError
from pipeline.extract import extract
from pipeline.project import Project, open_project
from pipeline.site import history, redirects
from pipeline.site.publication import BEFORE, Publication
from tests.site.published import moved, published, rename
from tests.sites import DAY, PAGES, SETTINGS, replace, site, translate, write


def text_of(project: Project, locale: str) -> str:
    """The history of a locale."""
    return (project.catalogues_dir / locale / "addresses.tsv").read_text(encoding="utf-8")


def page(project: Project, path: str) -> str:
    """A published page."""
    return (project.output_dir / path / "index.html").read_text(encoding="utf-8")


def contents(project: Project) -> dict[Path, bytes]:
    """All that is published, but for what it replaced, which is kept to be compared."""
    files = (path for path in project.output_dir.rglob("*") if path.is_file())
    return {path: path.read_bytes() for path in files if BEFORE not in path.parts}


def test_what_is_published_is_written_down_beside_the_catalogues(tmp_path: Path) -> None:
    """Pages, lists and topics, each with what it is."""
    project = published(tmp_path)
    lines = text_of(project, "nl").splitlines()
    assert lines[0].startswith("# ")
    assert "/nl/nl-first/\tarticles/first" in lines
    assert "/nl/artikelen/\t#articles" in lines
    assert "/nl/onderwerpen/nl-beginnings/\t#tag Beginnings" in lines
    assert "/en/first/\tarticles/first" in text_of(project, "en").splitlines()


def test_a_moved_address_leads_to_the_new_one_in_three_ways(tmp_path: Path) -> None:
    """A file for hosts, a map for nginx (see test_nginx), and a page for all others."""
    project = moved(tmp_path)
    assert redirects.read(project.output_dir)["/nl/nl-first/"] == ("/nl/het-eerste/", 301)
    html = page(project, "nl/nl-first")
    for said in (
        '<html lang="nl"',
        '<meta name="robots" content="noindex">',
        '<link rel="canonical" href="https://www.example.org/nl/het-eerste/">',
        '<meta http-equiv="refresh" content="0; url=/nl/het-eerste/">',
        '<a href="/nl/het-eerste/">',
    ):
        assert said in html
    assert "Deze pagina is verhuisd" in html


def test_no_page_links_to_an_address_that_has_moved(tmp_path: Path) -> None:
    """They lead straight to the new one."""
    project = moved(tmp_path)
    for path in project.output_dir.rglob("*.html"):
        if "nl-first" not in path.as_posix():
            assert "nl-first" not in path.read_text(encoding="utf-8"), path


def test_a_chain_of_moves_is_one_step(tmp_path: Path) -> None:
    """From each address that ever was to the last."""
    project = published(tmp_path)
    for slug in ("tweede", "derde"):
        rename(project, "articles/first", slug)
        assert build(project, today=DAY, jobs=1).ok
    found = redirects.read(project.output_dir)
    assert found["/nl/nl-first/"] == found["/nl/tweede/"] == ("/nl/derde/", 301)


def test_an_address_that_is_taken_again_is_a_page_and_no_redirect(tmp_path: Path) -> None:
    """By the article that had it before, or by another."""
    project = published(tmp_path)
    rename(project, "articles/first", "anders")
    build(project, today=DAY, jobs=1)
    rename(project, "articles/second", "nl-first")
    assert build(project, today=DAY, jobs=1).ok
    assert "/nl/nl-first/" not in redirects.read(project.output_dir)
    assert "NL The second" in page(project, "nl/nl-first")
    rename(project, "articles/second", "weer-anders")
    assert build(project, today=DAY, jobs=1).ok
    assert redirects.read(project.output_dir)["/nl/nl-first/"] == ("/nl/weer-anders/", 301)


def test_it_survives_the_loss_of_everything_that_is_not_under_version_control(
    tmp_path: Path,
) -> None:
    """The caches, the state and the published site itself: as on another machine."""
    project = moved(tmp_path)
    before = contents(project)
    shutil.rmtree(project.work_dir)
    shutil.rmtree(project.output_dir)
    assert build(project, today=DAY, jobs=1).ok
    assert contents(project) == before


def test_a_site_that_was_published_before_there_was_a_history_gets_one(tmp_path: Path) -> None:
    """From what is live."""
    project = published(tmp_path)
    for locale in ("en", "nl"):
        (project.catalogues_dir / locale / "addresses.tsv").unlink()
    rename(project, "articles/first", "anders")
    assert build(project, today=DAY, jobs=1).ok
    assert redirects.read(project.output_dir)["/nl/nl-first/"] == ("/nl/anders/", 301)


def test_a_page_that_is_gone_may_come_back(tmp_path: Path) -> None:
    """So nobody is told that it has moved for good; what is live in the source leads there."""
    project = published(tmp_path)
    replace(project.catalogue_path("nl", "articles/second"), "@l10n approved", "approved")
    build(project, today=DAY, jobs=1)
    assert redirects.read(project.output_dir)["/nl/nl-second/"] == ("/en/second/", 302)
    translate(project)
    replace(project.catalogue_path("nl", "articles/second"), "# approved", "# @l10n approved")
    assert build(project, today=DAY, jobs=1).ok
    assert "/nl/nl-second/" not in redirects.read(project.output_dir)


def test_a_person_can_let_an_address_lead_elsewhere(tmp_path: Path) -> None:
    """By another id in the second column."""
    project = moved(tmp_path)
    path = project.catalogues_dir / "nl/addresses.tsv"
    replace(path, "/nl/nl-second/\tarticles/second", "/nl/nl-second/\tarticles/first")
    assert build(project, today=DAY, jobs=1).ok
    assert redirects.read(project.output_dir)["/nl/nl-second/"] == ("/nl/het-eerste/", 301)


def test_a_tag_that_was_renamed_leads_on(tmp_path: Path) -> None:
    """And one that is gone to the list of topics, or of articles."""
    project = published(tmp_path)
    path = project.catalogue_path("nl", "site")
    replace(path, '"NL Beginnings"', '"Begin"')
    replace(path, "@l10n approved by=anna", "approved by=anna")
    for name in ("first", "second"):
        replace(project.source_dir / f"articles/{name}.md", "Beginnings", "Starts")
    assert build(project, today=DAY, jobs=1).ok
    found = redirects.read(project.output_dir)
    assert found["/en/tags/beginnings/"] == ("/en/tags/", 301)


def test_nothing_is_written_where_nothing_moved(tmp_path: Path) -> None:
    """A build that changes words leaves the files alone; a preview never touches them."""
    project = published(tmp_path)
    path = project.catalogues_dir / "nl/addresses.tsv"
    before = path.stat().st_mtime_ns
    replace(project.source_dir / "articles/first.md", "An item", "Some item")
    assert build(project, today=DAY, jobs=1).changed
    build(project, today=DAY, jobs=1, preview=True)
    assert path.stat().st_mtime_ns == before


@pytest.mark.parametrize("line", ["<<<<<<< HEAD", "/nl/x/ articles/first", "nl/x\tfirst"])
def test_a_broken_history_is_an_error_with_its_line_and_is_not_written_to(
    line: str, tmp_path: Path
) -> None:
    """The pages are built all the same."""
    project = published(tmp_path)
    path = project.catalogues_dir / "nl/addresses.tsv"
    write(path, text_of(project, "nl") + line + "\n")
    before = path.read_bytes()
    rename(project, "articles/first", "anders")
    report = build(project, today=DAY, jobs=1)
    (error,) = report.errors
    assert str(error.path) == "locales/nl/addresses.tsv"
    assert error.line == before.count(b"\n")
    assert path.read_bytes() == before
    assert "NL The first" in page(project, "nl/anders")


def test_an_address_is_written_down_before_it_is_live(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A build that dies in between loses none."""
    project = site(tmp_path)
    extract(project, today=DAY)
    translate(project)

    def dies(*arguments: object, **options: object) -> None:
        raise OutputError("the power is gone")

    monkeypatch.setattr(Publication, "commit", dies)
    with pytest.raises(OutputError):
        build(project, today=DAY, jobs=1)
    assert "/nl/nl-first/" in text_of(project, "nl")
    assert not (project.output_dir / "nl").exists()


def test_anchors_are_the_same_in_every_language(tmp_path: Path) -> None:
    """So what links to a part of a page goes on doing so when its language changes."""
    files = {
        **PAGES,
        "about.md": PAGES["articles/second.md"] + "\n[x](articles/first.md#a-heading)\n",
    }
    del files["about.html"]
    project = site(tmp_path, files, settings=SETTINGS)
    extract(project, today=DAY)
    translate(project)
    assert build(project, today=DAY, jobs=1).ok
    for path in ("en/first", "nl/nl-first"):
        assert '<h2 id="a-heading">' in page(project, path)
    assert 'href="/nl/nl-first/#a-heading"' in page(project, "nl/nl-about")


def test_a_locale_has_its_own_file(tmp_path: Path) -> None:
    """Beside its catalogues; the source's, too."""
    project = site(tmp_path)
    assert history.history_path(project, "nl") == tmp_path / "locales/nl/addresses.tsv"
    assert history.history_path(project, "en") == tmp_path / "locales/en/addresses.tsv"


def test_a_language_that_was_given_up_leads_to_the_originals(tmp_path: Path) -> None:
    """Its pages go, its addresses do not end dead, and who comes is told in a language we speak."""
    project = published(tmp_path)
    replace(tmp_path / "pipeline.toml", "[locales.nl]", "[locales.de]")
    project = open_project(tmp_path)
    report = build(project, today=DAY, jobs=1)
    assert report.ok
    assert report.causes["nl/feed.atom"] == (Cause(Why.LANGUAGES, ("-nl",)),)
    found = redirects.read(project.output_dir)
    assert found["/nl/nl-first/"] == ("/en/first/", 302)
    assert found["/nl/"] == ("/en/", 302)
    assert '<html lang="en"' in page(project, "nl/nl-first")
