"""Where a segment may be divided."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.markup.sentences import sentences


@pytest.mark.parametrize(
    "pieces",
    [
        ["One. ", "Two! ", "Three? ", "“Four.” ", "Five…"],
        ["Dr. Jansen asks, e.g. Anna. ", "She answers at 9 a.m. on Monday."],
        ["Bel dhr. J. de Vries. ", "Hij helpt je, o.a. met Anna."],
        ["It costs 1.5 euros. ", "2 are left."],
        ["She <em1>left. He</em1> stayed. ", "<a1>Read on.</a1> ", "Now."],
        ["A line.<br1/>And another. ", "Then <code1>a. B</code1>."],
        ["一つ。", "二つ！", "三つ"],
        ["أولا؟ ", "ثانيا."],
        ["No end"],
        [""],
    ],
)
def test_a_text_is_divided_after_its_sentences(pieces: list[str]) -> None:
    """Not after an abbreviation, not inside a pair of tokens."""
    assert sentences("".join(pieces)) == pieces


@given(st.text(alphabet="Aab. !?\n<em1></e。”"))
def test_the_pieces_make_the_text_again(text: str) -> None:
    """Whatever it is."""
    assert "".join(sentences(text)) == text
