"""The API for programs: what the desk shows and does, with bearer tokens and without cookies."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, TypeVar, cast

from fastapi import APIRouter, Depends, Header, HTTPException, Path, Query, Request
from fastapi.responses import JSONResponse, Response

from pipeline.exchange import Format, hand_out
from pipeline.memory import Memory

from .. import api, bearers, decisions, facets, queue
from ..access import RIGHT, Door, Visit, Visiting, desk_of
from ..api import BASE, DecisionIn, problems
from ..bearers import Scope
from ..board import board_of
from ..decisions import Blocked, Decision, Moved
from ..message import Opened, Place, open_message, read_catalogue
from ..people import Refused
from ..queue import Filter
from ..rights import Right
from ..runs import Kind, Run

door = Door(APIRouter(prefix=BASE, tags=["api"]))

Locale = Annotated[str, Path(max_length=16)]
Key = Annotated[str, Header(alias="Idempotency-Key", max_length=64)]
Cursor = Annotated[str, Query(max_length=600)]
Limit = Annotated[int, Query(ge=1, le=200)]
In = Annotated[str, Query(alias="in", min_length=1, max_length=250)]
Word = Annotated[str, Query(max_length=200)]
Source = Annotated[str, Query(min_length=1, max_length=5000)]
Id = Annotated[str, Path(pattern="^[0-9a-f]{24}$")]
Number = Annotated[int, Path(ge=1, le=2**31 - 1)]


F = TypeVar("F", bound=Callable[..., Any])


def _needs(scope: Scope, right: Right) -> Callable[[Request], None]:
    """A dependency that lets in who brings a token with a scope, and has a right."""

    def let_in(request: Request) -> None:
        desk = desk_of(request)
        kind, _, secret = request.headers.get("authorization", "").partition(" ")
        found = bearers.person_of(desk.database, secret) if kind.lower() == "bearer" else None
        if found is None:
            challenge = {"WWW-Authenticate": "Bearer"}
            raise HTTPException(401, "Send a token: Authorization: Bearer …", challenge)
        person, scopes = found
        locale = request.path_params.get("locale")
        if locale is not None and locale not in desk.project.locales:
            raise HTTPException(404, "There is no such language here.")
        if scope not in scopes or not person.may(right, locale):
            raise HTTPException(403, f"This asks for the scope “{scope}” and that right.")
        request.state.visit = Visit(request, desk, person, locale)

    return let_in


def _route(
    method: str, path: str, scope: Scope, right: Right, *codes: int, **options: Any
) -> Callable[[F], F]:
    """A route of the API; its description says its errors and its right."""
    return door.router.api_route(
        path,
        methods=[method],
        dependencies=[Depends(_needs(scope, right))],
        responses=problems(*codes),
        openapi_extra={RIGHT: right.name, "x-scope": str(scope)},
        **options,
    )


@door.get("/openapi.json", Right.OPEN, response_class=JSONResponse)
def openapi(request: Request) -> Response:
    """The API in its own words."""
    return JSONResponse(api.description(request.app, door.router.routes))


@_route("GET", "/status", Scope.READ, Right.READ)
def status(visit: Visiting) -> dict[str, Any]:
    """Articles and languages: how far each is, and whether it is live."""
    project = visit.desk.project
    locales = [one for one in project.locales if visit.may(Right.READ, one)]
    return board_of(project, locales).to_json()


@_route("GET", "/messages/{locale}", Scope.READ, Right.READ, 404, response_model=api.Messages)
def messages(
    visit: Visiting,
    locale: Locale,
    state: Word = "",
    article: Word = "",
    text: Word = "",
    cursor: Cursor = "",
    limit: Limit = 50,
) -> dict[str, Any]:
    """The queue of a language, page by page."""
    facets.look(visit.desk, locale)
    said = {"state": state, "article": article, "text": text.replace("\0", "")}
    asked = Filter.of(said | {"article": article.replace("\0", "")})
    after = api.position_of(cursor)
    rows = queue.page(visit.desk, locale, asked, after=after, limit=limit + 1)
    shown = rows[:limit]
    last = shown[-1] if len(rows) > limit else None
    return {
        "items": [
            {
                "domain": row.domain,
                "id": row.digest,
                "context": row.context,
                "state": row.state,
                "source": row.source,
                "target": row.target,
                "checks": row.checks,
                "risk": row.risk,
                "version": row.version,
            }
            for row in shown
        ],
        "next": api.cursor_of((last.state, last.domain, last.place)) if last else None,
    }


@_route(
    "GET", "/messages/{locale}/{id}", Scope.READ, Right.READ, 404, response_model=api.MessageOut
)
def message(visit: Visiting, locale: Locale, id: Id, domain: In) -> dict[str, Any]:
    """One message, with what is wrong with it and the version to decide about."""
    return _said(open_message(visit.desk, Place(locale, domain, id)))


@_route(
    "POST",
    "/decisions/{locale}",
    Scope.DECIDE,
    Right.TRANSLATE,
    404,
    409,
    response_model=api.MessageOut,
)
def decide(visit: Visiting, locale: Locale, wish: DecisionIn, key: Key = "") -> Any:
    """Save, approve or reject; the same key does it once."""
    desk, person = visit.desk, visit.person
    before = api.answered(desk.database, person, key, wish)
    if before is not None:
        return before
    place = Place(locale, wish.domain, wish.id)
    decision = Decision(wish.action, tuple(wish.strings), wish.version, wish.reason)
    try:
        decisions.decide(desk, person, place, decision)
    except Moved:
        raise HTTPException(409, "Somebody changed it meanwhile; read it again.") from None
    except Refused as refused:
        raise HTTPException(403, str(refused)) from None
    except Blocked as blocked:
        raise HTTPException(409, f"It cannot be approved: {blocked}") from None
    answer = _said(open_message(desk, place))
    api.remember(desk.database, person, key, wish, answer)
    return answer


@_route("GET", "/builds", Scope.READ, Right.MANAGE, 404, response_model=api.Builds)
def builds(visit: Visiting, cursor: Cursor = "", limit: Limit = 50) -> dict[str, Any]:
    """What was built and drafted, the latest first."""
    if cursor and not (cursor.isascii() and cursor.isdecimal() and len(cursor) < 10):
        raise HTTPException(404, "That is no cursor of this list.")
    before = int(cursor) if cursor else None
    found = visit.desk.runs.latest(limit=limit + 1, before=before)
    more = str(found[limit - 1].id) if len(found) > limit else None
    return {"items": [_build(run) for run in found[:limit]], "next": more}


@_route("POST", "/builds", Scope.BUILD, Right.MANAGE, 404, 409, response_model=api.BuildOut)
def build(visit: Visiting, wish: api.BuildIn, key: Key = "") -> Any:
    """Begin a build; the same key begins one."""
    desk, person = visit.desk, visit.person
    before = api.answered(desk.database, person, key, wish)
    if before is not None:
        return before
    for locale in wish.locales:
        if locale not in desk.project.locales:
            raise HTTPException(404, f"There is no language “{locale}” here.")
        if not visit.may(Right.MANAGE, locale):
            raise HTTPException(403, "You do not manage that language.")
    locales = list(wish.locales)
    if not locales and not visit.may(Right.RULE):  # everything is what one manages
        known = desk.project.locales
        locales = [locale for locale in known if visit.may(Right.MANAGE, locale)]
    kind = Kind.PREVIEW if wish.preview else Kind.BUILD
    number = desk.runs.start(kind, person, locales=locales, force=wish.force)
    answer = _build(cast(Run, desk.runs.get(number)))
    api.remember(desk.database, person, key, wish, answer)
    return answer


@_route("GET", "/builds/{id}", Scope.READ, Right.MANAGE, 404, response_model=api.BuildOut)
def one_build(visit: Visiting, id: Number) -> dict[str, Any]:
    """How far a build is, or what it did."""
    run = visit.desk.runs.get(id)
    if run is None:
        raise HTTPException(404, "There is no such build.")
    return _build(run)


@_route(
    "GET", "/catalogues/{locale}", Scope.READ, Right.READ, 404, response_model=api.CataloguesOut
)
def catalogues(visit: Visiting, locale: Locale) -> dict[str, Any]:
    """The catalogues of a language."""
    return {"items": list(visit.desk.project.domains(locale))}


@_route(
    "GET",
    "/catalogues/{locale}/file",
    Scope.READ,
    Right.READ,
    404,
    response_class=Response,
)
def catalogue(visit: Visiting, locale: Locale, domain: In, form: Format = Format.PO) -> Response:
    """A catalogue, as .po or XLIFF."""
    read_catalogue(visit.desk, locale, domain)
    data = hand_out(visit.desk.project, visit.desk.database, locale, domain, format=form)
    return Response(data, media_type="application/octet-stream")


@_route("GET", "/memory/{locale}", Scope.READ, Right.READ, 404, response_model=api.Matches)
def memory(visit: Visiting, locale: Locale, text: Source) -> dict[str, Any]:
    """What the memory has for a text, the best first."""
    found = Memory(visit.desk.database, visit.desk.project.source_locale, locale).fuzzy(text)
    return {
        "items": [
            {
                "source": match.unit.source,
                "target": match.unit.target,
                "domain": match.unit.domain,
                "score": match.score,
            }
            for match in found
        ]
    }


def _said(opened: Opened) -> dict[str, Any]:
    message = opened.message
    return {
        "domain": opened.place.domain,
        "id": opened.place.digest,
        "context": message.context,
        "state": str(opened.state),
        "source": message.id,
        "previous": message.previous_id,
        "strings": list(message.strings),
        "notes": list(message.notes),
        "findings": [
            {"check": one.check, "severity": one.severity.name.lower(), "message": one.message}
            for one in opened.findings(message.strings)
        ],
        "version": opened.version,
    }


def _build(run: Run) -> dict[str, Any]:
    return {
        "id": run.id,
        "kind": str(run.kind),
        "stage": str(run.stage),
        "who": run.who,
        "what": run.what,
        "step": run.step,
        "done": run.done,
        "total": run.total,
        "report": run.report,
    }
