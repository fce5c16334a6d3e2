"""Extraction: catalogues follow their articles, and files in which nothing changed stay."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline import catalogues
from pipeline.catalogues import State, state_of
from pipeline.errors import CatalogueError, FrontMatterError, ProjectError
from pipeline.extract import extract
from pipeline.project import Project
from pipeline.site.strings import DOMAIN
from tests import faults
from tests.sites import DAY, catalogue, replace, site, translate, write
from tests.tools import check, gettext


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """A site that was extracted and translated."""
    made = site(tmp_path)
    assert extract(made, today=DAY).ok
    translate(made)
    return made


def test_every_file_is_one_that_gettext_would_write(project: Project) -> None:
    """Catalogues without a word from ``msgfmt -c``; templates that ``msgcat`` leaves alone."""
    for domain in project.domains("nl"):
        check(project.catalogue_path("nl", domain))
        path = project.template_path(domain)
        assert gettext("msgcat", path) == path.read_text(encoding="utf-8")


def test_an_article_is_a_catalogue_with_its_metadata_first(project: Project) -> None:
    """With notes for translators, and a context only where one is needed."""
    first = catalogue(project, "articles/first")
    assert [(m.context, m.id) for m in first.messages] == [
        (None, "The first"),
        ("slug", "first"),
        (None, "It begins."),
        (None, "One sentence, and <a1>a link</a1>."),
        (None, "A heading"),
        (None, "An item"),
        (None, "Another item"),
    ]
    assert first.messages[3].notes == ("<a1> links to second.md",)


def test_the_sites_own_words_are_a_domain_of_their_own(project: Project) -> None:
    """The theme's, the site's title, its tags; what the theme brings translated is approved."""
    own = catalogue(project, DOMAIN)
    assert own.get("A site") is not None
    assert own.get("Beginnings", "tag") is not None
    articles = own.get("Articles")
    assert articles is not None
    assert (articles.text, state_of(articles)) == ("Artikelen", State.APPROVED)


def test_nothing_is_written_when_nothing_changed(project: Project) -> None:
    """Not a byte, not a date."""
    before = {p: p.stat().st_mtime_ns for p in project.catalogues_dir.rglob("*.po*")}
    assert extract(project, today=DAY).changes == ()
    assert {p: p.stat().st_mtime_ns for p in project.catalogues_dir.rglob("*.po*")} == before


def test_one_changed_sentence_is_one_stale_message(project: Project) -> None:
    """And a diff of that message."""
    path = project.catalogue_path("nl", "articles/first")
    before = path.read_text(encoding="utf-8").splitlines()
    replace(project.source_dir / "articles/first.md", "One sentence", "One good sentence")
    (change,) = extract(project, today=DAY).changes
    assert (change.domain, change.stale, change.added) == ("articles/first", 1, 0)
    after = path.read_text(encoding="utf-8").splitlines()
    assert [line for line in before if line not in after] == [
        'msgid "One sentence, and <a1>a link</a1>."'
    ]
    assert [line for line in after if line not in before] == [
        "# @l10n stale since=2026-11-24",
        "#, fuzzy",
        '#| msgid "One sentence, and <a1>a link</a1>."',
        'msgid "One good sentence, and <a1>a link</a1>."',
    ]


def test_a_changed_link_does_not_touch_the_translation(project: Project) -> None:
    """Attributes stay with us."""
    replace(project.source_dir / "articles/first.md", "(second.md)", "(../about.html)")
    extract(project, today=DAY)
    changed = catalogue(project, "articles/first").messages[3]
    assert state_of(changed) is State.APPROVED
    assert changed.notes == ("<a1> links to ../about.html",)


def test_an_edit_made_elsewhere_meanwhile_is_kept(project: Project) -> None:
    """A translator saves while the source changes."""
    path = project.catalogue_path("nl", "articles/first")
    replace(path, "NL An item", "Iets")
    replace(project.source_dir / "articles/first.md", "Another item", "Yet another item")
    extract(project, today=DAY)
    assert "Iets" in path.read_text(encoding="utf-8")


def test_a_bad_file_stops_no_other(project: Project) -> None:
    """An article and a catalogue, each with its error."""
    write(project.source_dir / "articles/first.md", "---\ntitle: [\n---\nx\n")
    path = project.catalogue_path("nl", "articles/second")
    broken = path.read_text(encoding="utf-8") + "<<<<<<< ours\n"
    write(path, broken)
    replace(project.source_dir / "about.html", "We write.", "We write well.")
    done = extract(project, today=DAY)
    assert [type(error) for error in done.errors] == [FrontMatterError, CatalogueError]
    assert [change.domain for change in done.changes] == ["about"]
    assert path.read_text(encoding="utf-8") == broken


def test_a_catalogue_whose_article_is_gone_is_kept_and_its_template_is_not(
    project: Project,
) -> None:
    """What people translated may be needed again."""
    (project.source_dir / "articles/second.md").unlink()
    extract(project, today=DAY)
    assert project.catalogue_path("nl", "articles/second").exists()
    assert not project.template_path("articles/second").exists()


def test_an_unknown_article_is_an_error(project: Project) -> None:
    """Named as it was asked for."""
    with pytest.raises(ProjectError, match="“articles/third”"):
        extract(project, only=["articles/third"])


def test_a_fault_of_the_disk_leaves_every_catalogue_old_or_new(project: Project) -> None:
    """At any write, flush or rename; it is an error, and the next extraction mends it."""
    path = project.catalogue_path("nl", "articles/first")
    source = project.source_dir / "articles/first.md"
    old, text = path.read_bytes(), source.read_text(encoding="utf-8")
    replace(source, "One sentence", "One good sentence")
    extract(project, today=DAY)
    new = path.read_bytes()

    def reset() -> None:
        path.write_bytes(old)
        write(source, text.replace("One sentence", "One good sentence"))

    def again() -> None:
        done = extract(project, only=["articles/first"], today=DAY)
        if done.errors:
            raise OSError(done.errors[0].message)

    for fault in faults.everywhere(again, before=reset):
        assert path.read_bytes() in (old, new), str(fault)
    assert catalogues.read(path).get("One good sentence, and <a1>a link</a1>.") is not None
