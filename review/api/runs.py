"""Runs as the API tells of them: what is wished for, how far it is, and what came of it."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from pipeline.causes import Why, from_plain

from ..runs import Kind, Run, Stage
from .shapes import ErrorShape, Moment, moment

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


def built(run: Run) -> BuildShape:
    asked = {name: run.what[name] for name in ("locales", "articles", "force")}
    asked |= {"preview": run.kind is Kind.PREVIEW, "forecast": run.kind is Kind.FORECAST}
    report = None
    if "unchanged" in run.report:
        causes = from_plain(run.report.get("causes", {}))
        plain = {f: [{"why": c.why, "what": c.what} for c in own] for f, own in causes.items()}
        report = {**run.report, "causes": plain}
    return BuildShape.model_validate({**_common(run), "asked": asked, "report": report})


def drafted(run: Run) -> DraftShape:
    asked = {"articles": run.what["articles"], "engines": run.what.get("engines", [])}
    given = {"asked": asked, "locale": run.what["locales"][0]}
    report = run.report if "drafts" in run.report else None
    return DraftShape.model_validate({**_common(run), **given, "report": report})
