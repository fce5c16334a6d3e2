"""Markup on its way to an engine and back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.glossary import Term
from pipeline.markup import parse
from pipeline.translation.protect import (
    STYLES,
    Restored,
    protect,
    put_back,
    styles_for,
    without_markup,
)

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
    assert protected.restore(protected.text) == Restored(TEXT)
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
    assert protected.restore(answer) == Restored("A <em1>b</em1>", style != "html")


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
        assert segment.problems(restored.text) == []


def test_html_is_unescaped_once() -> None:
    """What was escaped stays text."""
    protected = protect("A <em1>b</em1> & c", "html")
    said = protected.text.replace("A ", "&lt;script&gt; &amp;amp; ")
    assert protected.restore(said) == Restored("<script> &amp; <em1>b</em1> & c")


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


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize(
    ("source", "answer", "whole"),
    [
        ("A <em1>b</em1> c", "Een 1 b 2 c", "Een <em1>b</em1> c"),
        ("A <em1>b</em1> c", "Een1b2c", "Een <em1>b</em1> c"),
        ("A <em1>b</em1> c", "Een1 b2 c", "Een <em1>b</em1> c"),
        ("A <em1>b</em1>, c", "Een 1b 2, c", "Een <em1>b</em1>, c"),
        ("A <a1><em2>b</em2></a1>.", "Een 1 2 b 3 4.", "Een <a1><em2>b</em2></a1>."),
        ("<b1>A</b1>b", "1A2b", "<b1>A</b1>b"),
        ("“<q1>b</q1>” c", "“ 1 b 2 ” c", "“ <q1>b</q1> ” c"),
        ("A<br1/>b", "Een 1 b", "Een <br1/> b"),
    ],
)
def test_spaces_beside_a_token_are_those_of_the_source(
    style: str, source: str, answer: str, whole: str
) -> None:
    """Mended only where a pair was moved by a space; words are never touched."""
    protected = protect(source, style)
    signs = answer
    for n in range(1, 5):
        signs = signs.replace(str(n), f"\0{n}\0")
    for n in range(1, len(protected.atoms) + 1):
        signs = signs.replace(f"\0{n}\0", _sign(style, n))
    restored = protected.restore(signs)
    assert restored is not None
    assert restored.text == whole


def _sign(style: str, number: int) -> str:
    return f'<x id="{number}"></x>' if style == "html" else style.replace("1", str(number))


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize(
    ("source", "order"),
    [
        ("A <em1>b</em1> c", "A 2b1 c"),
        ("A <em1>b</em1> c", "A b 12 c"),
        ("A <em1>b</em1> <b2>c</b2>", "A 1b 3c2 d4"),
        ("A <a1><img2/></a1> c", "A 13 c 2"),
    ],
)
def test_pairs_that_do_not_nest_or_are_empty_are_not_taken(
    style: str, source: str, order: str
) -> None:
    """Another form of the markup is tried then."""
    protected = protect(source, style)
    answer = "".join(_sign(style, int(c)) if c.isdigit() else c for c in order)
    assert protected.restore(answer) is None


@pytest.mark.parametrize("style", STYLES)
def test_text_that_an_engine_escaped_is_unescaped_once(style: str) -> None:
    """And stays as it is where the source has something like it itself."""
    protected = protect("Tom and <em1>I</em1>", style)
    said = protected.text.replace("and", "&#39;n &amp;amp; &lt;em1&gt;")
    assert protected.restore(said) == Restored("Tom 'n &amp; &lt;em1> <em1>I</em1>")
    if style != "html":
        itself = protect("Write &quot; here", style)
        assert itself.restore("Schrijf &quot; hier") == Restored("Schrijf &quot; hier")
