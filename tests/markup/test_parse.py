"""From HTML to what translators get of it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from pipeline.errors import MarkupError
from pipeline.markup import Segment, parse

FIXTURES = (Path(__file__).parent / "fixtures" / "segments.md").read_text(encoding="utf-8")
CASES = {
    match[1]: (match[2], match[3])
    for match in re.finditer(
        r"^## ([^\n]+)\n\n```html\n(.*?)\n```\n\n```po\n(.*?)\n```$", FIXTURES, re.M | re.S
    )
}


def as_written(segments: tuple[Segment, ...]) -> str:
    """Segments as the fixtures write them."""
    lines = []
    for segment in segments:
        lines += [f"#. {note}" for note in segment.notes]
        lines.append(f"[{segment.context}] {segment.text}" if segment.context else segment.text)
    return "\n".join(lines)


@pytest.mark.parametrize("case", CASES)
def test_a_piece_of_html_has_these_segments(case: str) -> None:
    """The cases of ``fixtures/segments.md``."""
    html, expected = CASES[case]
    assert as_written(parse(html).segments) == expected


def test_every_case_was_found() -> None:
    """A fixture that is written wrongly is no test."""
    assert len(CASES) == FIXTURES.count("\n## ")


def test_a_segment_knows_its_line() -> None:
    """From the first line of its source, or as the lines are mapped."""
    html = "<p>one</p>\n\n<p>two</p>"
    assert [s.line for s in parse(html, first_line=10).segments] == [10, 12]
    assert [s.line for s in parse(html, lines=[3, 3, 7]).segments] == [3, 7]


BROKEN = {
    "<p>a <em>b</p>": ("<em> is not closed before </p>", 1),
    "<div>\n<p>a": ("<div> is not closed", 1),
    "<p>a</b>": ("</b> closes nothing", 1),
    "<p>\n<a href='x' href='y'>a</a>": ("has the attribute “href” twice", 2),
    "<p>\n<div/>": ("is not a complete element in HTML", 2),
    "<p>a\n<!-- b": ("", 2),
    "<script>a": ("", 1),
    "<div>" * 3000: ("Nest the markup less deeply", 1),
    "<p>" + "<em>" * 3000 + "a": ("Nest the markup less deeply", 1),
}


@pytest.mark.parametrize("html", BROKEN)
def test_markup_that_a_browser_would_guess_at_is_an_error_with_its_line(html: str) -> None:
    """And with what to do."""
    message, line = BROKEN[html]
    with pytest.raises(MarkupError) as caught:
        parse(html, path=Path("x.html"))
    assert message in str(caught.value)
    assert (caught.value.path, caught.value.line) == (Path("x.html"), line)
    assert caught.value.hint
