"""Builds and drafting: asked for, foreseen, watched, cancelled, repeated; what became of pages."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from typing import Any

from fastapi import HTTPException
from fastapi.responses import HTMLResponse, RedirectResponse, Response, StreamingResponse

from pipeline import articles
from pipeline.errors import PipelineError
from pipeline.galley import finished
from pipeline.reasons import Address
from pipeline.site.language import language
from pipeline.translation import translate
from pipeline.translation.draft import MEMORY, Planned

from ..access import Door, Typed, Visit, Visiting
from ..comparing import compared
from ..guard import PROOF_POLICY
from ..hints import TYPES
from ..pages import render, show
from ..pairs import SIDES, Pair
from ..people import Refused
from ..reasons import addresses_of
from ..rights import EVERYWHERE, Right
from ..runs import Kind, Run
from .board import managed

door = Door.make()

_PAGE = 50
_SHOWN = 200
"""Addresses of each kind that a report shows."""


@door.get("/runs", Right.MANAGE)
def history(visit: Visiting, before: int | None = None) -> Response:
    """What was built and drafted, and forms for more."""
    return _listed(visit, before=before)


@door.post("/runs", Right.MANAGE)
def start(visit: Visiting, form: Typed) -> Response:
    """Build, or draft; drafting is estimated first."""
    locales = [str(one) for one in form.getlist("locale") if one]
    only = [str(one) for one in form.getlist("article") if one]
    kind = str(form.get("kind", ""))
    if kind not in list(Kind):
        raise HTTPException(422, "Say whether to build, preview, look ahead or draft.")
    if any(not visit.may(Right.MANAGE, locale) for locale in locales):
        raise HTTPException(403, "You do not manage that language.")
    everything = not locales
    locales = locales or managed(visit)
    engines = [str(one) for one in form.getlist("engine") if one]
    if not set(engines) <= {*_engines(visit, locales), MEMORY}:
        raise HTTPException(422, "There is no such engine in the settings of that language.")
    if kind == Kind.DRAFT and form.get("sure") != "yes":
        return _estimated(visit, locales, only, engines)
    if everything and visit.may(Right.RULE, EVERYWHERE) and kind != Kind.DRAFT:
        locales = []
    force = form.get("force") == "yes"
    number = visit.desk.runs.start(
        Kind(kind),
        visit.person,
        locales=locales,
        articles=only,
        engines=engines if kind == Kind.DRAFT else (),
        force=force,
    )
    return RedirectResponse(f"/runs/{number}", 303)


@door.get("/runs/{id}", Right.MANAGE)
def one(visit: Visiting, id: int) -> Response:
    """A run: how far it is, or what it did."""
    run = _run(visit, id)
    return show(visit, "run.html", run=run, **_reported(visit, run))


@door.get("/runs/{id}/page", Right.MANAGE)
def page(visit: Visiting, id: int, file: str = "") -> Response:
    """A page before and after a build: what it says, and how it looks, side by side."""
    run = _run(visit, id)
    found = Pair.of(visit.desk.project, run, file, _is_latest(visit, run))
    if found is None or not _may_see(visit, run, file):
        raise HTTPException(404, "This run says nothing of such a page.")
    before, after = found.texts()
    address = addresses_of(visit.desk.project, visit.desk.database, run, [file])[0]
    lines = compared(before or "", after or "")
    sides = {"before": before, "after": after}
    shown: dict[str, Any] = {"pair": found, "address": address, "lines": lines, "run": run}
    differs = any(line.kind in ("gone", "new", "changed") for line in lines)
    return show(visit, "pair.html", **shown, sides=sides, differs=differs)


@door.get("/runs/{id}/{side}/{path:path}", Right.MANAGE)
def side(visit: Visiting, id: int, side: str, path: str) -> Response:
    """A page of one of both sides, or a file that it shows; nothing in it runs."""
    run = _run(visit, id)
    file = f"{path}index.html" if not path or path.endswith("/") else path
    if side not in SIDES or not _may_see(visit, run, file):
        raise HTTPException(404)
    data = Pair(visit.desk.project, run, file, _is_latest(visit, run)).data(side)
    if data is None:
        raise HTTPException(404, "There is nothing at this address.")
    headers = {"Content-Security-Policy": PROOF_POLICY}
    suffix = file.rpartition(".")[2].lower()
    below = f"/runs/{id}/{side}"
    if suffix == "html":
        html = finished(data.decode(errors="replace"), below=below)
        return HTMLResponse(html, headers=headers)
    if suffix == "css":
        data = data.replace(b'url("/', f'url("{below}/'.encode())
    kind = TYPES.get(suffix, "application/octet-stream")
    return Response(data, media_type=kind, headers=headers)


@door.get("/runs/{id}/events", Right.MANAGE)
async def events(visit: Visiting, id: int) -> Response:
    """How far a run is, as it moves."""
    _run(visit, id)

    async def stream() -> AsyncIterator[str]:
        last, number = "", 0
        while True:
            run = await asyncio.to_thread(_run, visit, id)
            shown = await asyncio.to_thread(_reported, visit, run)
            html = render(visit, "_run.html", run=run, **shown)
            if html != last:
                number, last = number + 1, html
                lines = "".join(f"data: {line}\n" for line in html.splitlines())
                yield f"id: {number}\n{lines}\n"
            if not run.is_open:
                yield "event: end\ndata: it has ended\n\n"
                return
            await asyncio.sleep(0.3)

    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return StreamingResponse(stream(), media_type="text/event-stream", headers=headers)


@door.post("/runs/{id}/cancel", Right.MANAGE)
def cancel(visit: Visiting, id: int) -> Response:
    """End a run before it publishes anything."""
    run = _run(visit, id)
    _assert_managed(visit, run)
    try:
        visit.desk.runs.cancel(run.id, visit.person)
    except Refused as refused:
        raise HTTPException(409, str(refused)) from None
    return RedirectResponse(f"/runs/{id}", 303)


@door.post("/runs/{id}/again", Right.MANAGE)
def again(visit: Visiting, id: int) -> Response:
    """The same once more."""
    run = _run(visit, id)
    _assert_managed(visit, run)
    try:
        number = visit.desk.runs.again(run.id, visit.person)
    except Refused as refused:
        raise HTTPException(409, str(refused)) from None
    return RedirectResponse(f"/runs/{number}", 303)


def _run(visit: Visit, id: int) -> Run:
    run = visit.desk.runs.get(id)
    if run is None:
        raise HTTPException(404, "There is no such run.")
    return run


def _assert_managed(visit: Visit, run: Run) -> None:
    """Only who manages all that a run is of cancels or repeats it."""
    locales = run.what["locales"] or [EVERYWHERE]
    if any(not visit.may(Right.MANAGE, locale) for locale in locales):
        raise HTTPException(403, "You do not manage that language.")


def _may_see(visit: Visit, run: Run, file: str) -> bool:
    """Whether somebody may see a file of the site: what is live anybody may."""
    folder = file.partition("/")[0]
    mine = {language(locale).lang for locale in managed(visit)}
    others = {language(locale).lang for locale in visit.desk.project.locales} - mine
    return folder not in others or run.kind is not Kind.FORECAST


def _is_latest(visit: Visit, run: Run) -> bool:
    """Whether nobody looked ahead since: the pages of that look are the ones that are kept."""
    latest = visit.desk.runs.latest(limit=1, kinds=[Kind.FORECAST])
    return bool(latest) and latest[0].id == run.id


def _reported(visit: Visit, run: Run) -> dict[str, Any]:
    """The addresses that a run changed, with the reasons, by what became of them."""
    found: dict[str, list[Address]] = {}
    for name in ("new", "changed", "removed"):
        files = run.report.get(name, [])[:_SHOWN]
        found[name] = addresses_of(visit.desk.project, visit.desk.database, run, files)
    of_a_page = next((a.file for own in found.values() for a in own if a.is_page), "")
    pair = Pair(visit.desk.project, run, of_a_page, _is_latest(visit, run))
    return {"addresses": found, "is_kept": bool(of_a_page) and pair.is_kept}


def _engines(visit: Visit, locales: Sequence[str]) -> list[str]:
    """The engines that drafting in these languages may ask, in their order."""
    drafting = visit.desk.project.settings.drafting
    return list(dict.fromkeys(e for locale in locales for e in drafting[locale].engines))


def _listed(
    visit: Visit, *, before: int | None = None, estimate: dict[str, object] | None = None
) -> Response:
    project, locales = visit.desk.project, managed(visit)
    runs = visit.desk.runs.latest(before=before, limit=_PAGE + 1)
    return show(
        visit,
        "runs.html",
        runs=runs[:_PAGE],
        older=runs[_PAGE - 1].id if len(runs) > _PAGE else None,
        locales=locales,
        articles=[source.id for source in articles.find(project).sources],
        engines=_engines(visit, locales),
        memory=MEMORY,
        estimate=estimate,
    )


def _estimated(visit: Visit, locales: list[str], only: list[str], engines: list[str]) -> Response:
    """What drafting would send to whom, and what it would cost."""
    planned: dict[str, dict[str, Planned]] = {}
    errors: list[str] = []
    for locale in locales:
        try:
            drafted = translate(visit.desk.project, locale, only=only, ask=engines, dry_run=True)
        except PipelineError as error:
            errors.append(str(error))
            continue
        planned[locale] = dict(drafted.planned)
        errors += map(str, drafted.errors)
    estimate: dict[str, object] = {"planned": planned, "errors": errors, "locales": locales}
    costs = [one.cost for own in planned.values() for one in own.values() if not one.instead]
    estimate |= {"articles": only, "engines": engines}
    estimate |= {"cost": None if not costs or None in costs else sum(c for c in costs if c)}
    return _listed(visit, estimate=estimate)
