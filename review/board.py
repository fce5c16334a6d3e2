"""The board: every article in every language, how far it is and whether readers have it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from pipeline.catalogues import State
from pipeline.project import Project, output_of
from pipeline.site.publication import read_manifest
from pipeline.status import Row, status


class Standing(StrEnum):
    """How a page stands, the worst first."""

    FAILED = "failed"
    STALE = "stale"
    WAITING = "waiting"
    LIVE = "live"


@dataclass(frozen=True, slots=True)
class Cell:
    """An article in a language.

    Attributes:
        row: What `pipeline status` knows of it.
        standing: How its page stands.
        published: When its page was last changed; None if it is not live.
        waiting: How many messages wait for a person.
    """

    row: Row
    standing: Standing
    published: datetime | None
    waiting: int

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
    """The board: languages, and for each article its cells in their order."""

    locales: tuple[str, ...]
    articles: tuple[tuple[str, tuple[Cell, ...]], ...]

    def to_json(self) -> dict[str, object]:
        """The same as plain data."""
        return {
            "locales": list(self.locales),
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
    locales: Sequence[str],
    *,
    only: Standing | None = None,
    sort: str = "article",
    today: date | None = None,
) -> Board:
    """The board of some languages.

    Args:
        project: The site.
        locales: The languages.
        only: Only articles that stand so in one of them.
        sort: By ``article``, ``waiting`` (the most first) or ``percent`` (the least first).
        today: The day for which it is.
    """
    found: dict[str, list[Cell]] = {}
    times = _times(project)
    for row in status(project, today=today):
        if row.locale in locales:
            found.setdefault(row.article, []).append(_cell(row, times))
    kept = [
        (article, tuple(cells))
        for article, cells in found.items()
        if only is None or any(cell.standing is only for cell in cells)
    ]
    if sort == "waiting":
        kept.sort(key=lambda one: -sum(cell.waiting for cell in one[1]))
    elif sort == "percent":
        kept.sort(key=lambda one: min((cell.row.percent for cell in one[1]), default=100))
    return Board(tuple(locales), tuple(kept))


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


def _cell(row: Row, times: dict[tuple[str, str], datetime]) -> Cell:
    waiting = sum(count for state, count in row.states.items() if state != State.APPROVED)
    if row.error is not None or row.problems:
        standing = Standing.FAILED
    elif row.states.get(State.STALE):
        standing = Standing.STALE
    elif waiting or not row.live:
        standing = Standing.WAITING
    else:
        standing = Standing.LIVE
    return Cell(row, standing, times.get((row.article, row.locale)), waiting)


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
        "error": str(row.error) if row.error else None,
    }
