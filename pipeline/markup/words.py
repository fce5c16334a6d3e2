"""Words of a text, as whoever looks for them types them: in lower case, without markup."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from .tokens import plain

# A sign is a word where words are not set apart by spaces: Thai, Lao, Burmese, Khmer, Han, kana.
_UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff"
_WORD = re.compile(rf"[{_UNSPACED}]|[^\W{_UNSPACED}]+")
_SIGN = re.compile(rf"[{_UNSPACED}]")
LONGEST_WORD = 100
"""Characters of a word that count."""


def words_in(text: str) -> list[str]:
    """The words of a text that is in lower case and has no markup, in their order."""
    return _WORD.findall(text)


def words_of(text: str) -> list[str]:
    """The words of a msgid or msgstr, in their order."""
    said = unicodedata.normalize("NFC", plain(text)).lower()
    return [word[:LONGEST_WORD] for word in _WORD.findall(said)]


def said_by(texts: Sequence[str]) -> str:
    """What is searched of some texts: each word between spaces."""
    return f" {' '.join(word for text in texts for word in words_of(text))} "


def is_sign(word: str) -> bool:
    """Whether a word is one sign of a script that sets no spaces between words."""
    return bool(_SIGN.fullmatch(word))
