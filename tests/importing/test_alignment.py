"""Translated pages and their sources, pair by pair, into the memory and nowhere else."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import pytest

from benchmarks.alignment import CHANGES, sample, score
from pipeline import catalogues
from pipeline.errors import ImportingError
from pipeline.extract import extract
from pipeline.importing import documents
from pipeline.importing.alignment import SURE, Aligned, align, fitted_to, remember
from pipeline.importing.beads import beads, piece_of
from pipeline.markup import Segment, parse
from pipeline.memory import ALIGNED, Unit, memory_of
from pipeline.project import Project, open_project
from pipeline.translation import translate
from tests.importing.builds import SETTINGS, command
from tests.sites import site

ROOT = Path(__file__).parents[2]

ARTICLE = """\
---
title: A walk as a beginning
slug: a-walk
description: Why some conversations go better side by side.
---

Sitting across from each other is not for everybody. On a walk you look the same way.

## What to expect

- We walk for 40 minutes.
- You choose the pace.

Read [how we work](../index.md), and *then* [write to us](mailto:us@example.org).

A paragraph that was added later, and that nobody has translated yet.
"""
PAGE = """\
<html lang="nl"><head><title>Een wandeling als begin</title>
<meta name="description" content="Waarom sommige gesprekken beter gaan naast elkaar.">
<link rel="canonical" href="https://old.example/nl/een-wandeling">
<link rel="alternate" hreflang="en" href="https://old.example/en/a-walk"></head>
<body><header><nav><a href="/">Start</a></nav></header><main><h1>Een wandeling als begin</h1>
<p>Tegenover elkaar zitten is niet voor iedereen. Op een wandeling kijk je dezelfde kant op.</p>
<h2>Wat je kunt verwachten</h2>
<ul><li>We lopen 40 minuten.</li><li>Jij kiest het tempo.</li></ul>
<p>Lees <a href="/nl/werkwijze">hoe we werken</a> en <a href="mailto:us@example.org">schrijf ons</a>
<em>daarna</em>.</p></main></body></html>
"""


@pytest.fixture
def walk(tmp_path: Path) -> tuple[Project, Path]:
    """A site with an article, and a saved page of its translation."""
    folder = tmp_path / "site"
    folder.mkdir()
    pages = {"index.md": "---\ntitle: Home\n---\n\nHello.\n", "articles/walk.md": ARTICLE}
    project = site(folder, pages, settings=SETTINGS)
    page = tmp_path / "wandeling.html"
    page.write_text(PAGE, encoding="utf-8")
    return project, page


def aligned(project: Project, *pages: Path, article: str = "") -> Aligned:
    """One page aligned; nothing may be wrong with it."""
    errors: list[object] = []
    done = align(project, documents(pages, errors), article=article)  # type: ignore[arg-type]
    assert (errors, done.errors) == ([], ())
    (one,) = done.aligned
    return one


def test_a_page_is_paired_with_its_source_segment_by_segment(walk: tuple[Project, Path]) -> None:
    """Metadata by their names, the rest by kind, length and what is the same in every language."""
    one = aligned(*walk)
    assert one.article == "articles/walk"
    pairs = {pair.source: pair.target for pair in one.sure}
    assert pairs == {
        "A walk as a beginning": "Een wandeling als begin",
        "a-walk": "een-wandeling",
        "Why some conversations go better side by side.":
            "Waarom sommige gesprekken beter gaan naast elkaar.",
        "Sitting across from each other is not for everybody. On a walk you look the same way.":
            "Tegenover elkaar zitten is niet voor iedereen. Op een wandeling kijk je dezelfde kant"
            " op.",
        "What to expect": "Wat je kunt verwachten",
        "We walk for 40 minutes.": "We lopen 40 minuten.",
        "You choose the pace.": "Jij kiest het tempo.",
        "Read <a1>how we work</a1>, and <em2>then</em2> <a3>write to us</a3>.":
            "Lees <a1>hoe we werken</a1> en <a3>schrijf ons</a3> <em2>daarna</em2>.",
    }  # fmt: skip
    (doubtful,) = one.doubtful
    assert doubtful.source.startswith("A paragraph that was added later")
    assert (doubtful.target, doubtful.why) == ("", "has no counterpart")
    assert all(pair.confidence >= SURE for pair in one.sure)


def test_pairs_go_into_the_memory_as_aligned_and_become_drafts_at_most(
    walk: tuple[Project, Path],
) -> None:
    """Not even where the settings approve what the memory has exactly."""
    project, page = walk
    path = project.settings_path
    path.write_text(f'{SETTINGS}\n[translation]\nexact = "approved"\n', encoding="utf-8")
    project = open_project(project.root)
    extract(project, today=date(2026, 11, 24))
    before = {p: p.read_bytes() for p in project.catalogues_dir.rglob("*.po*")}
    assert remember(project, "nl", [aligned(project, page)]) == 8
    assert {p: p.read_bytes() for p in project.catalogues_dir.rglob("*.po*")} == before
    memory = memory_of(project, "nl")
    assert memory.count() == {ALIGNED: 8}
    memory.sync(project)
    assert memory.count()[ALIGNED] == 8
    translate(project, "nl")
    catalogue = catalogues.read(project.catalogue_path("nl", "articles/walk"))
    message = catalogue.get("You choose the pace.", None)
    assert message is not None
    assert (message.text, catalogues.state_of(message)) == (
        "Jij kiest het tempo.",
        catalogues.State.DRAFT,
    )
    assert all(catalogues.state_of(m) is not catalogues.State.APPROVED for m in catalogue)


def test_what_a_person_approved_comes_before_what_was_aligned(walk: tuple[Project, Path]) -> None:
    """Whichever came last."""
    project, page = walk
    memory = memory_of(project, "nl")
    memory.add([Unit("You choose the pace.", "Jij bepaalt het tempo.", "", "articles/other")])
    remember(project, "nl", [aligned(project, page)])
    found = memory.exact("You choose the pace.")
    assert found is not None
    assert (found.target, found.origin) == ("Jij bepaalt het tempo.", "catalogue")


def test_an_article_is_found_by_what_the_page_says_or_by_name(walk: tuple[Project, Path]) -> None:
    """A page that says nothing of its source needs the article's name, or a file of that name."""
    project, page = walk
    text = PAGE.replace(
        '<link rel="alternate" hreflang="en" href="https://old.example/en/a-walk">', ""
    )
    page.write_text(text, encoding="utf-8")
    errors: list[object] = []
    done = align(project, documents([page], errors))  # type: ignore[arg-type]
    (error,) = done.errors
    assert "does not say which article" in error.message
    assert "--article" in error.hint
    assert len(aligned(project, page, article="articles/walk").sure) == 8
    renamed = page.rename(page.with_name("a-walk.html"))
    assert aligned(project, renamed).article == "articles/walk"
    with pytest.raises(ImportingError, match="2 texts for one article"):
        align(project, documents([renamed, renamed], []), article="articles/walk")


