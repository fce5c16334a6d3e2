"""Checks of translations: small functions, registered by name, with words for a translator."""

from __future__ import annotations

from . import dates, figures, language, markup, names, terms, wording
from .markup import VARIABLE
from .registry import CHECKS, Finding, Severity, Subject, blocking, check, findings

__all__ = [
    "CHECKS",
    "VARIABLE",
    "Finding",
    "Severity",
    "Subject",
    "blocking",
    "check",
    "dates",
    "figures",
    "findings",
    "language",
    "markup",
    "names",
    "terms",
    "wording",
]
