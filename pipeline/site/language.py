"""Languages as pages need them: tags, names, direction, and how dates and numbers are written.

Everything that is known of a language comes from Unicode CLDR through Babel.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Literal

from babel import Locale
from babel.core import get_global
from babel.dates import format_date
from babel.lists import format_list
from babel.numbers import format_decimal

DateFormat = Literal["full", "long", "medium", "short"]


@dataclass(frozen=True, slots=True)
class Language:
    """A locale as a page speaks of it.

    Attributes:
        locale: As in the settings, such as ``pt_BR``.
        lang: The BCP 47 tag for ``lang`` and ``hreflang``, such as ``pt-BR``.
        dir: ``ltr`` or ``rtl``.
        name: What the language calls itself, such as ``Nederlands``.
        og: As Open Graph writes it, with a territory: ``nl_NL``.
    """

    locale: str
    lang: str
    dir: str
    name: str
    og: str

    def name_of(self, locale: str) -> str:
        """What this language calls another one: ``Engels``."""
        return _name_in(locale, self.locale)

    def list(self, items: Sequence[str]) -> str:
        """Names one after the other, as this language lists them: ``a, b en c``."""
        return format_list(items, locale=_babel(self.locale))

    def date(self, day: date, form: DateFormat = "long") -> str:
        """A day as this language writes it: ``23 november 2026``."""
        return format_date(day, form, locale=_babel(self.locale))

    def number(self, value: float) -> str:
        """A number as this language writes it: ``1.234,5``."""
        return format_decimal(value, locale=_babel(self.locale))


@cache
def language(locale: str) -> Language:
    """The language of a locale that the settings have found valid."""
    known = _babel(locale)
    name = known.get_display_name(locale) or locale
    likely = get_global("likely_subtags").get(known.language, known.language)
    territory = known.territory or likely.split("_")[-1]
    return Language(
        locale=locale,
        lang=locale.replace("_", "-"),
        dir="rtl" if known.text_direction == "rtl" else "ltr",
        name=name[:1].upper() + name[1:],
        og=f"{known.language}_{territory}",
    )


@cache
def _name_in(locale: str, other: str) -> str:
    return _babel(locale).get_display_name(other) or language(locale).name


@cache
def _babel(locale: str) -> Locale:
    return Locale.parse(locale.replace("-", "_"))
