"""Tokens of the API: make one, which is shown once; see which there are; revoke them."""

from __future__ import annotations

from fastapi import HTTPException
from fastapi.responses import RedirectResponse, Response

from .. import people, tokens
from ..access import Door, Typed, Visit, Visiting
from ..pages import show
from ..people import Refused
from ..rights import EVERYWHERE, Right
from ..tokens import Scope, Wish

door = Door.make()


@door.get("/tokens", Right.MANAGE)
def everything(visit: Visiting) -> Response:
    """One's tokens, or everybody's; and a form to make one."""
    return _show(visit)


@door.post("/tokens", Right.MANAGE)
def make(visit: Visiting, form: Typed) -> Response:
    """Make a token; it is shown on the page that answers, and never again."""
    days = str(form.get("days", ""))
    wish = Wish(
        str(form.get("label", "")),
        [scope for scope in Scope if scope in form.getlist("scope")],
        [one for one in (EVERYWHERE, *visit.desk.project.locales) if one in form.getlist("locale")],
        int(days) if days.isdecimal() and len(days) < 5 else 0,
    )
    said = str(form.get("person", "")) or str(visit.person.id)
    person = people.find(visit.desk.database, id=int(said)) if said.isdecimal() else None
    try:
        if person is None:
            raise Refused("There is nobody of that number.")
        secret, _ = tokens.make(visit.desk.database, person, wish, by=visit.person)
    except Refused as refused:
        return _show(visit, status=422, error=str(refused))
    return _show(visit, secret=secret)


@door.post("/tokens/{id}/revoke", Right.MANAGE)
def revoke(visit: Visiting, id: str) -> Response:
    """End a token at once."""
    rules = visit.may(Right.RULE)
    if not tokens.revoke(visit.desk.database, id, by=visit.person, anybodys=rules):
        raise HTTPException(404, "There is no such token any more.")
    return RedirectResponse("/tokens", 303)


def _show(visit: Visit, *, status: int = 200, error: str = "", secret: str = "") -> Response:
    rules = visit.may(Right.RULE)
    folk = people.everybody(visit.desk.database) if rules else [visit.person]
    return show(
        visit,
        "tokens.html",
        status=status,
        tokens=tokens.listed(visit.desk.database, person=None if rules else visit.person),
        names={one.id: one.name for one in folk},
        folk=[one for one in folk if one.active],
        locales=visit.desk.project.locales,
        scopes=list(Scope),
        longest=tokens.LONGEST,
        error=error,
        secret=secret,
    )
