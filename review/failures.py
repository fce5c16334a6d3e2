"""Failures: builds and drafting that failed, or ended with errors, and who is told of them at once.

A run of this desk is a row of its own; what workers did is in the ledger, whoever asked for it: a
person, the schedule, a command. They do not know of the desk, so the courier looks for what ended.
"""

from __future__ import annotations

import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Engine, Row, and_, delete, insert, or_, select
from sqlalchemy.exc import IntegrityError

from pipeline.database.tables import build
from pipeline.ledger.build import DRAFT
from pipeline.project import Project

from . import outbox, subscriptions
from .notices import Kind
from .outbox import Channel
from .people import roles_of
from .rights import Right, Role, grants
from .runs import Kind as Made
from .runs import Stage
from .tables import person as people
from .tables import run
from .tables import told as table

_NEWS = 24 * 3600.0
"""Seconds for which it is news that something failed."""

_KEPT = 2 * _NEWS
_ERRORS = '%"errors":[{%'
"""How the ledger writes down that there were errors, in a build that was done all the same."""


@dataclass(frozen=True, slots=True)
class Failure:
    """Something that failed.

    Attributes:
        key: What it is called, another one each time that it is tried.
        what: ``build``, ``preview`` or ``draft``.
        who: Who began it.
        at: When it ended, in seconds of the epoch.
        path: Where on the desk it is seen.
        locales, articles: Those that it was about; all if none is named.
        errors: How many there were; 0 if it was broken off.
    """

    key: str
    what: str
    who: str
    at: float
    path: str
    locales: tuple[str, ...] = ()
    articles: tuple[str, ...] = ()
    errors: int = 0

    @property
    def said(self) -> dict[str, Any]:
        """As it is kept until it is told."""
        return {**asdict(self), "locales": list(self.locales), "articles": list(self.articles)}

    @classmethod
    def of(cls, said: Mapping[str, Any]) -> Failure:
        """What `said` wrote."""
        some = {name: tuple(said.get(name, ())) for name in ("locales", "articles")}
        return cls(**{"key": "", **said, **some})

    def concerns(self, given: Mapping[str, Role]) -> bool:
        """Whether it is for somebody with these roles: who manages one of its languages."""
        return any(grants(given, Right.MANAGE, locale) for locale in self.locales or (None,))


def failed(connection: Connection, *, since: float) -> list[Failure]:
    """What failed since a moment, the first first."""
    return sorted(
        [*_of_desks(connection, since), *_of_workers(connection, since)], key=lambda one: one.at
    )


def tell(project: Project, database: Engine) -> int:
    """Have people and the webhook told of what failed and was not told of; how many that were."""
    found = _untold(database)
    return sum(_tell(project, database, one) for one in found)


def _untold(database: Engine) -> list[Failure]:
    with database.connect() as connection:
        found = failed(connection, since=time.time() - _NEWS)
        known = set(connection.execute(select(table.c.key)).scalars()) if found else set()
    return [one for one in found if one.key not in known]


def _tell(project: Project, database: Engine, failure: Failure) -> bool:
    """Tell of something, unless somebody else just did."""
    review = project.settings.review
    try:
        with database.begin() as connection:
            at = time.time()
            connection.execute(delete(table).where(table.c.at < at - _KEPT))
            connection.execute(insert(table).values(key=failure.key, at=at))
            to = _managers(connection, failure) if review.mail.host else []
            for one in to:
                outbox.put(connection, Channel.MAIL, Kind.BUILD, failure.said, person=one.id)
            if review.webhook.url:
                said = event(failure, review.url, [one.name for one in to])
                outbox.put(connection, Channel.HOOK, Kind.BUILD, said)
    except IntegrityError:
        return False
    return True


def event(failure: Failure, url: str, to: Sequence[str]) -> Any:
    """What the webhook says; no text of an error is in it."""
    happened = datetime.fromtimestamp(failure.at, UTC).isoformat(timespec="seconds")
    data = {
        "by": failure.who,
        "to": list(to),
        "what": failure.what,
        "locales": list(failure.locales),
        "articles": list(failure.articles),
        "errors": failure.errors,
        "url": f"{url}{failure.path}",
    }
    return {"type": f"review.{Kind.BUILD}", "timestamp": happened, "data": data}


def _managers(connection: Connection, failure: Failure) -> list[Row[Any]]:
    """Who is to be told at once."""
    wanted = subscriptions.of_failures(connection)
    query = select(people).where(people.c.id.in_(wanted), people.c.active, people.c.address != "")
    return [
        one
        for one in connection.execute(query.order_by(people.c.id))
        if failure.concerns(roles_of(connection, one.id))
    ]


def _of_desks(connection: Connection, since: float) -> list[Failure]:
    """What failed in the process of a desk, or was lost with it."""
    own = select(run).where(run.c.state.in_((Stage.FAILED, Stage.LOST)), run.c.until >= since)
    own = own.where(run.c.build == "", run.c.kind != Made.FORECAST)
    found = []
    for row in connection.execute(own):
        what, report = json.loads(row.what), json.loads(row.report)
        some = tuple(what.get("locales", ())), tuple(what.get("articles", ()))
        key, errors = f"run {row.id}", len(report.get("errors", ()))
        found.append(
            Failure(key, row.kind, row.who, row.until, f"/runs/{row.id}", *some, errors=errors)
        )
    return found


def _of_workers(connection: Connection, since: float) -> list[Failure]:
    """What workers failed at; where people asked for it at a desk, it is the desk's run."""
    bad = or_(
        build.c.state == "failed", and_(build.c.state == "done", build.c.outcome.like(_ERRORS))
    )
    query = select(build, run.c.id.label("run")).outerjoin(run, run.c.build == build.c.id)
    found = []
    for row in connection.execute(query.where(bad, build.c.ended >= since)):
        asked = json.loads(row.asked)
        what = Made.PREVIEW if asked.get("preview") else Made.BUILD
        what = Made.DRAFT if json.loads(row.steps) == list(DRAFT) else what
        some = tuple(asked.get("locales", ())), tuple(asked.get("articles", ()))
        errors = len(json.loads(row.outcome or "{}").get("errors", ()))
        key, path = f"build {row.id} {row.ended:.3f}", f"/runs/{row.run}" if row.run else "/runs"
        found.append(Failure(key, what, row.who, row.ended, path, *some, errors=errors))
    return found
