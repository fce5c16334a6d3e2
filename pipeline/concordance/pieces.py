"""Pieces: what somebody looks for, as words that may be a part of longer ones, and phrases."""

from __future__ import annotations

import re
from dataclasses import dataclass

from ..markup.words import is_sign, words_of

LEAST = 3
"""Letters from which on what was typed may be a part of a word."""

_CHUNK = re.compile(r'"([^"]*)"|“([^”]*)”|(\S+)')


@dataclass(frozen=True, slots=True)
class Piece:
    """Words that stand side by side.

    Attributes:
        words: As they stand, in lower case.
        begins: Whether the first of them is where a word begins; else it may be the end of one.
        ends: Whether the last of them is where a word ends; else it may be the beginning of one.
    """

    words: tuple[str, ...]
    begins: bool = True
    ends: bool = True

    @property
    def pattern(self) -> str:
        """The words as they stand between spaces."""
        return f"{' ' * self.begins}{' '.join(self.words)}{' ' * self.ends}"

    def is_part(self, place: int) -> bool:
        """Whether one of its words may be a part of another one."""
        first = place == 0 and not self.begins
        return first or (place == len(self.words) - 1 and not self.ends)


def pieces_of(said: str) -> list[Piece]:
    """What somebody looks for: words, which may be parts of others, and phrases in quotes."""
    found = []
    for first, second, plain in _CHUNK.findall(said):
        words = tuple(words_of(first or second or plain))
        if words:
            begins = not (plain and _is_open(words[0]))
            found.append(Piece(words, begins, not (plain and _is_open(words[-1]))))
    return found


def _is_open(word: str) -> bool:
    return len(word) >= LEAST and not is_sign(word)
