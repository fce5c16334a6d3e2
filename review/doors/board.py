"""For managers: the board."""

from __future__ import annotations

from fastapi.responses import JSONResponse, Response

from ..access import Door, Visit, Visiting
from ..board import SORTS, Board, Standing, badge, board_of
from ..pages import show
from ..rights import Right

door = Door.make()


_PAGE = 100
"""Articles on a page of the board."""


@door.get("/board", Right.MANAGE)
def board(
    visit: Visiting, only: str = "", sort: str = "article", text: str = "", page: int = 1
) -> Response:
    """Articles and languages."""
    whole = _board(visit, only, sort, text)
    page = max(1, min(page, -(-len(whole.articles) // _PAGE)))
    return show(
        visit,
        "board.html",
        board=whole,
        articles=whole.articles[(page - 1) * _PAGE : page * _PAGE],
        page=page,
        pages=-(-len(whole.articles) // _PAGE),
        only=only if only in list(Standing) else "",
        sort=sort if sort in SORTS else "article",
        sorts=SORTS,
        text=text,
        standings=list(Standing),
        settings=visit.desk.project.settings.locales,
        runs=visit.desk.runs.latest(limit=5),
    )


@door.get("/board.json", Right.MANAGE)
def board_data(visit: Visiting, only: str = "", sort: str = "article", text: str = "") -> Response:
    """The same for a script, sorted and filtered in the same way."""
    return JSONResponse(_board(visit, only, sort, text).to_json())


@door.get("/badge/{locale}.svg", Right.OPEN)
def picture(visit: Visiting, locale: str) -> Response:
    """How much of a language is approved, as a picture for elsewhere; it says nothing else."""
    found = board_of(visit.desk.project, visit.desk.database, [locale])
    headers = {"Cross-Origin-Resource-Policy": "cross-origin", "Cache-Control": "max-age=300"}
    drawn = badge(locale, found.coverage[locale])
    return Response(drawn, media_type="image/svg+xml", headers=headers)


def managed(visit: Visit) -> list[str]:
    """The languages that somebody manages."""
    known = visit.desk.project.locales
    return [locale for locale in known if visit.may(Right.MANAGE, locale)]


def _board(visit: Visit, only: str, sort: str, text: str) -> Board:
    standing = Standing(only) if only in list(Standing) else None
    desk, locales = visit.desk, managed(visit)
    return board_of(desk.project, desk.database, locales, only=standing, sort=sort, text=text)
