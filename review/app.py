"""The app: a desk for a site, its doors, and what people are told when something goes wrong."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import quote, urlsplit

from fastapi import FastAPI, HTTPException, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import FileResponse, PlainTextResponse, RedirectResponse, Response
from limits import RateLimitItem
from sqlalchemy.exc import SQLAlchemyError
from starlette.exceptions import HTTPException as StarletteHTTPException
from starlette.middleware import Middleware

from pipeline import __version__
from pipeline.errors import ConflictError, PipelineError
from pipeline.project import Project

from . import api, hints
from .access import Door, Elsewhere, Visit, desk_of
from .api.problems import refused
from .courier import Courier
from .current import Current
from .desk import Desk
from .doors import (
    account,
    activity,
    board,
    bulk,
    editor,
    entry,
    exchange,
    folk,
    openid,
    queue,
    runs,
    tokens,
)
from .guard import PROGRAMS, Guard
from .pages import STATIC, show
from .rights import Right

_DOORS = (
    entry.door,
    openid.door,
    account.door,
    folk.door,
    board.door,
    activity.door,
    runs.door,
    queue.door,
    editor.door,
    bulk.door,
    exchange.door,
    tokens.door,
)

_log = logging.getLogger("review")

_WORDS = ("strings", "text", "reason")
"""The fields that people write in at length."""

_TITLES = {
    401: "Log in first",
    403: "You may not do that",
    404: "There is nothing here",
    405: "That cannot be done here",
    409: "Somebody was faster",
    410: "This link does not work any more",
    413: "That is too large",
    422: "Something is missing",
}


def create_app(
    project: Project, *, desk: Desk | None = None, rate: RateLimitItem | None = None
) -> FastAPI:
    """The review desk of a site, as an ASGI app.

    Args:
        project: The site.
        desk: Its desk, where that is made already.
        rate: How much one token of the API may ask, if not as `create_api` says.

    Raises:
        MemoryStoreError: The state database cannot be opened.
    """
    made = desk or Desk.of(project)
    current = Current(made)
    programs = api.create_api(current, rate=rate)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        made.runs.recover()
        courier = Courier(lambda: current.desk().project, made.database)
        courier.start()
        yield
        courier.close()
        made.runs.close()
        made.database.dispose()

    app = FastAPI(
        title=f"{project.settings.site.title}: review desk",
        version=__version__,
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        middleware=[Middleware(Guard, url=lambda: current.url)],
    )
    app.state.current = current
    for door in doors():
        app.include_router(door.router)
    app.mount(api.PREFIX, programs)
    app.add_exception_handler(Elsewhere, _elsewhere)
    app.add_exception_handler(StarletteHTTPException, _refused)
    app.add_exception_handler(RequestValidationError, _misunderstood)
    app.add_exception_handler(PipelineError, _failed)
    app.add_exception_handler(SQLAlchemyError, _stuck)
    app.add_exception_handler(OSError, _stuck)
    app.add_exception_handler(Exception, _broken)
    return app


def doors() -> tuple[Door, ...]:
    """Every door there is; each route of each states the right that it asks for."""
    return (*_DOORS, _static)


_static = Door.make()


@_static.get("/static/{name}", Right.OPEN)
def static(name: str) -> Response:
    """The stylesheet and the scripts; an address has a hash of what is there."""
    path = STATIC / name
    if path.suffix not in (".css", ".js", ".svg") or path.parent != STATIC or not path.is_file():
        raise HTTPException(404)
    return FileResponse(path, headers={"Cache-Control": "public, max-age=31536000, immutable"})


@_static.get("/health", Right.OPEN, response_class=PlainTextResponse)
def health() -> str:
    """Whether the desk answers."""
    return "ok"


async def _elsewhere(request: Request, error: Exception) -> Response:
    return RedirectResponse(str(error), 303)


async def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, StarletteHTTPException)  # noqa: S101 - it is registered for those
    said = error.detail if error.detail and " " in error.detail else ""
    return await _problem(request, error.status_code, said, "", error.headers)


async def _misunderstood(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)  # noqa: S101 - it is registered for those
    places = [".".join(map(str, one["loc"])) for one in error.errors()]
    return await _problem(request, 422, "This was not as it has to be:", f"{', '.join(places)}.")


async def _failed(request: Request, error: Exception) -> Response:
    assert isinstance(error, PipelineError)  # noqa: S101 - it is registered for those
    status = 409 if isinstance(error, ConflictError) else 500
    where = f"{error.where}: " if error.where else ""
    message = desk_of(request).told(where + error.message)
    return await _problem(request, status, message, error.hint)


async def _stuck(request: Request, error: Exception) -> Response:
    _log.error("%s %s", request.method, request.url.path, exc_info=error)
    what = "files" if isinstance(error, OSError) else "database"
    message = f"The desk cannot read or write its {what} just now; the disk may be full."
    hint = "Whatever was saved before is safe. Tell who looks after the desk; its log says more."
    return await _problem(request, 503, message, hint)


async def _broken(request: Request, error: Exception) -> Response:
    message = "Something is wrong with the desk itself; its log says what."
    return await _problem(request, 500, message, "Whatever was saved before is safe.")


async def _problem(
    request: Request, status: int, message: str, hint: str, headers: object = None
) -> Response:
    """What went wrong, in words: a page of the desk with what was typed, or a part of a page."""
    if request.url.path.startswith(PROGRAMS):
        return refused(status, message, headers if isinstance(headers, dict) else None)
    visit = getattr(request.state, "visit", None) or Visit(request, desk_of(request), None)
    part = "hx-request" in request.headers
    shown = {
        "title": _TITLES.get(status, "That did not work"),
        "message": message,
        "hint": hint,
        "entry": f"/login?next={quote(_came_from(request), safe='')}" if status == 401 else "",
        "typed": [] if part else await _typed(request),
        "part": request.headers.get("hx-target", "") if part else None,
    }
    given = dict(headers) if isinstance(headers, dict) else {}
    template = "_problem.html" if part else "problem.html"
    return show(visit, template, status=status, headers=given, **shown)


def _came_from(request: Request) -> str:
    """The page of the desk that a request was made from; the front page if that is not known."""
    said = urlsplit(request.headers.get("referer", ""))
    own = said.netloc == request.headers.get("host", "") and said.path.startswith("/")
    return f"{said.path}?{said.query}" if own and said.query else said.path if own else "/"


async def _typed(request: Request) -> list[str]:
    """The words that came with a request that failed: nobody is to type them twice."""
    if request.method != "POST":
        return []
    try:
        form = await request.form(max_files=20, max_fields=5000, max_part_size=4 << 20)
    except (HTTPException, RuntimeError):
        return []  # it is no form, or was read as something else
    found = (one for name in _WORDS for one in form.getlist(name) if isinstance(one, str))
    return [hints.undressed(one) for one in found if one.strip()]
