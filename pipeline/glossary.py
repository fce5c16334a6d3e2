"""The glossary: how a site's terms are translated, what they must not be, what stays as it is.

``glossary/<locale>.csv`` has a line for each term: ``term,translation,forbidden,part of speech,
note,do not translate``. Several translations or forbidden forms are divided by ``|``.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from .errors import GlossaryError
from .project import Project

COLUMNS = ("term", "translation", "forbidden", "part of speech", "note", "do not translate")
_TRUE = frozenset(("yes", "true", "1", "x", "ja"))
_FALSE = frozenset(("", "no", "false", "0", "nee"))


@dataclass(frozen=True, slots=True)
class Term:
    """One line of a glossary.

    Attributes:
        term: In the source's language.
        translations: What it may be translated as, the first by preference.
        forbidden: What it must not be translated as.
        part_of_speech: Such as ``noun``.
        note: For translators.
        keep: Whether it stays as it is.
        line: Its line in the file.
    """

    term: str
    translations: tuple[str, ...] = ()
    forbidden: tuple[str, ...] = ()
    part_of_speech: str = ""
    note: str = ""
    keep: bool = False
    line: int = field(default=0, compare=False)


@dataclass(frozen=True)
class Glossary:
    """The terms of one language."""

    terms: tuple[Term, ...] = ()

    def found_in(self, text: str) -> list[Term]:
        """The terms that a source text has; of two that overlap, the longer."""
        found: list[Term] = []
        taken: list[tuple[int, int]] = []
        for term, pattern in self._patterns:
            for match in pattern.finditer(text):
                if not any(a < match.end() and match.start() < b for a, b in taken):
                    taken.append(match.span())
                    if term not in found:
                        found.append(term)
        return found

    @cached_property
    def _patterns(self) -> list[tuple[Term, re.Pattern[str]]]:
        longest_first = sorted(self.terms, key=lambda term: -len(term.term))
        return [(term, _pattern(term)) for term in longest_first]


def _pattern(term: Term) -> re.Pattern[str]:
    """The term as a word of its own, in the plural, too; capitals count only where it has some."""
    words = r"\s+".join(re.escape(word) for word in term.term.split())
    flags = re.IGNORECASE if term.term == term.term.lower() else re.NOFLAG
    return re.compile(rf"(?<!\w){words}(?:e?s|’s|'s)?(?!\w)", flags)


def glossary_path(project: Project, locale: str) -> Path:
    """Where a language's glossary is."""
    return project.root / "glossary" / f"{locale}.csv"


def read_glossary(project: Project, locale: str) -> Glossary:
    """The glossary of a language; an empty one if there is none.

    Raises:
        GlossaryError: It cannot be read; the error has the line.
    """
    path = glossary_path(project, locale)
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return Glossary()
    return parse_glossary(data, project.relative(path))


def parse_glossary(data: bytes, path: Path | None = None) -> Glossary:
    """The glossary in a file's contents.

    Raises:
        GlossaryError: It is no such table; the error has the line.
    """
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise GlossaryError(
            "the glossary is not text in UTF-8", path=path, line=line, hint="Save it as UTF-8."
        ) from None
    reader = csv.reader(io.StringIO(text), strict=True)
    terms: list[Term] = []
    try:
        names = [name.strip().lower().replace("_", " ") for name in next(reader, [])]
        _check_names(names, path)
        for row in reader:
            if any(cell.strip() for cell in row):
                terms.append(_term(names, row, reader.line_num, path))
    except csv.Error as error:
        raise GlossaryError(
            f"the glossary is no table of comma-separated values: {error}",
            path=path,
            line=reader.line_num,
            hint="A cell with a comma or a quotation mark in it needs quotation marks around it.",
        ) from None
    _check_doubles(terms, path)
    return Glossary(tuple(terms))


def with_terms(glossary: Glossary, more: Glossary) -> Glossary:
    """A glossary with the terms of another that it does not have; its own stay as they are."""
    known = {(term.term, term.part_of_speech) for term in glossary.terms}
    new = (term for term in more.terms if (term.term, term.part_of_speech) not in known)
    return Glossary((*glossary.terms, *new))


def write_glossary(glossary: Glossary) -> bytes:
    """A glossary as the contents of its file."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    for term in glossary.terms:
        forms = ("|".join(term.translations), "|".join(term.forbidden))
        keep = "yes" if term.keep else ""
        writer.writerow((term.term, *forms, term.part_of_speech, term.note, keep))
    return out.getvalue().encode()


def _check_names(names: Sequence[str], path: Path | None) -> None:
    unknown = [name for name in names if name not in COLUMNS]
    if unknown or "term" not in names:
        what = f"“{unknown[0]}” is no column" if unknown else "there is no column “term”"
        raise GlossaryError(what, path=path, line=1, hint=f"The first line is: {','.join(COLUMNS)}")


def _term(names: Sequence[str], row: Sequence[str], line: int, path: Path | None) -> Term:
    if len(row) > len(names):
        hint = "A cell with a comma in it needs quotation marks around it."
        raise GlossaryError("this line has too many cells", path=path, line=line, hint=hint)
    cells = {name: cell.strip() for name, cell in zip(names, row, strict=False)}
    keep = cells.get("do not translate", "").lower()
    if keep not in _TRUE | _FALSE:
        hint = "Write “yes”, or leave it empty."
        raise GlossaryError(f"“{keep}” is neither yes nor no", path=path, line=line, hint=hint)
    term = Term(
        cells["term"],
        tuple(_forms(cells.get("translation", ""))),
        tuple(_forms(cells.get("forbidden", ""))),
        cells.get("part of speech", ""),
        cells.get("note", ""),
        keep in _TRUE,
        line,
    )
    if not term.term or not (term.translations or term.forbidden or term.keep):
        hint = "A line needs a term, and a translation, a forbidden form or “do not translate”."
        raise GlossaryError("this line says nothing", path=path, line=line, hint=hint)
    return term


def _forms(cell: str) -> Iterator[str]:
    return (form.strip() for form in cell.split("|") if form.strip())


def _check_doubles(terms: Sequence[Term], path: Path | None) -> None:
    seen: dict[tuple[str, str], Term] = {}
    for term in terms:
        first = seen.setdefault((term.term, term.part_of_speech), term)
        if first is not term:
            raise GlossaryError(
                f"“{term.term}” stands twice: first in line {first.line}",
                path=path,
                line=term.line,
                hint="Keep one, with its translations divided by “|”.",
            )
