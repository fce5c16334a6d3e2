"""Tokens: what stands for markup in a msgid, and what does not fit in a msgstr."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.markup import parse, plain
from pipeline.markup.tokens import TOKEN, escape, unescape

SOURCE = 'A <em>safe</em> place: <a href="/x">read <b>more</b></a><br>or <code>run()</code> it'
(SEGMENT,) = parse(f"<p>{SOURCE}</p>").segments
FITTING = "<a2>Lees <b3>meer</b3></a2> of <code5>run()</code5>: een <em1>veilige</em1><br4/> plek"


def test_tokens_may_change_places() -> None:
    """Word order is the translator's."""
    assert SEGMENT.text == (
        "A <em1>safe</em1> place: <a2>read <b3>more</b3></a2><br4/>or <code5>run()</code5> it"
    )
    assert SEGMENT.problems(SEGMENT.text) == SEGMENT.problems(FITTING) == []


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("<em1>veilige</em1>", "veilige", "<em1>…</em1> is missing"),
        ("<br4/>", "<br4/><br4/>", "<br4/> stands more than once"),
        ("<br4/>", "<br4>", "<br4> is written <br4/> in the source"),
        ("<em1>", "<i1>", "<i1> is not in the source"),
        ("</b3></a2>", "</a2></b3>", "</a2> does not close what was opened last"),
        ("</em1>", "", "<em1> is not closed"),
        ("</code5>", "<br4/></code5>", "<br4/> stands inside protected text"),
    ],
)
def test_tokens_that_do_not_fit_are_named(old: str, new: str, problem: str) -> None:
    """In words for a translator."""
    assert old in FITTING
    assert problem in SEGMENT.problems(FITTING.replace(old, new))


def test_a_link_in_a_link_does_not_fit() -> None:
    """A parser would tear the page there."""
    (segment,) = parse('<p><a href="a">x</a> and <a href="b">y</a></p>').segments
    assert segment.problems("<a1>x <a2>y</a2></a1>") == ["<a2>…</a2> stands inside another <a>"]


@given(st.text(alphabet="<>/&;abrlt1 amp"))
def test_any_text_is_told_apart_from_tokens(text: str) -> None:
    """Escaped, it holds none; unescaped, it is what it was."""
    assert not TOKEN.search(escape(text))
    assert unescape(escape(text)) == text
    assert plain(escape(text)) == text
