"""Units of work: enlisted once for each input, claimed, settled, and isolated when they kill.

Every transition is compared and set: it happens only from the state that it was decided in, and
only by whoever holds the unit.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, String, bindparam, case, func, select, update
from sqlalchemy import Engine as Database

from ..database import exclusive, insert_many
from ..database.clock import again, has_died, now
from ..database.tables import build as builds
from ..database.tables import part, work

PENDING, QUEUED, RUNNING = "pending", "queued", "running"
DONE, FAILED, ISOLATED, CANCELLED = "done", "failed", "isolated", "cancelled"
DECLINED = "declined"
SETTLED = (DONE, FAILED, ISOLATED, CANCELLED)

LEDGER = "ledger"
_CHUNK = 500


@dataclass(frozen=True, slots=True)
class Wanted:
    """A unit that a build wants: what kind of work on what, under the hash of all it depends on."""

    key: str
    kind: str
    name: str
    input: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a unit: ``done``, ``failed``, or ``pending`` to be tried again, or
    ``declined``, which is ``pending`` as if it had not been begun.

    ``data`` is JSON, as is the input of a unit: what is in it depends on its kind.
    """

    state: str
    data: str


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit as its row has it; ``runs`` is how often it was begun."""

    key: str
    kind: str
    name: str
    state: str
    priority: int
    runs: int
    input: str
    outcome: str


@dataclass(frozen=True, slots=True)
class Units:
    """The units of the ledger.

    Attributes:
        database: Where they are.
        lease: For how many seconds somebody holds a unit without a sign of life.
        runs: How often a unit may be begun without an end before nobody gets it any more.
    """

    database: Database
    lease: float = 30
    runs: int = 3

    # Enlisting

    def enlist(
        self,
        connection: Connection,
        build: str,
        step: str,
        wanted: Sequence[Wanted],
        priority: int,
        *,
        holds: Callable[[Unit], bool] = lambda unit: True,
    ) -> None:
        """Let a build wait for units; those that are there already are shared.

        Args:
            connection: A transaction that is alone with the ledger.
            build, step: What waits.
            wanted: The units.
            priority: From 0, the most urgent, to 9.
            holds: Whether an earlier outcome is still of use.
        """
        still = select(part.c.key).where(part.c.build == build, part.c.step == step)
        there = set(connection.execute(still).scalars())
        by_key = {one.key: one for one in wanted if one.key not in there}
        known = {row.key: row for row in _rows(connection, list(by_key))}
        at = now(connection)
        fresh = [one for key, one in by_key.items() if key not in known]
        columns = ("key", "kind", "name", "input", "state", "priority", "runs", "batch", "owner")
        rows = (
            (o.key, o.kind, o.name, o.input, PENDING, priority, 0, "", "", 0, at, "") for o in fresh
        )
        insert_many(connection, work, (*columns, "until", "changed", "outcome"), rows)
        links = ((build, step, key) for key in by_key)
        insert_many(connection, part, ("build", "step", "key"), links)
        renew = [
            key
            for key, row in known.items()
            if row.state in (FAILED, CANCELLED) or (row.state == DONE and not holds(_unit(row)))
        ]
        for keys in _chunks(renew):
            again_ = update(work).where(work.c.key.in_(keys), work.c.state.in_(SETTLED))
            connection.execute(again_.values(state=PENDING, runs=0, batch="", changed=at, until=0))
        for keys in _chunks(list(known)):
            sooner = update(work).where(work.c.key.in_(keys), work.c.priority > priority)
            # What was sent already is sent once more, to overtake: the later one finds it done.
            connection.execute(sooner.where(work.c.state == QUEUED).values(state=PENDING, batch=""))
            connection.execute(sooner.values(priority=priority))

    # Sending

    @again
    def to_send(self, build: str, step: str) -> list[Unit]:
        """The units of a step that nobody has been told of, in the order they were enlisted."""
        query = (
            select(work)
            .join(part, part.c.key == work.c.key)
            .where(part.c.build == build, part.c.step == step, work.c.state == PENDING)
            .order_by(work.c.kind, work.c.name)
        )
        with self.database.connect() as connection:
            at = now(connection)
            rows = connection.execute(query.where(work.c.until <= at)).all()
            return [_unit(row) for row in rows]

    @again
    def sent(self, batches: Mapping[str, Sequence[str]]) -> None:
        """Note which units are on their way, by the message that carries them."""
        with exclusive(self.database, LEDGER) as connection:
            at = now(connection)
            rows = [
                {"one": key, "batch": name, "at": at}
                for name, keys in batches.items()
                for key in keys
            ]
            statement = update(work).where(work.c.key == bindparam("one"), work.c.state == PENDING)
            values = {"state": QUEUED, "batch": bindparam("batch"), "changed": bindparam("at")}
            if rows:
                connection.execute(statement.values(values), rows)

    # Working

    @again
    def claim(self, keys: Sequence[str], owner: str) -> list[Unit]:
        """Take those of some units that nobody holds; what has killed too often is isolated.

        Of many that died together each is to be sent alone, so that one does not spoil the others:
        those are pending afterwards.
        """
        with exclusive(self.database, LEDGER) as connection:
            at = now(connection)
            free = [row for row in _rows(connection, keys) if _is_free(row, owner, at)]
            again_ = [row for row in free if row.runs and row.owner != owner]
            worn = {row.key for row in again_ if row.runs >= self.runs}
            alone = {row.key for row in again_ if len(keys) > 1} - worn
            mine = [row for row in free if row.key not in worn | alone]
            self._isolate(connection, sorted(worn), at)
            self._take_back(connection, sorted(alone), at)
            taken = {"state": RUNNING, "owner": owner, "until": at + self.lease, "changed": at}
            for some in _chunks(row.key for row in mine if row.owner != owner):
                begun = update(work).where(work.c.key.in_(some))
                connection.execute(begun.values(runs=work.c.runs + 1, **taken))
            order = {key: number for number, key in enumerate(keys)}
            return sorted((_unit(row) for row in mine), key=lambda unit: order[unit.key])

    @again
    def renew(self, owner: str) -> None:
        """A sign of life: hold what one holds for longer."""
        with self.database.begin() as connection:
            held = update(work).where(work.c.owner == owner, work.c.state == RUNNING)
            connection.execute(held.values(until=now(connection) + self.lease))

    @again
    def settle(self, owner: str, outcomes: Mapping[str, Outcome]) -> None:
        """Write down what became of units; of one that somebody else holds by now, nothing.

        One that is to be tried again, and was often enough, has failed.
        """
        with exclusive(self.database, LEDGER) as connection:
            at = now(connection)
            rows = [
                {"one": key, "said": outcome.data, "state_": outcome.state}
                for key, outcome in outcomes.items()
            ]
            own = (work.c.key == bindparam("one"), work.c.owner == owner, work.c.state == RUNNING)
            worn = case((work.c.runs >= self.runs, FAILED), else_=PENDING)
            said = bindparam("state_", type_=String)
            settled = case((said == PENDING, worn), (said == DECLINED, PENDING), else_=said)
            runs = work.c.runs - case((said == DECLINED, 1), else_=0)
            values = {
                "state": settled,
                "runs": runs,
                "outcome": bindparam("said"),
                "owner": "",
                "until": 0,
            }
            statement = update(work).where(*own).values(**values, batch="", changed=at)
            if rows:
                connection.execute(statement, rows)

    @again
    def decline(self, keys: Sequence[str]) -> None:
        """Units that were brought to somebody who cannot do them; they are to be sent again."""
        with exclusive(self.database, LEDGER) as connection:
            own = (work.c.key.in_(keys), work.c.state == QUEUED)
            connection.execute(update(work).where(*own).values(state=PENDING, batch=""))

    @again
    def pending(self, keys: Sequence[str]) -> list[Unit]:
        """Those of some units that are to be sent now."""
        with self.database.connect() as connection:
            at = now(connection)
            rows = _rows(connection, keys)
            return [_unit(row) for row in rows if row.state == PENDING and row.until <= at]

    @again
    def release(self, owner: str) -> None:
        """Let go of what one holds and could not end; it counts as begun."""
        with exclusive(self.database, LEDGER) as connection:
            held = update(work).where(work.c.owner == owner, work.c.state == RUNNING)
            values = {"state": PENDING, "owner": "", "batch": "", "until": 0}
            connection.execute(held.values(changed=now(connection), **values))

    # Looking

    @again
    def of(self, build: str, step: str, *states: str) -> list[Unit]:
        """The units that a step of a build waits for, or waited for."""
        query = select(work).join(part, part.c.key == work.c.key)
        query = query.where(part.c.build == build, part.c.step == step)
        if states:
            query = query.where(work.c.state.in_(states))
        with self.database.connect() as connection:
            return [_unit(row) for row in connection.execute(query)]

    @again
    def outcomes(self, build: str, step: str) -> dict[str, tuple[str, str]]:
        """State and outcome of each unit of a step, by its key."""
        query = select(work.c.key, work.c.state, work.c.outcome)
        query = query.join(part, part.c.key == work.c.key)
        query = query.where(part.c.build == build, part.c.step == step)
        with self.database.connect() as connection:
            return {key: (state, said) for key, state, said in connection.execute(query)}

    @again
    def waited_for(self, keys: Sequence[str]) -> list[str]:
        """The builds whose current step waits for nothing more, of those that wanted some units."""
        wanting = (
            select(builds.c.id, builds.c.step)
            .join(part, (part.c.build == builds.c.id) & (part.c.step == builds.c.step))
            .where(part.c.key.in_(keys), builds.c.state == RUNNING)
            .distinct()
        )
        with self.database.connect() as connection:
            rows = connection.execute(wanting).all()
            return [row.id for row in rows if not _is_open(connection, row.id, row.step)]

    @again
    def is_open(self, build: str, step: str) -> bool:
        """Whether a step of a build still waits for something."""
        with self.database.connect() as connection:
            return _is_open(connection, build, step)

    # Overdue

    @again
    def overdue(self, *, missing: int) -> int:
        """Take back what nobody works on any more, to be sent again; how many units those were.

        Args:
            missing: How many messages seem to be lost: the oldest of those on their way are.
        """
        with exclusive(self.database, LEDGER) as connection:
            at = now(connection)
            running = connection.execute(select(work).where(work.c.state == RUNNING)).all()
            left = [row for row in running if _is_free(row, "", at)]
            worn = [row.key for row in left if row.runs >= self.runs]
            self._isolate(connection, worn, at)
            back = [row.key for row in left if row.runs < self.runs]
            if missing > 0:
                old = select(work.c.batch).where(
                    work.c.state == QUEUED, work.c.changed < at - self.lease
                )
                oldest = old.group_by(work.c.batch).order_by(func.min(work.c.changed))
                lost = select(work.c.key).where(work.c.batch.in_(oldest.limit(missing)))
                back += connection.execute(lost.where(work.c.state == QUEUED)).scalars()
            self._take_back(connection, back, at)
            return len(back) + len(worn)

    @again
    def on_their_way(self) -> int:
        """How many messages have been sent of which nobody has begun any unit."""
        query = select(func.count(work.c.batch.distinct())).where(work.c.state == QUEUED)
        with self.database.connect() as connection:
            return int(connection.execute(query).scalar_one())

    def _take_back(self, connection: Connection, keys: Sequence[str], at: float) -> None:
        for some in _chunks(keys):
            taken = update(work).where(work.c.key.in_(some))
            values = {"state": PENDING, "owner": "", "batch": "", "until": 0, "changed": at}
            connection.execute(taken.values(**values))

    def _isolate(self, connection: Connection, keys: Sequence[str], at: float) -> None:
        for some in _chunks(keys):
            worn = update(work).where(work.c.key.in_(some))
            connection.execute(worn.values(state=ISOLATED, owner="", batch="", changed=at))


def _is_open(connection: Connection, build: str, step: str) -> bool:
    """Whether a step still waits for something."""
    query = (
        select(part.c.key)
        .join(work, work.c.key == part.c.key)
        .where(part.c.build == build, part.c.step == step, work.c.state.not_in(SETTLED))
        .limit(1)
    )
    return connection.execute(query).first() is not None


def _is_free(row: Row[Any], owner: str, at: float) -> bool:
    if row.state in (PENDING, QUEUED):
        return True
    if row.state != RUNNING:
        return False
    return row.owner == owner or at > row.until or has_died(str(row.owner))


def _rows(connection: Connection, keys: Sequence[str]) -> Iterator[Row[Any]]:
    for some in _chunks(keys):
        yield from connection.execute(select(work).where(work.c.key.in_(some)))


def _unit(row: Row[Any]) -> Unit:
    fields = (row.key, row.kind, row.name, row.state, row.priority, row.runs)
    return Unit(*fields, row.input, row.outcome)


def _chunks(keys: Iterable[str]) -> Iterator[list[str]]:
    every = list(keys)
    for start in range(0, len(every), _CHUNK):
        yield every[start : start + _CHUNK]
