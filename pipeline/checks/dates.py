"""The check of dates: months and weekdays are those of the source; their digits are numbers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from babel import Locale

from .registry import Hit, Severity, Subject, check

_NUMERIC = r"(?<!\d)(?:\d{{1,4}}[-/.]0?{0}[-/.]\d{{1,4}}|0?{0}/\d{{1,4}}|\d{{4}}-0?{0})(?!\d)"
"""A date in digits, with a month."""


@check("dates", severity=Severity.ERROR)
def dates_are_kept(subject: Subject) -> Iterator[Hit]:
    """3 March is 3 maart, and not 3 mei; a Monday is a Monday."""
    translation = subject.plain_translation
    if not translation.strip() or subject.context == "slug":
        return
    source = subject.plain_source
    for kind, pattern in (("month", _months(subject.source_locale)),
                          ("weekday", _weekdays(subject.source_locale))):  # fmt: skip
        for match in pattern.finditer(source):
            name = next(group for group in match.groups() if group)
            number = _numbers(subject.source_locale, kind)[name.casefold()]
            if name in translation or _said(subject.locale, kind, number).search(translation):
                continue
            yield f"the {kind} {name} is missing"


@cache
def _months(locale: str) -> re.Pattern[str]:
    """Months beside a number: *May* and *March* alone may be something else."""
    names = _alternatives(locale, "month")
    return re.compile(
        rf"\d(?:st|nd|rd|th)?\.?\s+(?:of\s+|de\s+)?({names})(?!\w)|(?<!\w)({names})\.?,?\s+\d"
    )


@cache
def _weekdays(locale: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)({_alternatives(locale, 'weekday')})s?(?!\w)")


def _alternatives(locale: str, kind: str) -> str:
    """The names as they are written: in English with a capital."""
    names = {name for names in _names(locale, kind).values() for name in names}
    return "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True))


@cache
def _numbers(locale: str, kind: str) -> dict[str, int]:
    return {n.casefold(): number for number, names in _names(locale, kind).items() for n in names}


@cache
def _said(locale: str, kind: str, number: int) -> re.Pattern[str]:
    """One of the names of a month or weekday, whatever its ending; or the month in digits."""
    stems = {re.escape(name[: max(3, len(name) - 2)]) for name in _every(locale, kind)[number]}
    words = rf"(?<!\w)(?:{'|'.join(sorted(stems))})"
    digits = f"|{_NUMERIC.format(number)}" if kind == "month" else ""
    return re.compile(words + digits, re.IGNORECASE)


@cache
def _names(locale: str, kind: str) -> dict[int, set[str]]:
    """The names in full, by their numbers."""
    return _found(locale, kind, ("wide",))


@cache
def _every(locale: str, kind: str) -> dict[int, set[str]]:
    """The names in full and for short."""
    return _found(locale, kind, ("wide", "abbreviated"))


def _found(locale: str, kind: str, widths: tuple[str, ...]) -> dict[int, set[str]]:
    known = Locale.parse(locale)
    table = known.months if kind == "month" else known.days
    found: dict[int, set[str]] = {}
    for usage in ("format", "stand-alone"):
        for width in widths:
            for number, name in table[usage].get(width, {}).items():
                found.setdefault(number, set()).add(str(name).rstrip("."))
    return found
