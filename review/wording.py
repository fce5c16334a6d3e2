"""Wording: the words of letters in each language that the desk writes them in.

Their translations are a gettext catalogue for each, ``templates/letters/locales/nl.po``. What has
none is said in English.
"""

from __future__ import annotations

from datetime import date
from functools import cache
from pathlib import Path

from pipeline.catalogues import read
from pipeline.settings import Publish
from pipeline.site.choice import Policy
from pipeline.site.strings import Strings

OWN = "en"
"""The language that letters are written in first."""

FOLDER = Path(__file__).parent / "templates" / "letters" / "locales"


@cache
def languages() -> tuple[str, ...]:
    """The languages of letters, the desk's own first."""
    return (OWN, *sorted(path.stem for path in FOLDER.glob("*.po")))


def fitting(*wanted: str) -> str:
    """The first of some languages, or of those that they are variants of, that letters are in."""
    for one in wanted:
        for name in (one, one.partition("_")[0]):
            if name in languages():
                return name
    return OWN


@cache
def words_of(language: str) -> Strings:
    """The words of letters in a language."""
    path = FOLDER / f"{language}.po"
    policy = Policy(Publish.TRANSLATED, 0, 0, OWN, date.min)
    return Strings(read(path) if path.exists() else None, policy)
