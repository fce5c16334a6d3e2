"""Builds and drafting: started, watched and cancelled; and what drafting would cost."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any

from fastapi import Path, Query, Response
from pydantic import BaseModel, ConfigDict, Field

from pipeline import articles
from pipeline.causes import Why, from_plain
from pipeline.site.publication import read_manifest
from pipeline.translation import translate
from pipeline.translation.draft import MEMORY

from ..people import Refused
from ..rights import Right
from ..runs import Kind, Run, Stage
from ..tokens import Scope
from .access import Call, Calling, Resource
from .cursors import Cursor, Limit, Page, asked, page
from .problems import Problem
from .shapes import ErrorShape, Locale, Moment, moment

builds = Resource.make("builds")
drafts = Resource.make("drafts")

_BUILDS = (Kind.BUILD, Kind.PREVIEW, Kind.FORECAST)
_LOCATION = {"Location": {"description": "The address of it.", "schema": {"type": "string"}}}

Id = Annotated[
    str, Path(description="The `id` of it.", pattern=r"^[0-9a-z]{1,16}$", examples=["12"])
]
Article = Annotated[str, Field(max_length=200)]
Engine = Annotated[str, Field(max_length=64)]


class BuildWish(BaseModel):
    """What is to be built."""

    model_config = ConfigDict(extra="forbid")

    locales: list[Annotated[str, Field(max_length=16)]] = Field(
        default=[],
        max_length=100,
        description="The languages; every one if none.",
        examples=[["nl"]],
    )
    articles: list[Article] = Field(
        default=[],
        max_length=1000,
        description="The articles, with the lists and feeds that they are in; every one if none.",
        examples=[["articles/first"]],
    )
    force: bool = Field(default=False, description="Build also what is up to date.")
    preview: bool = Field(
        default=False,
        description="Build a preview with everything that waits for people, elsewhere.",
    )
    forecast: bool = Field(
        default=False,
        description="Say what a build would add, change and remove, and why; nothing is built, no"
        " preview either.",
    )


class DraftWish(BaseModel):
    """What is to be drafted by the memory and by machines."""

    model_config = ConfigDict(extra="forbid")

    articles: list[Article] = Field(
        default=[],
        max_length=1000,
        description="The articles; every one if none.",
        examples=[["articles/first"]],
    )
    engines: list[Engine] = Field(
        default=[],
        max_length=20,
        description="The engines of the settings to ask; every one if none, `memory` for none.",
        examples=[["memory"]],
    )


class RunProgress(BaseModel):
    """How far something is."""

    step: str = Field(examples=["Rendering"])
    done: int
    total: int


class RunShape(BaseModel):
    """What was asked for, by whom, and how far it is."""

    id: str = Field(examples=["12"])
    state: Stage
    who: str
    at: Moment
    until: Moment | None = Field(description="When it ended.")
    trouble: str = Field(
        description="Why it does not go on, if it should: the broker is down, or no worker begins."
    )
    progress: RunProgress | None = Field(description="While it runs.")
    errors: list[str] = Field(description="What failed, and stopped nothing else.")
    warnings: list[str] = Field(description="What a person should look at.")


class CauseShape(BaseModel):
    """Why a file is another than it was."""

    why: Why
    what: list[str] = Field(
        description="Of that what: names with `+`, `-` or `~` before them are there now, there no"
        " longer, or others than they were; of texts it is the start of their messages' ids."
    )


class BuildReport(BaseModel):
    """What a build did, or (for a forecast) would do: files below the published site."""

    new: list[str] = Field(examples=[["nl/articles/the-first/index.html"]])
    changed: list[str]
    removed: list[str]
    unchanged: int = Field(description="How many were up to date.")
    causes: dict[str, list[CauseShape]] = Field(
        description="Why each of these files is new, changed or removed."
    )


class BuildShape(RunShape):
    """A build."""

    asked: BuildWish
    report: BuildReport | None = Field(description="What it did, when it has.")


class DraftReport(BaseModel):
    """What drafting did."""

    drafts: dict[str, int] = Field(
        description="Drafts written, by where they come from.", examples=[{"nl, memory": 12}]
    )
    suggested: int = Field(description="Messages of people that got suggestions.")
    waiting: int = Field(description="Messages that nothing could be drafted for.")


class DraftShape(RunShape):
    """Drafting."""

    locale: str
    asked: DraftWish
    report: DraftReport | None = Field(description="What it did, when it has.")


class Planned(BaseModel):
    """What an engine would be sent."""

    engine: str = Field(examples=["deepl"])
    segments: int = Field(description="How many texts, each once; of long ones their parts.")
    characters: int = Field(description="How many, with the signs that stand for markup.")
    cost: float | None = Field(description="In euros, by its price; null if that is not known.")
    left: int | None = Field(description="Characters that its budget allows today; null for any.")
    instead: bool = Field(
        description="Whether it is asked only for what the engines before it leave."
    )


class Estimate(BaseModel):
    """What drafting would send, before anything is sent."""

    items: list[Planned]
    errors: list[ErrorShape]


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
    return _built(_get(call, str(number), *_BUILDS))


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
    return Page(items=[_built(run) for run in shown], next=following)


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
    return _built(_get(call, id, *_BUILDS))


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
    return _built(_cancel(call, run))


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
    return _drafted(_get(call, str(number), Kind.DRAFT))


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
    return _drafted(_of_locale(call, locale, id))


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
    return _drafted(_cancel(call, _of_locale(call, locale, id)))


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


def _common(run: Run) -> dict[str, Any]:
    progress = {"step": run.step, "done": run.done, "total": run.total}
    return {
        "id": str(run.id),
        "state": run.stage,
        "who": run.who,
        "at": moment(run.at),
        "until": None if run.until is None else moment(run.until),
        "progress": progress if run.is_open and run.step else None,
        "trouble": run.trouble if run.is_open else "",
        "errors": run.report.get("errors", []),
        "warnings": run.report.get("warnings", []),
    }


def _built(run: Run) -> BuildShape:
    asked = {name: run.what[name] for name in ("locales", "articles", "force")}
    asked |= {"preview": run.kind is Kind.PREVIEW, "forecast": run.kind is Kind.FORECAST}
    report = None
    if "unchanged" in run.report:
        causes = from_plain(run.report.get("causes", {}))
        plain = {f: [{"why": c.why, "what": c.what} for c in own] for f, own in causes.items()}
        report = {**run.report, "causes": plain}
    return BuildShape.model_validate({**_common(run), "asked": asked, "report": report})


def _drafted(run: Run) -> DraftShape:
    asked = {"articles": run.what["articles"], "engines": run.what.get("engines", [])}
    given = {"asked": asked, "locale": run.what["locales"][0]}
    report = run.report if "drafts" in run.report else None
    return DraftShape.model_validate({**_common(run), **given, "report": report})
