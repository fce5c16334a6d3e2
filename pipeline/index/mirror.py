"""Mirroring: the index made of the catalogues, file by file, where something has changed."""

from __future__ import annotations

import hashlib
import json
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import ColumnElement, Connection, Table, delete, func, insert, select, update
from sqlalchemy import Engine as Database

from .. import catalogues, files
from ..catalogues import Catalogue, Key, Message, State, digest_of, state_of
from ..database import exclusive
from ..database.tables import file as files_table
from ..database.tables import message as table
from ..database.tables import tally
from ..errors import PipelineError
from ..markup.words import said_by
from ..project import Project
from .author import author_of
from .change import Change, Kind, Known, changes_of
from .history import keep
from .turn import turn_of

_SETTLED = 2_000_000_000
"""Nanoseconds; a file that is younger may be written again without its time telling."""

_NOT_LOOKED_AT = {"checks": "", "engine": "", "risk": 0, "since": 0.0, "author": ""}
"""What the desk has found in a message that it has not seen."""

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


_NO_STAMP = _Stamp()

Record = Callable[[Connection], None]
"""Writes what else is to be known of a change, in the transaction in which the index takes it."""


@dataclass(frozen=True, slots=True)
class Step:
    """One change of a catalogue: who made it, the catalogue before and after, what else is kept."""

    by: str
    before: Catalogue
    after: Catalogue
    record: Record | None = None

    @property
    def is_small(self) -> bool:
        """Whether the catalogue has the same messages in the same order."""
        before, after = self.before.entries, self.after.entries
        return len(before) == len(after) and all(
            old is new or (old.message and new.message and old.message.key == new.message.key)
            for old, new in zip(before, after, strict=True)
        )

    @property
    def changed(self) -> list[tuple[Message, Message]]:
        """The messages that changed, as they were and as they are; of a small step."""
        both = zip(self.before.entries, self.after.entries, strict=True)
        return [
            (old.message, new.message)
            for old, new in both
            if old is not new and old.message and new.message and not new.message.obsolete
        ]


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
        path = project.catalogue_path(locale, domain)
        try:
            with turn_of(database, path).lock:  # what is being changed here is not from outside
                catalogue = catalogues.kept.read(path)
                found = take(project, database, locale, domain, catalogue, stamp)
        except PipelineError as error:
            errors.append(error)
            continue
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


def take(
    project: Project,
    database: Database,
    locale: str,
    domain: str,
    catalogue: Catalogue,
    stamp: _Stamp = _NO_STAMP,
    *,
    by: str = "",
    record: Record | None = None,
) -> list[Change] | None:
    """Take over what a catalogue says, and keep what that changes; None if it was known.

    Args:
        project: The site.
        database: Its state database.
        locale, domain: The catalogue.
        catalogue: What it says now.
        stamp: That of its file.
        by: Who changed it here; empty if it was found changed.
        record: Writes more in the same transaction.
    """
    digest = files.digest(catalogue.dump())
    changes: list[Change] | None = None
    with exclusive(database, lock_name(locale, domain)) as connection:
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
            _count(connection, locale, domain, catalogue)
        connection.execute(delete(files_table).where(*own))
        row = {"locale": locale, "domain": domain, "digest": digest, "size": stamp.size}
        row["checked"] = known.checked if known else ""
        revision = catalogue.header.get("PO-Revision-Date", "")
        row |= {"changed": stamp.changed, "revision": revision}
        connection.execute(insert(files_table), row)
        if record is not None:
            record(connection)
    return changes


def advance(
    connection: Connection, locale: str, domain: str, catalogue: Catalogue, steps: Sequence[Step]
) -> bool:
    """Take over a few messages that were changed here; False if the index was not there yet.

    Args:
        connection: In a transaction that is alone with the catalogue.
        locale, domain: The catalogue.
        catalogue: As it is after the last step; it has the messages that it had, in their order.
        steps: What was changed, one after the other.
    """
    base = files.digest(steps[0].before.original or b"")
    own = _of(files_table, locale, domain)
    values = {"digest": files.digest(catalogue.dump()), "size": 0, "changed": 0}
    mark = update(files_table).where(*own, files_table.c.digest == base)
    if connection.execute(mark.values(**values)).rowcount != 1:
        return False
    changed: set[Key] = set()
    moved: Counter[State] = Counter()
    for step in steps:
        moved.subtract(state_of(old) for old, _ in step.changed)
        moved.update(state_of(new) for _, new in step.changed)
        before = {digest_of(old.key): Known(state_of(old), old.strings) for old, _ in step.changed}
        after = [new for _, new in step.changed]
        keep(connection, locale, domain, list(changes_of(before, after, by=step.by)))
        changed |= {message.key for message in after}
    for key in changed:
        here = (*_of(table, locale, domain), table.c.digest == digest_of(key))
        if message := catalogue.get(key[1], key[0]):
            connection.execute(update(table).where(*here).values(**_said(message)))
    for step in steps:  # after the rows are what they are about
        if step.record is not None:
            step.record(connection)
    _move(connection, locale, domain, moved)
    return True


