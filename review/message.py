"""Messages as the desk knows them: where one stands, and all that is to be shown of it."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path as FilePath

from fastapi import HTTPException
from sqlalchemy import select

from pipeline import articles, catalogues, index
from pipeline.articles import Article
from pipeline.catalogues import Catalogue, Key, Message, State, digest_of, state_of
from pipeline.checks import Finding, Severity, findings
from pipeline.database.tables import message as table
from pipeline.errors import PipelineError
from pipeline.glossary import Glossary, Term, read_glossary
from pipeline.index.mirror import sum_of
from pipeline.inspection import subject_of
from pipeline.markup import Segment
from pipeline.markup.tokens import TOKEN
from pipeline.project import Project
from pipeline.site.strings import DOMAIN, plural_rule

from .desk import Desk

_NUMBERS = 200
"""Numbers that are tried to find out what a plural form is for."""

_MOST = 64
"""Articles whose passages are kept by key."""

_lock = threading.Lock()
_segments: dict[FilePath, tuple[str, Mapping[Key, Segment]]] = {}


@dataclass(frozen=True, slots=True)
class Place:
    """Where a message stands: its language, its catalogue, and its digest there."""

    locale: str
    domain: str
    digest: str

    @property
    def row(self) -> dict[str, str]:
        """The same as columns."""
        return {"locale": self.locale, "domain": self.domain, "digest": self.digest}


@dataclass(frozen=True)
class Opened:
    """A message that somebody looks at.

    Attributes:
        desk: The desk.
        place: Where it stands.
        catalogue: The whole file as it was read.
        message: The message.
    """

    desk: Desk
    place: Place
    catalogue: Catalogue
    message: Message

    def after(self, message: Message) -> Opened:
        """The same with the message as a decision has made it; its passage and terms stay."""
        now = replace(self, message=message)
        now.__dict__.update(segment=self.segment, glossary=self.glossary, _found=self._found)
        return now

    @property
    def state(self) -> State:
        """Its state."""
        return state_of(self.message)

    @cached_property
    def version(self) -> str:
        """What saving asks for: that nobody has changed it since."""
        return sum_of(self.message)

    @cached_property
    def segment(self) -> Segment | None:
        """The passage of the article; None for the site's own words, and in a broken article."""
        return segments_of(self.desk.project, self.place.domain).get(self.message.key)

    @cached_property
    def glossary(self) -> Glossary:
        """The terms of the language; none if the glossary is broken."""
        try:
            return read_glossary(self.desk.project, self.place.locale)
        except PipelineError:
            return Glossary()

    @cached_property
    def terms(self) -> list[Term]:
        """The terms that the source has."""
        return self.glossary.found_in(self.message.id)

    @cached_property
    def tokens(self) -> list[str]:
        """The tokens of the source, in their order, each once."""
        return list(dict.fromkeys(match[0] for match in TOKEN.finditer(self.message.id)))

    @cached_property
    def numbers(self) -> list[str]:
        """For each plural form some numbers that take it: ``1``, ``2, 3, 4 …``, ``0, 5, 6 …``."""
        form = plural_rule(self.catalogue.header.get("Plural-Forms", ""))
        taken: list[list[str]] = [[] for _ in self.message.strings]
        for number in range(_NUMBERS):
            if (at := form(number)) < len(taken):
                taken[at].append(str(number))
        return [", ".join(own[:3]) + (" …" if len(own) > 3 else "") for own in taken]

    @cached_property
    def neighbours(self) -> tuple[list[Message], list[Message]]:
        """The two messages before it in its file, and the two after."""
        messages = self.catalogue.messages
        here = next(n for n, one in enumerate(messages) if one.key == self.message.key)
        return list(messages[max(0, here - 2) : here]), list(messages[here + 1 : here + 3])

    @cached_property
    def _found(self) -> dict[tuple[str, ...], list[Finding]]:
        """What the checks found, for each translation that was asked about."""
        return {}

    def findings(self, strings: tuple[str, ...]) -> list[Finding]:
        """What is wrong with a translation, the gravest first."""
        if strings not in self._found:
            self._found[strings] = self._checked(strings)
        return list(self._found[strings])

    def _checked(self, strings: tuple[str, ...]) -> list[Finding]:
        found: dict[tuple[str, str], Finding] = {}
        for string in strings:
            if not string:
                continue
            if self.place.domain == DOMAIN and self.message.plural and "%(" not in string:
                continue
            subject = subject_of(
                self.desk.project,
                self.place.locale,
                self.message,
                string,
                self.segment,
                self.glossary,
            )
            for one in findings(subject):
                found.setdefault((one.check, one.message), one)
        return sorted(found.values(), key=lambda one: -one.severity)

    def form_of(self, finding: Finding, strings: tuple[str, ...]) -> int:
        """Which plural form something was found in, from 0."""
        return next((n for n, one in enumerate(strings) if finding in self.findings((one,))), 0)

    def blocking(self, strings: tuple[str, ...]) -> list[Finding]:
        """What keeps a translation from being published."""
        if not all(strings):
            return [Finding("empty", Severity.BLOCKING, "there is no translation")]
        return [one for one in self.findings(strings) if one.severity is Severity.BLOCKING]


