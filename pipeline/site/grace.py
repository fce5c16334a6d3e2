"""Whether an older translation may stand in for a while when its source has changed.

A reader may be shown yesterday's wording, but not yesterday's facts: when a number changed, or a
“not” came or went, the older translation may say the opposite of the source; and when little of the
old wording is left, it may speak of something else.
"""

from __future__ import annotations

import re

from rapidfuzz import fuzz

from ..markup import plain

_RESEMBLANCE = 50.0
"""Per cent; below it a text counts as another one (rapidfuzz's normalised Indel similarity)."""

_NUMBER = re.compile(r"\d+(?:[.,:/-]\d+)*")
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_NEGATIONS = {
    "en": "no not never none nobody nothing nowhere neither nor cannot without hardly unless",
    "nl": "geen niet nooit niemand niets nergens noch zonder nauwelijks tenzij",
    "de": "kein keine keinen keinem keiner nicht nie niemals niemand nichts nirgends ohne weder",
    "fr": "ne n pas jamais aucun aucune rien personne sans ni",
    "es": "no nunca jamás ningún ninguno ninguna nada nadie sin ni tampoco",
    "pt": "não nunca jamais nenhum nenhuma nada ninguém sem nem",
    "it": "non mai nessun nessuno nessuna niente nulla senza né",
}


def is_harmless(previous: str, current: str, *, locale: str) -> bool:
    """Whether two versions of a source agree in numbers and negations, and in half their wording.

    Args:
        previous, current: The old and the new msgid.
        locale: The source's; for a language whose negations are not known, numbers must do.
    """
    before, after = plain(previous), plain(current)
    return (
        _numbers(before) == _numbers(after)
        and _negations(before, locale) == _negations(after, locale)
        and fuzz.ratio(before, after) >= _RESEMBLANCE
    )


def _numbers(text: str) -> list[str]:
    return sorted(_NUMBER.findall(text))


def _negations(text: str, locale: str) -> list[str]:
    known = frozenset(_NEGATIONS.get(locale.partition("_")[0], "").split())
    words = [word.lower().replace("’", "'") for word in _WORD.findall(text)]
    return sorted(
        "not" if word.endswith("n't") else word
        for word in words
        if word in known or word.endswith("n't")
    )
