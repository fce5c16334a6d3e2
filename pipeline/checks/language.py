"""The check of the language: what should be Dutch is Dutch.

lingua (Apache 2) told apart 99.8 % of English copies with the site's languages alone; with all of
its 75 languages it is slower and worse. It is an extra: without it this check says nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache
from typing import TYPE_CHECKING

from babel import Locale

from ..markup.tokens import TOKEN
from .figures import EMAIL, URL
from .registry import Hit, Severity, Subject, check

if TYPE_CHECKING:
    from lingua import LanguageDetector

SHORTEST = 25
"""Characters; of less a language cannot be told."""

_SURE = 0.8


@check("language", severity=Severity.ERROR)
def it_is_in_its_language(subject: Subject) -> Iterator[Hit]:
    """And in no other of the site's; names, quotations and short texts are let pass."""
    if subject.context == "slug":
        return
    known = (subject.source_locale, subject.locale, *subject.languages)
    found = likely_language(subject.translation, [code.partition("_")[0] for code in known])
    if found is not None and found != subject.language:
        yield f"this seems to be in another language ({_name(found)})"


def likely_language(text: str, codes: Sequence[str]) -> str | None:
    """Which of some languages a text is in, where that is beyond doubt; ISO 639-1 codes."""
    text = _prose(text)
    if len(text) < SHORTEST:
        return None
    detector = _detector(*sorted(set(codes)))
    if detector is None:
        return None
    best = detector.compute_language_confidence_values(text)[0]
    return best.language.iso_code_639_1.name.lower() if best.value >= _SURE else None


def is_available() -> bool:
    """Whether languages can be told apart here."""
    try:
        import lingua  # noqa: F401, PLC0415 - large, and an extra
    except ImportError:
        return False
    return True


@cache
def _detector(*codes: str) -> LanguageDetector | None:
    try:
        from lingua import IsoCode639_1, LanguageDetectorBuilder  # noqa: PLC0415
    except ImportError:
        return None
    # Languages that lingua does not know are left out; one alone cannot be told from others.
    names = [code.upper() for code in codes if hasattr(IsoCode639_1, code.upper())]
    if len(names) < 2:
        return None
    found = [getattr(IsoCode639_1, name) for name in names]
    return LanguageDetectorBuilder.from_iso_codes_639_1(*found).build()


def _prose(text: str) -> str:
    """Text without tokens, addresses and quotations, whose language may be another."""
    text = URL.sub(" ", EMAIL.sub(" ", TOKEN.sub(" ", text)))
    return re.sub(r"[“‘«][^”’»]{0,200}[”’»](?!\w)", " ", text).strip()


def _name(code: str) -> str:
    return Locale.parse(code).get_display_name("en") or code
