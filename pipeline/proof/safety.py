"""Checks of what can do harm: styles and scripts in the page, characters that turn text around."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from ..checks import Severity
from .registry import Hit, Subject, check

_CONTROLS = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_EACH = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
_REFERENCES = re.compile(r"&(?:#(?:1564|820[67]|823[4-8]|829[4-7]);|#[xX](?:61[cC]|200[eEfF]|202[aA-eE]|206[6-9]);|[lr]lm;)")  # fmt: skip # noqa: E501
_OPEN = {"\u202a": "\u202c", "\u202b": "\u202c", "\u202d": "\u202c", "\u202e": "\u202c"}
_ISOLATE = {"\u2066": "\u2069", "\u2067": "\u2069", "\u2068": "\u2069"}
_OVERRIDES = "\u202d\u202e"
_RIGHT_TO_LEFT = ("R", "AL")


@check("inline", severity=Severity.BLOCKING)
def nothing_runs_in_the_page(subject: Subject) -> Iterator[Hit]:
    """No style, script or handler in the page itself; a strict policy would refuse them."""
    for what, at in subject.page.unsafe:
        yield Hit(f"the page has {what}", at)


@check("bidi controls", severity=Severity.ERROR)
def text_runs_as_it_reads(subject: Subject) -> Iterator[Hit]:
    """No override, nothing left open; marks only where there is text from right to left."""
    markup = subject.page.markup
    if not any(one in markup for one in _EACH) and not _REFERENCES.search(markup):
        return
    for passage in subject.page.beyond:
        controls = _CONTROLS.findall(passage.text)
        if controls:
            found = _harm(passage.text, controls)
            if found is not None:
                yield Hit(found[0], passage.at, passage.text, found[1])
    for number, line in enumerate(markup.splitlines(), 1):
        for match in re.finditer(r"""\b(?:href|src|id|class)=["'][^"']*""", line):
            if _CONTROLS.search(match[0]):
                yield Hit("an address or a name has a control character in it", line=number)


def _harm(text: str, controls: list[str]) -> tuple[str, Severity] | None:
    names = ", ".join(dict.fromkeys(f"U+{ord(one):04X}" for one in controls))
    if any(one in _OVERRIDES for one in controls):
        return f"an override makes text read otherwise than it is written: {names}", Severity.ERROR
    if not _is_closed(controls):
        return f"a direction is opened and not closed: {names}", Severity.ERROR
    if not any(unicodedata.bidirectional(one) in _RIGHT_TO_LEFT for one in _CONTROLS.sub("", text)):
        said = f"control characters in text from left to right: {names}"
        return said, Severity.WARNING
    return None


def _is_closed(controls: list[str]) -> bool:
    """Whether what is opened is closed, in its order (UAX #9, §3.1.2, BD9)."""
    nested: list[str] = []
    for one in controls:
        closing = _OPEN.get(one) or _ISOLATE.get(one)
        if closing:
            nested.append(closing)
        elif one in ("\u202c", "\u2069") and (not nested or nested.pop() != one):
            return False
    return not nested
