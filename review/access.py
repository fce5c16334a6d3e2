"""Access: each route states the right that it asks for, and nobody gets past without it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, replace
from typing import Annotated, Any, cast
from urllib.parse import quote

from fastapi import APIRouter, Depends, HTTPException, Request
from fastapi.responses import HTMLResponse
from starlette.datastructures import FormData
from starlette.routing import BaseRoute

from . import sessions
from .current import Current
from .desk import Desk
from .people import Person
from .rights import Right

RIGHT = "x-right"
"""Where a route's right is noted."""


class Elsewhere(Exception):
    """Somebody is to log in first, and to come back to an address then."""

    def __init__(self, address: str) -> None:
        super().__init__(address)
        self.address = address


@dataclass(frozen=True, slots=True)
class Visit:
    """One request: the desk, who comes, and in which language they are."""

    request: Request
    desk: Desk
    somebody: Person | None
    locale: str | None = None

    @property
    def person(self) -> Person:
        """Who comes; only routes that ask for a right may look."""
        if self.somebody is None:
            raise HTTPException(401)
        return self.somebody

    def may(self, right: Right, locale: str | None = None) -> bool:
        """Whether they have a right, in this language or another."""
        return self.somebody is not None and self.somebody.may(right, locale or self.locale)

    @property
    def address(self) -> str:
        """Where they come from."""
        return self.request.client.host if self.request.client else ""


def desk_of(request: Request) -> Desk:
    """The desk of an app, as its settings are now."""
    return cast(Current, request.app.state.current).desk()


def visit_of(request: Request) -> Visit:
    """The visit that this request is, as the route's right has let it in."""
    return cast(Visit, request.state.visit)


async def form_of(request: Request) -> AsyncIterator[FormData]:
    """What a form says, at most so much of it; files that came with it are closed afterwards."""
    async with request.form(max_files=20, max_fields=5000, max_part_size=4 << 20) as form:
        yield form


Visiting = Annotated[Visit, Depends(visit_of)]
Typed = Annotated[FormData, Depends(form_of)]


def needs(right: Right) -> Callable[[Request], None]:
    """A dependency that lets only those in who have a right."""

    def let_in(request: Request) -> None:
        visit = _visit(request)
        request.state.visit = visit
        if right is Right.OPEN:
            return
        if visit.somebody is None:
            if request.method in ("GET", "HEAD") and "hx-request" not in request.headers:
                query = f"?{request.url.query}" if request.url.query else ""
                raise Elsewhere(f"/login?next={quote(request.url.path + query, safe='')}")
            raise HTTPException(401, "You are not logged in any more, and nothing was changed.")
        if not visit.somebody.may(right, visit.locale):
            raise HTTPException(403, f"This asks for the right to {right.name.lower()}.")

    return let_in


def _visit(request: Request) -> Visit:
    desk = desk_of(request)
    person = sessions.person_of(desk.database, request.cookies.get(sessions.COOKIE, ""))
    visit = Visit(request, desk, person)
    locale = request.path_params.get("locale")
    if locale is not None:
        if locale not in desk.project.locales:
            raise HTTPException(404 if person else 401, "There is no such language here.")
        visit = replace(visit, locale=locale)
    return visit


@dataclass(frozen=True, slots=True)
class Door:
    """A router whose every route states its right."""

    router: APIRouter

    @classmethod
    def make(cls) -> Door:
        """A new one."""
        return cls(APIRouter())

    def get(self, path: str, right: Right, **options: Any) -> Callable[..., Any]:
        """A route that shows something."""
        return self._opens("GET", path, right, options)

    def post(self, path: str, right: Right, **options: Any) -> Callable[..., Any]:
        """A route that changes something."""
        return self._opens("POST", path, right, options)

    def _opens(self, method: str, path: str, right: Right, options: Any) -> Callable[..., Any]:
        def register(endpoint: Callable[..., Any]) -> Callable[..., Any]:
            self.router.add_api_route(
                path,
                endpoint,
                methods=[method],
                dependencies=[Depends(needs(right))],
                include_in_schema=False,
                openapi_extra={RIGHT: right.name},
                **{"response_class": HTMLResponse, "response_model": None, **options},
            )
            return endpoint

        return register


def right_of(route: BaseRoute) -> Right | None:
    """The right that a route asks for; None if it states none."""
    said = getattr(route, "openapi_extra", None) or {}
    return Right[said[RIGHT]] if RIGHT in said else None
