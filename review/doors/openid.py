"""Coming in with an OpenID provider: away to it, and back."""

from __future__ import annotations

import hmac

from fastapi import HTTPException
from fastapi.responses import RedirectResponse, Response

from pipeline.desk import OpenId

from .. import identities, openid
from ..access import Door, Visit, Visiting
from ..audit import note
from ..openid import Departure, Unwelcome
from ..rights import Right
from .entry import asked_to_log_in, enter, within

door = Door.make()

PATH = "/login/oidc"
COOKIE = "arrival"

_OFTEN, _WINDOW = 60, 900
"""How often one address may begin, in so many seconds."""


@door.get(PATH, Right.OPEN)
def away(visit: Visiting, next: str = "/") -> Response:
    """Send somebody to the provider."""
    desk, settings = visit.desk, _settings(visit)
    if not desk.throttle.hits.acquire_entry(f"arrival {visit.address}", _OFTEN, _WINDOW):
        return asked_to_log_in(visit, "Too many tries. Wait a quarter of an hour.", 429)
    departure = Departure.new()
    try:
        place = openid.address(settings, departure, _back(visit))
    except Unwelcome as unwelcome:
        return _refused(visit, str(unwelcome))
    identities.depart(desk.database, departure, within(next))
    answer = RedirectResponse(place, 303)
    answer.set_cookie(
        COOKIE,
        departure.state,
        max_age=identities.LASTS,
        path=PATH,
        httponly=True,
        samesite="lax",
        secure=desk.secure,
    )
    return answer


@door.get(f"{PATH}/callback", Right.OPEN)
def back(visit: Visiting, state: str = "", code: str = "", iss: str = "") -> Response:
    """Let somebody in whom the provider stands up for."""
    desk, settings = visit.desk, _settings(visit)
    planted = visit.request.cookies.get(COOKIE, "")
    try:
        if not state or not hmac.compare_digest(planted.encode(), state.encode()):
            raise Unwelcome("This was not begun in this browser. Try again.")
        departure, following = identities.arrive(desk.database, state)
        if not code or (iss and iss != settings.issuer):
            raise Unwelcome("The provider did not let you in.")
        claims = openid.claims(settings, departure, code, _back(visit))
        person = identities.person_of(desk.database, settings, claims)
    except Unwelcome as unwelcome:
        return _refused(visit, str(unwelcome))
    answer = enter(visit, person, within(following))
    answer.delete_cookie(COOKIE, path=PATH)
    return answer


def _settings(visit: Visit) -> OpenId:
    settings = visit.desk.project.settings.review.oidc
    if not settings.issuer:
        raise HTTPException(404, "Nobody logs in like this here.")
    return settings


def _back(visit: Visit) -> str:
    return f"{visit.desk.project.settings.review.url}{PATH}/callback"


def _refused(visit: Visit, why: str) -> Response:
    with visit.desk.database.begin() as connection:
        note(connection, "log-in failed", subject="OpenID", detail=f"{visit.address}: {why}"[:300])
    answer = asked_to_log_in(visit, why, 403)
    answer.delete_cookie(COOKIE, path=PATH)
    return answer
