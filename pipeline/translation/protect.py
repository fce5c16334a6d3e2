"""Protecting markup: what must come back as it was goes to an engine in a form that it keeps.

Tokens, variables, addresses and terms that stay are *atoms*. An engine that knows HTML gets them as
elements, any other as signs with a number. What comes back is checked: each atom once, pairs nested
right, none of them empty. Whatever the engine made of the rest is text and nothing but text.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, zip_longest

from ..checks import VARIABLE
from ..checks.figures import EMAIL, URL
from ..glossary import Term
from ..markup import plain
from ..markup.tokens import TOKEN

STYLES = ("html", "⟦1⟧", "(1)", "{1}", "<1>")
"""Forms of an atom, the first for engines that know HTML."""


@dataclass(frozen=True, slots=True)
class Restored:
    """An answer with its atoms.

    Attributes:
        text: As it stands in a catalogue.
        repaired: Whether spacing or case of a sign was mended.
    """

    text: str
    repaired: bool = False


@dataclass(frozen=True, slots=True)
class Protected:
    """A text as an engine gets it.

    Attributes:
        text: What is sent.
        atoms: What stands for the numbers 1, 2 and so on.
        style: The form they have.
        source: The text it was made of.
    """

    text: str
    atoms: tuple[str, ...]
    style: str
    source: str

    def restore(self, answer: str) -> Restored | None:
        """The answer with its atoms; None if one is missing, doubled, altered or misplaced."""
        found: list[int] = []
        between: list[str] = []
        position, exact = 0, True
        for match in SIGNS[self.style].finditer(answer) if self.atoms else ():
            number = int(next(group for group in match.groups() if group))
            if not 0 < number <= len(self.atoms) or number in found:
                return None
            found.append(number)
            between.append(self._said(answer[position : match.start()]))
            exact = exact and match[0] == _FORMS[self.style](number)
            position = match.end()
        between.append(self._said(answer[position:]))
        if len(found) != len(self.atoms):
            return None
        spaced = self._spaced(found, between)
        atoms = [self.atoms[number - 1] for number in found]
        text = "".join(chain.from_iterable(zip_longest(spaced, atoms, fillvalue="")))
        return Restored(text, not exact or spaced != between) if fits(self.source, text) else None

    def _said(self, piece: str) -> str:
        """What stands between two atoms: text, unescaped once where it was escaped."""
        escaped = self.style == "html" or not _ENTITY.search(self.text)
        text = html.unescape(piece) if escaped else piece
        return TOKEN.sub(lambda match: match[0].replace("<", "&lt;", 1), text)

    def _spaced(self, found: Sequence[int], between: Sequence[str]) -> list[str]:
        """What stands between the atoms, with spaces on that side of a token where the source
        has them."""
        said = list(between)
        pieces = SIGNS[self.style].split(self.text)[::2]
        for place, number in enumerate(found):
            token = TOKEN.fullmatch(self.atoms[number - 1])
            if token is None or token[3]:
                continue
            here, there = pieces[number - 1], pieces[number]
            if token[1]:  # a closing token is an opening one, seen from the other side
                inside, outside = said[place][::-1], said[place + 1][::-1]
                outside, inside = _around(outside, inside, there[::-1], here[::-1])
                said[place], said[place + 1] = inside[::-1], outside[::-1]
            else:
                said[place], said[place + 1] = _around(said[place], said[place + 1], here, there)
        return said


def _around(outside: str, inside: str, source_outside: str, source_inside: str) -> tuple[str, str]:
    """What stands before and after an opening token, spaced as in the source."""
    may_go = bool(inside.strip()) or not source_inside
    moved = inside[:1].isspace() and may_go and not source_inside[:1].isspace()
    if moved:
        inside = inside.lstrip()
    wants_space = moved or source_outside[-1:].isspace()
    if wants_space and _is_letter(outside[-1:]) and (not inside or _is_letter(inside[:1])):
        outside += " "
    return outside, inside


def _is_letter(character: str) -> bool:
    """Whether it is a letter or digit of a script that puts spaces between words."""
    return character.isalnum() and ord(character) < 0x0E00  # Thai, and what comes after it


def fits(source: str, translation: str) -> bool:
    """Whether every token of a text is in its translation once, nested right, and none is empty."""
    wanted, found = _spans(source), _spans(translation)
    if wanted is None:
        return True  # no text of ours: there is nothing to be measured by
    if found is None or wanted.keys() != found.keys():
        return False
    return all(said.strip() or not wanted[name].strip() for name, said in found.items())


def _spans(text: str) -> dict[str, str] | None:
    """What stands in each pair, and for each single token itself; None if pairs do not nest."""
    found: dict[str, str] = {}
    opened: list[tuple[str, int]] = []
    for match in TOKEN.finditer(text):
        closing, name, single = match.groups()
        if closing:
            if not opened or opened[-1][0] != name:
                return None
            found[name] = text[opened.pop()[1] : match.start()]
        elif name in found or any(name == one for one, _ in opened):
            return None
        elif single:
            found[name] = match[0]
        else:
            opened.append((name, match.end()))
    return None if opened else found


_ENTITY = re.compile(r"&(?:#\d+|#x[0-9a-f]+|[a-z]{2,8});", re.IGNORECASE)

SIGNS = {
    "html": re.compile(r'<x\s+id\s*=\s*["“”]?(\d+)["“”]?\s*/?>(?:\s*</x>)?', re.IGNORECASE),
    "⟦1⟧": re.compile(r"⟦\s*(\d+)\s*⟧"),
    "(1)": re.compile(r"\(\s*(\d+)\s*\)"),
    "{1}": re.compile(r"\{\s*(\d+)\s*\}"),
    "<1>": re.compile(r"<\s*(\d+)\s*>"),
}
"""How each form of an atom is found again, whatever spaces an engine put into it."""

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
        if not SIGNS[style].search(text):
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
    return Protected("".join(pieces), tuple(atoms), style, text)


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
    return text if fits(source, text) else None
