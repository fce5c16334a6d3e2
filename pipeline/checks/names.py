"""The check of names: people, places and works keep theirs.

A name is a word with a capital where English has none: inside a sentence, and not at its start.
Names that have a form of their own in the other language (weekdays, languages, countries) are told
from the CLDR; others (Vienna is Wenen) are not, so only what looks like nothing else is grave.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from babel import Locale
from rapidfuzz import fuzz

from .figures import EMAIL, URL
from .markup import VARIABLE
from .registry import Finding, Hit, Severity, Subject, check

_NAME = re.compile(
    r"(?<=[^\W\d_][,;] |[^\W\d_,;:.!?]. )(?<![.!?:…] )"
    r"[A-Z][\w’'-]+(?:(?: (?:of|de|van|von|der|den|la|le|du|al))* [A-Z][\w’'-]+)*(?![\w’'-]|\s\d)"
)
_FIXED = re.compile(
    r"(?<![\w/.@-])(?:[A-Z]{2,}[a-z]+[A-Z]\w*|[A-Z][a-z]+[A-Z]\w*|[a-z]+[A-Z]\w*|[A-Z]+\d+\w*)(?![\w@])"
)
"""Names that look like nothing else: ``LibreOffice``, ``iPhone``, ``PCL5``."""

_ALIKE = 60.0


@check("names", severity=Severity.WARNING)
def names_are_kept(subject: Subject) -> Iterator[Hit]:
    """Solacium stays Solacium; of what may be a name or not, people are told."""
    translation = subject.plain_translation
    if not translation.strip() or subject.context == "slug" or subject.locale[:2] not in _LATIN:
        return
    source = _bare(subject.plain_source)
    folded = translation.casefold()
    for name in dict.fromkeys(match[0] for match in _FIXED.finditer(source)):
        if name.casefold() not in folded:
            yield Finding("names", Severity.ERROR, f"the name {name} is missing")
    if not _is_prose(source):
        return
    for name in dict.fromkeys(match[0] for match in _NAME.finditer(source)):
        if not _is_kept(name, translation, subject.source_locale):
            severity = Severity.ERROR if " " in name else Severity.WARNING
            yield Finding("names", severity, f"the name {name} is missing")


def _bare(text: str) -> str:
    return VARIABLE.sub(" ", EMAIL.sub(" ", URL.sub(" ", text)))


def _is_kept(name: str, translation: str, source_locale: str) -> bool:
    """Whether each of its words is there, or one that resembles it, or has a form of its own."""
    words = [word for word in re.split(r"[ ’'-]", name) if word[:1].isupper() and len(word) > 2]
    known = _translated(source_locale)
    return not words or any(
        not known.isdisjoint({word.casefold(), word.casefold().removesuffix("s")})
        or fuzz.partial_ratio(word.casefold(), translation.casefold()) >= _ALIKE
        for word in words
    )


def _is_prose(text: str) -> bool:
    """Whether capitals mean something: a sentence, and no title or list of them."""
    words = [word for word in text.split() if word[:1].isalpha()]
    small = sum(word[:1].islower() for word in words)
    return len(words) >= 8 and small / len(words) > 0.7


_LATIN = frozenset(
    "af ca cs cy da de en es et eu fi fr ga gl hr hu id is it lt lv ms mt nb nl nn no pl pt ro sk"
    " sl sq sv sw tr vi".split()
)
"""Languages in whose script a name stands as it is written."""


@cache
def _translated(locale: str) -> frozenset[str]:
    """Words with a capital that have a form of their own in every language."""
    known = Locale.parse(locale)
    names = [*known.languages.values(), *known.territories.values(), *known.scripts.values()]
    names += known.months["format"]["wide"].values()
    names += known.days["format"]["wide"].values()
    return frozenset(word.casefold() for name in names for word in re.findall(r"\w+", str(name)))
