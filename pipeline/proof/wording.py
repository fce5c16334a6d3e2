"""Checks of languages: every text is in the one it is said to be in."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import cache, lru_cache

from babel.core import get_global

from ..checks import Finding, Severity
from ..checks import Subject as Translation
from ..checks.language import likely_language
from ..checks.wording import it_is_not_the_source
from .document import Passage, base
from .registry import Hit, Subject, check

_SCRIPTS = {
    "Hira": "HIRAGANA", "Kana": "KATAKANA", "Hans": "CJK", "Hant": "CJK", "Grek": "GREEK",
    "Cyrl": "CYRILLIC", "Arab": "ARABIC", "Hebr": "HEBREW", "Deva": "DEVANAGARI", "Thai": "THAI",
    "Armn": "ARMENIAN", "Geor": "GEORGIAN", "Beng": "BENGALI", "Taml": "TAMIL", "Ethi": "ETHIOPIC",
}  # fmt: skip
"""Scripts by their ISO 15924 codes, and the names of their characters in Unicode."""

_SEVERAL = {
    "Jpan": frozenset({"HIRAGANA", "KATAKANA", "CJK"}),
    "Kore": frozenset({"HANGUL", "CJK"}),
}
_WORD = re.compile(r"[^\W\d_]+(?:[’'-][^\W\d_]+)*")
_OTHER_LETTER = re.compile("[\u0370-\u1dff\u2c00-\u2dff\u2e80-\uffff]")
_OTHER_WORD = re.compile(r"[^\W\d_a-zA-Z\u00c0-\u024f\u1e00-\u1eff]{2,}")


@check("language", severity=Severity.ERROR)
def texts_are_in_their_language(subject: Subject) -> Iterator[Hit]:
    """Text, titles, alternative texts and labels; lingua tells apart the site's languages."""
    site = subject.site
    for passage in subject.page.passages:
        lang = base(passage.lang)
        if lang not in site.codes:
            continue
        text = passage.text
        if passage.kind in ("title", "meta og:title") or "site" in passage.kind:
            text = text.replace(site.title, " ")
        found = _language_of(text, site.codes) if _is_prose(text) else None
        if found and found != lang:
            said = f"{_what(passage)} seems to be in {_name(found)} and is said to be in"
            yield Hit(f"{said} {_name(lang)}", passage.at, passage.text)


@check("copy", severity=Severity.ERROR)
def texts_are_not_those_of_the_source(subject: Subject) -> Iterator[Hit]:
    """What is shown in the source's words is marked with its language; names may be the same."""
    page, code = subject.page, subject.site.source
    if page.head.language == code:
        return
    for passage in page.passages:
        text = passage.text
        if text not in subject.source or text == subject.site.title or base(passage.lang) == code:
            continue
        for hit in it_is_not_the_source(Translation(text, text)):
            sure = not isinstance(hit, Finding)
            if sure or subject.origin(text) is not None:
                said = f"{_what(passage)} is the same as on the page in {_name(code)}"
                severity = None if sure else Severity.WARNING
                yield Hit(said, passage.at, text, severity)


@check("foreign", severity=Severity.ERROR)
def foreign_words_have_their_language(subject: Subject) -> Iterator[Hit]:
    """Words in another script, and the names that languages call themselves in links to them."""
    for passage in subject.page.beyond:
        lang = base(passage.lang)
        if not lang or not _OTHER_LETTER.search(passage.text):
            continue
        for match in _OTHER_WORD.finditer(passage.text):
            if not _is_written(match[0], passage.lang):
                said = f"“{match[0]}” is in a script that {_name(lang)} is not written in, without lang"  # noqa: E501
                yield Hit(said, passage.at, passage.text)
                break
    names = {name: code for code, name in subject.site.names.items()}
    for anchor in subject.page.anchors:
        code = names.get(anchor.text)
        if code and code != base(anchor.lang) and base(anchor.hreflang) == code:
            yield Hit(f"“{anchor.text}” stands without lang={code}", anchor.at, anchor.around)


def _is_prose(text: str) -> bool:
    """Whether a text is more than names, which are in no language: a third is in lower case."""
    words = _WORD.findall(text)
    lower = sum(not word[0].isupper() for word in words)
    return lower >= 3 and 3 * lower >= len(words)


@lru_cache(maxsize=65536)
def _language_of(text: str, codes: tuple[str, ...]) -> str | None:
    """The language of a text, where that is beyond doubt; menus and the like are asked for once."""
    return likely_language(text, codes)


def _is_written(word: str, lang: str) -> bool:
    """Whether a language is written in the script of a word that is not in Latin letters."""
    script = unicodedata.name(word[0], "").partition(" ")[0]
    return (script not in _SCRIPTS.values() and script != "HANGUL") or script in _scripts(lang)


@cache
def _scripts(lang: str) -> frozenset[str]:
    tag = lang.replace("-", "_")
    likely = get_global("likely_subtags")
    whole = likely.get(tag) or likely.get(base(lang), "")
    code = next((part for part in (*tag.split("_"), *whole.split("_")) if len(part) == 4), "")
    return _SEVERAL.get(code, frozenset({_SCRIPTS.get(code, "LATIN")}))


@cache
def _name(code: str) -> str:
    from babel import Locale, UnknownLocaleError  # noqa: PLC0415

    try:
        return Locale.parse(code).get_display_name("en") or code
    except (ValueError, UnknownLocaleError):
        return code


def _what(passage: Passage) -> str:
    return "this text" if passage.kind == "text" else f"this {passage.kind}"
