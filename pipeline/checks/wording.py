"""Checks of wording: copies, lengths, punctuation, doubled words, and how readers are spoken to."""

from __future__ import annotations

import re
from collections.abc import Iterator

from .registry import Finding, Hit, Severity, Subject, check

_WORD = re.compile(r"[^\W\d_]+(?:[’'-][^\W\d_]+)*")
_DOUBLED = re.compile(r"\b([^\W\d_]+)\s+\1\b", re.IGNORECASE)
_MAY_DOUBLE = {
    "nl": frozenset("die dat je ze het er".split()),
    "en": frozenset("that had is".split()),
    "de": frozenset("die das der sie ihr".split()),
    "fr": frozenset("vous nous".split()),
}
_ENDS = {
    "。": ".", "．": ".", "！": "!", "？": "?", "：": ":", "…": "…", "؟": "?", "।": ".",
    ".": ".", "!": "!", "?": "?", ":": ":", ";": ";",
}  # fmt: skip
_ADDRESS = {
    "nl": {
        "informal": re.compile(r"\b(?:je|jij|jou|jouw|jezelf|jullie)\b", re.IGNORECASE),
        "formal": re.compile(r"(?<![\w.’'-])(?:u|uw|uwe|uzelf)(?![\w.’'-])", re.IGNORECASE),
    },
    "de": {
        "informal": re.compile(r"\b(?:du|dich|dir|dein\w*|euch|euer|eure\w*)\b", re.IGNORECASE),
        "formal": re.compile(r"(?<![.!?:“„] )(?<!^)\b(?:Sie|Ihnen|Ihr\w*)\b"),
    },
    "fr": {
        "informal": re.compile(r"\b(?:tu|toi|ton|ta|tes)\b", re.IGNORECASE),
        "formal": re.compile(r"\b(?:vous|votre|vos)\b", re.IGNORECASE),
    },
    "es": {
        "informal": re.compile(r"\b(?:tú|ti|contigo|tu|tus)\b", re.IGNORECASE),
        "formal": re.compile(r"\b(?:usted|ustedes)\b", re.IGNORECASE),
    },
}


@check("copy", severity=Severity.ERROR)
def it_is_not_the_source(subject: Subject) -> Iterator[Hit]:
    """A translation of several words is not the source itself; names and single words may be."""
    source, translation = subject.plain_source.strip(), subject.plain_translation.strip()
    words = _WORD.findall(source)
    if source.casefold() != translation.casefold() or len(words) < 2:
        return
    kept = " ".join(term.term for term in subject.terms if term.keep)
    lower = [word for word in words if word == word.lower() and word not in kept]
    if len(words) > 3 and len(lower) > 1:
        yield "the translation is the source itself"
    elif lower:
        yield Finding("copy", Severity.WARNING, "the translation is the source itself")


@check("length", severity=Severity.ERROR)
def it_is_not_cut_short(subject: Subject) -> Iterator[Hit]:
    """Human Dutch is 0.8 to 1.8 times as long as its English in 98 of 100 segments."""
    source, translation = len(subject.plain_source), len(subject.plain_translation)
    if source < 40 or not translation:
        return
    ratio = translation / source
    dense = {"zh": 0.25, "ja": 0.35, "ko": 0.4}.get(subject.language, 1.0)
    if ratio < 0.45 * dense:
        yield "much shorter than the source: something may be missing"
    elif ratio > 2.6:
        yield "much longer than the source: something may have been added"
    elif ratio < 0.6 * dense or ratio > 2.1:
        words = "shorter" if ratio < 1 else "longer"
        yield Finding("length", Severity.WARNING, f"notably {words} than the source")


@check("punctuation", severity=Severity.WARNING)
def it_ends_alike(subject: Subject) -> Iterator[Hit]:
    """A sentence ends as a sentence, a question as a question."""
    source, translation = _bare_end(subject.plain_source), _bare_end(subject.plain_translation)
    if not source or not translation or subject.context == "slug":
        return
    wanted, found = _ENDS.get(source[-1], ""), _ENDS.get(translation[-1], "")
    if wanted == found:
        return
    fix = None
    if wanted and not found and subject.translation[-1:].isalnum():
        fix = subject.translation + wanted
    what = f"“{wanted}”" if wanted else "no punctuation"
    yield Finding("punctuation", Severity.WARNING, f"the source ends with {what}", fix=fix)


def _bare_end(text: str) -> str:
    return text.rstrip(" \t\n\u00a0\u202f\"'”’»)]*")


@check("doubled words", severity=Severity.WARNING)
def no_word_stands_twice(subject: Subject) -> Iterator[Hit]:
    """One after the other, unless the source does it, or the language."""
    allowed = _MAY_DOUBLE.get(subject.language, frozenset())
    if _DOUBLED.search(subject.plain_source):
        return
    for match in _DOUBLED.finditer(subject.translation):
        if match[1].lower() not in allowed:
            fixed = subject.translation[: match.start()] + match[1]
            yield Finding(
                "doubled words",
                Severity.WARNING,
                f"“{match[1]}” stands twice",
                match.start(),
                match.end(),
                fixed + subject.translation[match.end() :],
            )


@check("form of address", severity=Severity.ERROR)
def readers_are_spoken_to_alike(subject: Subject) -> Iterator[Hit]:
    """As the site wants it, and not in two ways at once."""
    forms = _ADDRESS.get(subject.language)
    if forms is None:
        return
    found = {name: pattern.search(subject.translation) for name, pattern in forms.items()}
    if subject.address:
        other = "formal" if subject.address == "informal" else "informal"
        match = found[other]
        if match:
            yield Finding(
                "form of address",
                Severity.ERROR,
                f"“{match[0]}” is {other}; this site is {subject.address}",
                *match.span(),
            )
    elif found["formal"] and found["informal"]:
        words = f"“{found['formal'][0]}” and “{found['informal'][0]}”"
        yield Finding("form of address", Severity.WARNING, f"{words}: two forms of address")
