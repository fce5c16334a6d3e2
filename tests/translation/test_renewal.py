"""What stays of a translation when its source changes."""

from __future__ import annotations

import pytest

from pipeline.translation.renewal import joined, renewal

OLD = "You may call. We <em1>listen</em1>. Read <a1>more</a1>."
DUTCH = "Je mag bellen. We <em1>luisteren</em1>. Lees <a1>meer</a1>."


@pytest.mark.parametrize(
    ("new", "asked", "whole"),
    [
        (
            "You may call. Nobody judges. We <em1>listen</em1>. Read <a1>more</a1>.",
            ["Nobody judges."],
            "Je mag bellen. [Nobody judges.] We <em1>luisteren</em1>. Lees <a1>meer</a1>.",
        ),
        (
            "<em1>Nobody</em1> judges. We <em2>listen</em2>.",
            ["<em1>Nobody</em1> judges."],
            "[<em1>Nobody</em1> judges.] We <em2>luisteren</em2>.",
        ),
        ("We <em1>listen</em1>. You may call.", [], "We <em1>luisteren</em1>. Je mag bellen."),
        ("You may call.", [], "Je mag bellen."),
    ],
)
def test_sentences_that_stayed_keep_their_translation(
    new: str, asked: list[str], whole: str
) -> None:
    """In their new places, with their new numbers; only what is new is asked for."""
    pieces = renewal(OLD, new, DUTCH)
    assert pieces is not None
    wanted = [piece.source for piece in pieces if piece.translation is None]
    assert wanted == asked
    assert joined(pieces, {text: f"[{text}]" for text in wanted}) == whole


@pytest.mark.parametrize(
    ("old", "new", "translation"),
    [
        ("One. Two.", "One. Three.", "Een en twee."),
        ("One. Two.", "Four. Three.", "Een. Twee."),
        ("<em1>One</em1>. Two.", "<em1>One</em1>. Three.", "Een. <em1>Twee</em1>."),
    ],
)
def test_what_cannot_be_told_apart_is_no_renewal(old: str, new: str, translation: str) -> None:
    """Another number of sentences, none that stayed, tokens in other sentences."""
    assert renewal(old, new, translation) is None


def test_a_sentence_without_a_translation_leaves_the_whole_without() -> None:
    """Half a paragraph is no suggestion."""
    pieces = renewal("One. Two.", "One. Three.", "Een. Twee.")
    assert pieces is not None
    assert joined(pieces, {}) is None
