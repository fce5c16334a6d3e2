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
_TELEPHONE = re.compile(r"(?<![\d.,])(?:\+|0)\d+(?: \d{2,})+")
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
    tokens = [match[0] for match in TOKEN.finditer(text)]
    runs = _runs(text)
    shown: list[str] = []
    for place, run in enumerate(runs):
        before = next((one[-1] for one in reversed(shown[::2]) if one), "")
        after = next((one[0] for one in runs[place + 1 :] if one), "")
        shown.append(_run(run, before, after, marks, language))
        shown.extend(tokens[place : place + 1])
    return "".join(shown)


def _runs(text: str) -> list[str]:
    """What stands before, between and after the tokens."""
    runs, position = [], 0
    for match in TOKEN.finditer(text):
        runs.append(text[position : match.start()])
        position = match.end()
    return [*runs, text[position:]]


def _run(text: str, before: str, after: str, marks: _Marks, language: str) -> str:
    """A run without tokens; ``before`` and ``after`` are the characters around it, if any."""
    text = text.replace("...", "…")
    text = _FIX.sub(_FIXED, text)
    text = _TELEPHONE.sub(lambda match: match[0].replace(" ", _FIXED), text)
    if language == "fr":
        text = _FRENCH_WIDE.sub(_FIXED, _FRENCH.sub(_NARROW, text))

    def marked(match: re.Match[str]) -> str:
        start = match.start()
        if match[0] == '"' and text.count('"') == 1 and text[:start][-1:].isdigit():
            return '"'  # inches, or seconds of arc
        left = text[start - 1] if start else before
        return _mark(match[0], left, text[start + 1 :] or after, marks, language)

    return _STRAIGHT.sub(marked, text)


def _mark(mark: str, left: str, right: str, marks: _Marks, language: str) -> str:
    """What is shown for a straight mark that follows ``left`` and stands before ``right``."""
    starts = not left or bool(_BEFORE_OPENING.match(left)) or left in "\"'"
    opens = starts and bool(right[:1].strip())
    between = left.isalpha() and right[:1].isalpha()
    if mark == "'" and left.isdigit() and not right[:1].isalpha():
        return mark  # feet, or minutes of arc
    if mark == "'" and (between or (opens and _elided(right, language))):
        return "׳" if language == "he" else "’"
    if between and language == "he":
        return "״"  # an abbreviation, such as that of “doctor”
    pair = marks.double if mark == '"' else marks.single
    return pair[0] + marks.space if opens else marks.space + pair[1]


def _elided(right: str, language: str) -> bool:
    pattern = _ELISIONS.get(language)
    return bool(pattern and re.match(pattern, right, re.IGNORECASE))
