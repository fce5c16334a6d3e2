"""Chores: what is due every night or every minute, besides builds."""

from __future__ import annotations

import time
from datetime import date
from importlib.metadata import entry_points

from sqlalchemy import column, delete, inspect, table

from ..index import sync as sync_index
from ..memory import memory_of
from ..outline import OUTLINES
from ..project import output_of
from ..site import shelf
from .broker import Broker
from .build import NIGHTLY, RUN, Asked
from .place import Place

_KEPT = 30 * 24 * 3600.0
_UNPUBLISHED = 24 * 3600.0


def sync(place: Place) -> None:
    """Bring memory and index up to date with the files, whoever edited them."""
    project = place.project
    for locale in project.locales:
        memory = memory_of(project, locale)
        try:
            memory.sync(project)
        finally:
            memory.engine.dispose()
        sync_index(project, place.ledger.database, locale)


def nightly(place: Place, broker: Broker) -> str:
    """Bring all up to date and begin a build of everything; its id.

    Raises:
        QueueError: The broker cannot be reached; the build is kept.
    """
    sync(place)
    output = str(output_of(place.project))
    builds = place.ledger.builds
    name = builds.start(
        Asked((), date.today()), output=output, steps=RUN, priority=NIGHTLY, who="nightly"
    )
    broker.advance(name, NIGHTLY)
    return name


def expire_claims(place: Place) -> int:
    """Give back the messages that people had open in the review desk and left; how many."""
    database = place.ledger.database
    if not inspect(database).has_table("claim"):  # there is no desk
        return 0
    claims = table("claim", column("until"))
    with database.begin() as connection:
        left = delete(claims).where(claims.c.until < time.time())
        return connection.execute(left).rowcount


def deliver(place: Place) -> int:
    """Send what is to be told to people; how much was heard. Nothing, where no desk is installed.

    The entry points ``pipeline.courier`` say who sends.
    """
    heard = 0
    for point in entry_points(group="pipeline.courier"):
        try:
            send = point.load()
        except ImportError:  # there is no desk
            continue
        heard += send(place.project, place.ledger.database)
    return heard


def prune(place: Place) -> int:
    """Forget builds of long ago, and pages that were made and never published."""
    outlines = place.project.cache_dir / OUTLINES
    for path in outlines.glob("*"):
        if path.stat().st_mtime < time.time() - _UNPUBLISHED:
            path.unlink(missing_ok=True)
    for preview in (False, True):
        shelf.clear(output_of(place.project, preview=preview), older_than=_UNPUBLISHED)
    return place.ledger.builds.prune(older_than=_KEPT)
