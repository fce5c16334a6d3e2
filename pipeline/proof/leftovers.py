"""Checks of what was left over on the way: placeholders, tokens, broken characters and escapes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.entities import html5

from ftfy import badness, fix_encoding

from ..checks import VARIABLE, Severity
from ..markup.tokens import TOKEN
from .registry import Hit, Subject, check

_SIGN = re.compile(r"⟦\s*/?\d+\s*/?⟧")
_DUMMY = re.compile(r"[Ll]orem ipsum|LOREM IPSUM|\b(?:TODO|FIXME|TKTK)\b")
_SUSPECTS = ("<", "%", "{", "⟦", "orem ipsum", "LOREM", "TODO", "FIXME", "TKTK")
_LEAD = re.compile(
    "[\u00c2-\u00f4\u0413\u0420\u0421\u00ac\u221a]"
    "[\u0080-\u00bf\u0152-\u0192\u02c6\u02dc\u2013-\u203a\u20ac\u2122\u0400-\u045f]|\ufffd"
)
"""What UTF-8 looks like when it is read as a single-byte encoding; ftfy looks at the rest."""

_REFERENCE = re.compile(r"&(?:([A-Za-z][A-Za-z0-9]*)|#\d+|#[xX][0-9A-Fa-f]+);")
_TAG = re.compile(
    r"</?(?:a|abbr|b|br|cite|code|del|div|em|figure|h[1-6]|i|img|ins|kbd|li|mark|ol|p|q|s|small"
    r"|span|strong|sub|sup|table|td|th|tr|u|ul)(?:\s[^<>]*)?/?>"
)


@check("placeholders", severity=Severity.BLOCKING)
def nothing_waits_to_be_filled_in(subject: Subject) -> Iterator[Hit]:
    """No token, variable or sign of an engine's; what the author wrote may look like one."""
    if not _is_suspect(subject.page.text):
        return
    for passage in subject.page.passages:
        text = passage.text
        if not _is_suspect(text):
            continue
        for pattern, what in ((TOKEN, "token"), (_SIGN, "sign"), (VARIABLE, "placeholder")):
            for match in pattern.finditer(text):
                if not subject.is_the_authors(match[0], text):
                    yield Hit(f"a {what} was left over: {match[0]}", passage.at, text)
        dummy = _DUMMY.search(text)
        if dummy:
            said = f"this waits to be written: “{dummy[0]}”"
            yield Hit(said, passage.at, text, Severity.WARNING)


@check("mojibake", severity=Severity.ERROR)
def characters_are_whole(subject: Subject) -> Iterator[Hit]:
    """No text that was read in another encoding than it was written in (by ftfy's measure)."""
    for passage in subject.page.beyond:
        text = passage.text
        if not _LEAD.search(text):
            continue
        if "\ufffd" in text:
            yield Hit("a character could not be read and was lost", passage.at, text)
        elif badness.is_bad(text):
            mended = fix_encoding(text)
            if mended != text:
                said = f"this was read in the wrong encoding; it was “{_short(mended)}”"
                yield Hit(said, passage.at, text)


@check("double escapes", severity=Severity.ERROR)
def nothing_is_escaped_twice(subject: Subject) -> Iterator[Hit]:
    """No character reference and no tag that readers see as such, unless the author meant it."""
    if "&" not in subject.page.text and "<" not in subject.page.text:
        return
    for passage in subject.page.passages:
        text = passage.text
        if "&" not in text and "<" not in text:
            continue
        for match in _REFERENCE.finditer(text):
            if match[1] and f"{match[1]};" not in html5:
                continue
            if not subject.is_the_authors(match[0], text):
                yield Hit(f"escaped twice: readers see {match[0]}", passage.at, text)
        for match in _TAG.finditer(text):
            if not subject.is_the_authors(match[0], text):
                yield Hit(f"markup was escaped: readers see {match[0]}", passage.at, text)


def _is_suspect(text: str) -> bool:
    return any(sign in text for sign in _SUSPECTS)


def _short(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:60]}…"
