"""Typography: straight quotation marks, dots and spaces as the language of a text sets them.

Authors and translators type what their keyboards have. Readers see the quotation marks of their
language (Unicode CLDR, ``delimiters``), an ellipsis, and no line that ends between a number and
its unit. What is typed with care already is left as it is, and so is whatever stands in tokens.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from ..markup.tokens import TOKEN

_NARROW = "\u202f"
_FIXED = "\u00a0"


class _Marks(NamedTuple):
    """Double and single quotation marks, opening and closing, and what goes inside of them."""

    double: tuple[str, str]
    single: tuple[str, str]
    space: str = ""


_QUOTES = {
    "en": _Marks(("“", "”"), ("‘", "’")),
    "nl": _Marks(("“", "”"), ("‘", "’")),
    "de": _Marks(("„", "“"), ("‚", "‘")),
    "fr": _Marks(("«", "»"), ("‹", "›"), _NARROW),
    "es": _Marks(("«", "»"), ("“", "”")),
    "pt": _Marks(("“", "”"), ("‘", "’")),
    "it": _Marks(("«", "»"), ("“", "”")),
    "he": _Marks(("”", "”"), ("’", "’")),
    "ar": _Marks(("”", "“"), ("’", "‘")),
}
"""By language; a text in another one is left as it was typed."""

_ELISIONS = {
    "en": r"(?:em|tis|twas|til|n|\d0s)\b",
    "nl": r"(?:s|t|n|k|m|r|ns|ie|er)\b|\d\d\b",
}
"""Words that begin with an apostrophe: ’s avonds, ’tis, the ’90s."""

_UNIT = r"(?:%|‰|€|km|m|cm|mm|kg|g|l|ml|°C|°F|px|kB|MB|GB)"
_FIX = re.compile(
    rf"(?<=[€£$§]) (?=\d)|(?<=\d) (?={_UNIT}(?![\w€%]))"
    r"|(?<=\b[Nn]r\.) (?=\d)|(?<=\bNo\.) (?=\d)|(?<=\bp\.) (?=\d)|(?<=\bart\.) (?=\d)"
)
_FRENCH = re.compile(r" (?=[;!?])")
_FRENCH_WIDE = re.compile(r" (?=:)")
_BEFORE_OPENING = re.compile(r"[\s(\[{–—/\u00a0\u202f“‘«„‚”’]")
_STRAIGHT = re.compile("[\"']")
_WORTH = re.compile(r"[\"']|\.\.\.|\d|[€£$§] \d| [;!?:]")


@lru_cache(maxsize=4096)
def typeset(text: str, locale: str) -> str:
    """A text with tokens, or plain text, as its language sets it.

    Args:
        text: A msgid, a msgstr or a plain text; its tokens stay what and where they are.
        locale: The one the text is in.
    """
    language = locale.partition("_")[0]
    marks = _QUOTES.get(language)
    if marks is None or not _WORTH.search(text):
        return text
    pieces: list[str] = []
    before = ""
    position = 0
    for match in TOKEN.finditer(text):
        piece = _piece(text[position : match.start()], before, marks, language)
        pieces += (piece, match[0])
        before = piece[-1:] or before
        position = match.end()
    pieces.append(_piece(text[position:], before, marks, language))
    return "".join(pieces)


def _piece(text: str, before: str, marks: _Marks, language: str) -> str:
    """A run without tokens; ``before`` is the character it follows, if any."""
    text = text.replace("...", "…")
    text = _FIX.sub(_FIXED, text)
    if language == "fr":
        text = _FRENCH_WIDE.sub(_FIXED, _FRENCH.sub(_NARROW, text))
    return _STRAIGHT.sub(lambda match: _mark(match, text, before, marks, language), text)


def _mark(match: re.Match[str], text: str, before: str, marks: _Marks, language: str) -> str:
    start = match.start()
    left = text[start - 1] if start else before
    right = text[start + 1 :]
    opens = (not left or bool(_BEFORE_OPENING.match(left))) and bool(right[:1].strip())
    if left in ('"', "'") and right[:1].strip():
        opens = True
    if match[0] == "'" and left.isdigit() and not right[:1].isalpha():
        return match[0]  # feet, or minutes of arc
    if match[0] == '"' and left.isdigit() and text.count('"') == 1:
        return match[0]  # inches
    if match[0] == "'" and (_is_apostrophe(left, right) or (opens and _elided(right, language))):
        return "׳" if language == "he" else "’"
    if language == "he" and left.isalpha() and right[:1].isalpha():
        return "״"  # an abbreviation, such as that of “doctor”
    pair = marks.double if match[0] == '"' else marks.single
    return pair[0] + marks.space if opens else marks.space + pair[1]


def _is_apostrophe(left: str, right: str) -> bool:
    return bool(left) and left.isalpha() and right[:1].isalpha()


def _elided(right: str, language: str) -> bool:
    pattern = _ELISIONS.get(language)
    return bool(pattern and re.match(pattern, right, re.IGNORECASE))
