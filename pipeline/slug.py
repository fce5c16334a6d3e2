"""Slugs: the last part of a page's address, in the words of its language."""

from __future__ import annotations

import re
import unicodedata

_SLUG = re.compile(r"[^\W_]+(?:-[^\W_]+)*")
_BREAK = re.compile(r"[\W_]+")


def is_slug(text: str) -> bool:
    """Whether the text can stand in an address: lower case, words joined by single hyphens."""
    return bool(_SLUG.fullmatch(text)) and text == text.lower() and len(text) <= 100


def slugify(text: str) -> str:
    """A slug for a name: ``Een tweede taal`` becomes ``een-tweede-taal``; Latin loses its accents.

    Letters of other scripts stay: an Arabic reader's address is in Arabic.
    """
    split = unicodedata.normalize("NFKD", text)
    bare = "".join(c for c in split if not ("\u0300" <= c <= "\u036f"))
    return _BREAK.sub("-", unicodedata.normalize("NFC", bare).lower()).strip("-")
