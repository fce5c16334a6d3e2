"""The translation memory: approved translations, found again exactly or by resemblance.

It mirrors the catalogues, and can be made again of them at any time; what was imported from TMX
stays beside. Candidates for a fuzzy match come from the index and are scored with rapidfuzz.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from sqlalchemy import Connection, Engine, Row, delete, func, insert, select

from .. import catalogues
from ..catalogues import State
from ..database.tables import unit as table
from ..errors import PipelineError
from ..project import Project
from . import index
from .unit import Match, Unit, digest_of, score, words_of

LEAST = 75.0
"""Per cent; below this a match is of little use."""

_CANDIDATES = 80
_BATCH = 2000


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
        same = [unit for unit in found if unit.context == (context or "")]
        return next(iter(same or found), None)

    def fuzzy(self, source: str, *, least: float = LEAST, limit: int = 3) -> list[Match]:
        """The units that resemble a text, the most alike first."""
        grams = index.grams_of(words_of(source), self.locale)
        with self.engine.connect() as connection:
            found = index.candidates(connection, grams, most=_CANDIDATES)
            rows = connection.execute(select(table).where(table.c.id.in_(found))).all()
        matches = [Match(_unit(row), score(source, row.source)) for row in rows]
        good = sorted((m for m in matches if m.score >= least), key=lambda m: -m.score)
        return good[:limit]

    def search(self, words: str, *, limit: int = 20) -> list[Unit]:
        """The units whose source or translation has these words (a concordance)."""
        like = f"%{words.lower().replace('%', '')}%"
        query = select(table).where(
            table.c.locale == self.locale,
            table.c.words.like(like) | func.lower(table.c.target).like(like),
        )
        with self.engine.connect() as connection:
            return [_unit(row) for row in connection.execute(query.limit(limit))]

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
        query = select(table).where(table.c.locale == self.locale).order_by(table.c.id)
        with self.engine.connect() as connection:
            for row in connection.execution_options(yield_per=_BATCH).execute(query):
                yield _unit(row)

    def add(self, units: Iterable[Unit]) -> int:
        """Add units, and replace those of the same text in the same place; how many there were."""
        total = 0
        iterator = iter(units)
        while batch := list(islice(iterator, _BATCH)):
            latest = {(u.domain, u.context, u.digest): u for u in batch}
            with self.engine.begin() as connection:
                for domain in {u.domain for u in latest.values()}:
                    mine = [u for u in latest.values() if u.domain == domain]
                    old = select(table).where(
                        table.c.locale == self.locale,
                        table.c.domain == domain,
                        table.c.digest.in_([u.digest for u in mine]),
                        table.c.context.in_({u.context for u in mine}),
                    )
                    self._remove(connection, connection.execute(old).all())
                self._insert(connection, list(latest.values()))
            total += len(latest)
        return total

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
        with self.engine.begin() as connection:
            rows = connection.execute(select(table).where(*where)).all()
            present = {(row.context, row.digest): row for row in rows}
            stale = [
                row
                for key, row in present.items()
                if key not in wanted or wanted[key].target != row.target
            ]
            fresh = [
                unit
                for key, unit in wanted.items()
                if key not in present or present[key].target != unit.target
            ]
            self._remove(connection, stale)
            self._insert(connection, fresh)
        return len(stale), len(fresh)

    def _insert(self, connection: Connection, units: Sequence[Unit]) -> None:
        if not units:
            return
        statement = insert(table).returning(table.c.id, sort_by_parameter_order=True)
        rows = [self._row(unit) for unit in units]
        numbers = connection.execute(statement, rows).scalars().all()
        grams = (index.grams_of(unit.words, self.locale) for unit in units)
        index.add(connection, zip(numbers, grams, strict=True))

    def _remove(self, connection: Connection, rows: Sequence[Row[Any]]) -> None:
        if not rows:
            return
        index.remove(connection, ((r.id, index.grams_of(r.words, self.locale)) for r in rows))
        connection.execute(delete(table).where(table.c.id.in_([row.id for row in rows])))

    def _row(self, unit: Unit) -> dict[str, str]:
        return {
            "source_locale": self.source_locale,
            "locale": self.locale,
            "domain": unit.domain,
            "context": unit.context,
            "digest": unit.digest,
            "source": unit.source,
            "target": unit.target,
            "words": unit.words,
            "origin": unit.origin,
        }


def _unit(row: Row[Any]) -> Unit:
    return Unit(row.source, row.target, row.context, row.domain, row.origin)
