"""Many messages at once: decisions each of its own, or one for all that a filter finds."""

from __future__ import annotations

import hashlib
from enum import StrEnum
from typing import Annotated, Literal

from fastapi import HTTPException
from fastapi import Path as InPath
from pydantic import BaseModel, ConfigDict, Field

from pipeline.catalogues import Message, State
from pipeline.errors import PipelineError
from pipeline.index.mirror import sum_of

from .. import bulk, queue
from ..bulk import MOST, Deed, Step, Wish
from ..decisions import Action, Blocked, Decision, Moved, decide_all
from ..message import Place
from ..people import Refused
from ..queue import Filter
from ..rights import Right
from ..tokens import Scope
from .access import Call, Calling, Resource
from .decisions import Reason, Strings, Text, plain_reason
from .messages import clean, id_of, place_by
from .problems import Problem
from .shapes import FindingShape, Locale

resource = Resource.make("bulk")

AT_ONCE = 200
"""Decisions in one request."""

Id = Annotated[str, Field(max_length=500, examples=["articles:first.4f2c9a30b1d5e6f7a8b9c0d1"])]
Version = Annotated[
    str,
    Field(
        min_length=1,
        max_length=64,
        description="The `version` of the message as you saw it, or `*` for whatever it is.",
        examples=["4f2c9a30b1d5e6f7a8b9c0d1"],
    ),
]


class OneEdit(BaseModel):
    """A translation of one message."""

    model_config = ConfigDict(extra="forbid")

    message: Id
    version: Version
    strings: Strings


class Edits(BaseModel):
    """Translations."""

    model_config = ConfigDict(extra="forbid")

    edits: list[OneEdit] = Field(min_length=1, max_length=AT_ONCE)


class OneDecision(BaseModel):
    """What somebody decides about one message."""

    model_config = ConfigDict(extra="forbid")

    message: Id
    version: Version
    action: Literal["approve", "reject"]
    strings: Strings | None = Field(
        None, description="Approve this translation, instead of the one there is."
    )
    reason: Reason | None = Field(None, description="Why it is rejected; has to be said.")


class Decisions(BaseModel):
    """Decisions."""

    model_config = ConfigDict(extra="forbid")

    decisions: list[OneDecision] = Field(min_length=1, max_length=AT_ONCE)


class Outcome(StrEnum):
    """What came of a decision: it was made, or why nothing was written."""

    DONE = "done"
    CHANGED = "changed"
    """Somebody changed the message since you saw it."""
    BLOCKED = "blocked"
    """It could not be published so."""
    REFUSED = "refused"
    MISSING = "missing"
    """There is no such message."""
    FAILED = "failed"
    """The catalogue cannot be read or written."""


class Result(BaseModel):
    """What came of one decision."""

    message: str = Field(description="As it was asked for.")
    outcome: Outcome
    detail: str = Field(description="Why nothing was written; empty if it was.")
    version: str | None = Field(description="The version that the message has now, if it is known.")
    strings: list[str] | None = Field(description="Its translation now.")
    findings: list[FindingShape] = Field(description="What is in the way of its being published.")


class Results(BaseModel):
    """What came of each, in the order in which they were asked for."""

    done: int = Field(description="How many were made.")
    items: list[Result]


@resource.route(
    "PUT",
    "/locales/{locale}/messages",
    Right.TRANSLATE,
    Scope.TRANSLATE,
    response_model=Results,
    summary="Edit many translations",
)
def edit_many(call: Calling, locale: Locale, body: Edits) -> Results:
    """Write many translations. Those in one catalogue are written in one go.

    Each stands for itself: what somebody has changed meanwhile, or what cannot be, is said of that
    one (with 200), and the others are written.
    """
    wanted = [
        (one.message, Decision(Action.SAVE, tuple(one.strings), _version(one.version)))
        for one in body.edits
    ]
    return _decide(call, locale, wanted)


