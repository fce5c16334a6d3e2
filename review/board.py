"""The board: every article in every language, how far it is and whether readers have it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum

from sqlalchemy import Engine, select

from pipeline import index
from pipeline.catalogues import State
from pipeline.database.tables import change as table
from pipeline.index import Kind
from pipeline.project import Project, output_of
from pipeline.site.publication import read_manifest
from pipeline.status import Row, status


class Standing(StrEnum):
    """How a page stands, the worst first."""

    FAILED = "failed"
    STALE = "stale"
    WAITING = "waiting"
    LIVE = "live"


SORTS = ("article", "waiting", "percent", "published", "news")
"""By what the board can be sorted."""

_DID = {
    Kind.APPROVED: "approved",
    Kind.REJECTED: "rejected",
    Kind.DRAFTED: "drafted",
    Kind.EDITED: "translated",
    Kind.OUTSIDE: "translated elsewhere",
}
_OF_THE_SOURCE = (Kind.SOURCE, Kind.NEW, Kind.GONE)


@dataclass(frozen=True, slots=True)
class News:
    """What became of so many messages of a catalogue, and when last; ``source`` for the source."""

    what: str
    count: int
    at: float


@dataclass(frozen=True, slots=True)
class Cell:
    """An article in a language.

    Attributes:
        row: What `pipeline status` knows of it.
        standing: How its page stands.
        published: When its page was last changed; None if it is not live.
        waiting: How many messages wait for a person.
        news: What became of messages since what is published was read.
    """

    row: Row
    standing: Standing
    published: datetime | None
    waiting: int
    news: tuple[News, ...] = ()

    @property
    def total(self) -> int:
        """How many messages it has."""
        return sum(self.row.states.values())

    @property
    def changed(self) -> bool:
        """Whether a build would change whether it is live."""
        return self.row.live is not self.row.ready


@dataclass(frozen=True, slots=True)
class Board:
    """The board: languages, and for each article its cells in their order.

    ``articles`` are those that were asked for, ``all`` all there are.
    """

    locales: tuple[str, ...]
    articles: tuple[tuple[str, tuple[Cell, ...]], ...]
    all: tuple[tuple[str, tuple[Cell, ...]], ...] = ()

    @property
    def coverage(self) -> dict[str, int]:
        """The share of messages of each language that are approved, in per cent."""
        return {
            locale: coverage(c for _, cells in self.all for c in cells if c.row.locale == locale)
            for locale in self.locales
        }

    def to_json(self) -> dict[str, object]:
        """The same as plain data."""
        return {
            "locales": list(self.locales),
            "coverage": self.coverage,
            "articles": [
                {
                    "article": article,
                    "locales": {cell.row.locale: _plain(cell) for cell in cells},
                }
                for article, cells in self.articles
            ],
        }


def board_of(
    project: Project,
    database: Engine,
    locales: Sequence[str],
    *,
    only: Standing | None = None,
    text: str = "",
    sort: str = "article",
    today: date | None = None,
) -> Board:
    """The board of some languages.

    Args:
        project: The site.
        database: Its state database.
        locales: The languages.
        only: Only articles that stand so in one of them.
        text: Only articles with this in their ids.
        sort: By ``article``, ``waiting`` or ``news`` (the most first), ``percent`` (the least
            first) or ``published`` (the latest first).
        today: The day for which it is.
    """
    found: dict[str, list[Cell]] = {}
    times = _times(project)
    for locale in locales:
        index.sync(project, database, locale)
    rows = [row for row in status(project, today=today) if row.locale in locales]
    news = _news(database, rows)
    for row in rows:
        own = news.get((row.article, row.locale), ())
        found.setdefault(row.article, []).append(_cell(row, times, own))
    every = tuple((article, tuple(cells)) for article, cells in found.items())
    kept = [
        (article, cells)
        for article, cells in every
        if (only is None or any(cell.standing is only for cell in cells))
        and text.lower() in article.lower()
    ]
    if sort in _BY:
        kept.sort(key=lambda one: _BY[sort](one[1]))
    return Board(tuple(locales), tuple(kept), every)


_BY: Mapping[str, Callable[[Sequence[Cell]], float]] = {
    "waiting": lambda cells: -sum(cell.waiting for cell in cells),
    "percent": lambda cells: min((cell.row.percent for cell in cells), default=100),
    "published": lambda cells: (
        -max((cell.published.timestamp() for cell in cells if cell.published), default=0)
    ),
    "news": lambda cells: -sum(one.count for cell in cells for one in cell.news),
}


def badge(label: str, percent: int) -> str:
    """A small picture of how much of a language is approved."""
    left, right = 8 * len(label) + 14, 52
    colour = "#17604f" if percent >= 90 else "#7a5200" if percent >= 60 else "#a12a22"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{left + right}" height="20" role="img"'
        f' aria-label="{label}: {percent} %"><title>{label}: {percent} %</title>'
        f'<rect width="{left + right}" height="20" rx="4" fill="#3a403d"/>'
        f'<path d="M{left} 0h{right - 4}q4 0 4 4v12q0 4-4 4H{left}z" fill="{colour}"/>'
        '<g fill="#fff" font-family="Verdana,DejaVu Sans,sans-serif" font-size="11"'
        f' text-anchor="middle"><text x="{left / 2}" y="14">{label}</text>'
        f'<text x="{left + right / 2}" y="14">{percent} %</text></g></svg>'
    )


def coverage(cells: Iterable[Cell]) -> int:
    """The share of messages that are approved, in per cent."""
    counted = [(cell.row.states.get(State.APPROVED, 0), cell.total) for cell in cells]
    total = sum(count for _, count in counted)
    return 100 * sum(good for good, _ in counted) // total if total else 0


def _cell(row: Row, times: dict[tuple[str, str], datetime], news: tuple[News, ...]) -> Cell:
    waiting = sum(count for state, count in row.states.items() if state != State.APPROVED)
    if row.error is not None or row.problems:
        standing = Standing.FAILED
    elif row.states.get(State.STALE):
        standing = Standing.STALE
    elif waiting or not row.live:
        standing = Standing.WAITING
    else:
        standing = Standing.LIVE
    return Cell(row, standing, times.get((row.article, row.locale)), waiting, news)


def _news(database: Engine, rows: Sequence[Row]) -> dict[tuple[str, str], tuple[News, ...]]:
    """What became of messages since what is published of them was read, by the index's history.

    What was published already and only seen later is none: an approval of a page that would say
    the same.
    """
    since = {(row.article, row.locale): row.since for row in rows if row.since is not None}
    same = {(row.article, row.locale) for row in rows if row.differs is False}
    if not since:
        return {}
    counts: dict[tuple[str, str], dict[str, dict[str, float]]] = {}
    query = select(table.c.domain, table.c.locale, table.c.kind, table.c.digest, table.c.at)
    query = query.where(
        table.c.locale.in_({locale for _, locale in since}), table.c.at > min(since.values())
    ).order_by(table.c.id)
    with database.connect() as connection:
        for domain, locale, kind, digest, at in connection.execute(query):
            place = (domain, locale)
            if place not in since or at <= since[place]:
                continue
            if kind == Kind.APPROVED and place in same:
                continue
            what = "source" if kind in _OF_THE_SOURCE else _DID[Kind(kind)]
            met = counts.setdefault(place, {})
            for others in met.values():  # of each message the last thing counts
                if what != "source":
                    others.pop(digest, None)
            met.setdefault(what, {})[digest] = at
    return {
        place: tuple(
            News(what, len(own), max(own.values())) for what, own in sorted(met.items()) if own
        )
        for place, met in counts.items()
    }


def _times(project: Project) -> dict[tuple[str, str], datetime]:
    """When each page was last changed on the disk."""
    found: dict[tuple[str, str], datetime] = {}
    output = output_of(project)
    for name, entry in read_manifest(output).items():
        article, tab, locale = entry.owner.partition("\t")
        if tab and (output / name).is_file():
            found[(article, locale)] = datetime.fromtimestamp((output / name).stat().st_mtime)
    return found


def _plain(cell: Cell) -> dict[str, object]:
    row = cell.row
    return {
        "standing": cell.standing,
        "live": row.live,
        "ready": row.ready,
        "percent": row.percent,
        "states": dict(row.states),
        "published": cell.published.astimezone().isoformat(timespec="seconds")
        if cell.published
        else None,
        "stale_since": row.stale_since.isoformat() if row.stale_since else None,
        "differs": row.differs,
        "news": [
            {"what": one.what, "messages": one.count, "at": _moment(one.at)} for one in cell.news
        ],
        "error": str(row.error) if row.error else None,
    }


def _moment(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="seconds")
