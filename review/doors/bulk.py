"""Many messages at once: first shown, then done, then undone if need be."""

from __future__ import annotations

from dataclasses import replace

from fastapi import HTTPException
from fastapi.responses import Response
from starlette.datastructures import FormData

from pipeline.memory import difference

from .. import bulk
from ..access import Door, Typed, Visit, Visiting
from ..bulk import Deed, Wish
from ..message import Place
from ..pages import show
from ..people import Refused
from ..queue import Filter
from ..rights import Right

door = Door.make()

_LATER = "…"
"""Stands for a reason while one looks; it is asked for before anything is done."""


@door.post("/{locale}/bulk", Right.TRANSLATE)
def many(visit: Visiting, locale: str, form: Typed) -> Response:
    """Show what would become of the chosen messages; or do it, when that was seen."""
    wish = _wish(visit, form)
    asked = Filter.of(visit.request.query_params)
    try:
        if form.get("sure") != "yes":
            asks = wish.deed is Deed.REJECT and not wish.reason.strip()
            seen = replace(wish, reason=_LATER) if asks else wish
            steps = bulk.preview(visit.desk, visit.person, seen)
            return show(
                visit, "bulk.html", wish=wish, steps=steps, asked=asked, difference=difference
            )
        done = bulk.carry_out(visit.desk, visit.person, wish)
    except Refused as refused:
        raise HTTPException(422, str(refused)) from None
    return show(visit, "bulk_done.html", done=done, deed=wish.deed, asked=asked, undone=False)


@door.post("/{locale}/bulk/{id}/undo", Right.TRANSLATE)
def undo(visit: Visiting, locale: str, id: int) -> Response:
    """Take it all back, but what was changed since."""
    try:
        done = bulk.undo(visit.desk, visit.person, locale, id)
    except Refused as refused:
        raise HTTPException(409, str(refused)) from None
    asked = Filter.of(visit.request.query_params)
    return show(visit, "bulk_done.html", done=done, deed="undo", asked=asked, undone=True)


def _wish(visit: Visit, form: FormData) -> Wish:
    chosen: list[tuple[Place, str]] = []
    for one in form.getlist("chosen"):
        digest, _, rest = str(one).partition(",")
        version, _, domain = rest.partition(",")
        chosen.append((Place(visit.locale or "", domain, digest), version))
    said = str(form.get("deed", ""))
    if said not in list(Deed):
        raise HTTPException(422, "Say whether to approve, reject or replace.")
    return Wish(
        Deed(said),
        tuple(chosen),
        str(form.get("reason", "")),
        str(form.get("old", "")),
        str(form.get("new", "")),
    )
