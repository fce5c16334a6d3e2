"""Exports, feeds, Word files and plain text become articles that the pipeline builds."""

from __future__ import annotations

import io
import struct
import zlib
from pathlib import Path

import docx
import pytest
from docx.shared import Inches

from pipeline import articles
from pipeline.errors import ImportingError
from pipeline.importing import Plan, documents, plan
from pipeline.importing.formats import FORMATS, format_of, importable
from pipeline.project import Project
from tests.importing.builds import FIXTURES, built, empty, in_order, page, said

MEDIA = FIXTURES / "uploads"


def png(width: int = 2, height: int = 2) -> bytes:
    """A small picture."""
    rows = b"".join(b"\0" + b"\x7a\x8f\x6a" * width for _ in range(height))

    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    parts = chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + parts


def planned(project: Project, *paths: Path, media: tuple[Path, ...] = ()) -> Plan:
    """What would be made of files; nothing may be wrong with them."""
    errors: list[object] = []
    found = list(documents(paths, errors))  # type: ignore[arg-type]
    assert errors == []
    return plan(project, found, folders=[path.parent for path in paths], media=media)


def word(path: Path) -> Path:
    """A Word file as people write one: headings, lists, a table, a picture, a quotation."""
    document = docx.Document()
    document.core_properties.title = "A title that a template left"
    document.core_properties.author = "Lindenhof team"
    document.core_properties.keywords = "Panic, Breathing"
    document.core_properties.comments = "What to do while it lasts."
    document.add_heading("When panic comes", 0)
    paragraph = document.add_paragraph("It feels ")
    paragraph.add_run("dangerous").bold = True
    paragraph.add_run(", and it passes.")
    document.add_heading("While it lasts", 1)
    for item in ("Put your feet on the floor.", "Name five things that you see."):
        document.add_paragraph(item, style="List Bullet")
    document.add_picture(io.BytesIO(png()), width=Inches(1))
    document.inline_shapes[0]._inline.docPr.set("descr", "Two feet on a wooden floor")
    document.add_heading("Afterwards", 1)
    for item in ("Drink something.", "Tell somebody."):
        document.add_paragraph(item, style="List Number")
    table = document.add_table(rows=2, cols=2)
    for cell, text in zip(table._cells, ("Sign", "How long", "Trembling", "Minutes"), strict=True):
        cell.text = text
    document.add_paragraph("You are not going mad.", style="Quote")
    document.save(str(path))
    return path


def test_a_wordpress_export_brings_posts_pages_and_drafts(tmp_path: Path) -> None:
    """Pages are pages, drafts are drafts; what is in the bin and attachments are no articles."""
    project = empty(tmp_path)
    made = planned(project, FIXTURES / "export.xml", media=(MEDIA,))
    names = [arrival.name for arrival in made.arrivals]
    assert names == [
        "articles/grief-has-no-timetable.md",
        "costs.html",
        "articles/not-finished-yet.md",
    ]
    grief, costs, draft = (arrival.text for arrival in made.arrivals)
    assert "tags:\n- Loss & grief\n- Family\n" in grief
    assert "date: 2024-05-20\nupdated: 2024-06-01\n" in grief
    assert "description: What grief is like, and what may carry you.\n" in grief
    assert "![A cup of tea on a sill](../images/tea.svg)" in grief
    assert "[the page about costs](../costs.html) [sic]." in grief
    assert "layout: page\n" in costs
    assert '<img src="images/tea.svg" alt="Tea for two">' in costs
    assert "<figcaption>There is tea.</figcaption>" in costs
    assert "A session is 50 minutes.<br>It costs € 110." in costs
    assert '<a href="https://video.example/watch/2">' in costs
    assert "[" not in costs.replace("[sic]", "")
    assert [left.what for left in made.arrivals[1].left] == ["shortcode [contact-form-7]"]
    assert "draft: true\n" in draft
    assert "date" not in draft


def test_feeds_bring_their_entries_and_say_where_they_hold_only_a_summary(tmp_path: Path) -> None:
    """RSS with whole texts or without, and Atom with HTML or XHTML."""
    project = empty(tmp_path)
    made = planned(project, FIXTURES / "feed.rss", FIXTURES / "feed.atom")
    rest, steps, no, help_ = made.arrivals
    assert "title: Rest & idleness\n" in rest.text
    assert "date: 2024-04-05\n" in rest.text
    assert "[and read on](small-steps.md)" in rest.text
    assert "alert" not in rest.text
    assert steps.notes == ("the feed has only a summary of it",)
    assert "A step that you take is better than a leap that you plan." in steps.text
    assert "title: Saying no\n" in no.text
    assert "date: 2024-08-01\nupdated: 2024-08-02\n" in no.text
    assert "- Thank them.\n- Say no once.\n" in no.text
    assert "It is \\<never\\> too late" in help_.text


