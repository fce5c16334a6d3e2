"""Markup on its way to an engine and back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.glossary import Term
from pipeline.markup import parse
from pipeline.translation.protect import STYLES, protect, put_back, styles_for, without_markup

HTML = (
    'A <em>safe</em> place: <a href="/x">read more</a><br>at <code>run()</code>, %(num)s times,'
    " see https://x.example/a?b=1 or write to a@x.example &amp; Solacium &lt;b&gt;"
)
TEXT = parse(f"<p>{HTML}</p>").segments[0].text
TERMS = (Term("Solacium", keep=True),)


@pytest.mark.parametrize("style", STYLES)
def test_what_an_engine_leaves_alone_comes_back_as_it_was(style: str) -> None:
    """In every form."""
    protected = protect(TEXT, style, terms=TERMS)
    assert protected.restore(protected.text) == TEXT
    for atom in ("<em1>", "<code4>run()</code4>", "%(num)s", "https://x.example/a?b=1"):
        assert atom in protected.atoms
    for word in ("run()", "%(num)s", "x.example", "Solacium"):
        assert word not in protected.text


@pytest.mark.parametrize("style", STYLES)
def test_spaces_that_an_engine_puts_into_a_sign_do_no_harm(style: str) -> None:
    """Only spacing is mended."""
    protected = protect("A <em1>b</em1>", style)
    spaced = {"⟦1⟧": "⟦ 1 ⟧", "(1)": "( 1 )", "{1}": "{ 1 }", "<1>": "< 1 >"}
    answer = protected.text.replace(style, spaced.get(style, style))
    assert protected.restore(answer) == "A <em1>b</em1>"


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("change", ["lost", "doubled", "invented"])
def test_what_is_lost_doubled_or_invented_is_not_taken(style: str, change: str) -> None:
    """Each atom once."""
    protected = protect("A <em1>b</em1> c", style)
    first = protect("<em1>", style).text
    other = first.replace("1", "7")
    answer = {
        "lost": protected.text.replace(first, "", 1),
        "doubled": protected.text.replace(first, first + first, 1),
        "invented": protected.text + other,
    }[change]
    assert protected.restore(answer) is None


@given(st.text(max_size=60), st.sampled_from(STYLES))
def test_what_comes_back_is_text_and_never_a_token(answer: str, style: str) -> None:
    """Whatever an engine says."""
    protected = protect("A <em1>b</em1>", style)
    marks = [
        protect(atom, style).text.replace("1", str(n)) for n, atom in enumerate(protected.atoms, 1)
    ]
    restored = protected.restore(f"{marks[0]}{answer}{marks[1]}")
    if restored is not None:
        (segment,) = parse("<p>A <em>b</em> c</p>").segments
        assert segment.problems(restored) == []


def test_html_is_unescaped_once() -> None:
    """What was escaped stays text."""
    protected = protect("A <em1>b</em1> & c", "html")
    said = protected.text.replace("A ", "&lt;script&gt; &amp;amp; ")
    assert protected.restore(said) == "<script> &amp; <em1>b</em1> & c"


def test_a_form_that_the_text_has_is_not_used() -> None:
    """It could not be told apart."""
    assert "(1)" not in list(styles_for("See (1) and (2)", knows_html=False))
    assert next(styles_for("See (1)", knows_html=True)) == "html"


@pytest.mark.parametrize(
    ("source", "translation", "whole"),
    [
        ("Call <a1>020 555</a1>", "Bel 020 555", "Bel <a1>020 555</a1>"),
        ("Call <a1>us</a1>", "Bel ons", None),
        ("<b1>113</b1> or <b2>112</b2>", "112 of 113", "<b2>112</b2> of <b1>113</b1>"),
        ("A<br1/>b", "A b", None),
        ("<b1>11</b1>", "11 en 11", None),
    ],
)
def test_spans_are_put_back_where_their_place_is_certain(
    source: str, translation: str, whole: str | None
) -> None:
    """And nowhere else."""
    assert put_back(source, translation) == whole


def test_without_markup_is_what_is_read() -> None:
    """With a space where a line broke."""
    assert without_markup("A <em1>b</em1><br2/>c") == "A b c"
