"""Builds and drafting: started, watched and cancelled; and what drafting would cost."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict
from functools import partial
from typing import Annotated, Any

from fastapi import Path, Query, Response
from pydantic import BaseModel, ConfigDict, Field

from pipeline.build import Progress, Report, build
from pipeline.errors import PipelineError
from pipeline.ledger import DONE
from pipeline.ledger.asking import ask, follow, step_of
from pipeline.ledger.kinds import Said
from pipeline.project import Project, open_project
from pipeline.translation import Drafted, translate

from ..rights import Right
from ..tokens import Scope
from .access import Call, Calling, Resource
from .cursors import Cursor, Limit, Page, asked, page
from .problems import Problem
from .runs import Cancelled, Run, RunState, said
from .shapes import ErrorShape, Locale, Moment, moment

builds = Resource.make("builds")
drafts = Resource.make("drafts")

_LOCATION = {"Location": {"description": "The address of it.", "schema": {"type": "string"}}}

Id = Annotated[
    str, Path(description="The `id` of it.", pattern=r"^[0-9a-z]{1,16}$", examples=["12"])
]
Article = Annotated[str, Field(max_length=200)]


class BuildWish(BaseModel):
    """What is to be built."""

    model_config = ConfigDict(extra="forbid")

    locales: list[Annotated[str, Field(max_length=16)]] = Field(
        default=[],
        max_length=100,
        description="The languages; every one if none.",
        examples=[["nl"]],
    )
    force: bool = Field(default=False, description="Build also what is up to date.")
    preview: bool = Field(
        default=False,
        description="Build a preview with everything that waits for people, elsewhere.",
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


class RunProgress(BaseModel):
    """How far something is."""

    step: str = Field(examples=["Rendering"])
    done: int
    total: int


class RunShape(BaseModel):
    """What was asked for, by whom, and how far it is."""

    id: str = Field(examples=["12"])
    state: RunState
    who: str
    at: Moment
    until: Moment | None = Field(description="When it ended.")
    progress: RunProgress | None = Field(description="While it runs.")
    errors: list[ErrorShape] = Field(description="What failed, and stopped nothing else.")


class BuildReport(BaseModel):
    """What a build did."""

    new: int = Field(description="Files that are new.")
    changed: int = Field(description="Files that have changed.")
    removed: int = Field(description="Files that are gone.")
    unchanged: int = Field(description="Files that were up to date.")
    files: list[str] | None = Field(
        description="Those that are new, changed or gone, below the published site; null where"
        " workers built it.",
        examples=[["nl/articles/the-first/index.html"]],
    )
    warnings: list[ErrorShape]


class BuildShape(RunShape):
    """A build."""

    asked: BuildWish
    report: BuildReport | None = Field(description="What it did, when it has.")


class DraftReport(BaseModel):
    """What drafting did."""

    drafts: dict[str, int] = Field(
        description="Drafts written, by where they come from.", examples=[{"memory": 12}]
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
    responses={202: {"description": "It waits or runs", "headers": _LOCATION}},
    summary="Start a build",
)
def start_build(call: Calling, response: Response, body: BuildWish | None = None) -> BuildShape:
    """Build the site, some languages of it, or a preview, in the background; ask how far it is.

    You have to be a manager of each language that is built, or of every one to build all.
    """
    wish = body or BuildWish()
    for locale in wish.locales or ["*"]:
        if locale != "*" and locale not in call.desk.project.all_locales:
            raise Problem(422, f"“{locale}” is not a language of this site.")
        if not call.may(Right.MANAGE, Scope.BUILD, locale):
            what = "every language" if locale == "*" else f"“{locale}”"
            raise Problem(403, f"This asks for a manager, and a token, of {what}.")
    work = partial(_build, call.desk.project, wish)
    run = call.service.runs.start("build", wish.model_dump(), work, by=call.person)
    call.note("build", subject=", ".join(wish.locales) or "everything", detail=f"build {run.id}")
    response.headers["Location"] = f"/api/v1/builds/{run.id}"
    return _built(run)


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
    items, following = _list(call, "build", cursor, limit, _built)
    return Page(items=items, next=following)


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
    return _built(_get(call, "build", id))


@builds.route(
    "POST",
    "/builds/{id}/cancel",
    Right.MANAGE,
    Scope.BUILD,
    response_model=BuildShape,
    summary="Cancel a build",
)
def cancel_build(call: Calling, id: Id) -> BuildShape:
    """Give a build up that has not ended; what is live stays. One that has is a conflict (409)."""
    run = _get(call, "build", id)
    for locale in run.asked["locales"] or ["*"]:
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
) -> Estimate:
    """What drafting would send to which engine, and what that costs; nothing is sent."""
    _known(call, locale, article or [])
    done = translate(call.desk.project, locale, only=article or (), dry_run=True)
    return Estimate(
        items=[Planned(engine=name, **asdict(planned)) for name, planned in done.planned.items()],
        errors=[ErrorShape(**said(error)) for error in done.errors],
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
    work = partial(_draft, call.desk.project, locale, wish)
    given = {"locale": locale, **wish.model_dump()}
    run = call.service.runs.start("draft", given, work, by=call.person)
    call.note("draft", subject=", ".join(wish.articles) or "everything", detail=f"draft {run.id}")
    response.headers["Location"] = f"/api/v1/locales/{locale}/drafts/{run.id}"
    return _drafted(run)


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


def _build(project: Project, wish: BuildWish, told: Progress) -> Mapping[str, Any]:
    """Carry a build out, with the settings as they are now: by workers, where there are any.

    Here it is done in one process: a fork of one that has threads may wait forever for a lock that
    nobody holds.
    """
    project = open_project(project.root)
    if project.settings.queue.url or project.settings.queue.url_env:
        return _build_by_workers(project, wish, told)
    report: Report = build(
        project,
        locales=wish.locales,
        force=wish.force,
        preview=wish.preview,
        jobs=1,
        progress=told,
    )
    published = report.published
    return {
        "ok": report.ok,
        "new": len(published.new),
        "changed": len(published.changed),
        "removed": len(published.removed),
        "unchanged": report.unchanged,
        "files": sorted((*published.new, *published.changed, *published.removed)),
        "errors": _said(report.errors),
        "warnings": _said(report.warnings),
    }


def _build_by_workers(project: Project, wish: BuildWish, told: Progress) -> Mapping[str, Any]:
    """Have workers carry a build out, and follow it; if it is cancelled here, it is there, too."""
    begun = ask(project, locales=wish.locales, force=wish.force, preview=wish.preview)
    try:
        for progress in follow(begun.ledger, begun.id):
            told(step_of(progress.build), progress.done, progress.total)
    except Cancelled as cancelled:
        if not cancelled.since_the_desk_ends:
            begun.ledger.builds.cancel(begun.id)
        raise
    finally:
        begun.ledger.database.dispose()
    ended = begun.ledger.builds.get(begun.id)
    outcome = ended.outcome
    counts = {name: outcome.get(name, 0) for name in ("new", "changed", "removed", "unchanged")}
    errors = _told_by_workers(outcome.get("errors", ()))
    return {
        **counts,
        "ok": ended.state == DONE and not errors,
        "files": None,
        "errors": errors,
        "warnings": _told_by_workers(outcome.get("warnings", ())),
    }


def _told_by_workers(errors: Iterable[Mapping[str, Any]]) -> list[dict[str, str]]:
    return [said(Said(**error).error()) for error in errors]


def _draft(project: Project, locale: str, wish: DraftWish, told: Progress) -> Mapping[str, Any]:
    """Carry drafting out."""
    done: Drafted = translate(open_project(project.root), locale, only=wish.articles, progress=told)
    return {
        "ok": not done.errors,
        "drafts": done.drafts,
        "suggested": done.suggested,
        "waiting": len(done.waiting),
        "errors": _said(done.errors),
    }


def _said(errors: tuple[PipelineError, ...]) -> list[dict[str, str]]:
    return [said(error) for error in errors]


def _get(call: Call, kind: str, id: str) -> Run:
    try:
        run = call.service.runs.get(int(id)) if id.isdecimal() and len(id) < 10 else None
    except KeyError:
        run = None
    if run is None or run.kind != kind:
        raise Problem(404, f"There is no {kind} {id}.")
    return run


def _of_locale(call: Call, locale: str, id: str) -> Run:
    run = _get(call, "draft", id)
    if run.asked["locale"] != locale:
        raise Problem(404, f"There is no draft {id} in “{locale}”.")
    return run


def _cancel(call: Call, run: Run) -> Run:
    if not call.service.runs.cancel(run.id):
        raise Problem(409, f"It has ended already: it is {call.service.runs.get(run.id).state}.")
    call.note("cancel", subject=f"{run.kind} {run.id}")
    return call.service.runs.get(run.id)


def _list(
    call: Call, kind: str, cursor: str | None, limit: int, shape: Callable[[Run], Any]
) -> tuple[list[Any], str | None]:
    wish = asked(cursor, limit, int)
    before = None if wish.after is None else int(wish.after[0])
    found = call.service.runs.before(kind, before, limit + 1)
    shown, following = page(found, wish, lambda run: (run.id,))
    return [shape(run) for run in shown], following


def _common(run: Run) -> dict[str, Any]:
    running = "step" in run.report and run.until is None
    return {
        "id": str(run.id),
        "state": run.state,
        "who": run.who,
        "at": moment(run.at),
        "until": None if run.until is None else moment(run.until),
        "progress": run.report if running else None,
        "errors": run.report.get("errors", []),
    }


def _built(run: Run) -> BuildShape:
    done = "unchanged" in run.report
    given = {"asked": run.asked, "report": run.report if done else None}
    return BuildShape.model_validate({**_common(run), **given})


def _drafted(run: Run) -> DraftShape:
    done = "drafts" in run.report
    given = {"asked": {"articles": run.asked["articles"]}, "locale": run.asked["locale"]}
    return DraftShape.model_validate(
        {**_common(run), **given, "report": run.report if done else None}
    )
