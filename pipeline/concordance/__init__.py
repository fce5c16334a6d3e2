"""The concordance: texts found by words, parts of words and phrases, among very many of them.

What is searched of a text are its words in lower case, each between spaces, so that a pattern says
exactly what is found. Two things make that quick: the vocabulary says which words have what
somebody typed in them, and bitmaps which texts have those words, and are of some sort besides.
"""

from __future__ import annotations

from . import terms
from .bitmaps import fresh_of, read, read_until, settle, terms_like
from .pieces import Piece, pieces_of
from .texts import BY_NUMBER, MESSAGES, TOLD, UNITS, Found, Texts

__all__ = [
    "BY_NUMBER",
    "MESSAGES",
    "TOLD",
    "UNITS",
    "Found",
    "Piece",
    "Texts",
    "fresh_of",
    "pieces_of",
    "read",
    "read_until",
    "settle",
    "terms",
    "terms_like",
]
