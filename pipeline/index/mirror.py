"""Mirroring: the index made of the catalogues, file by file, where something has changed."""

from __future__ import annotations

import hashlib
import json
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from sqlalchemy import ColumnElement, Connection, Table, delete, func, insert, select
from sqlalchemy import Engine as Database

from .. import catalogues, files
from ..catalogues import Catalogue, Message, State, digest_of
from ..database import exclusive
from ..database.tables import file as files_table
from ..database.tables import message as table
from ..errors import PipelineError
from ..locks import locks_of
from ..project import Project
from .author import author_of
from .change import Change, Kind, Known, changes_of
from .history import keep

_SETTLED = 2_000_000_000
"""Nanoseconds; a file that is younger may be written again without its time telling."""

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Synced:
    """What was found in the catalogues of a language.

    Attributes:
        catalogues: How many there are.
        read: How many of them had changed, or were not known.
        messages: How many messages are in each state.
        changes: What became of how many messages since the last time.
        outside: Who edited how many messages elsewhere; the name is empty where it is not known.
        errors: What could not be read; what was known of it stays.
    """

    catalogues: int = 0
    read: int = 0
    messages: Mapping[State, int] = field(default_factory=dict)
    changes: Mapping[Kind, int] = field(default_factory=dict)
    outside: Mapping[str, int] = field(default_factory=dict)
    errors: tuple[PipelineError, ...] = ()


@dataclass(frozen=True, slots=True)
class _Stamp:
    """By what a file is known to be the same without being read."""

    size: int = 0
    changed: int = 0


def sync(
    project: Project,
    database: Database,
    locale: str,
    *,
    force: bool = False,
    progress: Progress = lambda step, done, total: None,
) -> Synced:
    """Bring the index of a language up to date with its catalogues.

    Args:
        project: The site.
        database: Its state database.
        locale: The language.
        force: Read also what seems to be as it was.
        progress: Told how far the work is.
    """
    known = {} if force else _stamps(database, locale)
    domains = list(project.domains(locale))
    changes: list[Change] = []
    errors: list[PipelineError] = []
    read = 0
    for number, domain in enumerate(domains):
        progress("Reading catalogues", number, len(domains))
        stamp = _stamp(project, locale, domain)
        if stamp.changed and known.get(domain) == stamp:
            continue
        try:
            catalogue = catalogues.read(project.catalogue_path(locale, domain))
        except PipelineError as error:
            errors.append(error)
            continue
        found = _take(project, database, locale, domain, catalogue, stamp)
        read += found is not None
        changes += found or ()
    _forget(database, locale, domains)
    progress("Reading catalogues", len(domains), len(domains))
    return Synced(
        len(domains),
        read,
        _messages(database, locale),
        Counter(change.kind for change in changes),
        Counter(change.who for change in changes if change.kind is Kind.OUTSIDE),
        tuple(errors),
    )


def update(
    project: Project,
    database: Database,
    locale: str,
    domain: str,
    change: Callable[[Catalogue], Catalogue],
    *,
    by: str,
) -> Catalogue:
    """Change a catalogue as `catalogues.update` does, and keep in the history who did it.

    What others have changed since the last look is told apart. If the database fails after the
    file was written, the next `sync` finds the change, and takes it for one from outside.

    Args:
        project: The site.
        database: Its state database.
        locale, domain: The catalogue.
        change: Makes the new catalogue of the one that was read; may be called more than once.
        by: Who does it.

    Raises:
        CatalogueError: It cannot be read.
        ConflictError: It was changed again and again.
    """
    path = project.catalogue_path(locale, domain)
    done = catalogues.update(path, change, locks=locks_of(project))
    original = done.original or b""
    if _digest(database, locale, domain) != files.digest(original):
        _take(project, database, locale, domain, catalogues.parse(original, path), _Stamp())
    _take(project, database, locale, domain, done, _Stamp(), by=by)
    return done


