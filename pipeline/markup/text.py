"""Text as HTML writes it, and as people read it: white space and character references."""

from __future__ import annotations

import re
from html import unescape
from html.entities import html5

_WHITE = re.compile(r"[ \t\n\r\f]+")
_REFERENCE = re.compile(r"&(?:#[xX]?[0-9a-fA-F]+;?|([A-Za-z][A-Za-z0-9]*)(;|=)?)")


def of_element(raw: str, *, preserve: bool = False) -> str:
    """The text that an element's source stands for; runs of white space become one space.

    A no-break space is not white space in HTML and stays.
    """
    if not preserve:
        raw = _WHITE.sub(" ", raw)
    return unescape(raw) if "&" in raw else raw


def of_attribute(raw: str) -> str:
    """The text that an attribute's source stands for (HTML §13.2.5.73).

    Other than in an element, ``&copy=1`` and ``&notit`` are no character references here.
    """
    return _REFERENCE.sub(_referred, raw) if "&" in raw else raw


def _referred(match: re.Match[str]) -> str:
    name, end = match[1], match[2]
    if name is None:
        return unescape(match[0])
    if end == ";":
        return html5.get(f"{name};", match[0])
    return match[0] if end == "=" else html5.get(name, match[0])
