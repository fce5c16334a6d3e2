"""The registry of checks of published pages: each a function of one subject, by its name."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from ..checks import Severity
from .document import Document
from .origins import Origin, Origins
from .published import Published


@dataclass(frozen=True, slots=True)
class Hit:
    """What a check found on a page.

    Attributes:
        message: What is wrong.
        at: The element it stands in, counted from 1; 0 if it is about the whole page.
        text: The text in question, by which its message is looked up; empty if there is none.
        severity: If it is not that of the check.
        line: Where it stands in the page's file, where no element says so.
        shown: What of the text is wrong, where that is less than all of it.
    """

    message: str
    at: int = 0
    text: str = ""
    severity: Severity | None = None
    line: int = 0
    shown: str = ""


@dataclass(frozen=True, slots=True)
class Subject:
    """A page to be checked.

    Attributes:
        page: The page.
        site: The site it is published on.
        source: The texts of its version in the source's language; empty if it is that version.
        origins: Where texts come from.
    """

    page: Document
    site: Published
    source: frozenset[str]
    origins: Origins

    def origin(self, text: str, *, near: bool = False) -> Origin | None:
        """The message or source that a text of this page comes from, if that is known."""
        return self.origins.of(text, self.page.head, near=near)

    def is_the_authors(self, shown: str, text: str) -> bool:
        """Whether something odd is what the author wrote: the source of the text has it as well."""
        origin = self.origin(text, near=True)
        return origin is not None and origin.of_article and shown in origin.source


Check = Callable[[Subject], Iterator[Hit]]

CHECKS: dict[str, tuple[Severity, Check]] = {}


def check(name: str, *, severity: Severity) -> Callable[[Check], Check]:
    """Registers a check under the name that reports and documentation give it."""

    def register(function: Check) -> Check:
        CHECKS[name] = (severity, function)
        return function

    return register
