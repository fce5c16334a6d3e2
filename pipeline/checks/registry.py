"""The registry of checks: each a function of one subject, registered by its name."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import IntEnum
from functools import cached_property

from ..glossary import Term
from ..markup import Segment, plain

_SINGLE = re.compile(r"<[a-z][a-z-]*\d+/>")


class Severity(IntEnum):
    """What follows from a finding.

    NOTE and WARNING are shown to people. An ERROR keeps a machine's draft from being stored.
    BLOCKING keeps a message from being published.
    """

    NOTE = 0
    WARNING = 1
    ERROR = 2
    BLOCKING = 3


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check found.

    Attributes:
        check: The name of the check.
        severity: What follows from it.
        message: What is wrong, for a translator.
        start, end: Where it stands in the translation, as offsets; -1 if nowhere in it.
        fix: The whole translation with it mended, where that is certain.
    """

    check: str
    severity: Severity
    message: str
    start: int = -1
    end: int = -1
    fix: str | None = None


@dataclass(frozen=True)
class Subject:
    """A translation to be checked.

    Attributes:
        source, translation: The msgid and the msgstr, with tokens.
        source_locale, locale: Their languages.
        segment: The segment, where its tokens are known.
        context: The msgctxt.
        flags: The message's flags, such as ``python-format``.
        address: How readers are spoken to, if the site says so.
        terms: The terms of the glossary that the source has.
        languages: All languages of the site, which a translation is told apart from.
    """

    source: str
    translation: str
    source_locale: str = "en"
    locale: str = "nl"
    segment: Segment | None = None
    context: str | None = None
    flags: tuple[str, ...] = ()
    address: str | None = None
    terms: tuple[Term, ...] = ()
    languages: tuple[str, ...] = ()

    @cached_property
    def plain_source(self) -> str:
        """What a reader of the source reads."""
        return _read(self.source)

    @cached_property
    def plain_translation(self) -> str:
        """What a reader of the translation reads."""
        return _read(self.translation)

    @property
    def language(self) -> str:
        """The language of the translation, without territory."""
        return self.locale.partition("_")[0]


Hit = Finding | str
"""What a check yields: its words alone, or a finding with all there is to say."""

Check = Callable[[Subject], Iterable[Hit]]

CHECKS: dict[str, tuple[Severity, Check]] = {}


def _read(text: str) -> str:
    """A text as it is read: a token that stands for itself, such as a line break, divides words."""
    return plain(_SINGLE.sub(" ", text) if "/>" in text else text)


def check(name: str, *, severity: Severity) -> Callable[[Check], Check]:
    """Registers a check under a name that translators will read."""

    def register(function: Check) -> Check:
        CHECKS[name] = (severity, function)
        return function

    return register


def findings(subject: Subject, *, least: Severity = Severity.NOTE) -> list[Finding]:
    """Everything that is wrong with a translation, the gravest first.

    Args:
        subject: What to check; an empty translation has nothing wrong with it but that.
        least: Leave out what is less grave.
    """
    found = [
        finding
        for name, (severity, function) in CHECKS.items()
        for finding in _found(name, severity, function, subject)
        if finding.severity >= least
    ]
    return sorted(found, key=lambda finding: -finding.severity)


def blocking(subject: Subject) -> list[str]:
    """Why a translation cannot be published, in words; empty if it can."""
    return [
        hit if isinstance(hit, str) else hit.message
        for severity, function in CHECKS.values()
        if severity is Severity.BLOCKING
        for hit in function(subject)
    ]


def _found(name: str, severity: Severity, function: Check, subject: Subject) -> Iterator[Finding]:
    for hit in function(subject):
        yield Finding(name, severity, hit) if isinstance(hit, str) else hit
