"""Strings of a .po file, escaped, and wrapped where the GNU tools wrap them.

A file that ``msgcat`` would write otherwise is one that shows a diff nobody made. So lines break
where GNU gettext breaks them: at 79 columns, by the pair table of Unicode Standard Annex #14 as
libunistring 0.9 has it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import cache

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
_MORE_THAN_SPACES = re.compile(r"[^A-Za-z0-9 .,_]")


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
        if len(escaped) + len(keyword) + 1 <= width // 2:
            return f'{prefix}{keyword} "{escaped}"\n'
        lines = list(_broken(escaped, width, start=len(keyword) + 1))
        if len(lines) == 1:
            return f'{prefix}{keyword} "{lines[0]}"\n'
    pieces = [line for part in portions for line in _broken(escape(part), width)]
    return f'{prefix}{keyword} ""\n' + "".join([f'{prefix}"{piece}"\n' for piece in pieces])


def _portions(text: str) -> list[str]:
    return [part for part in re.split(r"(?<=\n)", text) if part]


def _broken(escaped: str, width: int, *, start: int = 0) -> Iterator[str]:
    """The pieces of an escaped text, each as long as fits ``width`` columns.

    Args:
        start: Columns taken before the first piece.
    """
    begin = end = 0
    column = start
    for opportunity in (*_opportunities(escaped), len(escaped)):
        piece = _columns(escaped[end:opportunity])
        if column + piece > width and end > begin:
            yield escaped[begin:end]
            begin, column = end, 0
        elif column + piece > width and start and begin == 0 and column == start:
            # Nothing fits beside the keyword: GNU gettext begins on the next line.
            yield ""
            start = column = 0
        column += piece
        end = opportunity
    yield escaped[begin:]


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
    return -1 if known == "CM" else _NUMBERS[known]


def _opportunities(escaped: str) -> Iterator[int]:
    """Where a line may break, in escaped text: never inside or right before a final ``\\n``."""
    if not _MORE_THAN_SPACES.search(escaped):
        for match in re.finditer(r" +(?=[A-Za-z0-9_])", escaped):
            yield match.end()
        return
    forbidden = {match.start() + 1 for match in re.finditer(r"\\.", escaped)}
    if escaped.endswith("\\n"):
        forbidden.add(len(escaped) - 2)
    before: int | None = None
    spaces = False
    for place, char in enumerate(escaped):
        if char == " ":
            spaces = True
            continue
        now = _class(char)
        if now < 0:  # a combining mark belongs to what it stands on
            now = _NUMBERS["AL"] if before is None or spaces else before
            if not spaces and before is not None:
                continue
        if before is not None and place not in forbidden:
            rule = _PAIRS[_CLASSES[before]][now]
            if rule == "_" or (rule == "%" and spaces):
                yield place
        before, spaces = now, False
