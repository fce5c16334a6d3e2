"""Renewing a stale translation: sentences that stayed keep their translation, new ones get one.

What was approved stays, word for word, even where sentences changed places or a new link before
them made other numbers of their tokens. Only what is new goes to an engine; and what comes of it is
a suggestion, since what stands in the catalogue is a person's.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ..markup.sentences import sentences
from ..markup.tokens import TOKEN

_TAIL = re.compile(r"\s*$")


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence of the new text, with its translation if it has stayed."""

    source: str
    space: str
    translation: str | None


def renewal(old: str, new: str, translation: str) -> list[Sentence] | None:
    """The sentences of a changed text, those that stayed with their translation.

    Args:
        old: The msgid that was translated.
        new: The msgid as it is now.
        translation: The msgstr, made for the old one.

    Returns:
        None if it cannot be told which sentence is which, or none has stayed.
    """
    before, said = sentences(old), sentences(translation)
    if len(before) != len(said):
        return None
    if any(_names(one) != _names(other) for one, other in zip(before, said, strict=True)):
        return None
    known: dict[str, list[tuple[list[str], str]]] = {}
    for source, target in zip(before, said, strict=True):
        same, names = _canonical(source.strip())
        known.setdefault(same, []).append((names, target.strip()))
    pieces = [_sentence(piece, known) for piece in sentences(new)]
    return pieces if any(piece.translation is not None for piece in pieces) else None


def joined(pieces: Sequence[Sentence], translations: Mapping[str, str]) -> str | None:
    """The translation of the whole; None if that of a new sentence is missing."""
    text = ""
    for piece in pieces:
        said = piece.translation or translations.get(piece.source)
        if said is None:
            return None
        text += said + piece.space
    return text


def _sentence(piece: str, known: dict[str, list[tuple[list[str], str]]]) -> Sentence:
    source = piece.strip()
    space = (_TAIL.search(piece) or [""])[0]
    same, names = _canonical(source)
    found = known.get(same)
    if not found:
        return Sentence(source, space, None)
    former, target = found.pop(0) if len(found) > 1 else found[0]
    now = dict(zip(former, names, strict=True))
    renamed = TOKEN.sub(lambda m: f"<{m[1]}{now.get(m[2], m[2])}{m[3]}>", target)
    return Sentence(source, space, renamed)


def _canonical(text: str) -> tuple[str, list[str]]:
    """A sentence as if it were alone: its tokens numbered from 1; and their names as they are."""
    names: dict[str, str] = {}

    def renumbered(match: re.Match[str]) -> str:
        name = match[2]
        if name not in names:
            names[name] = f"{name.rstrip('0123456789')}{len(names) + 1}"
        return f"<{match[1]}{names[name]}{match[3]}>"

    return TOKEN.sub(renumbered, text), list(names)


def _names(text: str) -> Counter[str]:
    return Counter(match[0] for match in TOKEN.finditer(text))
