"""Lines break where GNU gettext breaks them."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.catalogues.wrap import escape, quoted, unescape
from tests.tools import gettext

HEADER = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n'
WORDS = st.sampled_from(
    "therapy client <em1>safe</em1> <a2>meer</a2> don’t “quoted” (in brackets) well-known and/or"
    " 1.234,5 50% €110,50 — – … ‘Hallo’ yes! end. c: http://x.y/z/?q=1&r=2 é naïve 2-3 中文 | \\"
    ' \n \t " { } ; ± ´ % ; * = +'.split(" ")
)
TEXTS = st.lists(
    st.tuples(WORDS, st.sampled_from(["", " ", " ", " "])), min_size=1, max_size=40
).map(lambda pieces: "".join(word + gap for word, gap in pieces))


@given(st.lists(TEXTS, min_size=1, max_size=12))
@settings(max_examples=40, deadline=None)
def test_msgcat_would_break_no_line_elsewhere(texts: list[str]) -> None:
    """Of texts in the languages and notations that articles are made of."""
    lines = [HEADER]
    for number, text in enumerate(texts):
        lines.append("\n" + quoted("msgid", f"{number}{text}") + quoted("msgstr", ""))
    written = "".join(lines)
    assert gettext("msgcat", "-", stdin=written.encode()) == written


@given(TEXTS)
@settings(max_examples=25, deadline=None)
def test_obsolete_and_previous_texts_break_as_msgcat_breaks_them(text: str) -> None:
    """Their prefixes take room."""
    body = text.rstrip("\n") or "x"
    written = HEADER + "\n#, fuzzy\n"
    written += quoted("msgid", "a" + body, prefix="#| ") + quoted("msgid", "b" + body)
    written += quoted("msgstr", "c" + body)
    written += "\n" + quoted("msgid", "d" + body, prefix="#~ ")
    written += quoted("msgstr", "e" + body, prefix="#~ ")
    assert gettext("msgcat", "-", stdin=written.encode()) == written


@given(TEXTS)
def test_an_unwrapped_text_breaks_only_after_its_own_line_ends(text: str) -> None:
    """As ``msgcat --no-wrap`` and Weblate write."""
    lines = quoted("msgid", text, wrapped=False).splitlines()
    assert len(lines) <= text.count("\n") + 2


@given(st.text())
def test_what_is_escaped_is_read_back(text: str) -> None:
    """Whatever the text."""
    assert unescape(escape(text)) == text