def _count(connection: Connection, locale: str, domain: str, catalogue: Catalogue) -> None:
    """Keep how many messages of a catalogue are in each state."""
    connection.execute(delete(tally).where(*_of(tally, locale, domain)))
    counts = Counter(map(state_of, catalogue.messages))
    rows = [
        {"locale": locale, "domain": domain, "state": state, "count": count}
        for state, count in counts.items()
    ]
    if rows:
        connection.execute(insert(tally), rows)


def _move(connection: Connection, locale: str, domain: str, moved: Counter[State]) -> None:
    """Count some messages more in one state, and less in another."""
    for state, count in moved.items():
        own = (*_of(tally, locale, domain), tally.c.state == state)
        more = update(tally).where(*own).values(count=tally.c.count + count)
        if count and connection.execute(more).rowcount == 0:
            row = {"locale": locale, "domain": domain, "state": state, "count": count}
            connection.execute(insert(tally), row)


def _mirror(
    connection: Connection, locale: str, domain: str, catalogue: Catalogue
) -> dict[str, Known]:
    """Make the rows of a catalogue those that it has; the messages as they were."""
    own = _of(table, locale, domain)
    names = ("digest", "place", "sum", "state", "strings", "source_words")
    columns = [table.c[name] for name in names]
    before = {row.digest: row for row in connection.execute(select(*columns).where(*own))}
    now = {digest_of(message.key): (n, message) for n, message in enumerate(catalogue.messages)}
    sums = {digest: sum_of(message) for digest, (_, message) in now.items()}
    same = {
        digest
        for digest, row in before.items()
        if digest in now
        and (row.place, row.sum) == (now[digest][0], sums[digest])
        and row.source_words is not None
    }
    connection.execute(delete(table).where(*own, table.c.digest.in_(before.keys() - same)))
    rows = [
        {
            "locale": locale,
            "domain": domain,
            "digest": digest,
            "context": message.context,
            "place": place,
            "source": message.id,
            **_said(message),
        }
        for digest, (place, message) in now.items()
        if digest not in same
    ]
    if rows:
        connection.execute(insert(table), rows)
    return {d: Known(State(row.state), tuple(row.strings)) for d, row in before.items()}


def _said(message: Message) -> dict[str, Any]:
    """What a row says of a message beside what it is found by."""
    return {
        "state": state_of(message),
        "strings": list(message.strings),
        "sum": sum_of(message),
        "source_words": said_by([message.id]),
        "target_words": said_by(message.strings),
        **_NOT_LOOKED_AT,
    }


def sum_of(message: Message) -> str:
    """A hash over all that a file says of a message: what is saved must be of the same."""
    said = [getattr(message, name) for name in Message.__slots__ if name != "line"]
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()[:24]


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
        with exclusive(database, lock_name(locale, domain)) as connection:
            for one in (table, files_table, tally):
                connection.execute(delete(one).where(*_of(one, locale, domain)))


def _messages(database: Database, locale: str) -> dict[State, int]:
    """How many messages are in each state."""
    query = select(tally.c.state, func.sum(tally.c.count)).where(tally.c.locale == locale)
    with database.connect() as connection:
        rows = connection.execute(query.group_by(tally.c.state)).all()
    counts = {State(state): int(count) for state, count in rows}
    return {state: counts.get(state, 0) for state in State}


def lock_name(locale: str, domain: str) -> str:
    """The name under which whoever changes the rows of a catalogue is alone with them."""
    return f"index {locale} {domain}"


def _of(table: Table, locale: str, domain: str) -> tuple[ColumnElement[bool], ...]:
    return (table.c.locale == locale, table.c.domain == domain)
