"""Units of the translation memory, and how alike two texts are."""

from __future__ import annotations

import difflib
import hashlib
import re
import unicodedata
from dataclasses import dataclass

from rapidfuzz import fuzz

from ..markup import plain
from ..markup.tokens import TOKEN
from ..markup.words import said_by

_WHITE = re.compile(r"\s+")
_WORDS = re.compile(rf"{TOKEN.pattern}\s*|(?:(?!{TOKEN.pattern})\S)+\s*|\s+")


ALIGNED = "aligned"
"""The origin of units that were paired by machine: nobody has approved them."""


@dataclass(frozen=True, slots=True)
class Unit:
    """A text and a translation of it that a person has approved, or (``aligned``) published.

    Attributes:
        source, target: msgid and msgstr, with tokens.
        context: The msgctxt; empty for none.
        domain: The catalogue it stands in, or the name of what it was imported from.
        origin: ``catalogue``, ``tmx`` or ``aligned``.
    """

    source: str
    target: str
    context: str = ""
    domain: str = ""
    origin: str = "catalogue"

    @property
    def digest(self) -> str:
        """A hash of the source, which finds it exactly."""
        return digest_of(self.source)

    @property
    def words(self) -> str:
        """What the index holds of it: the text without tokens, in lower case."""
        return words_of(self.source)

    @property
    def said(self) -> tuple[str, str]:
        """What is searched of source and target."""
        return said_by([self.source]), said_by([self.target])


@dataclass(frozen=True, slots=True)
class Match:
    """A unit that resembles a text: ``score`` from 0 to 100; 100 is the same."""

    unit: Unit
    score: float


def digest_of(source: str) -> str:
    """A hash of a source text."""
    return hashlib.sha256(source.encode(errors="surrogatepass")).hexdigest()[:24]


def words_of(source: str) -> str:
    """A text as the index sees it."""
    return _WHITE.sub(" ", unicodedata.normalize("NFC", plain(source))).strip().lower()


def score(one: str, other: str) -> float:
    """How alike two source texts are, in per cent: rapidfuzz's normalised Indel similarity."""
    return float(fuzz.ratio(one, other))


def difference(old: str, new: str) -> list[tuple[str, str]]:
    """What differs between two texts, word by word: ``("same" | "gone" | "new", words)``.

    A token is a word of its own, wherever it stands.
    """
    before, after = ([match[0] for match in _WORDS.finditer(text)] for text in (old, new))
    pieces: list[tuple[str, str]] = []
    matcher = difflib.SequenceMatcher(None, before, after, autojunk=False)
    for kind, a, b, c, d in matcher.get_opcodes():
        if kind == "equal":
            pieces.append(("same", "".join(after[c:d])))
            continue
        if b > a:
            pieces.append(("gone", "".join(before[a:b])))
        if d > c:
            pieces.append(("new", "".join(after[c:d])))
    return pieces
