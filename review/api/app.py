"""The API as an app of its own below the desk's, so that all its errors are problems."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse
from limits import RateLimitItem
from sqlalchemy.exc import SQLAlchemyError
from starlette.exceptions import HTTPException
from starlette.routing import Match

from pipeline import __version__
from pipeline.project import Project

from ..current import Current
from . import (
    activity,
    builds,
    bulk,
    catalogues,
    comments,
    decisions,
    memory,
    messages,
    status,
    tokens,
)
from .access import Resource
from .describe import described, page
from .problems import problem_of, refused
from .service import Service

PREFIX = "/api/v1"
"""Where the API is."""

_log = logging.getLogger("review.api")


def resources() -> tuple[Resource, ...]:
    """Every resource there is; each route of each states the scope and the right it asks for."""
    return (
        status.resource,
        messages.resource,
        decisions.resource,
        bulk.resource,
        comments.resource,
        activity.resource,
        catalogues.resource,
        memory.resource,
        builds.builds,
        builds.drafts,
        tokens.resource,
    )


def create_api(current: Current, *, rate: RateLimitItem | None = None) -> FastAPI:
    """The API of a desk, as an ASGI app to be mounted at `PREFIX`.

    Args:
        current: The desk, as its settings are.
        rate: How much one token may ask; 600 times a minute if None.
    """
    desk = current.desk()
    api = FastAPI(
        title=f"{desk.project.settings.site.title}: localisation",
        version=__version__,
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        generate_unique_id_function=lambda route: route.name,
    )
    api.state.service = Service.of(current, rate=rate)
    for one in resources():
        api.include_router(one.router)
    api.add_exception_handler(HTTPException, _refused)
    for kind in (SQLAlchemyError, OSError, Exception):
        api.add_exception_handler(kind, _broken)

    known: dict[int, tuple[Project, dict[str, Any]]] = {}

    def description() -> dict[str, Any]:
        project = current.desk().project
        if known.get(0, (None,))[0] is not project:
            known[0] = (project, described(api, project))
        return known[0][1]

    @api.get("/openapi.json", include_in_schema=False)
    def openapi() -> Response:
        """The description, for programs."""
        return JSONResponse(description(), headers={"Cache-Control": "no-cache"})

    @api.get("/docs", include_in_schema=False)
    def documentation() -> Response:
        """The description, for people."""
        return page(description())

    return api


async def _refused(request: Request, error: Exception) -> Response:
    """What the framework refuses: an address that is none, a method that is not taken."""
    assert isinstance(error, HTTPException)  # noqa: S101 - it is registered for those
    headers: Mapping[str, str] | None = error.headers
    if error.status_code == 405:
        headers = {"Allow": ", ".join(_methods(request))}
    return refused(error.status_code, error.detail, headers)


def _methods(request: Request) -> list[str]:
    """All methods that the address of a request takes."""
    routes = [route for one in resources() for route in one.router.routes]
    fitting = [route for route in routes if route.matches(request.scope)[0] is not Match.NONE]
    return sorted({name for one in fitting for name in getattr(one, "methods", ())}) or ["GET"]


async def _broken(request: Request, error: Exception) -> Response:
    _log.error("%s %s", request.method, request.url.path, exc_info=error)
    return problem_of(error).response()
