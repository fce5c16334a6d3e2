"""Builds and drafting: started, watched and cancelled; and what drafting would cost."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

from fastapi import Path, Query, Response

from pipeline import articles
from pipeline.site.publication import read_manifest
from pipeline.translation import translate
from pipeline.translation.draft import MEMORY

from ..people import Refused
from ..rights import Right
from ..runs import Kind, Run
from ..tokens import Scope
from .access import Call, Calling, Resource
from .cursors import Cursor, Limit, Page, asked, page
from .problems import Problem
from .runs import (
    Article,
    BuildShape,
    BuildWish,
    DraftShape,
    DraftWish,
    Engine,
    Estimate,
    Planned,
    built,
    drafted,
)
from .shapes import ErrorShape, Locale

builds = Resource.make("builds")
drafts = Resource.make("drafts")

_BUILDS = (Kind.BUILD, Kind.PREVIEW, Kind.FORECAST)
_LOCATION = {"Location": {"description": "The address of it.", "schema": {"type": "string"}}}

Id = Annotated[
    str, Path(description="The `id` of it.", pattern=r"^[0-9a-z]{1,16}$", examples=["12"])
]


@builds.route(
    "POST",
    "/builds",
    Right.MANAGE,
    Scope.BUILD,
    status_code=202,
    response_model=BuildShape,
    problems=(404,),
    responses={202: {"description": "It waits or runs", "headers": _LOCATION}},
    summary="Start a build",
)
def start_build(call: Calling, response: Response, body: BuildWish | None = None) -> BuildShape:
    """Build the site, some of it, or a preview, in the background; ask how far it is.

    A forecast says what a build would do, and does nothing. You have to be a manager of each
    language that is built, or of every one to build all.
    """
    wish = body or BuildWish()
    for locale in wish.locales or ["*"]:
        if locale != "*" and locale not in call.desk.project.all_locales:
            raise Problem(422, f"“{locale}” is not a language of this site.")
        if not call.may(Right.MANAGE, Scope.BUILD, locale):
            what = "every language" if locale == "*" else f"“{locale}”"
            raise Problem(403, f"This asks for a manager, and a token, of {what}.")
    _assert_articles(call, wish.articles)
    kind = Kind.FORECAST if wish.forecast else Kind.PREVIEW if wish.preview else Kind.BUILD
    number = call.desk.runs.start(
        kind,
        call.person,
        locales=wish.locales,
        articles=wish.articles,
        force=wish.force,
        token=call.token.label,
    )
    response.headers["Location"] = f"/api/v1/builds/{number}"
    return built(_get(call, str(number), *_BUILDS))


@builds.route(
    "GET",
    "/builds",
    Right.MANAGE,
    Scope.READ,
    response_model=Page[BuildShape],
    summary="List builds",
)
def list_builds(call: Calling, cursor: Cursor = None, limit: Limit = 50) -> Page[BuildShape]:
    """The builds that were started here, the latest first."""
    wish = asked(cursor, limit, int)
    before = None if wish.after is None else int(wish.after[0])
    found = call.desk.runs.latest(limit=limit + 1, before=before, kinds=_BUILDS)
    shown, following = page(found, wish, lambda run: (run.id,))
    return Page(items=[built(run) for run in shown], next=following)


@builds.route(
    "GET",
    "/builds/{id}",
    Right.MANAGE,
    Scope.READ,
    response_model=BuildShape,
    summary="Show a build",
)
def show_build(call: Calling, id: Id) -> BuildShape:
    """How far a build is, or what it did and which addresses changed."""
    return built(_get(call, id, *_BUILDS))


@builds.route(
    "POST",
    "/builds/{id}/cancel",
    Right.MANAGE,
    Scope.BUILD,
    response_model=BuildShape,
    summary="Cancel a build",
)
def cancel_build(call: Calling, id: Id) -> BuildShape:
    """Give a build up that has not ended; what is live stays. One that has is a conflict (409).

    It ends at its next step: ask how far it is.
    """
    run = _get(call, id, *_BUILDS)
    for locale in run.what["locales"] or ["*"]:
        if not call.may(Right.MANAGE, Scope.BUILD, locale):
            raise Problem(403, "This build is of languages that you do not manage.")
    return built(_cancel(call, run))


@drafts.route(
    "GET",
    "/locales/{locale}/estimate",
    Right.MANAGE,
    Scope.BUILD,
    response_model=Estimate,
    summary="Estimate drafting",
)
def estimate(
    call: Calling,
    locale: Locale,
    article: Annotated[
        list[Article] | None,
        Query(max_length=20, description="Only these articles; every one if none."),
    ] = None,
    engine: Annotated[
        list[Engine] | None,
        Query(max_length=20, description="Only these engines; every one if none."),
    ] = None,
) -> Estimate:
    """What drafting would send to which engine, and what that costs; nothing is sent."""
    _known(call, locale, article or [])
    _assert_engines(call, locale, engine or [])
    done = translate(call.desk.project, locale, only=article or (), ask=engine or (), dry_run=True)
    return Estimate(
        items=[Planned(engine=name, **asdict(planned)) for name, planned in done.planned.items()],
        errors=[ErrorShape.of(error) for error in done.errors],
    )


@drafts.route(
    "POST",
    "/locales/{locale}/drafts",
    Right.MANAGE,
    Scope.BUILD,
    status_code=202,
    response_model=DraftShape,
    responses={202: {"description": "It waits or runs", "headers": _LOCATION}},
    summary="Start drafting",
)
def start_drafts(
    call: Calling, locale: Locale, response: Response, body: DraftWish | None = None
) -> DraftShape:
    """Draft what is untranslated, from the memory and by the engines of the settings.

    It costs what `estimate` says. Drafts wait for people, and never go live by themselves.
    """
    wish = body or DraftWish()
    _known(call, locale, wish.articles)
    _assert_engines(call, locale, wish.engines)
    number = call.desk.runs.start(
        Kind.DRAFT,
        call.person,
        locales=[locale],
        articles=wish.articles,
        engines=wish.engines,
        token=call.token.label,
    )
    response.headers["Location"] = f"/api/v1/locales/{locale}/drafts/{number}"
    return drafted(_get(call, str(number), Kind.DRAFT))


@drafts.route(
    "GET",
    "/locales/{locale}/drafts/{id}",
    Right.MANAGE,
    Scope.READ,
    response_model=DraftShape,
    summary="Show drafting",
)
def show_drafts(call: Calling, locale: Locale, id: Id) -> DraftShape:
    """How far drafting is, or what it did."""
    return drafted(_of_locale(call, locale, id))


@drafts.route(
    "POST",
    "/locales/{locale}/drafts/{id}/cancel",
    Right.MANAGE,
    Scope.BUILD,
    response_model=DraftShape,
    summary="Cancel drafting",
)
def cancel_drafts(call: Calling, locale: Locale, id: Id) -> DraftShape:
    """Send nothing more; what was drafted stays. What has ended is a conflict (409)."""
    return drafted(_cancel(call, _of_locale(call, locale, id)))


def _known(call: Call, locale: str, articles: list[str]) -> None:
    """Refuse articles that have no catalogue."""
    known = set(call.desk.project.domains(locale))
    for article in articles:
        if article not in known:
            raise Problem(404, f"There is no catalogue of “{article}” in “{locale}”.")


def _assert_articles(call: Call, named: list[str]) -> None:
    """Refuse articles that are neither written nor live."""
    if not named:
        return
    project = call.desk.project
    live = {entry.owner.partition("\t")[0] for entry in read_manifest(project.output_dir).values()}
    known = {source.id for source in articles.find(project).sources} | live
    for article in named:
        if not article or article not in known:
            raise Problem(404, f"There is no article “{article}”.")


def _assert_engines(call: Call, locale: str, engines: list[str]) -> None:
    known = {*call.desk.project.settings.drafting[locale].engines, MEMORY}
    for engine in engines:
        if engine not in known:
            raise Problem(404, f"There is no engine “{engine}” in the settings of “{locale}”.")


def _get(call: Call, id: str, *kinds: Kind) -> Run:
    run = call.desk.runs.get(int(id)) if id.isdecimal() and len(id) < 10 else None
    if run is None or run.kind not in kinds:
        raise Problem(404, f"There is no {kinds[0]} {id}.")
    return run


def _of_locale(call: Call, locale: str, id: str) -> Run:
    run = _get(call, id, Kind.DRAFT)
    if run.what["locales"] != [locale]:
        raise Problem(404, f"There is no draft {id} in “{locale}”.")
    return run


def _cancel(call: Call, run: Run) -> Run:
    try:
        call.desk.runs.cancel(run.id, call.person, token=call.token.label)
    except Refused as refused:
        raise Problem(409, str(refused)) from None
    return _get(call, str(run.id), run.kind)