@resource.route(
    "POST",
    "/locales/{locale}/decisions",
    Right.REVIEW,
    Scope.REVIEW,
    response_model=Results,
    summary="Approve and reject many translations",
)
def decide_many(call: Calling, locale: Locale, body: Decisions) -> Results:
    """Approve or reject many translations. Those in one catalogue are written in one go.

    Each stands for itself: what somebody has changed meanwhile, or what cannot be, is said of that
    one (with 200), and the others are made.
    """
    wanted = [
        (
            one.message,
            Decision(
                Action(one.action),
                tuple(one.strings or ()) if one.action == "approve" else (),
                _version(one.version),
                plain_reason(one.reason) if one.reason else "",
            ),
        )
        for one in body.decisions
    ]
    return _decide(call, locale, wanted)


class FilterShape(BaseModel):
    """Which messages, as the queue is filtered."""

    model_config = ConfigDict(extra="forbid")

    state: State | Literal["", "all"] = Field("", description="All that wait for people if empty.")
    article: Annotated[str, Field(max_length=200)] = ""
    check: Annotated[str, Field(max_length=100)] = ""
    engine: Annotated[str, Field(max_length=100)] = ""
    author: Annotated[str, Field(max_length=100, description="Who wrote it, by name.")] = ""
    age: int = Field(0, ge=0, le=9999, description="At least so many days in its state.")
    risk: int = Field(0, ge=0, le=3)
    text: Annotated[str, Field(max_length=200)] = ""
    where: Literal["both", "source", "target"] = "both"


Seen = Annotated[
    str | None,
    Field(
        max_length=64,
        description="`seen` of the preview; without it, this is one and nothing is done.",
    ),
]


class BulkApproval(BaseModel):
    """Approve all messages that a filter finds."""

    model_config = ConfigDict(extra="forbid")

    deed: Literal["approve"]
    filter: FilterShape
    seen: Seen = None


class BulkRejection(BaseModel):
    """Reject all messages that a filter finds."""

    model_config = ConfigDict(extra="forbid")

    deed: Literal["reject"]
    filter: FilterShape
    reason: Reason
    seen: Seen = None


class BulkReplacement(BaseModel):
    """Replace words in all messages that a filter finds."""

    model_config = ConfigDict(extra="forbid")

    deed: Literal["replace"]
    filter: FilterShape
    old: Annotated[Text, Field(min_length=1, description="What is replaced,")]
    new: Annotated[Text, Field(description="and by what.")]
    seen: Seen = None


BulkWish = Annotated[BulkApproval | BulkRejection | BulkReplacement, Field(discriminator="deed")]


class StepShape(BaseModel):
    """What would become, or became, of one message."""

    message: str
    version: str
    before: list[str]
    after: list[str]
    problem: str = Field(description="Why nothing is done to this one; empty if it is.")


class BulkShape(BaseModel):
    """What would be done, or what was."""

    seen: str = Field(description="Send this to have it done, if nothing has changed until then.")
    done: int | None = Field(description="How many were changed; null for a preview.")
    id: int | None = Field(description="The number by which it is undone.")
    items: list[StepShape]
    problems: list[str]


class UndoneShape(BaseModel):
    """What was taken back."""

    done: int = Field(description="How many are as they were before.")
    problems: list[str]


