"""Proving: every check on every page, version by version, and where to mend what they find."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from ..checks import Severity
from ..project import Project, assert_locales
from ..site.language import language
from .document import Document, texts
from .origins import Origin, Origins
from .published import Published
from .registry import CHECKS, Hit, Subject


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong on a page.

    Attributes:
        page, file, line: Its address without the host, its file, and the line in that; 0 if it
            is about the whole page.
        check, severity, message: Which check found it, how grave it is, and what is wrong.
        text: The text in question, if there is one.
        origin: The message or source in which to mend it, if that is known.
    """

    page: str
    file: Path
    line: int
    check: str
    severity: Severity
    message: str
    text: str = ""
    origin: Origin | None = None


@dataclass(frozen=True, slots=True)
class Proved:
    """What the checks found, and on how many pages they looked."""

    pages: int
    faults: tuple[Fault, ...]


def prove(project: Project, locales: Sequence[str] = ()) -> Proved:
    """Everything that is wrong on the published pages, page by page.

    Args:
        project: The site; its output folder is read, and nothing is built.
        locales: Only pages in these languages.

    Raises:
        OutputError: Nothing is published.
        SettingsError: A locale is not one of the site's.
    """
    assert_locales(project, locales)
    wanted = {language(locale).lang for locale in locales}
    pages = 0
    faults: list[Fault] = []
    for subject in _subjects(project):
        if not wanted or subject.page.head.lang in wanted:
            pages += 1
            faults += _faults(project, subject)
    return Proved(pages, tuple(faults))


def _subjects(project: Project) -> Iterator[Subject]:
    """Every page; of the versions of one, that in the source's language first."""
    site, origins = Published.of(project), Origins(project)
    for family in site.families():
        source: frozenset[str] = frozenset()
        for head in family:
            page = site.read(head)
            if head.language == site.source:
                source = source or frozenset(texts(page))
            yield Subject(page, site, source, origins)


def _faults(project: Project, subject: Subject) -> Iterator[Fault]:
    for name, (severity, function) in CHECKS.items():
        for hit in function(subject):
            origin = subject.origin(hit.text, near=True)
            worst = severity if hit.severity is None else hit.severity
            if origin is None or name not in origin.ignored:
                yield _fault(project, subject.page, name, worst, hit, origin)


def _fault(
    project: Project, page: Document, name: str, severity: Severity, hit: Hit, origin: Origin | None
) -> Fault:
    file, path = project.relative(project.output_dir / page.head.file), page.head.path
    line = hit.line or page.line(hit.at)
    return Fault(path, file, line, name, severity, hit.message, hit.text, origin)
