"""Checks of what must be whole: tokens, variables, and the lines at a text's edges."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from ..markup.tokens import TOKEN
from .registry import Finding, Hit, Severity, Subject, check

VARIABLE = re.compile(
    r"%\([A-Za-z_]\w*\)[#0 +-]*\d*(?:\.\d+)?[diouxXeEfFgGcrs]"
    r"|\{\{\s*[\w.]+\s*\}\}|\{[A-Za-z_][\w.]*\}|\$\{[\w.]+\}|%[sd](?![\w%])"
)
"""What a program puts something else in place of: ``%(name)s``, ``{name}``, ``{{ name }}``."""

_EMPTY_PAIR = re.compile(r"<([a-z][a-z-]*\d+)>\s*</\1>")


@check("tokens", severity=Severity.BLOCKING)
def tokens_fit(subject: Subject) -> Iterator[Hit]:
    """Every token stands once, and pairs nest."""
    if not subject.translation:
        return
    if subject.segment is not None:
        yield from subject.segment.problems(subject.translation)
        return
    wanted = Counter(match[0] for match in TOKEN.finditer(subject.source))
    found = Counter(match[0] for match in TOKEN.finditer(subject.translation))
    for token in wanted - found:
        yield f"{token} is missing"
    for token in found - wanted:
        yield f"{token} is not in the source, or stands there less often"


@check("variables", severity=Severity.BLOCKING)
def variables_are_kept(subject: Subject) -> Iterator[Hit]:
    """Placeholders of programs are there, as they are."""
    if not subject.translation or not ("{" in subject.source or "%" in subject.source):
        return
    wanted = Counter(VARIABLE.findall(subject.source))
    found = Counter(VARIABLE.findall(subject.translation))
    for variable in wanted - found:
        yield f"{variable} is missing"
    for variable in found - wanted:
        yield f"{variable} is not in the source"


@check("empty", severity=Severity.ERROR)
def something_is_there(subject: Subject) -> Iterator[Hit]:
    """A translation says something where its source does."""
    if subject.plain_source.strip() and not subject.plain_translation.strip():
        yield "the translation is empty"
        return
    known = {match[1] for match in _EMPTY_PAIR.finditer(subject.source)}
    for match in _EMPTY_PAIR.finditer(subject.translation):
        if match[1] not in known:
            yield f"nothing stands between <{match[1]}> and </{match[1]}>"


@check("edges", severity=Severity.WARNING)
def edges_are_alike(subject: Subject) -> Iterator[Hit]:
    """Line breaks and spaces at the beginning and the end are those of the source."""
    source, translation = subject.source, subject.translation
    if not translation.strip():
        return
    lead = source[: len(source) - len(source.lstrip())]
    tail = source[len(source.rstrip()) :]
    fixed = f"{lead}{translation.strip()}{tail}"
    if fixed != translation:
        yield Finding(
            "edges",
            Severity.WARNING,
            "spaces or line breaks at the edges differ from the source",
            fix=fixed,
        )
