"""Strings of a .po file, escaped, and wrapped where the GNU tools wrap them.

A file that ``msgcat`` would write otherwise is one that shows a diff nobody made. So lines break
where GNU gettext breaks them: at 79 columns, by the pair table of Unicode Standard Annex #14 as
libunistring 0.9 has it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import cache, lru_cache

WIDTH = 79
"""Columns of a line, quotation marks and all (``PAGE_WIDTH`` in GNU gettext)."""

_ESCAPES = {
    "\\": "\\\\",
    '"': '\\"',
    "\n": "\\n",
    "\t": "\\t",
    "\r": "\\r",
    "\a": "\\a",
    "\b": "\\b",
    "\f": "\\f",
    "\v": "\\v",
}
_TO_ESCAPE = re.compile(r'[\\"\n\t\r\a\b\f\v]')
_UNESCAPED = {escape[1]: char for char, escape in _ESCAPES.items()}
_ESCAPED = re.compile(r"\\(x[0-9a-fA-F]+|[0-7]{1,3}|.)", re.DOTALL)


def escape(text: str) -> str:
    """Text as it stands between quotation marks."""
    return _TO_ESCAPE.sub(lambda match: _ESCAPES[match[0]], text)


def unescape(text: str) -> str:
    """The text that stands between quotation marks.

    Raises:
        ValueError: An escape sequence that does not exist; its text is the argument.
    """
    return _ESCAPED.sub(_meant, text) if "\\" in text else text


def _meant(match: re.Match[str]) -> str:
    code = match[1]
    if code in _UNESCAPED:
        return _UNESCAPED[code]
    if code[0] == "x":
        return chr(int(code[1:], 16) & 0xFF)
    if code.isdigit():
        return chr(int(code, 8) & 0xFF)
    raise ValueError(match[0])


@lru_cache(maxsize=512)
def quoted(keyword: str, text: str, *, prefix: str = "", wrapped: bool = True) -> str:
    """The lines of one string: ``msgid "…"``, each with ``prefix`` (``#~ ``) and a line end.

    Args:
        keyword: ``msgctxt``, ``msgid``, ``msgstr[0]`` and so on.
        text: What it says.
        prefix: What stands before each line.
        wrapped: Whether long lines are wrapped; they always end after a line end in the text.
    """
    portions = _portions(text) if "\n" in text else [text]
    width = WIDTH - len(prefix) - 2 if wrapped else 1 << 30
    if len(portions) < 2:
        escaped = escape(text)
        room = width - len(keyword) - 1
        if _columns(escaped) <= room or not any(_breaks(escaped)):
            return f'{prefix}{keyword} "{escaped}"\n'
    pieces = [line for part in portions for line in _broken(escape(part), width)]
    return f'{prefix}{keyword} ""\n' + "".join([f'{prefix}"{piece}"\n' for piece in pieces])


def _portions(text: str) -> list[str]:
    return [part for part in re.split(r"(?<=\n)", text) if part]


def _broken(escaped: str, width: int) -> Iterator[str]:
    """The pieces of an escaped text, each as long as fits ``width`` columns."""
    simple = escaped.isascii() or all(_char_columns(char) == 1 for char in set(escaped))
    begin = 0
    while len(escaped) - begin > width if simple else _columns(escaped[begin:]) > width:
        limit = begin + width if simple else _reach(escaped, begin, width)
        for place in range(limit, begin, -1):
            if _may_break(escaped, place):
                break
        else:
            place = next(_breaks(escaped, limit + 1), 0)
            if not place:
                break
        yield escaped[begin:place]
        begin = place
    yield escaped[begin:]


def _reach(escaped: str, begin: int, width: int) -> int:
    """How far ``width`` columns reach in a text with characters that are wider, or have none."""
    column = 0
    for place in range(begin, len(escaped)):
        column += _char_columns(escaped[place])
        if column > width:
            return place
    return len(escaped)


def _columns(text: str) -> int:
    if text.isascii():
        return len(text)
    return sum(_char_columns(char) for char in text)


@cache
def _char_columns(char: str) -> int:
    if unicodedata.category(char) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(char) in ("W", "F") else 1


# Where a line may break: UAX #14 with the classes that running text is made of.

_CLASSES = "OP CL CP QU GL NS EX SY IS PR PO NU AL ID IN HY BA BB B2 ZW WJ".split()
_PAIRS = dict(
    zip(
        _CLASSES,
        # _ may break, % only after a space, ^ never; one row for each class before,
        # one column for each class after, in the order of _CLASSES
        """
        ^^^^^^^^^^^^^^^^^^^^^
        _^^%%^^^^%%___%%%__^^
        _^^%%%^^^%%%%_%%%__^^
        ^^^%%%^^^%%%%%%%%%%^^
        %^^%%%^^^%%%%%%%%%%^^
        _^^%%%^^^_____%%%__^^
        _^^%%%^^^_____%%%__^^
        _^^%%%^^^__%__%%%__^^
        _^^%%%^^^__%__%%%__^^
        %^^%%%^^^__%%%%%%__^^
        %^^%%%^^^__%%_%%%__^^
        %^^%%%^^^%%%%_%%%__^^
        %^^%%%^^^%%%%_%%%__^^
        _^^%%%^^^_%___%%%__^^
        _^^%%%^^^_____%%%__^^
        _^^%_%^^^__%__%%%__^^
        _^^%_%^^^_____%%%__^^
        %^^%%%^^^%%%%%%%%%%^^
        _^^%%%^^^_____%%%_^^^
        ___________________^_
        %^^%%%^^^%%%%%%%%%%^^
        """.split(),
        strict=True,
    )
)
_MARK = -1
_NUMBERS = {name: number for number, name in enumerate(_CLASSES)}
_KNOWN = {
    "(": "OP", "[": "OP", "{": "OP", "¡": "OP", "¿": "OP", "‚": "OP", "„": "OP",
    "}": "CL", ")": "CP", "]": "CP", "!": "EX", "?": "EX", "/": "SY",
    ",": "IS", ".": "IS", ":": "IS", ";": "IS",
    '"': "QU", "'": "QU", "“": "QU", "”": "QU", "‘": "QU", "’": "QU", "«": "QU", "»": "QU",
    "‹": "QU", "›": "QU", "‛": "QU", "‟": "QU",
    "\u00a0": "GL", "\u202f": "GL", "\u2011": "GL", "\u2060": "WJ", "\ufeff": "WJ",
    "\u200b": "ZW", "…": "IN", "‥": "IN", "․": "IN", "-": "HY", "–": "BA", "‐": "BA", "|": "BA",
    "\u00ad": "BA", "\u2009": "BA", "\u2003": "BA", "\u2002": "BA", "\u2012": "BA",
    "´": "BB", "—": "B2", "+": "PR", "\\": "PR", "$": "PR", "€": "PR", "£": "PR", "¥": "PR",
    "±": "PR", "№": "PR", "−": "PR", "%": "PO", "°": "PO", "‰": "PO", "¢": "PO", "′": "PO",
    "″": "PO", "℃": "PO",
}  # fmt: skip


@cache
def _class(char: str) -> int:
    known = _KNOWN.get(char)
    if known is None:
        category = unicodedata.category(char)
        if category == "Nd" and unicodedata.east_asian_width(char) != "F":
            known = "NU"
        elif category in ("Mn", "Mc", "Me", "Cf"):
            known = "CM"
        elif unicodedata.east_asian_width(char) in ("W", "F"):
            known = "ID"
        else:
            known = "AL"
    return _MARK if known == "CM" else _NUMBERS[known]


def _breaks(escaped: str, begin: int = 1) -> Iterator[int]:
    """The places from ``begin`` on where a line may break."""
    return (place for place in range(begin, len(escaped)) if _may_break(escaped, place))


def _may_break(escaped: str, place: int) -> bool:
    """Whether a line of escaped text may end before the character at a place."""
    char = escaped[place] if place < len(escaped) else " "
    before = escaped[place - 1]
    if char == " " or (before.isalnum() and char.isalnum() and escaped.isascii()):
        return False
    if before == "\\" and _is_inside_escape(escaped, place):
        return False
    if place == len(escaped) - 2 and escaped[place:] == "\\n":
        return False
    start = place - 1
    while start >= 0 and (escaped[start] == " " or _class(escaped[start]) == _MARK):
        start -= 1
    spaces = before == " "
    if start < 0:
        return False
    now = _class(char)
    if now == _MARK:  # a combining mark belongs to what it stands on
        return spaces and _PAIRS[_CLASSES[_class(escaped[start])]][_NUMBERS["AL"]] in "_%"
    rule = _PAIRS[_CLASSES[_class(escaped[start])]][now]
    return rule == "_" or (rule == "%" and spaces)


def _is_inside_escape(escaped: str, place: int) -> bool:
    """Whether the backslash before a place is the first character of an escape."""
    count = 0
    while place - count > 0 and escaped[place - count - 1] == "\\":
        count += 1
    return count % 2 == 1