def test_a_page_in_the_same_words_is_no_translation(walk: tuple[Project, Path]) -> None:
    """It would fill the memory with copies."""
    project, page = walk
    words = [line.strip("-# ") for line in ARTICLE.split("---\n")[2].splitlines() if line]
    page.write_text(
        "<title>A walk as a beginning</title><main>"
        + "".join(f"<p>{line}</p>" for line in words)
        + "</main>",
        encoding="utf-8",
    )
    done = align(project, documents([page], []), article="articles/walk")
    assert "same words as their source" in done.errors[0].message


@pytest.mark.parametrize(
    ("source", "target", "wanted"),
    [
        ("<p>a <b>b</b> c", "<p><b>B</b> A", "<b1>B</b1> A"),
        ("<p>a <a href=x>b</a> <b>c</b> d", "<p>A <b>C</b> <a href=y>B</a> D",
         "A <b2>C</b2> <a1>B</a1> D"),
        ("<p>a b", "<p>A <b>B</b> C", "A B C"),
        ("<p>a <b>b</b> c", "<p>A B", None),
        ("<p>a <b>b</b> c", "<p>A <b>B</b> <b>C</b> D", None),
    ],
)  # fmt: skip
def test_tokens_take_the_names_of_their_likes(source: str, target: str, wanted: str | None) -> None:
    """Those that changed places; what has no like is no fit."""
    one, other = parse(f"{source}</p>").segments[0], parse(f"{target}</p>").segments[0]
    fitted = fitted_to(one, other)
    assert fitted == wanted
    assert fitted is None or one.problems(fitted) == []


