"""People: invite them, give them roles, switch them off; and the trail of what everybody did."""

from __future__ import annotations

from fastapi.responses import RedirectResponse, Response
from starlette.datastructures import FormData

from .. import people
from ..access import Door, Typed, Visit, Visiting
from ..audit import trail
from ..pages import show
from ..people import Refused
from ..rights import EVERYWHERE, Right, Role

door = Door.make()


def roles_in(visit: Visit, form: FormData) -> dict[str, Role]:
    """The roles that a form says: a field ``role-nl`` for each language."""
    found: dict[str, Role] = {}
    for locale in (EVERYWHERE, *visit.desk.project.locales):
        said = form.get(f"role-{locale}")
        if isinstance(said, str) and said in list(Role):
            found[locale] = Role(said)
    return found


@door.get("/people", Right.RULE)
def everybody(visit: Visiting) -> Response:
    """Everybody, and a form to invite somebody."""
    return _show(visit)


@door.post("/people", Right.RULE)
def invite(visit: Visiting, form: Typed) -> Response:
    """Invite somebody: the link that they get is shown once."""
    roles = roles_in(visit, form)
    name, address = str(form.get("name", "")), str(form.get("address", ""))
    try:
        secret = people.invite(visit.desk.database, name, address, roles, by=visit.person)
    except Refused as refused:
        return _show(visit, status=422, error=str(refused), typed=(name, address))
    return _show(visit, link=_link(visit, secret), invited=" ".join(name.split()))


@door.post("/people/{id}", Right.RULE)
def change(visit: Visiting, id: int, form: Typed) -> Response:
    """Other roles, another address; or off, or on again."""
    roles = roles_in(visit, form)
    try:
        people.change(
            visit.desk.database,
            id,
            roles,
            active=form.get("active") == "yes",
            by=visit.person,
            address=str(form["address"]) if "address" in form else None,
        )
    except Refused as refused:
        return _show(visit, status=422, error=str(refused))
    return RedirectResponse(f"/people#person-{id}", 303)


@door.post("/people/{id}/link", Right.RULE)
def link(visit: Visiting, id: int) -> Response:
    """A new link for somebody who lost theirs, or their password."""
    try:
        secret = people.invite_again(visit.desk.database, id, by=visit.person)
    except Refused as refused:
        return _show(visit, status=422, error=str(refused))
    person = people.find(visit.desk.database, id=id)
    return _show(visit, link=_link(visit, secret), invited=person.name if person else "")


@door.get("/trail", Right.RULE)
def audit(visit: Visiting, before: int | None = None) -> Response:
    """What everybody did, the latest first."""
    entries = trail(visit.desk.database, before=before, limit=101)
    more = entries[99].id if len(entries) > 100 else None
    return show(visit, "trail.html", entries=entries[:100], more=more)


def _link(visit: Visit, secret: str) -> str:
    base = visit.desk.project.settings.review.url or str(visit.request.base_url).rstrip("/")
    return f"{base}/join/{secret}"


def _show(
    visit: Visit,
    *,
    status: int = 200,
    error: str = "",
    link: str = "",
    invited: str = "",
    typed: tuple[str, str] = ("", ""),
) -> Response:
    return show(
        visit,
        "people.html",
        status=status,
        everybody=people.everybody(visit.desk.database),
        locales=(EVERYWHERE, *visit.desk.project.locales),
        error=error,
        link=link,
        invited=invited,
        typed=typed,
    )
