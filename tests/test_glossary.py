"""The glossary: terms by language, in a file that people edit."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.errors import GlossaryError
from pipeline.glossary import Glossary, Term, parse_glossary, write_glossary

CSV = (
    "term,translation,forbidden,part of speech,note,do not translate\n"
    "client,cliënt,patiënt|klant,noun,“with an accent”,\n"
    'first session,eerste gesprek,,,"one, not several",\n'
    "Solacium,,,,,yes\n"
)


def test_a_glossary_is_read_and_written_as_it_was() -> None:
    """Every column."""
    glossary = parse_glossary(CSV.encode())
    assert glossary.terms[0] == Term("client", ("cliënt",), ("patiënt", "klant"), "noun", "“with an accent”")  # fmt: skip # noqa: E501
    assert glossary.terms[2].keep
    assert write_glossary(glossary).decode() == CSV


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Every client has a first session.", ["first session", "client"]),
        ("Clients and their first sessions", ["first session", "client"]),
        ("A clientele", []),
        ("SOLACIUM is not Solacium", ["Solacium"]),
    ],
)
def test_terms_are_found_as_words(text: str, found: list[str]) -> None:
    """Also in the plural; the longer first; names as they are written."""
    assert [term.term for term in parse_glossary(CSV.encode()).found_in(text)] == found


@pytest.mark.parametrize(
    ("text", "message", "line"),
    [
        ("word,translation\n", "“word” is no column", 1),
        ("term\nx\n", "says nothing", 2),
        ("term,translation\nx,a\nx,b\n", "stands twice: first in line 2", 3),
        ("term,translation\nx,a,b\n", "too many cells", 2),
        ("term,do not translate\nx,maybe\n", "neither yes nor no", 2),
        ('term,translation\n"x,a\n', "no table", 2),
    ],
)
def test_a_mistake_is_named_with_its_line(text: str, message: str, line: int) -> None:
    """And with what to do."""
    with pytest.raises(GlossaryError, match=message) as caught:
        parse_glossary(text.encode(), Path("nl.csv"))
    assert caught.value.line == line
    assert caught.value.hint


def test_an_empty_glossary_finds_nothing() -> None:
    """As where there is none."""
    assert Glossary().found_in("anything") == []
