"""Facets: what a queue is filtered by besides what the index knows, kept per version of a message.

Checks, the engine of a draft, how risky a message is, since when it has been as it is, and who
wrote what it says.
"""

from __future__ import annotations

import threading
import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, bindparam, select, update

from pipeline import catalogues, concordance, files, index
from pipeline.catalogues import Message, State, digest_of, marks
from pipeline.checks import Severity
from pipeline.database import exclusive
from pipeline.database.tables import change
from pipeline.database.tables import file as files_table
from pipeline.database.tables import message as table
from pipeline.errors import PipelineError
from pipeline.glossary import read_glossary
from pipeline.index.mirror import sum_of
from pipeline.memory import Memory
from pipeline.site.grace import is_harmless
from pipeline.views import read as read_views

from .authors import authors
from .desk import Desk
from .message import Opened, Place, segments_of
from .ranks import ranks_of

RISKS = ("none", "some", "high", "blocks the page")
"""What the numbers of a risk mean."""


def look(desk: Desk, locale: str, *, now: bool = False) -> tuple[PipelineError, ...]:
    """Take over what was changed outside; the catalogues that cannot be read.

    ``now`` waits until that is done. Else who comes after a rest has it done, and goes on after a
    moment if it takes long.
    """
    watch = desk.watch
    if now or locale not in watch.seen or not watch.rests:
        _look(desk, locale, now=now)
    elif not watch.is_fresh(locale) and locale not in watch.looking:
        watch.looking.add(locale)
        thread = threading.Thread(target=_look, args=(desk, locale), daemon=True)
        thread.start()
        thread.join(watch.patience)
    return watch.errors.get(locale, ())


def _look(desk: Desk, locale: str, *, now: bool = False) -> None:
    watch = desk.watch
    try:
        with watch.lock:
            if not now and watch.is_fresh(locale):
                return
            begun = time.monotonic()
            errors = index.sync(desk.project, desk.database, locale).errors
            if locale not in watch.seen:
                memory = Memory(desk.database, desk.project.source_locale, locale)
                if not memory.count():  # nobody has filled it yet
                    memory.sync(desk.project)
            watch.errors[locale] = (*errors, *_refresh(desk, locale))
            concordance.settle(desk.database)
            watch.seen[locale] = time.monotonic()
            watch.took[locale] = watch.seen[locale] - begun
    finally:
        watch.looking.discard(locale)


def _refresh(desk: Desk, locale: str) -> tuple[PipelineError, ...]:
    """Check the catalogues that have changed since they were checked."""
    errors: tuple[PipelineError, ...] = ()
    try:
        views = read_views(desk.project)
    except PipelineError as error:
        views, errors = {}, (error,)
    query = select(files_table.c.domain, files_table.c.digest, files_table.c.checked)
    with desk.database.connect() as connection:
        rows = connection.execute(query.where(files_table.c.locale == locale)).all()
    started = time.monotonic()
    for domain, digest, checked in sorted(map(tuple, rows)):
        read = views.get(domain, 0)
        if checked != _basis(digest, read):
            _check(desk, locale, domain, read)
        if time.monotonic() - started > desk.watch.checks:
            break
    return errors


def _basis(digest: str, views: int) -> str:
    """What messages were checked and ranked by."""
    return f"{digest[:16]}{views:x}"[:24]


def _check(desk: Desk, locale: str, domain: str, views: int) -> None:
    """Check and rank what has changed in one catalogue, whose article is read so often."""
    try:
        catalogue = catalogues.kept.read(desk.project.catalogue_path(locale, domain))
        glossary = read_glossary(desk.project, locale)
    except PipelineError:
        return
    own = (table.c.locale == locale, table.c.domain == domain)
    with desk.database.connect() as connection:
        looked_at = select(table.c.digest, table.c.sum, table.c.author)
        rows_known = connection.execute(looked_at.where(*own, table.c.since > 0))
        known = {row.digest: (row.sum, row.author) for row in rows_known}
        when = _times(connection, locale, domain)
        wrote = {digest: who for _, digest, who in authors(connection, locale, _in(domain))}
    fresh = {digest_of(m.key): m for m in catalogue.messages}
    changed = {
        digest: m
        for digest, m in fresh.items()
        if known.get(digest) != (sum_of(m), wrote.get(digest, ""))
    }
    segments = segments_of(desk.project, domain) if changed else {}
    rows = []
    for digest, message in changed.items():
        opened = Opened(desk, Place(locale, domain, digest), catalogue, message)
        opened.__dict__.update(segment=segments.get(message.key), glossary=glossary)
        row = _row(opened, when.get(digest) or _day(message) or time.time())
        rows.append({**row, "author": wrote.get(digest, "")})
    ranks = ranks_of(desk.project, locale, domain, catalogue, views)
    with exclusive(desk.database, index.lock_name(locale, domain)) as connection:
        if rows:
            _keep(connection, rows)
        _rank(connection, locale, domain, {digest_of(key): rank for key, rank in ranks.items()})
        basis = _basis(files.digest(catalogue.original or b""), views)
        mark = update(files_table).where(files_table.c.locale == locale)
        connection.execute(mark.where(files_table.c.domain == domain).values(checked=basis))


def check(desk: Desk, locale: str, domain: str) -> None:
    """Check and rank what was changed just now in one catalogue."""
    _check(desk, locale, domain, views_of(desk).get(domain, 0))


def views_of(desk: Desk) -> Mapping[str, int]:
    """How often each article is read; nothing if the file that says so is broken."""
    try:
        return read_views(desk.project)
    except PipelineError:
        return {}


def _rank(connection: Connection, locale: str, domain: str, ranks: Mapping[str, int]) -> None:
    """Keep ranks, where they are other ones."""
    own = (table.c.locale == locale, table.c.domain == domain)
    query = select(table.c.digest, table.c.rank).where(*own)
    moved: dict[int, list[str]] = defaultdict(list)
    for digest, rank in connection.execute(query):
        if ranks.get(digest, rank) != rank:
            moved[ranks[digest]].append(digest)
    for rank, digests in moved.items():
        these = update(table).where(*own, table.c.digest.in_(digests))
        connection.execute(these.values(rank=rank))


def found_in(opened: Opened) -> dict[str, Any]:
    """What is found in one message that is being changed just now."""
    return _row(opened, time.time())


def keep(connection: Connection, row: Mapping[str, Any]) -> None:
    """Keep what was found in one message, instead of what was known before."""
    here = (_in(row["domain"]), table.c.digest == row["digest"])
    wrote = [who for *_, who in authors(connection, row["locale"], *here)]
    _keep(connection, [{**row, "author": wrote[0] if wrote else ""}])


def _in(domain: str) -> ColumnElement[bool]:
    return table.c.domain == domain


def _keep(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Keep what was found in messages, where the index has them as they were looked at."""
    key = ("locale", "domain", "digest", "sum")
    own = [table.c[name] == bindparam(f"own_{name}") for name in key]
    values: dict[str, Any] = {
        name: bindparam(f"new_{name}") for name in ("checks", "engine", "risk", "since", "author")
    }
    said = [
        {f"{'own' if name in key else 'new'}_{name}": value for name, value in row.items()}
        for row in rows
    ]
    connection.execute(update(table).where(*own).values(values), said)


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
