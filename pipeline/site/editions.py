"""Editions: one page in every language in which it is live. The one record of who is who.

Canonical addresses, ``hreflang``, Open Graph, JSON-LD, sitemaps, feeds and the language switcher
are all made from it; `agreement` checks what a theme made of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from .language import Language, language
from .quoting import quote

X_DEFAULT = "x-default"
"""The ``hreflang`` of the page for readers of any other language."""


@dataclass(frozen=True, slots=True)
class Edition:
    """A page in one language, at a path as people read it: ``/nl/over-ons/``."""

    locale: str
    path: str

    @property
    def language(self) -> Language:
        """What is known of its language."""
        return language(self.locale)

    @property
    def address(self) -> str:
        """The path as it stands in a link."""
        return quote(self.path)


@dataclass(frozen=True, slots=True)
class Editions:
    """A page in every language in which it is live.

    Attributes:
        site: The site's address, without a slash at its end.
        source: The locale the articles are written in.
        all: Its editions, in the order of the site's languages.
        default: The path for readers of any other language; empty if no edition is live.
    """

    site: str
    source: str
    all: tuple[Edition, ...] = ()
    default: str = ""

    @classmethod
    def of(
        cls, site: str, source: str, paths: Mapping[str, str | None], default: str = ""
    ) -> Editions:
        """Those at the given paths by locale; without a ``default`` it is the source's, or the
        first one's."""
        found = tuple(Edition(locale, path) for locale, path in paths.items() if path)
        first = next((e for e in found if e.locale == source), found[0] if found else None)
        return cls(site, source, found, default or (first.path if first else ""))

    def get(self, locale: str) -> Edition | None:
        """The edition in a locale, or None while there is none."""
        return next((edition for edition in self.all if edition.locale == locale), None)

    def others(self, locale: str) -> tuple[Edition, ...]:
        """The editions in the other locales."""
        return tuple(edition for edition in self.all if edition.locale != locale)

    def url(self, edition: Edition) -> str:
        """The absolute address of an edition."""
        return self.site + edition.address

    @property
    def hreflang(self) -> tuple[tuple[str, str], ...]:
        """Every language with its absolute address, and the one for all others: on each edition
        the same."""
        found = [(edition.language.lang, self.url(edition)) for edition in self.all]
        if self.default:
            found.append((X_DEFAULT, self.site + quote(self.default)))
        return tuple(found)


NOWHERE = Editions("", "")
"""Those of a page that is live in no language."""
