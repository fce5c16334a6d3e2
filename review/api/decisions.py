"""Decisions: a message edited, approved or rejected, by its version; and who decided what."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Annotated

from fastapi import Query, Response
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import select

from pipeline.catalogues import State, marks
from pipeline.database.tables import change as changes
from pipeline.index import Kind

from ..decisions import Action, Blocked, Decision, Moved, decide, may_approve
from ..message import Opened
from ..people import Refused
from ..rights import Right
from ..tokens import Scope
from ..work import say
from .access import Call, Calling, Resource
from .cursors import Cursor, Limit, Page, asked, page
from .messages import MessageId, WholeMessage, id_of, open_by, whole
from .problems import Problem
from .shapes import FindingShape, Locale, Moment, moment
from .versions import IfMatch, tag_of, wanted

resource = Resource.make("decisions")

_ETAG = {200: {"headers": {"ETag": {"schema": {"type": "string"}}}}}


_NO_CONTROLS = r"^[^\u0000-\u0008\u000b-\u001f\u007f-\u009f]*$"
"""No catalogue has control characters, other than tabs and line breaks."""

Text = Annotated[str, Field(max_length=20_000, pattern=_NO_CONTROLS)]
Strings = Annotated[
    list[Text],
    Field(
        min_length=1,
        max_length=6,
        description="The translation, a text for each plural form.",
        examples=[["Zie <a1>onze tarieven</a1>."]],
    ),
]


Reason = Annotated[
    str,
    Field(
        min_length=1,
        max_length=1000,
        pattern=r"\S",
        description="Why, for the translator.",
        examples=["“Tarief” is a fee; say “prijs”"],
    ),
]


class Edit(BaseModel):
    """A translation."""

    model_config = ConfigDict(extra="forbid")

    strings: Strings


class Approval(BaseModel):
    """A person's word that a translation is good."""

    model_config = ConfigDict(extra="forbid")

    strings: Strings | None = Field(
        None, description="Another translation, which is approved instead of the one there is."
    )


class Rejection(BaseModel):
    """A person's word that a translation will not do."""

    model_config = ConfigDict(extra="forbid")

    reason: Reason


class DecisionShape(BaseModel):
    """What somebody decided on a message."""

    message: str = Field(description="The id of the message.")
    article: str
    kind: Kind
    who: str = Field(description="A person or an engine; empty if it is not known.")
    at: Moment
    state: State = Field(description="The state since then.")
    strings: list[str]


@resource.route(
    "PUT",
    "/locales/{locale}/messages/{message}",
    Right.TRANSLATE,
    Scope.TRANSLATE,
    careful=True,
    responses=_ETAG,
    response_model=WholeMessage,
    summary="Edit a translation",
)
def edit(
    call: Calling,
    locale: Locale,
    message: MessageId,
    body: Edit,
    response: Response,
    if_match: IfMatch = None,
) -> WholeMessage:
    """Write a translation; it is a person's, and waits for approval.

    If somebody has changed the message since you saw it, nothing is written, and the answer (412)
    has both: `yours` as you sent it, and the message as it is in `current`.
    """

    deciding = Deciding.of(call, locale, message, if_match, response, body.strings)
    if deciding.opened.state in (State.TRANSLATED, State.APPROVED) and deciding.says_the_same:
        return deciding.done()
    return deciding.decide(Action.SAVE)


@resource.route(
    "POST",
    "/locales/{locale}/messages/{message}/approve",
    Right.REVIEW,
    Scope.REVIEW,
    careful=True,
    responses=_ETAG,
    response_model=WholeMessage,
    summary="Approve a translation",
)
def approve(
    call: Calling,
    locale: Locale,
    message: MessageId,
    response: Response,
    body: Approval | None = None,
    if_match: IfMatch = None,
) -> WholeMessage:
    """Stand up for a translation, as it is or with a text of your own.

    A stale one is “still right” then. Where the language asks for four eyes, who wrote a
    translation does not approve it (403). What could not be published is not approved (422).
    """
    strings = body.strings if body else None
    deciding = Deciding.of(call, locale, message, if_match, response, strings)
    if deciding.opened.state is State.APPROVED and deciding.says_the_same:
        return deciding.done()
    why = may_approve(deciding.opened, call.person, deciding.strings)
    if why:
        raise Problem(403, why)
    return deciding.decide(Action.APPROVE)


@resource.route(
    "POST",
    "/locales/{locale}/messages/{message}/reject",
    Right.REVIEW,
    Scope.REVIEW,
    careful=True,
    responses=_ETAG,
    response_model=WholeMessage,
    summary="Reject a translation",
)
def reject(
    call: Calling,
    locale: Locale,
    message: MessageId,
    body: Rejection,
    response: Response,
    if_match: IfMatch = None,
) -> WholeMessage:
    """Say that a translation will not do, and why; the text stays until somebody writes another."""

    reason = plain_reason(body.reason)
    deciding = Deciding.of(call, locale, message, if_match, response, None)
    if not deciding.opened.message.translated:
        raise Problem(409, "There is no translation to reject.")
    return deciding.decide(Action.REJECT, reason=reason)


