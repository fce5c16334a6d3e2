"""What builders write, beside what becomes of it: pairs of files that read as documents.

The files have the structure that each builder gives to them; their sentences are our own.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.importing import documents, plan
from pipeline.importing.formats import endings
from tests.importing.builds import FIXTURES, built, empty, page, said

BUILDERS = FIXTURES / "builders"
PAGES = sorted(path for path in BUILDERS.glob("*.*") if path.suffix in endings())


def outcome(path: Path, folder: Path) -> str:
    """The article of a file, and below it what was left out and what is to be looked at."""
    errors: list[object] = []
    found = documents([path], errors)  # type: ignore[arg-type]
    made = plan(empty(folder), found, folders=[path.parent], media=[FIXTURES / "uploads"])
    assert (errors, made.errors) == ([], ())
    pieces = []
    for one in made.arrivals:
        left = [f"left: {left.what} \u201c{left.beginning}\u201d" for left in one.left]
        notes = [f"note: {note}" for note in one.notes]
        pieces.append("\n".join([f"# {one.name}", one.text, *left, *notes, ""]))
    return "\n".join(pieces)


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_a_page_becomes_what_is_written_beside_it(path: Path, tmp_path: Path) -> None:
    """Captions, galleries, players, accordions, footnotes, code; and nothing of what is around."""
    wanted = path.with_suffix(".article").read_text(encoding="utf-8")
    assert outcome(path, tmp_path) == wanted


def test_all_of_them_are_built(tmp_path: Path) -> None:
    """Without a complaint, and with what was folded on the page."""
    project = empty(tmp_path)
    built(project, BUILDERS, "--media", FIXTURES / "uploads")
    for slug, text in (
        ("the-garden", "We go inside, and nobody minds wet shoes."),
        ("saying-goodbye", "Yes, and without an excuse."),
        ("panic-on-the-train", "get off and take the next one."),
        ("writing-it-down", "It has been measured, with students."),
        ("three-rooms", "The green one is for families."),
        ("a-letter-to-new-clients", "We find a day that suits you."),
    ):
        assert said(page(project, slug)).count(text) == 1
