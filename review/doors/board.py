"""For managers: the board, builds and drafting."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

from fastapi import HTTPException
from fastapi.responses import JSONResponse, RedirectResponse, Response, StreamingResponse

from pipeline import articles
from pipeline.errors import PipelineError
from pipeline.translation import translate
from pipeline.translation.draft import Planned

from ..access import Door, Typed, Visit, Visiting
from ..board import Standing, badge, board_of, coverage
from ..pages import render, show
from ..people import Refused
from ..rights import EVERYWHERE, Right
from ..runs import Kind, Run

door = Door.make()


@door.get("/board", Right.MANAGE)
def board(visit: Visiting, only: str = "", sort: str = "article") -> Response:
    """Articles and languages."""
    locales = _managed(visit)
    standing = Standing(only) if only in list(Standing) else None
    found = board_of(visit.desk.project, locales, only=standing, sort=sort)
    return show(
        visit,
        "board.html",
        board=found,
        only=standing,
        sort=sort,
        standings=list(Standing),
        coverage={
            locale: coverage(
                c for _, cells in found.articles for c in cells if c.row.locale == locale
            )
            for locale in locales
        },
        settings=visit.desk.project.settings.locales,
        runs=visit.desk.runs.latest(limit=5),
    )


@door.get("/board.json", Right.MANAGE)
def board_data(visit: Visiting) -> Response:
    """The same for a script."""
    return JSONResponse(board_of(visit.desk.project, _managed(visit)).to_json())


@door.get("/badge/{locale}.svg", Right.OPEN)
def picture(visit: Visiting, locale: str) -> Response:
    """How much of a language is approved, as a picture for elsewhere; it says nothing else."""
    found = board_of(visit.desk.project, [locale])
    percent = coverage(cell for _, cells in found.articles for cell in cells)
    headers = {"Cross-Origin-Resource-Policy": "cross-origin", "Cache-Control": "max-age=300"}
    return Response(badge(locale, percent), media_type="image/svg+xml", headers=headers)


@door.get("/runs", Right.MANAGE)
def history(visit: Visiting) -> Response:
    """What was built and drafted, and forms for more."""
    found = articles.find(visit.desk.project)
    return show(
        visit,
        "runs.html",
        runs=visit.desk.runs.latest(),
        locales=_managed(visit),
        articles=[source.id for source in found.sources],
        estimate=None,
    )


@door.post("/runs", Right.MANAGE)
def start(visit: Visiting, form: Typed) -> Response:
    """Build, or draft; drafting is estimated first."""
    locales = [str(one) for one in form.getlist("locale")]
    only = [str(one) for one in form.getlist("article") if one]
    kind = str(form.get("kind", ""))
    if kind not in list(Kind):
        raise HTTPException(422, "Say whether to build, preview or draft.")
    if any(not visit.may(Right.MANAGE, locale) for locale in locales):
        raise HTTPException(403, "You do not manage that language.")
    everything = not locales
    locales = locales or _managed(visit)
    if kind == Kind.DRAFT and form.get("sure") != "yes":
        return _estimated(visit, locales, only)
    if everything and visit.may(Right.RULE, EVERYWHERE) and kind != Kind.DRAFT:
        locales = []
    force = form.get("force") == "yes"
    number = visit.desk.runs.start(
        Kind(kind), visit.person, locales=locales, articles=only, force=force
    )
    return RedirectResponse(f"/runs/{number}", 303)


@door.get("/runs/{id}", Right.MANAGE)
def one(visit: Visiting, id: int) -> Response:
    """A run: how far it is, or what it did."""
    return show(visit, "run.html", run=_run(visit, id))


@door.get("/runs/{id}/events", Right.MANAGE)
async def events(visit: Visiting, id: int) -> Response:
    """How far a run is, as it moves."""
    _run(visit, id)

    async def stream() -> AsyncIterator[str]:
        last, number = "", 0
        while True:
            run = await asyncio.to_thread(_run, visit, id)
            html = render(visit, "_run.html", run=run)
            if html != last:
                number, last = number + 1, html
                lines = "".join(f"data: {line}\n" for line in html.splitlines())
                yield f"id: {number}\n{lines}\n"
            if not run.is_open:
                return
            await asyncio.sleep(0.3)

    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return StreamingResponse(stream(), media_type="text/event-stream", headers=headers)


@door.post("/runs/{id}/cancel", Right.MANAGE)
def cancel(visit: Visiting, id: int) -> Response:
    """End a run before it publishes anything."""
    try:
        visit.desk.runs.cancel(_run(visit, id).id, visit.person)
    except Refused as refused:
        raise HTTPException(409, str(refused)) from None
    return RedirectResponse(f"/runs/{id}", 303)


@door.post("/runs/{id}/again", Right.MANAGE)
def again(visit: Visiting, id: int) -> Response:
    """The same once more."""
    run = _run(visit, id)
    if any(not visit.may(Right.MANAGE, locale) for locale in run.what["locales"]):
        raise HTTPException(403, "You do not manage that language.")
    number = visit.desk.runs.start(run.kind, visit.person, **run.what)
    return RedirectResponse(f"/runs/{number}", 303)


def _managed(visit: Visit) -> list[str]:
    known = visit.desk.project.locales
    return [locale for locale in known if visit.may(Right.MANAGE, locale)]


def _run(visit: Visit, id: int) -> Run:
    run = visit.desk.runs.get(id)
    if run is None:
        raise HTTPException(404, "There is no such run.")
    return run


def _estimated(visit: Visit, locales: list[str], only: list[str]) -> Response:
    """What drafting would send to whom, and what it would cost."""
    planned: dict[str, dict[str, Planned]] = {}
    errors: list[str] = []
    for locale in locales:
        try:
            drafted = translate(visit.desk.project, locale, only=only, dry_run=True)
        except PipelineError as error:
            errors.append(str(error))
            continue
        planned[locale] = dict(drafted.planned)
        errors += map(str, drafted.errors)
    found = articles.find(visit.desk.project)
    estimate = {"planned": planned, "errors": errors, "locales": locales, "articles": only}
    return show(
        visit,
        "runs.html",
        runs=visit.desk.runs.latest(),
        locales=_managed(visit),
        articles=[source.id for source in found.sources],
        estimate=estimate,
    )
