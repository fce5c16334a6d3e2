"""Activity: what was done of late, and who waits for whom, in the languages that one manages."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Annotated

from fastapi import Query
from pydantic import BaseModel, Field

from pipeline.catalogues import State

from .. import activity
from ..activity import Done, Reason, Wait
from ..audit import Entry, trail
from ..rights import Right
from ..tokens import Scope
from .access import Call, Calling, Resource
from .cursors import Cursor, Limit, Page, asked, page, page_of
from .messages import id_of
from .problems import Problem
from .shapes import Moment, moment

resource = Resource.make("activity")

_MOST = 200
"""Messages of one wait that are named."""

Hours = Annotated[
    int, Query(ge=1, le=24 * 366, description="How far back, in hours; a day if nothing is said.")
]
Locales = Annotated[
    list[str] | None, Query(description="Only these languages; all that you manage if none.")
]


class DeedShape(BaseModel):
    """Something that was done."""

    id: int
    at: Moment
    who: str = Field(description="By whom; empty for the desk itself.", examples=["Anna"])
    action: str = Field(description="What, in a word or two.", examples=["approve"])
    locale: str = Field(examples=["nl"])
    subject: str = Field(description="To what: an article, mostly.", examples=["articles/first"])
    detail: str = Field(description="What else there is to say of it.")
    token: str | None = Field(description="The name of the token that it was done by, if by one.")

    @classmethod
    def of(cls, entry: Entry) -> DeedShape:
        """An entry of the trail."""
        said = {name: getattr(entry, name) for name in ("id", "who", "action", "locale")}
        said |= {"subject": entry.subject, "detail": entry.detail, "token": entry.token or None}
        return cls(at=moment(entry.at), **said)


class TotalShape(BaseModel):
    """How often somebody did something in a language."""

    who: str = Field(examples=["Anna"])
    action: str = Field(examples=["approve"])
    locale: str = Field(examples=["nl"])
    count: int = Field(examples=[12])


class WaitShape(BaseModel):
    """Texts that wait for somebody."""

    reason: Reason = Field(
        description="`translation`, `review` and `other eyes`: for a translator, a reviewer, one"
        " who did not translate it; `rejected`: for its author; `question`: for an answer;"
        " `mention`: to be seen; `assigned`: to be worked on; `open`: somebody is at it just now."
    )
    locale: str = Field(examples=["nl"])
    count: int = Field(description="How many texts; comments for `question` and `mention`.")
    state: State | None = Field(description="Their state, where all have the same.")
    whom: str | None = Field(description="For whom; null for anybody who may.", examples=["Anna"])
    who: str | None = Field(description="Who waits, where it is somebody.")
    since: Moment | None = Field(description="Since when the oldest has, where that is known.")
    url: str = Field(
        description="Where on the desk they are seen.", examples=["/nl/queue?state=rejected"]
    )
    messages: list[str] = Field(
        description=f"The ids of the first {_MOST}, where no filter finds just them.",
        examples=[["articles:first.4f2c9a30b1d5e6f7a8b9c0d1"]],
    )

    @classmethod
    def of(cls, wait: Wait, url: str) -> WaitShape:
        """What waits, at a desk whose address is known."""
        return cls(
            reason=wait.reason,
            locale=wait.locale,
            count=wait.count,
            state=State(wait.state) if wait.state else None,
            whom=wait.whom or None,
            who=wait.who or None,
            since=moment(wait.since) if wait.since else None,
            url=f"{url}{wait.path}",
            messages=[id_of(*place) for place in wait.places[:_MOST]],
        )


@resource.route(
    "GET",
    "/activity",
    Right.MANAGE,
    Scope.READ,
    response_model=Page[DeedShape],
    summary="List what was done",
)
def list_activity(
    call: Calling,
    locale: Locales = None,
    hours: Hours = 24,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Page[DeedShape]:
    """What was done in the languages that you manage, the latest first."""
    wish, locales = asked(cursor, limit, int), _managed(call, locale)
    before = int(wish.after[0]) if wish.after else None
    since = time.time() - hours * 3600
    found = trail(call.desk.database, locales=locales, since=since, before=before, limit=limit + 1)
    shown, following = page(found, wish, lambda one: (one.id,))
    return Page(items=[DeedShape.of(one) for one in shown], next=following)


@resource.route(
    "GET",
    "/activity/totals",
    Right.MANAGE,
    Scope.READ,
    response_model=Page[TotalShape],
    summary="Count what was done",
)
def count_activity(
    call: Calling,
    locale: Locales = None,
    hours: Hours = 24,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Page[TotalShape]:
    """Who did what how often in the languages that you manage, by name."""
    wish = asked(cursor, limit, str, str, str)
    since = time.time() - hours * 3600
    found = activity.done_in(call.desk, _managed(call, locale), since=since)
    shown, following = page_of(found, wish, lambda one: (one.who, one.action, one.locale))
    return Page(items=[_total(one) for one in shown], next=following)


@resource.route(
    "GET",
    "/waits",
    Right.MANAGE,
    Scope.READ,
    response_model=Page[WaitShape],
    summary="Show who waits for whom",
)
def list_waits(
    call: Calling, locale: Locales = None, cursor: Cursor = None, limit: Limit = 50
) -> Page[WaitShape]:
    """What waits for whom, and who for what, in the languages that you manage, as it is now."""
    wish = asked(cursor, limit, str, str, str, str, str)
    found = activity.waits_in(call.desk, _managed(call, locale))
    shown, following = page_of(
        found, wish, lambda one: (one.locale, str(one.reason), one.state, one.whom, one.who)
    )
    url = call.desk.project.settings.review.url
    return Page(items=[WaitShape.of(one, url) for one in shown], next=following)


def _managed(call: Call, wanted: Sequence[str] | None) -> list[str]:
    """The languages that are asked for, of those that a call may know all about.

    Raises:
        Problem: One of them is not among those.
    """
    known = call.desk.project.locales
    managed = [one for one in known if call.may(Right.MANAGE, Scope.READ, one)]
    for one in wanted or ():
        if one not in managed:
            raise Problem(403, f"This token does not see all of “{one[:20]}”; managers do.")
    return [one for one in managed if one in wanted] if wanted else managed


def _total(done: Done) -> TotalShape:
    return TotalShape(who=done.who, action=done.action, locale=done.locale, count=done.count)