def open_message(desk: Desk, place: Place) -> Opened:
    """A message, as its file has it now.

    Raises:
        HTTPException: There is no such message (any more).
        CatalogueError: The file cannot be read.
    """
    catalogue = read_catalogue(desk, place.locale, place.domain)
    message = find(catalogue, key_of(desk, place), place.digest)
    if message is None:
        raise HTTPException(404, "This text is not in its article any more.")
    return Opened(desk, place, catalogue, message)


def read_catalogue(desk: Desk, locale: str, domain: str) -> Catalogue:
    """A catalogue; names that lead out of the folder have none.

    Raises:
        HTTPException: There is none of that name.
        CatalogueError: It cannot be read.
    """
    path = desk.project.catalogue_path(locale, domain.replace("\0", ""))
    inside = path.resolve().is_relative_to(desk.project.catalogues_dir.resolve())
    if not domain or not inside or not path.is_file():
        raise HTTPException(404, "There is no such catalogue.")
    return catalogues.kept.read(path)


def key_of(desk: Desk, place: Place) -> Key | None:
    """What a message is found by in its file, as far as the index knows it."""
    query = select(table.c.context, table.c.source).where(
        table.c.locale == place.locale,
        table.c.domain == place.domain,
        table.c.digest == place.digest,
    )
    with desk.database.connect() as connection:
        row = connection.execute(query).first()
    return (row.context, row.source) if row else None


def find(catalogue: Catalogue, key: Key | None, digest: str) -> Message | None:
    """The message of a digest; at once where its key is known."""
    if key is not None and (found := catalogue.get(key[1], key[0])) is not None:
        return found
    return next((one for one in catalogue.messages if digest_of(one.key) == digest), None)


def segments_of(project: Project, domain: str) -> Mapping[Key, Segment]:
    """The passages of an article by their keys; none if it has none, or cannot be read."""
    try:
        source = articles.find_one(project, domain)
        return {} if source is None else _by_key(articles.load(project, source))
    except PipelineError:
        return {}


def _by_key(article: Article) -> Mapping[Key, Segment]:
    with _lock:
        known = _segments.get(article.path)
        if known is None or known[0] != article.digest:
            known = article.digest, {segment.key: segment for segment in article.segments}
            _segments[article.path] = known
            if len(_segments) > _MOST:
                del _segments[next(iter(_segments))]
    return known[1]


def history_of(opened: Opened) -> list[index.Change]:
    """What became of a message, the latest first."""
    place = opened.place
    return index.history(opened.desk.database, place.locale, place.domain, opened.message.key)
