"""Digests: once a day, at an hour of one's own, what waits and what happened since the last one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Engine, func, select, update

from pipeline import index
from pipeline.catalogues import State
from pipeline.database.clock import now
from pipeline.database.tables import message
from pipeline.project import Project

from . import failures, outbox, subscriptions
from .notices import Kind
from .outbox import Channel
from .people import roles_of
from .rights import Right, Role, grants
from .subscriptions import Subscription
from .tables import person
from .tables import subscription as table

_FOR_TRANSLATORS = (State.STALE, State.REJECTED, State.UNTRANSLATED, State.DRAFT)


def make_due(project: Project, database: Engine) -> int:
    """Put the digests that are due into the outbox; how many. One sender makes each of them."""
    with database.connect() as connection:
        at = now(connection)
        due = [one for one in subscriptions.daily(connection) if day_due(one, at)]
    if due:
        for locale in project.locales:
            index.sync(project, database, locale)
    return sum(_make(project, database, one, day_due(one, at)) for one in due)


def day_due(subscription: Subscription, at: float) -> str:
    """The day whose digest is due at a moment; empty if none is."""
    local = datetime.fromtimestamp(at, ZoneInfo(subscription.zone))
    day = local.date().isoformat()
    return day if local.hour >= subscription.hour and subscription.day < day else ""


def _make(project: Project, database: Engine, subscription: Subscription, day: str) -> bool:
    with database.begin() as connection:
        own = (table.c.person == subscription.person, table.c.day == subscription.day)
        values = {"day": day, "at": now(connection)}
        if connection.execute(update(table).where(*own).values(**values)).rowcount != 1:
            return False  # somebody else makes it
        held = outbox.held_for(connection, subscription.person)
        roles = _roles(connection, subscription.person)
        if roles is None:
            return False
        said = {
            "waiting": waiting(connection, project.locales, roles),
            "notices": [
                {"kind": one.kind, "at": one.at, **one.data}
                for one in held
                if grants(roles, Right.READ, one.data["locale"])
            ],
            "failed": [
                one.said
                for one in failures.failed(connection, since=subscription.at)
                if one.concerns(roles)
            ],
        }
        if not any(said.values()):
            return False
        outbox.put(connection, Channel.MAIL, Kind.DIGEST, said, person=subscription.person)
        return True


def waiting(
    connection: Connection, locales: Sequence[str], roles: Mapping[str, Role]
) -> dict[str, dict[str, int]]:
    """What waits for somebody in each language: how many texts, by their states."""
    found: dict[str, dict[str, int]] = {}
    for locale in locales:
        if not grants(roles, Right.READ, locale):
            continue
        reviews = grants(roles, Right.REVIEW, locale)
        states = (*_FOR_TRANSLATORS, State.TRANSLATED) if reviews else _FOR_TRANSLATORS
        query = select(message.c.state, func.count()).where(message.c.locale == locale)
        query = query.where(message.c.state.in_(states)).group_by(message.c.state)
        counts = {row[0]: int(row[1]) for row in connection.execute(query)}
        if counts:
            found[locale] = {str(state): counts[state] for state in states if state in counts}
    return found


def _roles(connection: Connection, number: int) -> Mapping[str, Role] | None:
    """What somebody is in each language; None if they may not come in, or cannot be written to."""
    row = connection.execute(select(person).where(person.c.id == number)).first()
    if row is None or not row.active or not row.address:
        return None
    return roles_of(connection, number)