def _take(
    project: Project,
    database: Database,
    locale: str,
    domain: str,
    catalogue: Catalogue,
    stamp: _Stamp,
    *,
    by: str = "",
) -> list[Change] | None:
    """Take over what a catalogue says, and keep what that changes; None if it was known."""
    digest = files.digest(catalogue.dump())
    changes: list[Change] | None = None
    with exclusive(database, f"index {locale} {domain}") as connection:
        own = _of(files_table, locale, domain)
        known = connection.execute(select(files_table).where(*own)).first()
        if known is None or known.digest != digest:
            before = _mirror(connection, locale, domain, catalogue)
            changes = list(changes_of(before, catalogue.messages, by=by)) if known else []
            if any(one.kind is Kind.OUTSIDE for one in changes):
                path = project.catalogue_path(locale, domain)
                author = author_of(catalogue, path, revision=str(known and known.revision))
                changes = [
                    replace(one, who=author) if one.kind is Kind.OUTSIDE else one for one in changes
                ]
            keep(connection, locale, domain, changes)
        connection.execute(delete(files_table).where(*own))
        row = {"locale": locale, "domain": domain, "digest": digest, "size": stamp.size}
        revision = catalogue.header.get("PO-Revision-Date", "")
        row |= {"changed": stamp.changed, "revision": revision}
        connection.execute(insert(files_table), row)
    return changes


def _mirror(
    connection: Connection, locale: str, domain: str, catalogue: Catalogue
) -> dict[str, Known]:
    """Make the rows of a catalogue those that it has; the messages as they were."""
    own = _of(table, locale, domain)
    columns = (table.c.digest, table.c.place, table.c.sum, table.c.state, table.c.strings)
    before = {row.digest: row for row in connection.execute(select(*columns).where(*own))}
    now = {digest_of(message.key): (n, message) for n, message in enumerate(catalogue.messages)}
    sums = {digest: sum_of(message) for digest, (_, message) in now.items()}
    same = {
        digest
        for digest, row in before.items()
        if digest in now and (row.place, row.sum) == (now[digest][0], sums[digest])
    }
    connection.execute(delete(table).where(*own, table.c.digest.in_(before.keys() - same)))
    rows = [
        {
            "locale": locale,
            "domain": domain,
            "digest": digest,
            "context": message.context,
            "place": place,
            "state": catalogues.state_of(message),
            "source": message.id,
            "strings": list(message.strings),
            "sum": sums[digest],
        }
        for digest, (place, message) in now.items()
        if digest not in same
    ]
    if rows:
        connection.execute(insert(table), rows)
    return {d: Known(State(row.state), tuple(row.strings)) for d, row in before.items()}


def sum_of(message: Message) -> str:
    """A hash over all that a file says of a message: what is saved must be of the same."""
    said = [getattr(message, name) for name in Message.__slots__ if name != "line"]
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()[:24]


def _digest(database: Database, locale: str, domain: str) -> str:
    """The hash of a catalogue as the index has it; empty if it has not."""
    query = select(files_table.c.digest).where(*_of(files_table, locale, domain))
    with database.connect() as connection:
        return str(connection.execute(query).scalar() or "")


def _stamp(project: Project, locale: str, domain: str) -> _Stamp:
    """The stamp of a file; none that counts if it was written just now, or cannot be read."""
    try:
        found = project.catalogue_path(locale, domain).stat()
    except OSError:
        return _Stamp()
    settled = found.st_mtime_ns < time.time_ns() - _SETTLED
    return _Stamp(found.st_size, found.st_mtime_ns if settled else 0)


def _stamps(database: Database, locale: str) -> dict[str, _Stamp]:
    query = select(files_table).where(files_table.c.locale == locale)
    with database.connect() as connection:
        return {row.domain: _Stamp(row.size, row.changed) for row in connection.execute(query)}


def _forget(database: Database, locale: str, domains: Sequence[str]) -> None:
    """Drop the rows of catalogues that are there no more; their history stays."""
    gone = _stamps(database, locale).keys() - set(domains)
    for domain in sorted(gone):
        with exclusive(database, f"index {locale} {domain}") as connection:
            for one in (table, files_table):
                connection.execute(delete(one).where(*_of(one, locale, domain)))


def _messages(database: Database, locale: str) -> dict[State, int]:
    """How many messages are in each state."""
    query = select(table.c.state, func.count()).where(table.c.locale == locale)
    with database.connect() as connection:
        rows = connection.execute(query.group_by(table.c.state)).all()
    counts = {State(state): int(count) for state, count in rows}
    return {state: counts.get(state, 0) for state in State}


def _of(table: Table, locale: str, domain: str) -> tuple[ColumnElement[bool], ...]:
    return (table.c.locale == locale, table.c.domain == domain)
