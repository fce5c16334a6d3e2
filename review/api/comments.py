"""Comments: what people say and ask about messages, and whom they call."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query
from pydantic import BaseModel, ConfigDict, Field

from .. import work
from ..people import Refused
from ..rights import Right
from ..tokens import Scope
from .access import Calling, Resource
from .cursors import Cursor, Limit, Page, asked, page
from .messages import MessageId, id_of, open_by
from .problems import Problem
from .shapes import Locale, Moment, moment

resource = Resource.make("comments")


class Remark(BaseModel):
    """Something to say of a message."""

    model_config = ConfigDict(extra="forbid")

    text: str = Field(
        min_length=1,
        max_length=4000,
        pattern=r"^[^\u0000-\u0008\u000b-\u001f\u007f-\u009f]*\S[^\u0000-\u0008\u000b-\u001f\u007f-\u009f]*$",
        description="`@Anna` calls Anna.",
        examples=["@Anna, “tarief” or “prijs”?"],
    )


class CommentShape(BaseModel):
    """What somebody said of a message."""

    id: int
    who: str
    at: Moment
    text: str

    @classmethod
    def of(cls, comment: work.Comment) -> CommentShape:
        """A comment."""
        return cls(id=comment.id, who=comment.who, at=moment(comment.at), text=comment.text)


class MentionShape(BaseModel):
    """A comment that calls you."""

    comment: CommentShape
    locale: str
    message: str = Field(description="The id of the message.")
    seen: bool = Field(description="Whether you have looked at it.")


class Mentions(BaseModel):
    """The comments that call you, the latest first."""

    items: list[MentionShape]


@resource.route(
    "GET",
    "/locales/{locale}/messages/{message}/comments",
    Right.READ,
    Scope.READ,
    response_model=Page[CommentShape],
    summary="List comments",
)
def list_comments(
    call: Calling, locale: Locale, message: MessageId, cursor: Cursor = None, limit: Limit = 50
) -> Page[CommentShape]:
    """What people said of a message, the first first."""
    place = open_by(call, locale, message).place
    wish = asked(cursor, limit, int)
    found = work.comments_of(call.desk, place)
    if wish.after is not None:
        found = [one for one in found if one.id > int(wish.after[0])]
    shown, following = page(found, wish, lambda one: (one.id,))
    return Page(items=[CommentShape.of(one) for one in shown], next=following)


@resource.route(
    "POST",
    "/locales/{locale}/messages/{message}/comments",
    Right.READ,
    Scope.TRANSLATE,
    status_code=201,
    response_model=CommentShape,
    summary="Comment on a message",
)
def add_comment(call: Calling, locale: Locale, message: MessageId, body: Remark) -> CommentShape:
    """Say or ask something; whom it names with an @ finds it on their first page."""
    place = open_by(call, locale, message).place
    try:
        work.say(call.desk, place, call.person, body.text)
    except Refused as refused:
        raise Problem(422, str(refused)) from None
    call.note("comment", subject=place.domain)
    own = [one for one in work.comments_of(call.desk, place) if one.who == call.person.name]
    return CommentShape.of(own[-1])


@resource.route(
    "GET",
    "/mentions",
    Right.ENTER,
    Scope.READ,
    response_model=Mentions,
    summary="List what calls you",
)
def list_mentions(
    call: Calling,
    unseen: Annotated[bool, Query(description="Only what you have not looked at.")] = False,
    limit: Limit = 50,
) -> Mentions:
    """The comments that name the person whose token this is, in languages that it is for."""
    found = [
        one
        for one in work.calls_of(call.desk, call.person, limit=limit)
        if call.may(Right.READ, Scope.READ, one.place.locale) and not (unseen and one.seen)
    ]
    return Mentions(
        items=[
            MentionShape(
                comment=CommentShape.of(one.comment),
                locale=one.place.locale,
                message=id_of(one.place.domain, one.place.digest),
                seen=one.seen,
            )
            for one in found
        ]
    )