def test_plain_text_becomes_paragraphs_headings_and_lists(tmp_path: Path) -> None:
    """Lines that an editor broke are joined, and what looks like markup is text."""
    project = empty(tmp_path)
    built(project, FIXTURES / "breathing.txt")
    main = page(project, "breathing-out-slowly")
    wanted = (
        "Breathing out slowly",
        "That is no fault; it is what bodies do.",
        "Sit, and put both feet on the floor.",
        "Breathe out while you count to five, without forcing it.",
        "It calms some people and not others",
        "5 < 6 and <b>this is no markup</b>.",
    )
    in_order(said(main), wanted)
    assert [len(one) for one in main.cssselect(".text ul")] == [3]
    assert [one.text for one in main.cssselect(".text h2")] == [wanted[4]]


def test_a_word_file_is_built_with_its_headings_lists_table_and_picture(tmp_path: Path) -> None:
    """Its title is its first heading, not what a template left in its properties."""
    project = empty(tmp_path / "site")
    built(project, word(tmp_path / "Panic attacks.docx"))
    main = page(project, "when-panic-comes")
    wanted = (
        "When panic comes", "It feels", "dangerous", ", and it passes.", "While it lasts",
        "Put your feet on the floor.", "Name five things that you see.", "Afterwards",
        "Drink something.", "Tell somebody.", "Sign How long", "Trembling Minutes",
        "You are not going mad.",
    )  # fmt: skip
    in_order(said(main), wanted)
    assert [one.text for one in main.iter("h2")] == ["While it lasts", "Afterwards"]
    assert [(one.tag, len(one)) for one in main.cssselect(".text ul, .text ol")] == [
        ("ul", 2),
        ("ol", 2),
    ]
    (image,) = main.iter("img")
    assert image.get("alt") == "Two feet on a wooden floor"
    assert (project.source_dir / "images/panic-attacks-1.png").read_bytes() == png()
    (source,) = (s for s in articles.find(project).sources if s.id != "index")
    metadata = articles.load(project, source).metadata
    assert (metadata.author, metadata.tags) == ("Lindenhof team", ("Panic", "Breathing"))
    assert metadata.date is None


def test_bold_lines_of_a_word_file_without_headings_are_its_headings(tmp_path: Path) -> None:
    """And a caption stands with its picture; what was made so is told."""
    document = docx.Document()
    document.add_paragraph().add_run("Before the holidays").bold = True
    document.add_paragraph("Many practices close, and that is hard for some.")
    document.add_paragraph().add_run("What you can do").bold = True
    document.add_paragraph("Call the line.")
    document.add_paragraph().add_run("This is a sentence that matters.").bold = True
    document.add_picture(io.BytesIO(png()), width=Inches(1))
    document.add_paragraph("A door", style="Caption")
    document.add_paragraph("A line by itself", style="Caption")
    path = tmp_path / "x.docx"
    document.save(str(path))
    (made,) = planned(empty(tmp_path / "site"), path).arrivals
    assert made.title == "Before the holidays"
    assert "<h2>What you can do</h2>" in made.text
    assert "<p><strong>This is a sentence that matters.</strong></p>" in made.text
    assert "<figcaption>A door</figcaption>" in made.text
    assert "<p>A line by itself</p>" in made.text
    assert made.notes[0] == "bold lines became headings, for there were none: 2"


def test_every_export_and_feed_is_built(tmp_path: Path) -> None:
    """Each article that is no draft has its page."""
    project = empty(tmp_path)
    files = [FIXTURES / name for name in ("export.xml", "feed.rss", "feed.atom")]
    built(project, *files, "--media", MEDIA)
    slugs = (
        "grief-has-no-timetable", "costs", "rest-and-idleness", "small-steps", "saying-no",
        "asking-for-help",
    )  # fmt: skip
    for slug in slugs:
        assert said(page(project, slug)), slug
    assert not (project.output_dir / "en/not-finished-yet").exists()
    assert page(project, "costs").cssselect("figure img")[0].get("alt") == "Tea for two"


def test_a_format_is_one_file_and_one_registration(tmp_path: Path) -> None:
    """What is registered is read; nothing else needs to know."""
    path = tmp_path / "x.memo"
    path.write_text("memo", encoding="utf-8")
    with pytest.raises(ImportingError, match=r"no format ends in “\.memo”"):
        format_of(path)
    importable("memo", ".memo")(FORMATS["plain text"].read)
    try:
        assert format_of(path).name == "memo"
    finally:
        del FORMATS["memo"]
