"""Coming in and going: log in, log out, links that work once."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import urlsplit

from fastapi import Form, HTTPException
from fastapi.responses import RedirectResponse, Response

from .. import people, sessions
from ..access import Door, Visit, Visiting
from ..audit import note
from ..pages import show
from ..people import Person, Refused
from ..rights import Right

door = Door.make()


def within(address: str) -> str:
    """An address on this desk: what leads elsewhere becomes the front page."""
    parts = urlsplit(address)
    elsewhere = parts.scheme or parts.netloc or not address.startswith("/")
    return "/" if elsewhere or address.startswith("//") or "\\" in address else address


@door.get("/login", Right.OPEN)
def login(visit: Visiting, next: str = "/") -> Response:
    """The form."""
    if visit.somebody is not None:
        return RedirectResponse(within(next), 303)
    return asked_to_log_in(visit, next=next)


@door.post("/login", Right.OPEN)
def let_in(
    visit: Visiting,
    name: Annotated[str, Form()] = "",
    password: Annotated[str, Form()] = "",
    next: Annotated[str, Form()] = "/",
) -> Response:
    """Let in who knows a name and its password, if it was not tried too often."""
    desk = visit.desk

    def again(error: str, status: int) -> Response:
        return asked_to_log_in(visit, error, status, next=next, name=name)

    if not desk.project.settings.review.passwords:
        return again("Nobody logs in with a password here.", 403)
    if not desk.throttle.allows(name, visit.address):
        return again("Too many wrong passwords. Wait a quarter of an hour and try again.", 429)
    person = people.authenticate(desk.database, name, password[:1000])
    if person is None:
        with desk.database.begin() as connection:
            note(connection, "log-in failed", subject=name[:40], detail=visit.address)
        return again("That name and password do not belong together.", 422)
    desk.throttle.worked(name, visit.address)
    return enter(visit, person, within(next))


@door.post("/logout", Right.ENTER)
def let_out(visit: Visiting) -> Response:
    """End this session."""
    sessions.end(visit.desk.database, visit.request.cookies.get(sessions.COOKIE, ""))
    with visit.desk.database.begin() as connection:
        note(connection, "log out", person=visit.person.id, who=visit.person.name)
    answer = RedirectResponse("/login", 303)
    answer.delete_cookie(sessions.COOKIE)
    return answer


@door.get("/join/{secret}", Right.OPEN)
def join(visit: Visiting, secret: str) -> Response:
    """What a link that works once leads to."""
    person = people.invited(visit.desk.database, secret)
    if person is None:
        raise HTTPException(410, "This link was used already, or is too old. Ask for a new one.")
    _refuse_password(visit, person)
    return show(visit, "join.html", invited=person, secret=secret, error="", name=person.name)


@door.post("/join/{secret}", Right.OPEN)
def joined(
    visit: Visiting,
    secret: str,
    password: Annotated[str, Form()] = "",
    again: Annotated[str, Form()] = "",
    name: Annotated[str, Form()] = "",
) -> Response:
    """Choose a password, and be in."""
    invited = people.invited(visit.desk.database, secret)
    if invited is None:
        raise HTTPException(410, "This link was used already, or is too old. Ask for a new one.")
    _refuse_password(visit, invited)
    try:
        if password != again:
            raise Refused("Both passwords have to be the same.")
        person = people.accept(visit.desk.database, secret, password, name=name)
    except Refused as refused:
        error = str(refused)
        return show(
            visit, "join.html", status=422, invited=invited, secret=secret, error=error, name=name
        )
    return enter(visit, person, "/")


def asked_to_log_in(
    visit: Visit, error: str = "", status: int = 200, *, next: str = "/", name: str = ""
) -> Response:
    """The form, with what went wrong."""
    return show(
        visit,
        "login.html",
        status=status,
        next=within(next),
        error=error,
        name=name,
        empty=not error and people.is_empty(visit.desk.database),
    )


def _refuse_password(visit: Visit, invited: Person) -> None:
    """Only the first manager chooses one where nobody logs in with it: else nobody could begin."""
    review = visit.desk.project.settings.review
    if not review.passwords and invited.id:
        raise HTTPException(403, f"You need no link: log in with {review.oidc.name}.")


def enter(visit: Visit, person: Person, address: str) -> Response:
    """Begin a session; the one that this browser had ends, so that nobody can plant one."""
    database = visit.desk.database
    sessions.end(database, visit.request.cookies.get(sessions.COOKIE, ""))
    secret = sessions.begin(database, person, agent=visit.request.headers.get("user-agent", ""))
    with database.begin() as connection:
        note(connection, "log in", person=person.id, who=person.name, detail=visit.address)
    answer = RedirectResponse(address, 303)
    answer.set_cookie(
        sessions.COOKIE,
        secret,
        max_age=sessions.LASTS,
        httponly=True,
        samesite="lax",
        secure=visit.desk.secure,
    )
    return answer
