"""Collation: the order in which readers of a language expect names in a list.

The root order of the Unicode Collation Algorithm as far as names need it (letters before accents
before case, punctuation last), with the letters that a language counts as its own in their places
(Unicode CLDR, ``collation/*.xml``).
"""

from __future__ import annotations

import unicodedata
from functools import cache
from typing import TypeAlias

Key: TypeAlias = tuple[tuple[tuple[str, int], ...], str, str]

_OWN_LETTERS = {
    "sv": "z å ä ö", "fi": "z å ä ö", "da": "z æ ø å", "nb": "z æ ø å", "nn": "z æ ø å",
    "no": "z æ ø å", "is": "a á, d ð, e é, i í, o ó, u ú, y ý, z þ æ ö å",
    "et": "s š z ž, w õ ä ö ü", "es": "n ñ",
    "pl": "a ą, c ć, e ę, l ł, n ń, o ó, s ś, z ź ż",
    "cs": "c č, r ř, s š, z ž", "sk": "a ä, c č, o ô, s š, z ž",
    "hr": "c č ć, d đ, s š, z ž", "sl": "c č ć, d đ, s š, z ž", "bs": "c č ć, d đ, s š, z ž",
    "hu": "o ö, u ü", "tr": "c ç, g ğ, h ı, o ö, s ş, u ü",
    "az": "c ç, e ə, g ğ, h ı, o ö, s ş, u ü",
    "ro": "a ă â, i î, s ș, t ț", "lt": "c č, s š, z ž", "lv": "c č, g ģ, k ķ, l ļ, n ņ, s š, z ž",
}  # fmt: skip
"""By language, the letters that come right after another one and are letters of their own."""

_LIGATURES = str.maketrans({"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d"})


def sort_key(name: str, locale: str) -> Key:
    """What to sort a name by in a locale."""
    own = _own(locale.partition("_")[0])
    folded = name.lower() if locale[:2] not in ("tr", "az") else _turkish(name)
    letters: list[tuple[str, int]] = []
    for letter in unicodedata.normalize("NFC", folded):
        if letter in own:
            letters.append(own[letter])
            continue
        for base in unicodedata.normalize("NFKD", letter.translate(_LIGATURES)):
            if base.isalnum():
                letters.append((base, 0))
            elif base.isspace() or base == "-":
                letters.append((" ", 0))
    return tuple(letters), unicodedata.normalize("NFKD", folded), name


def _turkish(name: str) -> str:
    return name.replace("I", "ı").replace("İ", "i").lower()


@cache
def _own(language: str) -> dict[str, tuple[str, int]]:
    """For each letter of a language's own: the one it follows, and how far behind."""
    found: dict[str, tuple[str, int]] = {}
    for group in _OWN_LETTERS.get(language, "").split(","):
        first, *after = group.split() or [""]
        for place, letter in enumerate(after, 1):
            found[letter] = (first, place)
    return found