def plain_reason(said: str) -> str:
    """A reason as a mark in a catalogue has room for it: one line."""
    return " ".join("".join(c if c.isprintable() else " " for c in said).split()) or "–"


@resource.route(
    "GET",
    "/locales/{locale}/decisions",
    Right.READ,
    Scope.READ,
    response_model=Page[DecisionShape],
    summary="List decisions",
)
def list_decisions(
    call: Calling,
    locale: Locale,
    kind: Annotated[
        list[Kind] | None,
        Query(description="Only these kinds; what people decided (edited, approved, rejected)."),
    ] = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Page[DecisionShape]:
    """What was decided in a language, the latest first: here, on the desk, or in its files."""
    call.look()
    wish = asked(cursor, limit, int)
    kinds = kind or [Kind.EDITED, Kind.APPROVED, Kind.REJECTED]
    query = select(changes).where(changes.c.locale == locale, changes.c.kind.in_(kinds))
    if wish.after is not None:
        query = query.where(changes.c.id < wish.after[0])
    with call.desk.database.connect() as connection:
        rows = connection.execute(query.order_by(changes.c.id.desc()).limit(limit + 1)).all()
    shown, following = page(rows, wish, lambda row: (row.id,))
    items = [
        DecisionShape(
            message=id_of(row.domain, row.digest),
            article=row.domain,
            kind=Kind(row.kind),
            who=row.who,
            at=moment(row.at),
            state=State(row.state),
            strings=list(row.strings),
        )
        for row in shown
    ]
    return Page(items=items, next=following)


@dataclass(frozen=True, slots=True)
class Deciding:
    """A decision under way: who makes it, on which message, of which they saw a version.

    Attributes:
        call: The request.
        opened: The message as it was when the request came.
        version: The version that it must still have when the decision is written.
        response: Gets the version that it has then.
        sent: The translation as it was sent, if one was.
    """

    call: Call
    opened: Opened
    version: str
    response: Response
    sent: tuple[str, ...] | None

    @classmethod
    def of(
        cls,
        call: Call,
        locale: str,
        id: str,
        if_match: str | None,
        response: Response,
        strings: Sequence[str] | None,
    ) -> Deciding:
        """A decision on the message of an id.

        Raises:
            Problem: There is no such message, it has changed, or has other forms.
        """
        versions = wanted(if_match)
        # Who may not approve their own work may not do so through a PO editor, either.
        careful = locale in call.desk.project.settings.review.four_eyes
        opened = open_by(call, locale, id, now=careful)
        sent = None if strings is None else tuple(strings)
        deciding = cls(call, opened, opened.version, response, sent)
        if versions is not None and opened.version not in versions:
            raise deciding.conflict(opened)
        count = len(opened.message.strings)
        if sent is not None and len(sent) != count:
            raise Problem(422, f"This message has {count} forms: send so many strings.")
        return deciding

    @property
    def strings(self) -> tuple[str, ...]:
        """The translation that is decided on."""
        return self.opened.message.strings if self.sent is None else self.sent

    @property
    def says_the_same(self) -> bool:
        """Whether the translation is the one that is there."""
        return self.strings == self.opened.message.strings

    def decide(self, action: Action, *, reason: str = "") -> WholeMessage:
        """Write the decision, and note who made it.

        Raises:
            Problem: Somebody was faster, or it cannot be decided so; nothing was written.
        """
        call, place = self.call, self.opened.place
        decision = Decision(action, self.strings, self.version, reason)
        try:
            new = decide(
                call.desk,
                call.person,
                place,
                decision,
                token=call.token.label,
                opened=self.opened,
            )
        except Moved as moved:
            raise self.conflict(moved.opened) from None
        except Blocked as blocked:
            raise Problem(
                422,
                f"This translation cannot be published: {blocked.findings[0].message}.",
                findings=[FindingShape.of(one).model_dump() for one in blocked.findings],
            ) from None
        except Refused as refused:
            raise Problem(422, str(refused)) from None
        mark = marks.find(new, "rejected")
        if reason and (mark is None or mark.get("reason") != reason):
            say(call.desk, place, call.person, reason)  # longer than a mark has room for
        return replace(self, opened=self.opened.after(new)).done()

    def done(self) -> WholeMessage:
        """The message as it is now."""
        self.response.headers["ETag"] = tag_of(self.opened.version)
        return whole(self.opened)

    def conflict(self, now: Opened) -> Problem:
        """Somebody was faster: both texts, for a person to make one of them."""
        return Problem(
            412,
            "The message has changed since you saw it, and nothing was written. Look at both"
            " texts, and decide again with the new version.",
            headers={"ETag": tag_of(now.version)},
            yours=None if self.sent is None else list(self.sent),
            current=whole(now).model_dump(mode="json"),
        )
