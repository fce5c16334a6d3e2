"""Access: each route of the API states the scope and the right that it asks for.

A token has to have the scope and the language, and the person it is for the right in it: the same
rights as on the desk. Cookies count for nothing here, so that no other site can make a browser act.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Annotated, Any, cast

from fastapi import APIRouter, Depends, Request, Response
from fastapi.routing import APIRoute
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect

from .. import facets, tokens
from ..access import RIGHT
from ..audit import note
from ..desk import Desk
from ..people import Person
from ..rights import Right
from ..tokens import Scope, Token
from . import replies
from .problems import MEDIA_TYPE, Problem, ProblemShape, problem_of
from .service import Service
from .versions import wanted

SCOPE = "x-scope"
"""Where a route's scope is noted; its right is where the desk's routes note theirs."""

CAREFUL = "x-careful"
"""Where it is noted whether a route asks for a version in If-Match."""

LARGEST = "x-largest-body"
"""Where the bytes that a route takes at most are noted."""

_SMALL = 1 << 20
_PATIENCE = 10.0
"""Seconds that a request waits for the same one, which is being carried out."""

_log = logging.getLogger("review.api")

Handler = Callable[[Request], Coroutine[Any, Any, Response]]


@dataclass(frozen=True, slots=True)
class Call:
    """One request: the service, the token it came with, and whose that is."""

    service: Service
    token: Token
    person: Person
    locale: str = ""

    @property
    def desk(self) -> Desk:
        """The desk."""
        return self.service.desk

    def may(self, right: Right, scope: Scope, locale: str) -> bool:
        """Whether both the person and the token may do something in a language."""
        covered = self.token.covers(locale) and self.token.has(scope)
        return covered and self.person.may(right, locale)

    def require(self, right: Right, scope: Scope, locale: str) -> None:
        """Refuse what they may not do in a language.

        Raises:
            Problem: They may not.
        """
        if not self.token.has(scope):
            raise _without_scope(scope)
        if not self.token.covers(locale):
            raise Problem(403, f"This token is not for “{locale}”.")
        if not self.person.may(right, locale):
            raise Problem(403, f"This asks for the right to {right.name.lower()} “{locale}”.")

    def look(self, *, now: bool = False) -> None:
        """Take over what was changed in the catalogues of the language elsewhere."""
        facets.look(self.desk, self.locale, now=now)

    def note(self, action: str, *, subject: str = "", detail: str = "") -> None:
        """Add to the trail what was done, by whom and by which token."""
        with self.desk.database.begin() as connection:
            note(
                connection,
                action,
                person=self.person.id,
                who=self.person.name,
                locale=self.locale,
                subject=subject,
                detail=detail,
                token=self.token.label,
            )


def call_of(request: Request) -> Call:
    """The call that a request is, as its route has let it in."""
    return cast(Call, request.state.call)


Calling = Annotated[Call, Depends(call_of)]


class Route(APIRoute):
    """A route that lets nobody in whom it does not want, and answers errors as problems."""

    def get_route_handler(self) -> Handler:
        """What answers a request."""
        handler = super().get_route_handler()
        stated = self.openapi_extra or {}
        right, scope = Right[stated[RIGHT]], Scope(stated[SCOPE])
        largest, careful = int(stated[LARGEST]), bool(stated[CAREFUL])

        async def answer(request: Request) -> Response:
            service = cast(Service, request.app.state.service).now()
            headers: dict[str, str] = {}
            try:
                call = await run_in_threadpool(_let_in, service, request, headers, right, scope)
                request.state.call = call
                if careful:
                    wanted(request.headers.get("if-match"))
                await _take(request, largest)
                if request.method in ("POST", "PUT"):
                    response = await _once(call, request, handler)
                else:
                    response = await _attempt(request, handler)
            except Problem as problem:
                response = problem.response()
            response.headers.update(headers)
            return response

        return answer


@dataclass(frozen=True, slots=True)
class Resource:
    """A router whose every route states its scope and its right."""

    router: APIRouter

    @classmethod
    def make(cls, tag: str) -> Resource:
        """A new one; ``tag`` is what it is about."""
        return cls(APIRouter(route_class=Route, tags=[tag]))

    def route(
        self,
        method: str,
        path: str,
        right: Right,
        scope: Scope,
        *,
        largest: int = _SMALL,
        careful: bool = False,
        problems: tuple[int, ...] = (),
        extra: dict[str, Any] | None = None,
        **options: Any,
    ) -> Callable[..., Any]:
        """Registers a route.

        Args:
            method, path: What it answers to.
            right, scope: What it asks for.
            largest: The bytes of the largest body that it takes.
            careful: Whether it asks for a version in If-Match.
            problems: With what it may answer besides what every route does.
            extra: More to say in the description.
            options: As of FastAPI.
        """
        usual = {400, 401, 403, 429, 500, 503}
        usual |= {404} if "{" in path else set()
        usual |= {409, 413} if method in ("POST", "PUT") else set()
        usual |= {412, 428} if careful else set()
        responses: dict[int | str, dict[str, Any]] = {
            status: _problem() for status in sorted({422, *usual, *problems})
        }
        responses |= options.pop("responses", {})
        stated = {RIGHT: right.name, SCOPE: str(scope), LARGEST: largest, CAREFUL: careful}
        stated |= {"security": [{"bearer": [str(scope)]}], **(extra or {})}
        return self.router.api_route(
            path, methods=[method], openapi_extra=stated, responses=responses, **options
        )


def _problem() -> dict[str, Any]:
    schema = {"$ref": f"#/components/schemas/{ProblemShape.model_config['title']}"}
    return {"description": "Problem", "content": {MEDIA_TYPE: {"schema": schema}}}


def _let_in(
    service: Service, request: Request, headers: dict[str, str], right: Right, scope: Scope
) -> Call:
    """The call, if a token lets it in; headers are filled with how much it may ask."""
    kind, _, secret = request.headers.get("authorization", "").partition(" ")
    if kind.lower() != "bearer" or not secret.strip():
        realm = {"WWW-Authenticate": 'Bearer realm="api"'}
        raise Problem(401, "Send a token: Authorization: Bearer …", headers=realm)
    known = tokens.authenticate(service.desk.database, secret.strip())
    if known is None:
        realm = {"WWW-Authenticate": 'Bearer realm="api", error="invalid_token"'}
        detail = "This token does not work: it has ended, was revoked, or never was one."
        raise Problem(401, detail, headers=realm)
    token, person = known
    _count(service, token, headers)
    call = Call(service, token, person, request.path_params.get("locale", ""))
    if call.locale:
        if call.locale not in service.desk.project.locales:
            raise Problem(404, "There is no such language here.")
        call.require(right, scope, call.locale)
    elif not token.has(scope):
        raise _without_scope(scope)
    elif not person.may(right):
        raise Problem(403, f"This asks for the right to {right.name.lower()}.")
    return call


def _without_scope(scope: Scope) -> Problem:
    headers = {"WWW-Authenticate": f'Bearer error="insufficient_scope", scope="{scope}"'}
    return Problem(403, f"This token is not for this: it asks for “{scope}”.", headers=headers)


def _count(service: Service, token: Token, headers: dict[str, str]) -> None:
    """Count a request, and refuse it if there were too many.

    The headers are those of draft-ietf-httpapi-ratelimit-headers.
    """
    rate = service.rate
    good = service.limiter.hit(rate, token.id)
    stats = service.limiter.get_window_stats(rate, token.id)
    wait = max(1, int(stats.reset_time - time.time()) + 1)
    headers["RateLimit-Policy"] = f'"token";q={rate.amount};w={rate.get_expiry()}'
    headers["RateLimit"] = f'"token";r={stats.remaining};t={wait}'
    if not good:
        detail = f"This token has asked {rate.amount} times in {rate.get_expiry()} seconds."
        raise Problem(429, detail, headers={"Retry-After": str(wait)})


async def _take(request: Request, largest: int) -> None:
    """Read the body, as far as it is of a size that is taken."""
    said = request.headers.get("content-length", "0")
    too_large = Problem(413, f"At most {largest >> 20} MiB are taken here.")
    if said.isdecimal() and int(said) > largest:
        raise too_large
    body = bytearray()
    try:
        async for chunk in request.stream():
            body += chunk
            if len(body) > largest:
                raise too_large
    except ClientDisconnect:
        raise Problem(400, "The body ended too early.") from None
    request._body = bytes(body)


async def _attempt(request: Request, handler: Handler) -> Response:
    """The answer; an error becomes the problem that it is."""
    try:
        return await handler(request)
    except Exception as error:
        problem = problem_of(error)
        if problem.status >= 500:
            _log.exception("%s %s", request.method, request.url.path)
        return problem.response()


async def _once(call: Call, request: Request, handler: Handler) -> Response:
    """The answer; the same as before to a request that is sent again with its key."""
    key = replies.key_of(request)
    if key is None:
        return await _attempt(request, handler)
    database = call.desk.database
    asked = replies.fingerprint(request, await request.body())
    claim = await _claim(call, key, asked)
    if isinstance(claim, Response):
        return claim
    try:
        response = await _attempt(request, handler)
    except BaseException:  # the server is being stopped
        await run_in_threadpool(replies.forget, database, claim)
        raise
    await run_in_threadpool(replies.finish, database, claim, response)
    return response


async def _claim(call: Call, key: str, asked: str) -> replies.Claim | Response:
    database, started = call.desk.database, time.monotonic()
    while time.monotonic() - started < _PATIENCE:
        claim = await run_in_threadpool(replies.begin, database, call.token.id, key, asked)
        if claim is not None:
            return claim
        await asyncio.sleep(0.05)
    detail = "The same request is being carried out; ask again for its answer."
    raise Problem(409, detail, headers={"Retry-After": "2"})
