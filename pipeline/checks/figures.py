"""Checks of figures: numbers, addresses, telephone numbers."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from functools import cache

from babel import Locale

from .registry import Finding, Hit, Severity, Subject, check

_NUMBER = re.compile(r"(?<![\w#])\d+(?:[.,:\u00a0\u202f’'](?=\d)\d+)*")
_SECTION = re.compile(r"^\s*\d+(?:\.\d+)+\.?(?=\s)")
"""The number of a heading, which is no amount."""

_DECADE = re.compile(r"\b(?:1\d|20)?\d0[’']?s\b")
_HALF_DAY = re.compile(r"\b(\d{1,2})(?::(\d\d))?\s*([ap])\.?m\b\.?", re.IGNORECASE)
URL = re.compile(r"(?:https?://|www\.)[^\s<>\"“”‘’]+[^\s<>\"“”‘’.,;:!?)\]]")
EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_TELEPHONE = re.compile(r"(?<![\w.,])\+?\(?\d[\d() \u00a0-]{6,}\d(?![\w.,]\d)")


@check("numbers", severity=Severity.ERROR)
def numbers_agree(subject: Subject) -> Iterator[Hit]:
    """The digits of the source are in the translation, in whatever notation, and no others."""
    if not subject.plain_translation.strip():
        return
    source = _DECADE.sub(" ", _without_addresses(subject.plain_source))
    halves = [_hours(match) for match in _HALF_DAY.finditer(source)]
    wanted = Counter(_digits(n) for n in _NUMBER.findall(_HALF_DAY.sub(" ", source)))
    translation = _without_addresses(subject.plain_translation)
    found = Counter(_digits(n) for n in _NUMBER.findall(translation))
    for choices in halves:
        hit = next((choice for choice in choices if found[choice] > 0), None)
        if hit is None:
            yield f"{choices[0]} o’clock is missing"
        else:
            found[hit] -= 1
    for digits in wanted - found:
        yield f"the number {digits} is missing"
    for digits in found - wanted:
        yield f"the number {digits} is not in the source"


@check("notation", severity=Severity.WARNING)
def numbers_are_written_as_here(subject: Subject) -> Iterator[Hit]:
    """1,234.5 is 1.234,5 in Dutch."""
    source, target = _symbols(subject.source_locale), _symbols(subject.locale)
    if source == target:
        return
    amounts = _amounts(*source)
    text = _SECTION.sub("", _without_addresses(subject.plain_source))
    for match in amounts.finditer(text):
        written = match[0]
        same = re.compile(rf"(?<![\w.,]){re.escape(written)}(?![\w]|[.,]\d)")
        if same.search(subject.plain_translation):
            right = written.translate(dict(zip(map(ord, source), target, strict=True)))
            place = subject.translation.find(written)
            certain = subject.translation.count(written) == 1
            yield Finding(
                "notation",
                Severity.WARNING,
                f"{written} is written {right} in this language",
                place,
                place + len(written) if place >= 0 else -1,
                subject.translation.replace(written, right) if certain else None,
            )


@cache
def _amounts(decimal: str, group: str) -> re.Pattern[str]:
    """Numbers that show their notation: 1,234 or 1,234.5 or 6.5, but no version such as 1.2.3."""
    grouped = rf"\d{{1,3}}(?:{re.escape(group)}\d{{3}})+(?:{re.escape(decimal)}\d+)?"
    plain = rf"\d+{re.escape(decimal)}\d+"
    return re.compile(rf"(?<![\w.,])(?:{grouped}|{plain})(?![\w]|[.,:]\d)")


@check("addresses", severity=Severity.ERROR)
def addresses_are_kept(subject: Subject) -> Iterator[Hit]:
    """Web and e-mail addresses are those of the source."""
    if not subject.plain_translation.strip():
        return
    for what, pattern in (("address", URL), ("e-mail address", EMAIL)):
        wanted = Counter(pattern.findall(subject.plain_source))
        found = Counter(pattern.findall(subject.plain_translation))
        for address in wanted - found:
            yield f"the {what} {address} is missing"
        for address in found - wanted:
            yield f"the {what} {address} is not in the source"


@check("telephone", severity=Severity.ERROR)
def telephone_numbers_are_kept(subject: Subject) -> Iterator[Hit]:
    """Digit by digit; how they are grouped may differ."""
    if not subject.plain_translation.strip():
        return
    found = re.sub(r"\D", "", subject.plain_translation)
    for number in _TELEPHONE.findall(subject.plain_source):
        digits = re.sub(r"\D", "", number)
        if len(digits) >= 8 and digits not in found:
            yield f"the telephone number {number.strip()} is not whole"


def _without_addresses(text: str) -> str:
    return EMAIL.sub(" ", URL.sub(" ", text)) if "." in text else text


def _digits(number: str) -> str:
    """A number without its notation; 9:00 and 9.00 are the same."""
    return re.sub(r"\D", "", number)


def _hours(match: re.Match[str]) -> tuple[str, ...]:
    """The ways of writing an hour of half a day: 3 pm is 3, 15, 300 or 1500 in digits."""
    hour, minutes = int(match[1]), match[2] or "00"
    late = hour % 12 + (12 if match[3].lower() == "p" else 0)
    hours = dict.fromkeys((f"{late}", f"{hour}", f"{late:02}"))
    whole = [f"{h}{minutes}" for h in hours]
    return (*whole, *hours) if minutes == "00" else tuple(whole)


@cache
def _symbols(locale: str) -> tuple[str, str]:
    symbols = Locale.parse(locale).number_symbols["latn"]
    return symbols["decimal"], symbols["group"]