@resource.route(
    "POST",
    "/locales/{locale}/bulk",
    Right.TRANSLATE,
    Scope.TRANSLATE,
    problems=(412,),
    response_model=BulkShape,
    summary="Decide about all that a filter finds",
)
def bulk_by_filter(call: Calling, locale: Locale, body: BulkWish) -> BulkShape:
    """Approve, reject, or replace words in all messages that a filter finds: first seen, then done.

    Without `seen` nothing is done, and the answer says what would be. With the `seen` of that
    answer it is done, unless other messages fit by now, or one has changed (412).
    """
    if not isinstance(body, BulkReplacement):
        call.require(Right.REVIEW, Scope.REVIEW, locale)
    call.look()
    said_of = body.filter.model_dump(mode="json")
    asked = Filter.of({name: clean(str(value)) for name, value in said_of.items()})
    rows = queue.page(call.desk, locale, asked, limit=MOST + 1)
    if len(rows) > MOST:
        raise Problem(422, f"More than {MOST} messages fit; ask for fewer at once.")
    chosen = tuple((Place(locale, row.domain, row.digest), row.version) for row in rows)
    reason = plain_reason(body.reason) if isinstance(body, BulkRejection) else ""
    words = (body.old, body.new) if isinstance(body, BulkReplacement) else ("", "")
    wish = Wish(Deed(body.deed), chosen, reason, *words)
    said = [body.deed, reason, *words]
    said += [f"{place.domain} {place.digest} {version}" for place, version in chosen]
    seen = hashlib.sha256("\0".join(said).encode(errors="replace")).hexdigest()[:24]
    if body.seen is not None and body.seen != seen:
        raise Problem(412, "Other messages fit by now, or one has changed; look at them again.")
    try:
        steps = bulk.preview(call.desk, call.person, wish) if chosen else []
        items = [_step(one) for one in steps]
        if body.seen is None or not chosen:
            return BulkShape(seen=seen, done=None, id=None, items=items, problems=[])
        done = bulk.carry_out(call.desk, call.person, wish, token=call.token.label)
    except Refused as refused:
        raise Problem(422, str(refused)) from None
    problems = list(done.problems)
    return BulkShape(seen=seen, done=done.count, id=done.id, items=items, problems=problems)


@resource.route(
    "POST",
    "/locales/{locale}/bulk/{id}/undo",
    Right.TRANSLATE,
    Scope.TRANSLATE,
    response_model=UndoneShape,
    summary="Undo what was done to many",
)
def undo_bulk(
    call: Calling,
    locale: Locale,
    id: Annotated[int, InPath(ge=1, lt=1 << 31, description="Its number.")],
) -> UndoneShape:
    """Take it back as a whole, but what somebody has changed since."""
    try:
        done = bulk.undo(call.desk, call.person, locale, id, token=call.token.label)
    except Refused as refused:
        raise Problem(409, str(refused)) from None
    return UndoneShape(done=done.count, problems=list(done.problems))


def _version(said: str) -> str:
    return "" if said == "*" else said


def _decide(call: Call, locale: str, wanted: list[tuple[str, Decision]]) -> Results:
    call.look(now=locale in call.desk.project.settings.review.four_eyes)
    places = [place_by(locale, id) for id, _ in wanted]
    pairs = [(place, decision) for place, (_, decision) in zip(places, wanted, strict=True)]
    came = decide_all(call.desk, call.person, pairs, token=call.token.label)
    items = [_result(id, one) for (id, _), one in zip(wanted, came, strict=True)]
    return Results(done=sum(one.outcome is Outcome.DONE for one in items), items=items)


def _result(id: str, came: Message | Exception) -> Result:
    outcome, detail, now, findings = Outcome.FAILED, "", None, []
    match came:
        case Message():
            outcome, now = Outcome.DONE, came
        case Moved():
            outcome, detail, now = Outcome.CHANGED, str(came), came.opened.message
        case Blocked():
            outcome, detail = Outcome.BLOCKED, str(came)
            findings = [FindingShape.of(one) for one in came.findings]
        case HTTPException():
            outcome, detail = Outcome.MISSING, str(came.detail)
        case Refused():
            outcome, detail = Outcome.REFUSED, str(came)
        case PipelineError():
            detail = f"{came.where}: {came.message}"
        case _:
            raise came
    return Result(
        message=id,
        outcome=outcome,
        detail=detail,
        version=sum_of(now) if now else None,
        strings=list(now.strings) if now else None,
        findings=findings,
    )


def _step(step: Step) -> StepShape:
    return StepShape(
        message=id_of(step.place.domain, step.place.digest),
        version=sum_of(step.message),
        before=list(step.message.strings),
        after=list(step.strings or step.message.strings),
        problem=step.problem,
    )
