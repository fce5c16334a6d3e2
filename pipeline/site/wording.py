"""Wording: the theme's words as they stand on a page, escaped, and marked where they are foreign.

Whoever translates a word types text, not HTML. A word that has no translation is shown in the
source's language, and says so by an element of its own (WCAG 2.2, 3.1.2), where there can be one.
"""

from __future__ import annotations

import re

from markupsafe import Markup, escape

from .language import Language, language
from .strings import Strings

_BEGIN, _END = "\ufdd0", "\ufdd1"
"""Noncharacters, which no text on a page has (HTML, 13.2.3.5)."""

_NO_ELEMENTS = re.compile(
    r"<(title|textarea|option|script|style)\b[^>]*>.*?</\1\s*>|<!--.*?-->"
    r"""|</?[a-z](?:[^>"']|"[^"]*"|'[^']*')*>""",
    re.IGNORECASE | re.DOTALL,
)
"""Where text is, and an element cannot be: in tags, and in elements that hold nothing but text."""

_MARK = re.compile(f"[{_BEGIN}{_END}]")


def said(words: Strings, text: str, word: str, context: str | None = None) -> Markup:
    """A word's text for a template; remembered as foreign if it is not translated.

    Args:
        words: Where the text was found, or was not.
        text: What is shown.
        word, context: What was looked for.
    """
    if not words.otherwise or words.knows(word, context):
        return escape(text)
    return Markup("{}{}{}").format(_BEGIN, text, _END)


def with_languages(html: str, own: Language, otherwise: str) -> str:
    """A page, with an element around each foreign word in its text."""
    if _BEGIN not in html:
        return html
    foreign = language(otherwise)
    if foreign.lang.partition("-")[0] == own.lang.partition("-")[0]:
        return _MARK.sub("", html)
    direction = f' dir="{foreign.dir}"' if foreign.dir != own.dir else ""
    begin = f'<span lang="{foreign.lang}"{direction}>'
    pieces, at = [], 0
    for match in _NO_ELEMENTS.finditer(html):
        pieces.append(html[at : match.start()].replace(_BEGIN, begin).replace(_END, "</span>"))
        pieces.append(_MARK.sub("", match[0]))
        at = match.end()
    pieces.append(html[at:].replace(_BEGIN, begin).replace(_END, "</span>"))
    return "".join(pieces)
