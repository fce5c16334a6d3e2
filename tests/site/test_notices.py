"""What a page says honestly of its own translation, in one line in the reader's language."""

from __future__ import annotations

import re
from pathlib import Path

from pipeline import catalogues
from pipeline.build import build
from pipeline.extract import extract
from pipeline.project import Project
from tests.site.published import published
from tests.sites import DAY, SETTINGS, replace, site, untranslate

FIRST = "articles/first"


def notice(project: Project, path: str) -> str:
    """The words of a page's notice, and where it leads; empty without one."""
    html = (project.output_dir / path / "index.html").read_text(encoding="utf-8")
    found = re.findall(r'<aside class="notice[^>]*>(.*?)</aside>', html, re.S)
    assert len(found) <= 1, "one line, whatever there is to say"
    return " ".join(re.sub(r"<(?!a |/a)[^>]*>", " ", "".join(found)).split())


def drafted(folder: Path) -> Project:
    """A site on which drafts go live, with everything drafted but the theme's own words."""
    project = site(folder, settings=SETTINGS.replace('"approved"', '"draft"'))
    extract(project, today=DAY)
    for domain in project.domains("nl"):
        path = project.catalogue_path("nl", domain)
        found = catalogues.read(path)
        for message in found.messages:
            if not any(message.strings):
                text = f"nl-{message.id}" if message.context == "slug" else f"NL {message.id}"
                done = catalogues.draft(message, [text], engine="x", on=DAY)
                found = found.with_message(done)
        catalogues.write(found, path)
    assert build(project, today=DAY, jobs=1).ok
    return project


def approve(project: Project, text: str, *, by: str = "anna") -> None:
    """Somebody approves one message of the first article."""
    path = project.catalogue_path("nl", FIRST)
    found = catalogues.read(path)
    message = found.get(text)
    assert message is not None
    catalogues.write(found.with_message(catalogues.approve(message, by=by, on=DAY)), path)


def test_a_reviewed_page_says_when_and_leads_to_the_original(tmp_path: Path) -> None:
    """And the original says nothing."""
    project = published(tmp_path)
    assert notice(project, "nl/nl-first") == (
        "Vertaald uit het Engels en op 24 november 2026 nagekeken door een mens. "
        '<a href="/en/first/" hreflang="en">Lees het origineel</a>'
    )
    assert notice(project, "en/first") == ""


def test_a_machines_page_says_that_nobody_has_reviewed_it(tmp_path: Path) -> None:
    """All of it, or so many passages of it."""
    project = drafted(tmp_path)
    assert notice(project, "nl/nl-first").startswith(
        "Deze pagina is automatisch vertaald en nog door niemand nagekeken. <a "
    )
    approve(project, "An item")
    build(project, today=DAY, jobs=1)
    said = notice(project, "nl/nl-first")
    assert said.startswith("5 passages van deze pagina zijn automatisch vertaald")
    assert "nagekeken door een mens" not in said


def test_a_page_is_reviewed_when_people_approved_all_of_it(tmp_path: Path) -> None:
    """What the memory filled in is no person's word."""
    project = published(tmp_path)
    approve(project, "An item", by="memory")
    build(project, today=DAY, jobs=1)
    assert notice(project, "nl/nl-first") == ""


def test_a_page_that_is_behind_says_since_when(tmp_path: Path) -> None:
    """And in how many passages."""
    project = published(tmp_path)
    replace(project.source_dir / "articles/first.md", "One sentence", "One good sentence")
    extract(project, today=DAY)
    build(project, today=DAY, jobs=1)
    said = notice(project, "nl/nl-first")
    assert said.startswith("De oorspronkelijke tekst is op 24 november 2026 gewijzigd. Eén passage")
    assert '<a href="/en/first/" hreflang="en">' in said


def test_everything_there_is_to_say_is_one_line(tmp_path: Path) -> None:
    """With one link."""
    project = published(tmp_path)
    source = project.source_dir / "articles/first.md"
    replace(source, "One sentence", "One good sentence")
    replace(source, "- Another item", "- Something new")
    extract(project, today=DAY)
    untranslate(project, FIRST, "Something new")
    build(project, today=DAY, jobs=1)
    said = notice(project, "nl/nl-first")
    assert "gewijzigd" in said
    assert "nog niet vertaald" in said
    assert said.count("<a ") == 1


def test_an_original_that_is_not_live_is_not_linked_to(tmp_path: Path) -> None:
    """There is nothing to read there."""
    project = published(tmp_path)
    replace(project.source_dir / "articles/second.md", "date:", "draft: true\ndate:")
    build(project, today=DAY, jobs=1)
    assert "nl-second" not in (project.output_dir / "nl/artikelen/index.html").read_text()
