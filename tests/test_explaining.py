"""Why pages change: told from what they are made of, before a build and after it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pipeline.build import Report, build
from pipeline.catalogues import digest_of
from pipeline.causes import Cause, Why, from_plain, plain
from pipeline.errors import ProjectError
from pipeline.extract import extract
from pipeline.foreseeing import foresee
from pipeline.project import Project, open_project
from pipeline.site.publication import BEFORE, MANIFEST, earlier
from pipeline.site.theme import Theme
from pipeline.site.version import KEY
from tests.sites import DAY, replace, site, translate, untranslate, write

FIRST = "nl/nl-first/index.html"


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """A site that is translated and built."""
    made = site(tmp_path)
    extract(made, today=DAY, jobs=1)
    translate(made)
    assert build(made, today=DAY, jobs=1).ok
    return made


def whys(report: Report, name: str) -> dict[Why, tuple[str, ...]]:
    """The causes of a file."""
    return {one.why: one.what for one in report.causes[name]}


def files(project: Project) -> dict[str, bytes]:
    """What is live, byte for byte."""
    out = project.output_dir
    return {
        str(path.relative_to(out)): path.read_bytes()
        for path in out.rglob("*")
        if path.is_file() and path.name != MANIFEST and BEFORE not in path.parts
    }


def test_all_is_new_at_first(tmp_path: Path) -> None:
    """Before anything was built there is nothing to differ from."""
    made = site(tmp_path)
    report = build(made, today=DAY, jobs=1)
    assert whys(report, "en/first/index.html") == {Why.NEW: ()}
    assert set(report.causes) == set(report.published.new)


def test_a_translation_that_changed_is_named(project: Project) -> None:
    """By its message, on its own page and on no other."""
    untranslate(project, "articles/first", "An item")
    report = build(project, today=DAY, jobs=1)
    key = digest_of((None, "An item"))[:KEY]
    assert whys(report, FIRST)[Why.TEXT] == (key,)
    assert Why.UNKNOWN not in whys(report, FIRST)
    assert "en/first/index.html" not in report.causes


def test_a_title_changes_the_pages_that_list_it(project: Project) -> None:
    """They say whose it was; the menu of others is as it was."""
    replace(project.source_dir / "articles/first.md", "title: The first", "title: First of all")
    report = build(project, today=DAY, jobs=1)
    assert Why.SOURCE in whys(report, "en/first/index.html")
    said = whys(report, "en/articles/index.html")
    assert said[Why.LIST] == ("~First of all",)
    assert Why.UNKNOWN not in said
    assert "en/second/index.html" not in report.causes


def test_the_theme_and_the_settings_are_told_apart(project: Project) -> None:
    """Each of them changes every page that it shows in."""
    (project.root / "theme").mkdir()
    named = 'title = "Our site"\ntheme = "theme"'
    replace(project.root / "pipeline.toml", 'title = "A site"', named)
    told = whys(build(open_project(project.root), today=DAY, jobs=1), FIRST)
    assert Why.SETTINGS in told and Why.THEME not in told
    built_in = Theme.of(project).path_of("article.html").read_text(encoding="utf-8")
    write(
        project.root / "theme/templates/article.html",
        built_in.replace("<article", "<article data-own"),
    )
    project = open_project(project.root)
    assert whys(build(project, today=DAY, jobs=1), FIRST) == {Why.THEME: ()}


def test_what_comes_goes_and_moves_says_so(project: Project) -> None:
    """An article that is new, one that is gone, and one whose address is another."""
    write(project.source_dir / "articles/third.md", "---\ntitle: The third\n---\n\nText.\n")
    (project.source_dir / "articles/first.md").write_text(
        "---\ntitle: The first\nslug: begin\ndate: 2026-01-02\n---\n\nOne sentence.\n"
    )
    (project.source_dir / "about.html").unlink()
    replace(project.root / "pipeline.toml", 'menu = ["articles", "about"]', "menu = []")
    report = build(open_project(project.root), today=DAY, jobs=1)
    assert whys(report, "en/third/index.html") == {Why.NEW: ()}
    assert whys(report, "en/about/index.html") == {Why.GONE: ()}
    assert whys(report, "en/begin/index.html")[Why.MOVED] == ("/en/first/",)
    assert Why.WITHDRAWN in whys(report, "nl/nl-first/index.html")


def test_what_is_not_remembered_is_not_guessed(project: Project) -> None:
    """Without the record of the last build nothing is said of pages but that they differ."""
    (project.cache_dir / "build-versions.msgpack").unlink()
    untranslate(project, "articles/first", "An item")
    assert whys(build(project, today=DAY, jobs=1), FIRST) == {Why.UNKNOWN: ()}


def test_a_page_that_somebody_wrote_over_is_mended(project: Project) -> None:
    """And a build of everything again says that it was asked to."""
    (project.output_dir / FIRST).write_text("no")
    assert whys(build(project, today=DAY, jobs=1), FIRST) == {Why.MENDED: ()}


def test_one_article_is_built_and_all_others_are_left_alone(project: Project) -> None:
    """Its pages and the lists that it is in change; what else was edited waits."""
    before = files(project)
    first, second = (project.source_dir / f"articles/{name}.md" for name in ("first", "second"))
    replace(first, "title: The first", "title: First of all")
    replace(second, "title: The second", "title: Second of all")
    replace(second, "Another sentence", "One more sentence")
    report = build(project, only=["articles/first"], today=DAY, jobs=1)
    assert report.ok
    assert {"en/first/index.html", "en/articles/index.html", "en/index.html"} <= set(report.causes)
    assert not any("second" in name for name in report.causes)
    listed = (project.output_dir / "en/articles/index.html").read_text()
    assert "First of all" in listed and "The second" in listed and "Second of all" not in listed
    after = files(project)
    assert after["en/second/index.html"] == before["en/second/index.html"]
    assert after["nl/nl-second/index.html"] == before["nl/nl-second/index.html"]
    rest = build(project, today=DAY, jobs=1)
    assert Why.SOURCE in whys(rest, "en/second/index.html")
    assert "en/first/index.html" not in rest.causes
    build(project, today=DAY, jobs=1, force=True)
    assert build(project, today=DAY, jobs=1).changed == 0


def test_articles_one_by_one_make_the_site_that_all_at_once_makes(project: Project) -> None:
    """Whatever the order, nothing is left for a build of everything."""
    for name in ("first", "second"):
        path = project.source_dir / f"articles/{name}.md"
        replace(path, f"title: The {name}", f"title: Of the {name}")
    for name in ("articles/second", "articles/first"):
        assert build(project, only=[name], today=DAY, jobs=1).ok
    one_by_one = files(project)
    assert build(project, today=DAY, jobs=1).changed == 0
    build(project, today=DAY, jobs=1, force=True)
    assert files(project) == one_by_one


def test_an_article_that_is_gone_is_removed_alone(project: Project) -> None:
    """Another that is gone too stays until it is built."""
    for name in ("first", "second"):
        (project.source_dir / f"articles/{name}.md").unlink()
    write(project.source_dir / "index.md", "---\ntitle: Welcome\n---\n\nA site.\n")
    report = build(project, only=["articles/first"], today=DAY, jobs=1)
    assert report.ok, report.errors
    assert not (project.output_dir / "en/first/index.html").is_file() or (
        "moved" in (project.output_dir / "en/first/index.html").read_text()
    )
    assert "The second" in (project.output_dir / "en/articles/index.html").read_text()
    with pytest.raises(ProjectError, match="there is no article “articles/thrid”"):
        build(project, only=["articles/thrid"], today=DAY, jobs=1)


def test_what_a_build_would_do_is_what_it_does(project: Project) -> None:
    """Foreseen to the file and the cause, without anything going live."""
    untranslate(project, "articles/first", "An item")
    replace(project.source_dir / "articles/second.md", "title: The second", "title: Next")
    before = files(project)
    seen = foresee(project, today=DAY)
    assert files(project) == before
    done = build(project, today=DAY, jobs=1)
    assert (seen.published.new, seen.published.changed, seen.published.removed) == (
        done.published.new,
        done.published.changed,
        done.published.removed,
    )
    assert seen.causes == done.causes
    assert seen.unchanged == done.unchanged
    assert not foresee(project, today=DAY).changed


def test_replaced_pages_are_kept_until_the_next_that_changes_something(project: Project) -> None:
    """By another name of the same file."""
    was = (project.output_dir / FIRST).read_bytes()
    untranslate(project, "articles/first", "An item")
    kept = build(project, today=DAY, jobs=1).published.kept
    assert earlier(project.output_dir, kept, FIRST).read_bytes() == was
    assert build(project, today=DAY, jobs=1).changed == 0
    assert earlier(project.output_dir, kept, FIRST).is_file()
    untranslate(project, "articles/first", "Another item")
    assert build(project, today=DAY, jobs=1).published.changed
    assert not earlier(project.output_dir, kept, FIRST).is_file()


def test_causes_are_the_same_after_a_trip_through_json() -> None:
    """As reports keep them."""
    causes = {"a": (Cause(Why.TEXT, ("1", "2")), Cause(Why.THEME))}
    assert from_plain(json.loads(json.dumps(plain(causes)))) == causes
