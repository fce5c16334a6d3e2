"""Protecting markup: what must come back as it was goes to an engine in a form that it keeps.

Tokens, variables, addresses and terms that stay are *atoms*. An engine that knows HTML gets them as
elements, any other as signs with a number. What comes back is checked: each atom once. Whatever the
engine made of the rest is text and nothing but text.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from ..checks import VARIABLE
from ..checks.figures import EMAIL, URL
from ..glossary import Term
from ..markup import plain
from ..markup.tokens import TOKEN

STYLES = ("html", "⟦1⟧", "(1)", "{1}", "<1>")
"""Forms of an atom, the first for engines that know HTML."""


@dataclass(frozen=True, slots=True)
class Protected:
    """A text as an engine gets it.

    Attributes:
        text: What is sent.
        atoms: What stands for the numbers 1, 2 and so on.
        style: The form they have.
    """

    text: str
    atoms: tuple[str, ...]
    style: str

    def restore(self, answer: str) -> str | None:
        """The answer with its atoms; None if one is missing, doubled or altered."""
        text = html.unescape(answer) if self.style == "html" and not self.atoms else answer
        if not self.atoms:
            return text if not TOKEN.search(text) else None
        found: list[int] = []
        pieces: list[str] = []
        position = 0
        for match in _PATTERNS[self.style].finditer(answer):
            number = int(next(group for group in match.groups() if group))
            if not 0 < number <= len(self.atoms) or number in found:
                return None
            found.append(number)
            pieces += (self._said(answer[position : match.start()]), self.atoms[number - 1])
            position = match.end()
        pieces.append(self._said(answer[position:]))
        if len(found) != len(self.atoms):
            return None
        return "".join(pieces)

    def _said(self, piece: str) -> str:
        """What stands between two atoms: text, unescaped once where it was escaped."""
        text = html.unescape(piece) if self.style == "html" else piece
        return TOKEN.sub(lambda match: match[0].replace("<", "&lt;", 1), text)


_PATTERNS = {
    "html": re.compile(r'<x\s+id\s*=\s*["“”]?(\d+)["“”]?\s*/?>(?:\s*</x>)?', re.IGNORECASE),
    "⟦1⟧": re.compile(r"⟦\s*(\d+)\s*⟧"),
    "(1)": re.compile(r"\(\s*(\d+)\s*\)"),
    "{1}": re.compile(r"\{\s*(\d+)\s*\}"),
    "<1>": re.compile(r"<\s*(\d+)\s*>"),
}
_FORMS: dict[str, Callable[[int], str]] = {
    "html": lambda n: f'<x id="{n}"></x>',
    "⟦1⟧": lambda n: f"⟦{n}⟧",
    "(1)": lambda n: f"({n})",
    "{1}": lambda n: f"{{{n}}}",
    "<1>": lambda n: f"<{n}>",
}


def styles_for(text: str, *, knows_html: bool, prefers: str = "") -> Iterator[str]:
    """The forms to try, in this order; none that the text already has something like."""
    known = STYLES if knows_html else STYLES[1:]
    for style in sorted(known, key=lambda style: style != prefers):
        if not _PATTERNS[style].search(text):
            yield style


def protect(text: str, style: str, *, terms: tuple[Term, ...] = ()) -> Protected:
    """A msgid in a form that an engine keeps.

    Args:
        text: With tokens.
        style: One of `STYLES`.
        terms: Those that stay as they are become atoms, too.
    """
    kept = [re.escape(term.term) for term in terms if term.keep]
    inner = "|".join((TOKEN.pattern, VARIABLE.pattern, URL.pattern, EMAIL.pattern, *kept))
    atoms: list[str] = []
    pieces: list[str] = []
    position = 0
    escape = _escape_html if style == "html" else _as_it_is
    for match in _atoms(re.compile(inner), text):
        pieces.append(escape(text[position : match[0]]))
        atoms.append(text[match[0] : match[1]])
        pieces.append(_FORMS[style](len(atoms)))
        position = match[1]
    pieces.append(escape(text[position:]))
    return Protected("".join(pieces), tuple(atoms), style)


def _atoms(pattern: re.Pattern[str], text: str) -> Iterator[tuple[int, int]]:
    """Where atoms stand; what is protected in the source is one with its tokens."""
    position = 0
    for match in pattern.finditer(text):
        if match.start() < position:
            continue
        end = match.end()
        name = match[2] if TOKEN.fullmatch(match[0]) else None
        if name and re.match(r"(?:code|kbd|samp|var)\d+$", name) and not match[1]:
            closing = text.find(f"</{name}>", end)
            end = closing + len(name) + 3 if closing >= 0 else end
        yield match.start(), end
        position = end


def _escape_html(text: str) -> str:
    return html.escape(text, quote=False)


def _as_it_is(text: str) -> str:
    return text


def without_markup(text: str) -> str:
    """A msgid as plain text, for engines that keep no form of markup."""
    return re.sub(r"\s+", " ", plain(re.sub(r"<[a-z-]+\d+/>", " ", text))).strip()


def put_back(source: str, translation: str) -> str | None:
    """A clean translation with its tokens, where their places are certain.

    A pair whose words stand in the translation just once, as they are (a name, a number, an
    address), goes around them. None if any token has no certain place.
    """
    text = translation
    for match in re.finditer(r"<([a-z][a-z-]*\d+)>([^<]+)</\1>", source):
        words = match[2]
        if text.count(words) != 1 or len(words.strip()) < 2:
            return None
        text = text.replace(words, match[0])
    wanted = sorted(found[0] for found in TOKEN.finditer(source))
    return text if sorted(found[0] for found in TOKEN.finditer(text)) == wanted else None
