"""Decisions: a message edited, approved or rejected, by its version; and who decided what."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated

from fastapi import Query, Response
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import insert, select

from pipeline import catalogues, index
from pipeline.catalogues import Catalogue, Message, State, digest_of, marks
from pipeline.database.tables import change as changes
from pipeline.index import Change, Kind
from pipeline.index.mirror import sum_of

from ..rights import Right
from ..tables import comment
from ..tokens import Scope
from .access import Call, Calling, Resource
from .cursors import Cursor, Limit, Page, asked, page
from .messages import MessageId, WholeMessage, blocking, find, id_of, split, whole
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

    reason: str = Field(
        min_length=1,
        max_length=1000,
        pattern=r"\S",
        description="Why, for the translator.",
        examples=["“Tarief” is a fee; say “prijs”"],
    )


class Decision(BaseModel):
    """What somebody decided on a message."""

    message: str = Field(description="The id of the message.")
    article: str
    kind: Kind
    who: str = Field(description="A person or an engine; empty if it is not known.")
    at: Moment
    state: State = Field(description="The state since then.")
    strings: list[str]


class _Changed(Exception):
    """The message is not the one that somebody decided on."""

    def __init__(self, message: Message) -> None:
        super().__init__(message)
        self.message = message


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

    def change(domain: str, found: Message) -> Message:
        settled = (State.TRANSLATED, State.APPROVED)
        if found.strings == tuple(body.strings) and catalogues.state_of(found) in settled:
            return found
        new = catalogues.edit(found, body.strings)
        _fits(call, locale, domain, found, new)
        return new

    deciding = Deciding(call, locale, message, if_match, response)
    return deciding.decide("edit", change, strings=body.strings)


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
    by, today = call.person.name, date.today()

    def change(domain: str, found: Message) -> Message:
        new = found if strings is None else catalogues.edit(found, strings)
        if new == found and catalogues.state_of(found) is State.APPROVED:
            return found
        _fits(call, locale, domain, found, new)
        _four_eyes(call, locale, domain, new, own=new.strings != found.strings)
        return catalogues.approve(new, by=by, on=today)

    deciding = Deciding(call, locale, message, if_match, response)
    return deciding.decide("approve", change, strings=strings)


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

    reason = " ".join("".join(c if c.isprintable() else " " for c in body.reason).split())

    def change(domain: str, found: Message) -> Message:
        if not found.translated:
            raise Problem(409, "There is no translation to reject.")
        return catalogues.reject(found, by=call.person.name, reason=reason or "–")

    deciding = Deciding(call, locale, message, if_match, response)
    return deciding.decide("reject", change, reason=reason)


@resource.route(
    "GET",
    "/locales/{locale}/decisions",
    Right.READ,
    Scope.READ,
    response_model=Page[Decision],
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
) -> Page[Decision]:
    """What was decided in a language, the latest first: here, on the desk, or in its files."""
    call.service.look(locale)
    wish = asked(cursor, limit, int)
    kinds = kind or [Kind.EDITED, Kind.APPROVED, Kind.REJECTED]
    query = select(changes).where(changes.c.locale == locale, changes.c.kind.in_(kinds))
    if wish.after is not None:
        query = query.where(changes.c.id < wish.after[0])
    with call.desk.database.connect() as connection:
        rows = connection.execute(query.order_by(changes.c.id.desc()).limit(limit + 1)).all()
    shown, following = page(rows, wish, lambda row: (row.id,))
    items = [
        Decision(
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
    """A decision under way: who makes it, on which message, as they saw it."""

    call: Call
    locale: str
    id: str
    if_match: str | None
    response: Response

    def decide(
        self,
        action: str,
        change: Callable[[str, Message], Message],
        *,
        strings: Sequence[str] | None = None,
        reason: str = "",
    ) -> WholeMessage:
        """Change a message that is still the one that was seen, and note who did it.

        Raises:
            Problem: It is another one by now, or may not be changed so; nothing was written.
        """
        call, locale, versions = self.call, self.locale, wanted(self.if_match)
        project, database = call.desk.project, call.desk.database
        # Who may not approve their own work may not do so through a PO editor, either.
        call.service.look(locale, now=locale in project.settings.review.four_eyes)
        domain, digest = split(call, locale, self.id)
        new = Message("")

        def changed(catalogue: Catalogue) -> Catalogue:
            nonlocal new
            found = find(catalogue.messages, digest)
            if versions is not None and sum_of(found) not in versions:
                raise _Changed(found)
            new = change(domain, found)
            return catalogue if new == found else catalogue.with_message(new)

        try:
            index.update(project, database, locale, domain, changed, by=call.person.name)
        except _Changed as conflict:
            raise _conflict(call, locale, domain, conflict.message, strings) from None
        call.note(action, subject=id_of(domain, digest), detail=reason)
        _keep_reason(call, locale, domain, new, reason)
        self.response.headers["ETag"] = tag_of(sum_of(new))
        return whole(call, locale, domain, new)


def _conflict(
    call: Call, locale: str, domain: str, found: Message, strings: Sequence[str] | None
) -> Problem:
    """Somebody was faster: both texts, for a person to make one of them."""
    return Problem(
        412,
        "The message has changed since you saw it, and nothing was written. Look at both texts,"
        " and decide again with the new version.",
        headers={"ETag": tag_of(sum_of(found))},
        yours=None if strings is None else list(strings),
        current=whole(call, locale, domain, found).model_dump(mode="json"),
    )


def _fits(call: Call, locale: str, domain: str, found: Message, new: Message) -> None:
    """Refuse a translation that could not be published."""
    if len(new.strings) != len(found.strings):
        count = len(found.strings)
        raise Problem(422, f"This message has {count} forms: send so many strings.")
    wrong = blocking(call, locale, domain, new)
    if wrong:
        raise Problem(
            422,
            f"This translation cannot be published: {wrong[0].message}.",
            findings=[FindingShape.of(one).model_dump() for one in wrong],
        )


def _four_eyes(call: Call, locale: str, domain: str, message: Message, *, own: bool) -> None:
    """Refuse who wrote a translation and wants to approve it, where that is for somebody else."""
    if locale not in call.desk.project.settings.review.four_eyes:
        return
    steps = index.history(call.desk.database, locale, domain, message.key)
    if own or author_of(steps, message.strings).lower() == call.person.name.lower():
        raise Problem(
            403, "You wrote this translation; in this language somebody else has to approve it."
        )


def author_of(steps: Sequence[Change], strings: tuple[str, ...]) -> str:
    """Who wrote a translation: who made the step that brought these texts; empty if unknown.

    Args:
        steps: The history of the message, the latest first.
        strings: The translation.
    """
    author, written = "", False
    for step in steps:
        if step.strings != strings:
            written = True
            break
        author, kind = step.who, step.kind
    if not author or (kind in (Kind.APPROVED, Kind.REJECTED) and not written):
        return ""  # it was there before anybody kept a history
    return author


def _keep_reason(call: Call, locale: str, domain: str, message: Message, reason: str) -> None:
    """Keep a reason that is longer than a mark in a catalogue has room for, as a comment."""
    mark = marks.find(message, "rejected")
    if not reason or (mark is not None and mark.get("reason") == reason):
        return
    row = {"locale": locale, "domain": domain, "digest": digest_of(message.key)}
    said = {"person": call.person.id, "who": call.person.name, "text": reason, "at": time.time()}
    with call.desk.database.begin() as connection:
        connection.execute(insert(comment), {**row, **said})
