"""Checks of terms: what the glossary asks for is there, and what it forbids is not."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..glossary import Term
from .registry import Finding, Hit, Severity, Subject, check

_ENDINGS = {
    "nl": ("", "s", "’s", "en", "n", "e", "er", "es", "je", "jes", "heid", "tje", "tjes"),
    "de": ("", "s", "es", "e", "en", "n", "er", "em", "ern"),
}
_PLAIN_ENDINGS = ("", "s", "es")
_COMPOUNDS = frozenset(("nl", "de", "da", "sv", "nb", "fi"))
"""Languages that write compounds as one word."""


@check("terms", severity=Severity.WARNING)
def terms_are_used(subject: Subject) -> Iterator[Hit]:
    """In any of their translations, inflected or in a compound; what is kept is kept as it is."""
    if not subject.plain_translation.strip():
        return
    for term in subject.terms:
        if term.keep:
            if term.term not in subject.plain_translation:
                message = f"“{term.term}” stays as it is"
                yield Finding("terms", Severity.ERROR, message)
        elif term.translations and not any(
            _stands_in(form, subject.plain_translation, subject.language)
            for form in term.translations
        ):
            wanted = " or ".join(f"“{form}”" for form in term.translations)
            yield f"“{term.term}” is {wanted} here"


@check("forbidden terms", severity=Severity.ERROR)
def forbidden_terms_are_not(subject: Subject) -> Iterator[Hit]:
    """Where the source has the term that they must not stand for."""
    for term in subject.terms:
        for form in term.forbidden:
            match = _pattern(form, subject.language, compounds=False).search(subject.translation)
            if match:
                yield Finding(
                    "forbidden terms",
                    Severity.ERROR,
                    f"“{match[0]}” must not be used for “{term.term}”{_rather(term)}",
                    *match.span(),
                )


def _rather(term: Term) -> str:
    return f"; rather “{term.translations[0]}”" if term.translations else ""


def _stands_in(form: str, text: str, language: str) -> bool:
    return bool(_pattern(form, language, compounds=True).search(text))


def _pattern(form: str, language: str, *, compounds: bool) -> re.Pattern[str]:
    """A form with its endings: ``cliënt`` finds ``cliënten``, in a compound ``cliëntgesprek``."""
    *first, last = form.split()
    stems = {last}
    if language == "nl":
        stems |= set(_dutch_stems(last))
    endings = "|".join(re.escape(e) for e in _ENDINGS.get(language, _PLAIN_ENDINGS))
    words = [re.escape(word) + r"\w{0,2}" for word in first]
    ending = "|".join(re.escape(stem) for stem in sorted(stems, key=len, reverse=True))
    inside = compounds and language in _COMPOUNDS and not first and len(last) > 3
    edge = ("", "") if inside else (r"(?<!\w)", r"(?!\w)")
    body = r"\s+".join([*words, f"(?:{ending})(?:{endings})"])
    return re.compile(f"{edge[0]}{body}{edge[1]}", re.IGNORECASE)


def _dutch_stems(word: str) -> Iterator[str]:
    """A Dutch word as its plural spells it: ``relatie``, ``relaties``; ``gevoel``, ``gevoelens``;
    ``man``, ``mannen``; ``taak``, ``taken``; ``brief``, ``brieven``; ``huis``, ``huizen``."""
    vowels = "aeiou"
    if len(word) > 2 and word[-1] not in vowels and word[-2] in vowels:
        if word[-3] == word[-2]:
            yield word[:-2] + word[-1]
        elif word[-3] not in vowels:
            yield word + word[-1]
    if word.endswith("f"):
        yield word[:-1] + "v"
    if word.endswith("s"):
        yield word[:-1] + "z"
    if word.endswith("heid"):
        yield word[:-4] + "hed"
