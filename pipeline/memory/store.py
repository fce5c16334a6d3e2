"""The translation memory: approved translations, found again exactly or by resemblance.

It mirrors the catalogues, and can be made again of them at any time; what was imported from TMX
stays beside. Candidates for a fuzzy match come from the index and are scored with rapidfuzz.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Engine, Row, bindparam, delete, func, select, update

from .. import catalogues
from ..catalogues import State
from ..concordance import settle
from ..database import among, by_index, exclusive, insert_many, reading
from ..database.tables import unit as table
from ..errors import PipelineError
from ..markup.words import said_by
from ..project import Project
from . import concordance, index
from .unit import ALIGNED, Match, Unit, digest_of, score, words_of

LEAST = 75.0
"""Per cent; below this a match is of little use."""

_CANDIDATES = 200
_BATCH = 20_000
_LARGEST = 10_000_000
_READ = 100


@dataclass(frozen=True, slots=True)
class Synced:
    """What changed in the memory, and what could not be read."""

    added: int = 0
    removed: int = 0
    errors: tuple[PipelineError, ...] = ()


@dataclass(frozen=True, slots=True)
class Memory:
    """The units of one language pair."""

    engine: Engine
    source_locale: str
    locale: str

    def exact(self, source: str, context: str | None = None) -> Unit | None:
        """The unit of this very text; of several the one in the same context."""
        query = select(table).where(
            table.c.locale == self.locale, table.c.digest == digest_of(source)
        )
        with self.engine.connect() as connection:
            rows = connection.execute(query.order_by(table.c.id.desc()).limit(50)).all()
        found = [_unit(row) for row in rows if row.source == source]
        found.sort(key=lambda unit: unit.origin == ALIGNED)  # what was approved comes first
        same = [unit for unit in found if unit.context == (context or "")]
        return next(iter(same or found), None)

    def fuzzy(self, source: str, *, least: float = LEAST, limit: int = 3) -> list[Match]:
        """The units that resemble a text, the most alike first."""
        keys = index.wanted(words_of(source), self.locale, len(source), least=least)
        with reading(self.engine) as connection:
            found = index.candidates(connection, keys, most=_CANDIDATES)
            texts = select(table.c.id, table.c.source).where(among(connection, table.c.id, found))
            sources = connection.execute(texts).all()
            scored = [(score(source, text), number) for number, text in sources]
            best = {number: alike for alike, number in sorted(scored)[-limit:] if alike >= least}
            rows = connection.execute(select(table).where(table.c.id.in_(best))).all()
        matches = [Match(_unit(row), best[row.id]) for row in rows]
        return sorted(matches, key=lambda match: -match.score)

    def search(self, said: str, *, limit: int = 20) -> list[Unit]:
        """The units whose source or translation has all these words (a concordance), the oldest
        first: words, which may be parts of longer ones, and phrases in quotation marks."""
        with self.engine.connect() as connection:
            rows = concordance.rows_with(connection, self.locale, said, limit=limit)
        return [_unit(row) for row in rows]

    def count(self) -> dict[str, int]:
        """How many units there are, by where they come from."""
        query = (
            select(table.c.origin, func.count())
            .where(table.c.locale == self.locale)
            .group_by(table.c.origin)
        )
        with self.engine.connect() as connection:
            return {str(row[0]): int(row[1]) for row in connection.execute(query)}

    def units(self) -> Iterator[Unit]:
        """All units, read as they are asked for."""
        columns = (table.c.source, table.c.target, table.c.context, table.c.domain, table.c.origin)
        query = select(*columns).where(table.c.locale == self.locale).order_by(table.c.id)
        with self.engine.connect() as connection:
            for row in connection.execution_options(yield_per=_READ).execute(query):
                yield _unit(row)

    def add(self, units: Iterable[Unit]) -> int:
        """Add units, and replace those of the same text in the same place; how many there were."""
        total = 0
        for batch in _batches(units):
            latest = {(u.domain, u.context, u.digest): u for u in batch}
            # Before others have to wait.
            keys = {key: self._keys(unit.words, unit.source) for key, unit in latest.items()}
            with self._alone() as connection:
                present = self._present(connection, list(latest.values()))
                again = [(number, latest.pop(key)) for key, number in present.items()]
                self._retarget(connection, again)
                self._insert(connection, [(unit, keys[key]) for key, unit in latest.items()])
            total += len(present) + len(latest)
        settle(self.engine)
        return total

    @contextmanager
    def _alone(self) -> Iterator[Connection]:
        """A transaction in which nobody else changes the memory."""
        with exclusive(self.engine, "memory") as connection:
            by_index(connection)
            yield connection

    def _present(
        self, connection: Connection, units: Sequence[Unit]
    ) -> dict[tuple[str, str, str], int]:
        """The numbers of those units whose text has one in the same place."""
        mine = {(u.domain, u.context, u.digest) for u in units}
        columns = (table.c.domain, table.c.context, table.c.digest, table.c.id)
        digests = sorted({unit.digest for unit in units})
        query = (
            select(*columns)
            .where(table.c.locale == self.locale, among(connection, table.c.digest, digests))
            # Without statistics it would read all of the index that has every column.
            .with_hint(table, "INDEXED BY ix_unit_locale_digest", "sqlite")
        )
        found = {(row[0], row[1], row[2]): row[3] for row in connection.execute(query)}
        return {key: number for key, number in found.items() if key in mine}

    def _retarget(self, connection: Connection, units: Sequence[tuple[int, Unit]]) -> None:
        """Give units that are there another translation; their source, and so the index, stays."""
        if units:
            statement = update(table).where(table.c.id == bindparam("number"))
            values: dict[str, Any] = {"target": bindparam("said"), "origin": bindparam("from")}
            values["target_words"] = bindparam("spoken")
            rows = [
                {"number": n, "said": u.target, "from": u.origin, "spoken": said_by([u.target])}
                for n, u in units
            ]
            connection.execute(statement.values(values), rows)

    def sync(self, project: Project) -> Synced:
        """Bring the units of the catalogues up to date: what is approved there is here, no more."""
        added = removed = 0
        errors: list[PipelineError] = []
        known = set(project.domains(self.locale))
        for domain in sorted(known | self._domains()):
            wanted: dict[tuple[str, str], Unit] = {}
            if domain in known:
                try:
                    wanted = self._approved(project, domain)
                except PipelineError as error:
                    errors.append(error)
                    continue
            gone, fresh = self._replace(domain, wanted)
            removed, added = removed + gone, added + fresh
        settle(self.engine)
        return Synced(added, removed, tuple(errors))

    def _approved(self, project: Project, domain: str) -> dict[tuple[str, str], Unit]:
        catalogue = catalogues.read(project.catalogue_path(self.locale, domain))
        units = (
            Unit(message.id, message.text, message.context or "", domain)
            for message in catalogue
            if message.plural is None and catalogues.state_of(message) is State.APPROVED
        )
        return {(unit.context, unit.digest): unit for unit in units}

    def _domains(self) -> set[str]:
        query = select(table.c.domain).where(
            table.c.locale == self.locale, table.c.origin == "catalogue"
        )
        with self.engine.connect() as connection:
            return set(connection.execute(query.distinct()).scalars())

    def _replace(self, domain: str, wanted: dict[tuple[str, str], Unit]) -> tuple[int, int]:
        """Make the units of a domain these; how many went, and how many came."""
        where = (
            table.c.locale == self.locale,
            table.c.domain == domain,
            table.c.origin == "catalogue",
        )
        with self._alone() as connection:
            rows = connection.execute(select(table).where(*where)).all()
            present = {(row.context, row.digest): row for row in rows}
            gone = [row for key, row in present.items() if key not in wanted]
            other = [
                (row.id, wanted[key])
                for key, row in present.items()
                if key in wanted and wanted[key].target != row.target
            ]
            self._remove(connection, gone)
            self._retarget(connection, other)
            fresh = [
                (unit, self._keys(unit.words, unit.source))
                for key, unit in wanted.items()
                if key not in present
            ]
            self._insert(connection, fresh)
        return len(gone) + len(other), len(fresh) + len(other)

    def _keys(self, words: str, source: str) -> list[int]:
        return index.keys_of(words, self.locale, len(source))

    def _insert(self, connection: Connection, units: Sequence[tuple[Unit, list[int]]]) -> None:
        """Insert units, with their keys; none of them may be there yet."""
        if not units:
            return
        last = connection.execute(select(func.coalesce(func.max(table.c.id), 0))).scalar_one()
        own = (self.source_locale, self.locale)
        rows = [
            (n, *own, u.domain, u.context, u.digest, u.source, u.target, u.words, u.origin, *u.said)
            for n, (u, _) in enumerate(units, start=last + 1)
        ]
        insert_many(connection, table, table.c.keys(), rows)
        index.add(connection, [(n, keys) for n, (_, keys) in enumerate(units, start=last + 1)])

    def reindex(self) -> None:
        """Make the index anew if an earlier version filled the memory; that may take minutes."""
        with self.engine.connect() as connection:
            if index.is_current(connection):
                return
        with self._alone() as connection:
            if index.is_current(connection):
                return
            index.clear(connection)
            query = select(table.c.id, table.c.words, table.c.locale, table.c.source)
            query = query.order_by(table.c.id).limit(_BATCH)
            last = 0
            while rows := connection.execute(query.where(table.c.id > last)).all():
                index.add(
                    connection,
                    [(r.id, index.keys_of(r.words, r.locale, len(r.source))) for r in rows],
                )
                last = rows[-1].id

    def _remove(self, connection: Connection, rows: Sequence[Row[Any]]) -> None:
        if not rows:
            return
        index.remove(connection, ((row.id, self._keys(row.words, row.source)) for row in rows))
        numbers = [row.id for row in rows]
        connection.execute(delete(table).where(among(connection, table.c.id, numbers)))


def _batches(units: Iterable[Unit]) -> Iterator[list[Unit]]:
    """Units in lists that are neither long nor large."""
    batch: list[Unit] = []
    size = 0
    for unit in units:
        batch.append(unit)
        size += len(unit.source) + len(unit.target)
        if len(batch) == _BATCH or size > _LARGEST:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def _unit(row: Row[*tuple[Any, ...]]) -> Unit:
    return Unit(row.source, row.target, row.context, row.domain, row.origin)
