"""Returns: files that come back are compared with the copy that they were, and taken in."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path, PurePosixPath

from sqlalchemy import Engine as Database

from .. import catalogues, index
from ..catalogues import Catalogue, Message
from ..errors import ExchangeError
from ..project import Project
from .copies import VERSION, Origin, origin_of
from .reconcile import Bringer, Reconciled, reconcile
from .xliff import Document, read_xliff

_XML = re.compile(rb"(?:\xef\xbb\xbf)?\s*<[!?a-zA-Z]")


@dataclass(frozen=True, slots=True)
class Returned:
    """What came of a file, for one catalogue.

    Attributes:
        locale, domain: The catalogue.
        known: Whether the version of which it was a copy is known.
        result: What was taken, what is in conflict, what nobody wants any more.
    """

    locale: str
    domain: str
    known: bool
    result: Reconciled


@dataclass(frozen=True, slots=True)
class _Parcel:
    """What a file says of one catalogue."""

    locale: str
    domain: str
    version: str
    messages: tuple[Message, ...]
    notes_are_all: bool


def take_in(
    project: Project,
    database: Database,
    data: bytes,
    *,
    name: str,
    locale: str,
    bringer: Bringer,
    dry_run: bool = False,
    on: date | None = None,
) -> list[Returned]:
    """Take in a .po or XLIFF file that somebody worked on; what is in conflict is left alone.

    Args:
        project: The site.
        database: Its state database.
        data: The contents of the file.
        name: Its name; tells which catalogue it is where the file itself does not.
        locale: The language; a file of another one is refused.
        bringer: Who brings it.
        dry_run: Write nothing.
        on: The day.

    Raises:
        ExchangeError: It is neither, of another language, or of no catalogue of this site.
        CatalogueError: It is a broken .po file, or the catalogue here is.
    """
    done = []
    for parcel in _parcels(data, name):
        origin = origin_of(database, parcel.version) if parcel.version else None
        domain = _domain(project, parcel, origin, name, locale)
        taking = _Taking(parcel, origin.base if origin else None, bringer, on or date.today())
        if dry_run:
            taking.change(catalogues.read(project.catalogue_path(locale, domain)))
        else:
            index.update(project, database, locale, domain, taking.change, by=bringer.name)
        done.append(Returned(locale, domain, origin is not None, taking.result))
    return done


@dataclass(slots=True)
class _Taking:
    """A catalogue being changed by what came back; perhaps more than once, the last time counts."""

    parcel: _Parcel
    base: Catalogue | None
    bringer: Bringer
    on: date
    result: Reconciled = field(init=False)

    def change(self, ours: Catalogue) -> Catalogue:
        """Ours with what came back."""
        theirs = self.parcel.messages
        if not self.parcel.notes_are_all:
            theirs = tuple(_with_comments(self.base or ours, theirs))
        self.result = reconcile(ours, theirs, self.base, bringer=self.bringer, on=self.on)
        return self.result.catalogue


def _parcels(data: bytes, name: str) -> Iterator[_Parcel]:
    """What a file says, for each catalogue that it speaks of."""
    if _XML.match(data):
        for document in read_xliff(data, Path(name)):
            yield _of_document(document)
        return
    catalogue = catalogues.parse(data, Path(name))
    header = catalogue.header
    language = header.get("Language", "")
    yield _Parcel(language, "", header.get(VERSION, ""), catalogue.messages, True)


def _of_document(document: Document) -> _Parcel:
    return _Parcel(document.locale, document.domain, document.version, document.messages, False)


def _domain(
    project: Project, parcel: _Parcel, origin: Origin | None, name: str, locale: str
) -> str:
    """Which catalogue a file is of: what it was a copy of, what it says, or by its name."""
    if parcel.locale and parcel.locale.lower() != locale.lower():
        raise ExchangeError(
            f"this file is in {parcel.locale}, not in {locale}",
            path=Path(name),
            hint="Bring it to its language.",
        )
    if origin is not None and origin.locale == locale:
        return origin.domain
    known = list(project.domains(locale))
    if parcel.domain in known:
        return parcel.domain
    stem = PurePosixPath(name).with_suffix("")
    inside = [domain for domain in known if f"/{stem}".endswith(f"/{domain}")]
    named = [domain for domain in known if PurePosixPath(domain).name == stem.name]
    if inside or len(named) == 1:
        return max(inside or named, key=len)
    raise ExchangeError(
        f"it cannot be told which catalogue of {locale} this file is",
        path=Path(name),
        hint="Name the file as the article, such as articles/first.po.",
    )


def _with_comments(base: Catalogue, messages: Sequence[Message]) -> Iterator[Message]:
    """Messages with the comments that they had, besides those that they have: tools drop notes."""
    for message in messages:
        old = base.get(message.id, message.context)
        kept = old.comments if old is not None else ()
        own = [c for c in kept if not c.startswith("@l10n ") or c.startswith("@l10n ignore")]
        new = [comment for comment in message.comments if comment not in own]
        yield replace(message, comments=(*own, *new))
