"""Kinds of units: what each is given, what comes of it, and the one function that does it.

A kind is one function and one registration; input and outcome are plain values, kept as JSON.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TypeVar

import msgspec

from .. import __version__
from ..errors import MemoryStoreError, PipelineError, QueueError
from ..extract import Change
from ..extract import Job as Extracting
from ..rendering import Changed
from ..said import Said
from ..site import shelf
from ..site.page import Page
from ..site.survey import Surveyed
from ..site.version import Version
from ..translation import translate
from ..translation.pace import AWAY
from .build import is_newer
from .place import Place
from .units import DECLINED, DONE, FAILED, PENDING, Outcome, Unit

T = TypeVar("T")
Work = Callable[[Place, Unit], Outcome]

KINDS: dict[str, Work] = {}


def kind(name: str) -> Callable[[Work], Work]:
    """Registers what does a kind of units."""

    def register(work: Work) -> Work:
        KINDS[name] = work
        return work

    return register


@dataclass(frozen=True, slots=True)
class _Given:
    """What every input says: the version of the software that planned it."""

    version: str


@dataclass(frozen=True, slots=True)
class Article:
    """An article on a day: its id and the name of its file below the sources."""

    id: str
    name: str
    today: date
    preview: bool = False
    locale: str = ""
    version: str = __version__


@dataclass(frozen=True, slots=True)
class Versions:
    """What surveying an article found."""

    stamps: str
    versions: Mapping[str, Version] = field(default_factory=dict)
    errors: Mapping[str, Said] = field(default_factory=dict)

    def surveyed(self, article: str) -> Surveyed:
        """As a build needs it."""
        found = {locale: said.error() for locale, said in self.errors.items()}
        return Surveyed(article, self.stamps, self.versions, found)


@dataclass(frozen=True, slots=True)
class Planned:
    """A page to be made, of an article or of none; ``around`` is what it was planned amid."""

    page: Page
    made_of: str
    around: str
    article: Article
    version: str = __version__


@dataclass(frozen=True, slots=True)
class Ready:
    """A page on the shelf; none if it would be another one by now."""

    made: shelf.Made | None = None


@dataclass(frozen=True, slots=True)
class Extracted:
    """What came of extracting an article or merging one of its catalogues."""

    tags: Sequence[str] = ()
    changes: Sequence[Change] = ()
    errors: Sequence[Said] = ()


@dataclass(frozen=True, slots=True)
class Domains:
    """Catalogues of a language that want drafts."""

    locale: str
    domains: Sequence[str]
    today: date
    version: str = __version__
    engines: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Drafts:
    """What drafting brought."""

    drafts: Mapping[str, int] = field(default_factory=dict)
    waiting: int = 0
    errors: Sequence[Said] = ()
    suggested: int = 0


def encode(value: object) -> str:
    """A value as JSON."""
    return msgspec.json.encode(value).decode()


def decode(text: str, as_: type[T]) -> T:
    """The value that `encode` wrote."""
    return msgspec.json.decode(text, type=as_)


@kind("survey")
def survey(place: Place, unit: Unit) -> Outcome:
    """The versions of an article."""
    given = decode(unit.input, Article)
    job = place.job(given.today, preview=given.preview)
    found = job.survey(place.source(given.id, given.name))
    said = {locale: Said.of(error) for locale, error in found.errors.items()}
    return Outcome(DONE, encode(Versions(found.stamps, found.versions, said)))


@kind("page")
def page(place: Place, unit: Unit) -> Outcome:
    """A page for the shelf, if it still is what was planned."""
    given = decode(unit.input, Planned)
    article = given.article
    job = place.job(article.today, preview=article.preview)
    if job.around[given.page.locale] != given.around:
        return Outcome(DONE, encode(Ready()))
    source = place.source(article.id, article.name) if article.id else None
    try:
        forms = job.forms((given.page, source), exact=True)
    except Changed:
        return Outcome(DONE, encode(Ready()))
    return Outcome(DONE, encode(Ready(place.parcel(job.output).add(forms))))


@kind("extract")
def extract(place: Place, unit: Unit) -> Outcome:
    """The template of an article."""
    given = decode(unit.input, Article)
    job = Extracting(place.project, given.today)
    done = job.template(place.source(given.id, given.name))
    said = tuple(Said.of(error) for error in done.errors)
    return Outcome(DONE, encode(Extracted(done.tags, done.changes, said)))


@kind("merge")
def merge(place: Place, unit: Unit) -> Outcome:
    """The catalogue of an article in one language."""
    given = decode(unit.input, Article)
    job = Extracting(place.project, given.today)
    done = job.catalogue(place.source(given.id, given.name), given.locale)
    said = tuple(Said.of(error) for error in done.errors)
    return Outcome(DONE, encode(Extracted((), done.changes, said)))


@kind("draft")
def draft(place: Place, unit: Unit) -> Outcome:
    """Drafts of what is untranslated in catalogues; again if Redis or the database went away."""
    given = decode(unit.input, Domains)
    try:
        done = translate(
            place.project,
            given.locale,
            only=given.domains,
            ask=given.engines,
            today=given.today,
        )
    except (MemoryStoreError, QueueError) as error:
        return Outcome(PENDING, encode(Said.of(error)))
    if any(AWAY in reason for waiting in done.waiting for reason in waiting.reasons):
        return Outcome(PENDING, encode(Said("QueueError", f"an engine {AWAY}")))
    if lost := [error for error in done.errors if isinstance(error, MemoryStoreError)]:
        return Outcome(PENDING, encode(Said.of(lost[0])))
    said = tuple(Said.of(error) for error in done.errors)
    return Outcome(DONE, encode(Drafts(done.drafts, len(done.waiting), said, done.suggested)))


def do(place: Place, units: Sequence[Unit]) -> dict[str, Outcome]:
    """Do units; what becomes of each, by its key. What goes wrong with one stops no other."""
    outcomes = {unit.key: _do(place, unit) for unit in units}
    try:
        place.lay()
    except OSError as error:
        again = _unwritten(place, error)
        return {key: again if one.state == DONE else one for key, one in outcomes.items()}
    return outcomes


def _do(place: Place, unit: Unit) -> Outcome:
    try:
        if is_newer(decode(unit.input, _Given).version):
            return Outcome(DECLINED, "")  # an older worker might make another page of it
        return KINDS[unit.kind](place, unit)
    except PipelineError as error:
        return Outcome(FAILED, encode(Said.of(error)))
    except OSError as error:
        return _unwritten(place, error)


def _unwritten(place: Place, error: OSError) -> Outcome:
    place.rest()  # another machine may have more luck
    said = Said("OutputError", f"cannot be read or written: {error.strerror or error}")
    return Outcome(PENDING, encode(said))
