"""Builds of the ledger: begun, taken from step to step, and ended once."""

from __future__ import annotations

import json
import secrets
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, delete, func, insert, select, update
from sqlalchemy import Engine as Database

from .. import __version__
from ..database import exclusive
from ..database.clock import again, has_died, now
from ..database.tables import build as table
from ..database.tables import part, work
from ..errors import QueueError
from .build import BUILD, ENDED, LIVE, NORMAL, Asked, Build, Progress, build_of, is_newer
from .units import CANCELLED, FAILED, ISOLATED, LEDGER, PENDING, QUEUED, RUNNING, _is_open


@dataclass(frozen=True, slots=True)
class Builds:
    """The builds of the ledger; ``lease`` is for how long somebody holds one."""

    database: Database
    lease: float = 30

    @again
    def start(
        self,
        asked: Asked,
        *,
        output: str,
        steps: Sequence[str] = BUILD,
        priority: int = NORMAL,
        who: str = "",
    ) -> str:
        """Write a build down; it is not sent to anybody yet. Its id."""
        name = secrets.token_hex(4)
        with exclusive(self.database, LEDGER) as connection:
            at = now(connection)
            row: dict[str, Any] = {
                "id": name,
                "state": PENDING,
                "step": "",
                "steps": json.dumps(list(steps)),
            }
            row |= {"output": output, "asked": asked.to_json(), "priority": priority, "who": who}
            connection.execute(
                insert(table), {**row, "version": __version__, "created": at, "changed": at}
            )
        return name

    @again
    def get(self, name: str) -> Build:
        """A build.

        Raises:
            QueueError: There is no such build.
        """
        with self.database.connect() as connection:
            row = connection.execute(select(table).where(table.c.id == name)).first()
        if row is None:
            raise QueueError(
                f"there is no build “{name}”", hint="See which there are: pipeline builds"
            )
        return build_of(row)

    @again
    def latest(self, *, most: int = 20, live: bool = False) -> list[Build]:
        """The latest builds, the newest first."""
        query = select(table).order_by(table.c.created.desc()).limit(most)
        if live:
            query = query.where(table.c.state.in_(LIVE))
        with self.database.connect() as connection:
            return [build_of(row) for row in connection.execute(query)]

    @again
    def progress(self, name: str) -> Progress:
        """How far a build is.

        Raises:
            QueueError: There is no such build.
        """
        build = self.get(name)
        query = (
            select(work.c.state, func.count())
            .join(part, part.c.key == work.c.key)
            .where(part.c.build == name, part.c.step == build.step)
            .group_by(work.c.state)
        )
        with self.database.connect() as connection:
            counts = Counter({row[0]: row[1] for row in connection.execute(query)})
        return Progress(build, counts)

    # Steps

    @again
    def take(self, name: str, owner: str) -> Build | None:
        """Hold a build whose step waits for nothing; None if there is nothing to do for anybody."""
        with exclusive(self.database, LEDGER) as connection:
            row = connection.execute(select(table).where(table.c.id == name)).first()
            if row is None or row.state not in LIVE or is_newer(row.version):
                return None
            at = now(connection)
            held = row.owner and at <= row.until and not has_died(row.owner)
            if (held and row.owner != owner) or _is_open(connection, name, row.step):
                return None
            values = {"state": RUNNING, "owner": owner, "until": at + self.lease, "changed": at}
            values |= {"begun": row.begun or at, "version": __version__}
            if row.owner != owner:
                values["runs"] = row.runs + 1
            connection.execute(update(table).where(table.c.id == name).values(**values))
            return build_of(connection.execute(select(table).where(table.c.id == name)).one())

    @again
    def renew(self, name: str, owner: str) -> bool:
        """A sign of life; False if somebody else holds the build, or it was cancelled."""
        with self.database.begin() as connection:
            held = _held(name, owner).values(until=now(connection) + self.lease)
            return connection.execute(held).rowcount == 1

    @again
    def go_on(
        self,
        name: str,
        owner: str,
        step: str,
        enlist: Callable[[Connection], None],
        *,
        round_: int | None = None,
        keep: bool = False,
    ) -> bool:
        """Let a build wait for its next step; False if somebody else holds it by now.

        Args:
            name, owner: The build and who holds it.
            step: The step that it waits for from now on.
            enlist: Adds its units, in the same transaction.
            round_: Which time it is that the step is taken, if not the same as before.
            keep: Whether it stays held, since there is nothing to wait for.
        """
        with exclusive(self.database, LEDGER) as connection:
            at = now(connection)
            values: dict[str, Any] = {"step": step, "changed": at}
            if not keep:
                values |= {"owner": "", "until": 0, "runs": 0}
            if round_ is not None:
                values["round"] = round_
            if connection.execute(_held(name, owner).values(**values)).rowcount != 1:
                return False
            worn = select(work.c.key).where(work.c.state == ISOLATED)  # is not forgotten
            gone = delete(part).where(part.c.build == name, part.c.step == step)
            connection.execute(gone.where(part.c.key.not_in(worn)))
            enlist(connection)
        return True

    @again
    def let_go(self, name: str, owner: str) -> None:
        """Hold a build no longer, whose step could not be taken: somebody may try again."""
        with self.database.begin() as connection:
            connection.execute(_held(name, owner).values(owner="", until=0))

    @again
    def end(self, name: str, owner: str, state: str, outcome: str) -> bool:
        """End a build, once; False if it has ended, or somebody else holds it."""
        with exclusive(self.database, LEDGER) as connection:
            at = now(connection)
            values = {"state": state, "ended": at, "changed": at, "owner": "", "until": 0}
            ended = _held(name, owner).values(**values, outcome=outcome)
            return connection.execute(ended).rowcount == 1

    # People

    @again
    def cancel(self, name: str) -> bool:
        """End a build and take back what only it waits for; False if it has ended already."""
        self.get(name)
        with exclusive(self.database, LEDGER) as connection:
            at = now(connection)
            values = {"state": CANCELLED, "ended": at, "changed": at, "owner": "", "until": 0}
            live = update(table).where(table.c.id == name, table.c.state.in_(LIVE))
            if connection.execute(live.values(**values)).rowcount != 1:
                return False
            wanted = select(part.c.key).join(table, table.c.id == part.c.build)
            others = wanted.where(table.c.state.in_(LIVE), part.c.key == work.c.key)
            own = select(part.c.key).where(part.c.build == name)
            idle = update(work).where(
                work.c.key.in_(own), work.c.state.in_((PENDING, QUEUED)), ~others.exists()
            )
            connection.execute(idle.values(state=CANCELLED, changed=at, batch=""))
        return True

    @again
    def retry(self, name: str) -> bool:
        """Begin a build again that has ended, with what failed and what was isolated."""
        self.get(name)
        with exclusive(self.database, LEDGER) as connection:
            at = now(connection)
            ended = update(table).where(table.c.id == name, table.c.state.in_(ENDED))
            values = {"state": PENDING, "step": "", "round": 0, "runs": 0, "ended": None}
            values |= {"changed": at, "outcome": "", "told": "", "tries": 0}
            if connection.execute(ended.values(**values)).rowcount != 1:
                return False
            own = select(part.c.key).where(part.c.build == name)
            worn = update(work).where(work.c.key.in_(own))
            worn = worn.where(work.c.state.in_((FAILED, ISOLATED, CANCELLED)))
            connection.execute(worn.values(state=PENDING, runs=0, batch="", until=0, changed=at))
        return True

    # Overdue

    @again
    def resting(self) -> list[Build]:
        """The live builds that nobody holds, and of which nobody was reminded for a while."""
        with self.database.connect() as connection:
            at = now(connection)
            rows = connection.execute(select(table).where(table.c.state.in_(LIVE)))
            return [build_of(row) for row in rows if row.until < at or has_died(row.owner)]

    @again
    def remind(self, name: str) -> None:
        """Somebody is asked to take the next step; not to be asked again at once."""
        with self.database.begin() as connection:
            idle = update(table).where(table.c.id == name, table.c.owner == "")
            connection.execute(idle.values(until=now(connection) + self.lease))

    @again
    def stuck(self, *, seconds: float) -> list[str]:
        """End live builds in which nothing has moved for so long; their ids."""
        said = f"nothing has moved for {seconds / 60:.0f} minutes: no worker can do it"
        error = {"kind": "QueueError", "message": said, "hint": "See: pipeline workers"}
        outcome = json.dumps({"errors": [error]})
        ended = []
        with exclusive(self.database, LEDGER) as connection:
            at = now(connection)
            query = select(table.c.id).where(table.c.state.in_(LIVE), table.c.until < at)
            for name in connection.execute(query.where(table.c.changed < at - seconds)).scalars():
                moved = select(func.max(work.c.changed)).join(part, part.c.key == work.c.key)
                last = connection.execute(moved.where(part.c.build == name)).scalar_one()
                if last is None or last < at - seconds:
                    values = {"state": FAILED, "ended": at, "outcome": outcome, "owner": ""}
                    connection.execute(update(table).where(table.c.id == name).values(**values))
                    ended.append(name)
        return ended

    # Telling

    @again
    def untold(self, *, most: int) -> list[str]:
        """The builds that ended and whose webhook is due."""
        query = select(table.c.id, table.c.ended, table.c.tries)
        query = query.where(table.c.state.in_(ENDED), table.c.told == "", table.c.tries < most)
        with self.database.connect() as connection:
            at = now(connection)
            rows = connection.execute(query).all()
            return [row.id for row in rows if at >= row.ended + _pause(row.tries)]

    @again
    def telling(self, build: Build) -> bool:
        """Whether it is for us to tell of a build: it is due, and nobody else began to."""
        if build.ended is None:
            return False
        with self.database.begin() as connection:
            if now(connection) < build.ended + _pause(build.tries):
                return False
            own = update(table).where(
                table.c.id == build.id, table.c.told == "", table.c.tries == build.tries
            )
            return connection.execute(own.values(tries=build.tries + 1)).rowcount == 1

    @again
    def told(self, name: str) -> None:
        """Somebody heard of the end of a build."""
        with self.database.begin() as connection:
            connection.execute(update(table).where(table.c.id == name).values(told="heard"))

    @again
    def prune(self, *, older_than: float) -> int:
        """Forget builds that ended so many seconds ago, and units that nobody wants any more."""
        with exclusive(self.database, LEDGER) as connection:
            limit = now(connection) - older_than
            old = select(table.c.id).where(table.c.state.in_(ENDED), table.c.ended < limit)
            names = list(connection.execute(old).scalars())
            connection.execute(delete(part).where(part.c.build.in_(names)))
            connection.execute(delete(table).where(table.c.id.in_(names)))
            orphaned = delete(work).where(work.c.key.not_in(select(part.c.key)))
            connection.execute(orphaned.where(work.c.changed < limit))
        return len(names)


def _pause(tries: int) -> float:
    """Seconds after a build's end for the next try: longer each time, and than one may take."""
    return 10.0 * ((1 << tries) - 1)


def _held(name: str, owner: str) -> Any:
    return update(table).where(table.c.id == name, table.c.owner == owner, table.c.state == RUNNING)