@pytest.mark.parametrize(
    ("change", "share", "precision", "recall"),
    [
        ("left out", 0.0, 1.0, 0.98),
        ("left out", 0.1, 0.98, 0.9),
        ("left out", 0.2, 0.97, 0.75),
        ("split", 0.1, 0.98, 0.95),
        ("joined", 0.1, 0.95, 0.9),
        ("exchanged", 0.05, 0.94, 0.8),
    ],
)
def test_what_is_sure_is_right_on_human_translations(
    change: str, share: float, precision: float, recall: float
) -> None:
    """Of the sample site, also where passages are missing, divided, joined or elsewhere."""
    found = score(list(sample()), CHANGES[change], share, rounds=2 if share else 1, seed=7)
    assert found.precision >= precision
    assert found.recall >= recall


def test_the_published_pages_of_the_sample_site_are_aligned_with_their_sources(
    tmp_path: Path,
) -> None:
    """What is sure of a Dutch page is what its catalogue says, word by word."""
    for name in ("source", "locales", "glossary"):
        shutil.copytree(ROOT / name, tmp_path / name)
    shutil.copy(ROOT / "pipeline.toml", tmp_path)
    assert command("build", cwd=tmp_path).returncode == 0
    project = open_project(tmp_path)
    pages = sorted((tmp_path / "public/nl").glob("*/index.html"))
    lists = {"artikelen", "onderwerpen"}
    done = align(project, documents([p for p in pages if p.parent.name not in lists], []))
    assert done.errors == ()
    assert len(done.aligned) >= 7
    wrong, total = [], 0
    for one in done.aligned:
        catalogue = catalogues.read(project.catalogue_path("nl", one.article))
        for pair in one.sure:
            message = catalogue.get(pair.source, pair.context or None)
            total += 1
            if message is None or message.text != pair.target:
                wrong.append(pair)
    assert total > 150
    assert len(wrong) <= total * 0.03, wrong


def test_too_much_to_align_is_an_error() -> None:
    """Instead of an hour of silence."""
    piece = piece_of(Segment("a"), parse("<p>a</p>").slots[0])
    with pytest.raises(ImportingError, match="too many to align"):
        beads([piece] * 2500, [piece] * 2500)


def test_the_command_shows_what_is_sure_and_what_is_not(walk: tuple[Project, Path]) -> None:
    """And adds nothing before it was told to."""
    project, page = walk
    arguments = ("import", "--align", "nl", page)
    done = command(*arguments, cwd=project.root)
    assert done.returncode == 1
    assert "8 pairs of 9 segments sure, 1 not" in done.stdout
    assert "has no counterpart" in done.stdout
    assert "Nothing was added" in done.stdout
    assert memory_of(project, "nl").count() == {}
    done = command(*arguments, "--yes", cwd=project.root)
    assert (done.returncode, done.stderr) == (0, "")
    assert "Took 8 pairs into the memory of nl, as aligned." in done.stdout
    assert "8 from aligned" in command("memory", "stats", cwd=project.root).stdout
    wrong = command("import", "--align", "fr", page, cwd=project.root)
    assert "not a language" in wrong.stderr


def test_an_empty_side_is_aligned_with_nothing() -> None:
    """No pair is made up."""
    piece = piece_of(Segment("a"), parse("<p>a</p>").slots[0])
    assert beads([], []) == []
    assert [bead.target for bead in beads([piece], [])] == [()]
