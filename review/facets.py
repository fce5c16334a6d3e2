"""Facets: what a queue is filtered by besides what the index knows, kept per version of a message.

Checks, the engine of a draft, how risky a message is, and since when it has been as it is.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, and_, delete, insert, select

from pipeline import catalogues, index
from pipeline.catalogues import Message, State, digest_of, marks
from pipeline.checks import Severity
from pipeline.database.tables import change
from pipeline.database.tables import message as messages
from pipeline.errors import PipelineError
from pipeline.glossary import read_glossary
from pipeline.index.mirror import sum_of
from pipeline.memory import Memory
from pipeline.site.grace import is_harmless

from .desk import Desk
from .message import Opened, Place, segments_of
from .tables import facet as table

RISKS = ("none", "some", "high", "blocks the page")
"""What the numbers of a risk mean."""

_AT_ONCE = 3.0
"""Seconds of checking before an answer is given; the rest is checked with the next one."""


def look(desk: Desk, locale: str, *, now: bool = False) -> tuple[PipelineError, ...]:
    """Take over what was changed outside; the catalogues that cannot be read."""
    watch = desk.watch
    with watch.lock:
        if not now and time.monotonic() - watch.seen.get(locale, -1e9) < watch.rests:
            return watch.errors.get(locale, ())
        watch.errors[locale] = index.sync(desk.project, desk.database, locale).errors
        if locale not in watch.seen:
            memory = Memory(desk.database, desk.project.source_locale, locale)
            if not memory.count():  # nobody has filled it yet
                memory.sync(desk.project)
        _refresh(desk, locale)
        watch.seen[locale] = time.monotonic()
        return watch.errors[locale]


def _refresh(desk: Desk, locale: str) -> None:
    """Check the catalogues in which a message is not checked as it is."""
    fits = and_(
        table.c.locale == messages.c.locale,
        table.c.domain == messages.c.domain,
        table.c.digest == messages.c.digest,
        table.c.sum == messages.c.sum,
    )
    query = select(messages.c.domain).outerjoin(table, fits)
    query = query.where(messages.c.locale == locale, table.c.sum.is_(None)).distinct()
    with desk.database.connect() as connection:
        domains = connection.execute(query.order_by(messages.c.domain)).scalars().all()
    started = time.monotonic()
    for domain in domains:
        if time.monotonic() - started > _AT_ONCE:
            return
        check(desk, locale, domain)


def check(desk: Desk, locale: str, domain: str) -> None:
    """Check what has changed in one catalogue."""
    try:
        catalogue = catalogues.kept.read(desk.project.catalogue_path(locale, domain))
        glossary = read_glossary(desk.project, locale)
    except PipelineError:
        return
    own = (table.c.locale == locale, table.c.domain == domain)
    with desk.database.connect() as connection:
        known = {row.digest: row.sum for row in connection.execute(select(table).where(*own))}
        when = _times(connection, locale, domain)
    fresh = {digest_of(m.key): m for m in catalogue.messages}
    changed = {digest: m for digest, m in fresh.items() if known.get(digest) != sum_of(m)}
    segments = segments_of(desk.project, domain) if changed else {}
    rows = []
    for digest, message in changed.items():
        opened = Opened(desk, Place(locale, domain, digest), catalogue, message)
        opened.__dict__.update(segment=segments.get(message.key), glossary=glossary)
        rows.append(_row(opened, when.get(digest) or _day(message) or time.time()))
    with desk.database.begin() as connection:
        gone = {*changed, *(known.keys() - fresh.keys())}
        if gone:
            connection.execute(delete(table).where(*own, table.c.digest.in_(gone)))
        if rows:
            connection.execute(insert(table), rows)


def found_in(opened: Opened) -> dict[str, Any]:
    """What is found in one message that is being changed just now."""
    return _row(opened, time.time())


def keep(connection: Connection, row: Mapping[str, Any]) -> None:
    """Keep what was found in one message, instead of what was known before."""
    where = [table.c[name] == row[name] for name in ("locale", "domain", "digest")]
    connection.execute(delete(table).where(*where))
    connection.execute(insert(table), [dict(row)])


def _times(connection: Connection, locale: str, domain: str) -> dict[str, float]:
    """When each message last changed, as far as the history knows."""
    query = select(change.c.digest, change.c.at).where(
        change.c.locale == locale, change.c.domain == domain
    )
    return {row.digest: row.at for row in connection.execute(query.order_by(change.c.id))}


def _row(opened: Opened, since: float) -> dict[str, Any]:
    """What is kept of one message."""
    message, state = opened.message, opened.state
    looked_at = state not in (State.UNTRANSLATED, State.STALE)
    found = opened.findings(message.strings) if looked_at else []
    worst = max((one.severity for one in found), default=-1)
    draft = marks.find(message, "draft")
    names = dict.fromkeys(one.check for one in found if one.severity > Severity.NOTE)
    return {
        **opened.place.row,
        "sum": opened.version,
        "checks": "".join(f" {name} " for name in names),
        "severity": int(worst),
        "engine": (draft or {}).get("engine", "").partition(" ")[0],
        "risk": _risk(message, state, worst, opened.desk.project.source_locale),
        "since": since,
    }


def _risk(message: Message, state: State, worst: int, source_locale: str) -> int:
    """How much harm a message may do: 0 none, 1 some, 2 high, 3 it keeps a passage off the page."""
    if worst >= Severity.BLOCKING:
        return 3
    if state is State.STALE:
        harmless = is_harmless(message.previous_id or "", message.id, locale=source_locale)
        return 1 if harmless else 2
    if worst >= Severity.ERROR:
        return 2
    markup = marks.find(message, "markup")
    return 2 if markup else int(worst >= Severity.WARNING)


def _day(message: Message) -> float:
    """The day that a mark names, in seconds of the epoch; 0 if none does."""
    for kind, name in (("stale", "since"), ("draft", "on"), ("approved", "on")):
        mark = marks.find(message, kind)
        try:
            day = date.fromisoformat(mark[name]) if mark else None
        except (KeyError, ValueError):
            day = None
        if day:
            return datetime(day.year, day.month, day.day).timestamp()
    return 0.0
