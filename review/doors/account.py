"""One's account: the browsers one is in with, how one is told things, and the link that ends it."""

from __future__ import annotations

from typing import Annotated

from fastapi import Form, HTTPException
from fastapi.responses import RedirectResponse, Response

from .. import people, sessions, subscriptions, wording
from ..access import Door, Visit, Visiting
from ..pages import show
from ..rights import Right
from ..subscriptions import Mode

door = Door.make()

HOURS = range(24)


@door.get("/account", Right.ENTER)
def account(visit: Visiting) -> Response:
    """Who one is here, the browsers one is in with, and how one is told things."""
    return _show(visit)


@door.post("/account/sessions", Right.ENTER)
def put_out(visit: Visiting, id: Annotated[str, Form()] = "") -> Response:
    """End one of one's sessions, or all of them."""
    sessions.revoke(visit.desk.database, visit.person, id=id or None)
    return RedirectResponse("/account", 303)


@door.post("/account/notices", Right.ENTER)
def told(
    visit: Visiting,
    mode: Annotated[str, Form()] = "",
    hour: Annotated[int, Form(ge=0, le=23)] = 8,
    zone: Annotated[str, Form()] = "",
    failures: Annotated[str, Form()] = "",
    language: Annotated[str, Form()] = "",
) -> Response:
    """Choose how one is told things."""
    if mode not in list(Mode):
        raise HTTPException(422, "Say whether to be told never, at once or daily.")
    if language and language not in wording.languages():
        raise HTTPException(422, f"No letters are written in “{language[:20]}”.")
    if zone not in subscriptions.zones():
        return _show(visit, status=422, error=f"There is no time zone “{zone[:60]}”.")
    me = visit.person
    subscriptions.choose(
        visit.desk.database,
        me.id,
        me.name,
        Mode(mode),
        hour=hour,
        zone=zone,
        failures=failures == "yes" and me.may(Right.MANAGE),
        language=language,
    )
    return RedirectResponse("/account#notices", 303)


@door.get("/unsubscribe/{secret}", Right.OPEN)
def ending(visit: Visiting, secret: str) -> Response:
    """Where a link in a letter leads; nothing is ended by looking, as programs do."""
    return show(visit, "unsubscribe.html", name=_whose(visit, secret)[1], secret=secret, done=False)


@door.post("/unsubscribe/{secret}", Right.OPEN)
def ended(visit: Visiting, secret: str) -> Response:
    """End somebody's letters: the signed address is proof enough (RFC 8058)."""
    person, name = _whose(visit, secret)
    subscriptions.stop(visit.desk.database, person)
    return show(visit, "unsubscribe.html", name=name, secret=secret, done=True)


def _whose(visit: Visit, secret: str) -> tuple[int, str]:
    number = subscriptions.person_in(visit.desk.database, secret)
    person = people.find(visit.desk.database, id=number) if number is not None else None
    if person is None:
        raise HTTPException(410, "This link is not whole, or not from here.")
    return person.id, person.name


def _show(visit: Visit, *, status: int = 200, error: str = "") -> Response:
    database, mail = visit.desk.database, visit.desk.project.settings.review.mail
    with database.connect() as connection:
        chosen = subscriptions.of(connection, visit.person.id)
    return show(
        visit,
        "account.html",
        status=status,
        error=error,
        sessions=sessions.of(database, visit.person),
        chosen=chosen,
        modes=list(Mode),
        hours=HOURS,
        zones=subscriptions.zones(),
        mailed=bool(mail.host),
        languages=wording.languages(),
        tongue=wording.fitting(chosen.language, mail.language),
    )
