"""The engines of a site's settings, each with what it may be asked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from limits import RateLimitItem, RateLimitItemPerMinute, RateLimitItemPerSecond
from sqlalchemy import Engine as Database

from ..database import open_database
from ..errors import EngineError
from ..project import Project
from .engine import EngineSettings, engine_of, settings_of
from .guard import DEADLINE, Guarded
from .pace import Pace, pace_of


@contextmanager
def engines_of(project: Project, locale: str) -> Iterator[list[Guarded | EngineError]]:
    """The engines of a language, as a context.

    Raises:
        MemoryStoreError: The state database cannot be opened.
        QueueError: Redis is configured and does not answer.
    """
    database = open_database(project)
    try:
        names = project.settings.drafting[locale].engines
        yield list(configured(project, names, database, pace_of(project)))
    finally:
        database.dispose()


def configured(
    project: Project, names: Iterable[str], database: Database, pace: Pace
) -> Iterator[Guarded | EngineError]:
    """Engines in their order; what is wrong with one is in its place, and stops no other."""
    for name in names:
        try:
            yield guarded(project, name, database, pace)
        except EngineError as error:
            yield error


def guarded(project: Project, name: str, database: Database, pace: Pace) -> Guarded:
    """An engine with the limits of its table.

    Raises:
        EngineError: There is no such engine, or its table is not what it needs.
    """
    settings = settings_of(project, name)
    return Guarded(
        engine_of(project, name),
        database,
        daily=settings.whole("daily_characters"),
        monthly=settings.whole("monthly_characters"),
        rates=tuple(_rates(settings)),
        at_once=settings.whole("at_once") or 1,
        deadline=_deadline(settings),
        pace=pace,
    )


def _deadline(settings: EngineSettings) -> float:
    """Longer than the engine's own, which says better what was wrong."""
    return settings.number("timeout", DEADLINE) * 1.1 + 1


def _rates(settings: EngineSettings) -> Iterator[RateLimitItem]:
    if second := settings.whole("per_second"):
        yield RateLimitItemPerSecond(second)
    if minute := settings.whole("per_minute"):
        yield RateLimitItemPerMinute(minute)
