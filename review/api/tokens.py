"""Tokens: who one is here, and tokens made, listed and revoked."""

from __future__ import annotations

from typing import Annotated

from fastapi import Path, Response
from pydantic import BaseModel, ConfigDict, Field

from .. import people, tokens
from ..people import Refused
from ..rights import EVERYWHERE, Right, Role
from ..tokens import LONGEST, Scope, Token, TooMany, Wish
from .access import Call, Calling, Resource
from .cursors import Cursor, Limit, Page, asked, page_of
from .problems import Problem
from .shapes import Moment, moment

resource = Resource.make("tokens")


class TokenShape(BaseModel):
    """A token, without the word itself."""

    id: str = Field(description="What it is named by.", examples=["9f86d081884c7d65"])
    label: str = Field(examples=["Nightly build"])
    person: str = Field(description="Whose rights it has, as far as its scopes go.")
    scopes: list[Scope]
    locales: list[str] = Field(description="Its languages; `*` for every one.", examples=[["nl"]])
    since: Moment
    until: Moment
    used: Moment | None = Field(description="When it was last used, to the minute.")
    made_by: str


class Me(BaseModel):
    """Who you are here, and what the token that you use may do."""

    person: str
    roles: dict[str, Role] = Field(description="What you are in each language; `*` is every one.")
    token: TokenShape


class NewToken(BaseModel):
    """A token to be made."""

    model_config = ConfigDict(extra="forbid")

    label: str = Field(
        min_length=1,
        max_length=60,
        pattern=r"[^\W_]",
        description="A name to know it by; it has a letter or digit.",
        examples=["Nightly build"],
    )
    scopes: list[Scope] = Field(min_length=1, max_length=10, examples=[["read", "build"]])
    locales: list[Annotated[str, Field(max_length=16)]] = Field(
        [EVERYWHERE], min_length=1, max_length=100, description="`*` for every one."
    )
    days: int = Field(90, ge=1, le=LONGEST, description="How long it lasts.")
    person: str | None = Field(
        None, max_length=40, description="Whom it is for; you, unless you manage every language."
    )


class MadeToken(BaseModel):
    """A token just made."""

    secret: str = Field(
        description="The token itself. It is shown this once.", examples=["l10n_5s3…"]
    )
    token: TokenShape


@resource.route(
    "GET", "/me", Right.ENTER, Scope.READ, response_model=Me, summary="Show who you are"
)
def show_me(call: Calling) -> Me:
    """The person and the token that a request comes from."""
    return Me(
        person=call.person.name,
        roles=dict(call.person.roles or {}),
        token=_shape(call.token, {call.person.id: call.person.name}),
    )


@resource.route(
    "POST",
    "/tokens",
    Right.MANAGE,
    Scope.MANAGE,
    problems=(404,),
    status_code=201,
    response_model=MadeToken,
    summary="Make a token",
)
def make_token(call: Calling, body: NewToken, response: Response) -> MadeToken:
    """Make a token. It may no more than the one that makes it, and lasts no longer."""
    database, project = call.desk.database, call.desk.project
    for locale in body.locales:
        if locale != EVERYWHERE and locale not in project.locales:
            raise Problem(422, f"“{locale}” is not a language that this site is translated into.")
    person = call.person
    if body.person is not None and body.person.lower() != person.name.lower():
        if not _rules(call):
            raise Problem(403, "A token for somebody else asks for a manager of every language.")
        name = body.person.lower()
        known = [one for one in people.everybody(database) if one.name.lower() == name]
        if not known:
            raise Problem(404, "There is nobody of that name.")
        person = known[0]
    wish = Wish(body.label, body.scopes, body.locales, body.days)
    try:
        secret, token = tokens.make(database, person, wish, by=call.person, within=call.token)
    except TooMany as many:
        raise Problem(409, str(many)) from None
    except Refused as refused:
        raise Problem(422, str(refused)) from None
    response.headers["Cache-Control"] = "no-store"
    return MadeToken(secret=secret, token=_shape(token, {person.id: person.name}))


@resource.route(
    "GET",
    "/tokens",
    Right.MANAGE,
    Scope.MANAGE,
    response_model=Page[TokenShape],
    summary="List tokens",
)
def list_tokens(call: Calling, cursor: Cursor = None, limit: Limit = 50) -> Page[TokenShape]:
    """Your tokens that work; everybody's if you manage every language."""
    wish = asked(cursor, limit, str)
    database, rules = call.desk.database, _rules(call)
    found = tokens.listed(database, person=None if rules else call.person)
    shown, following = page_of(found, wish, lambda token: (token.id,))
    names = {one.id: one.name for one in people.everybody(database)}
    return Page(items=[_shape(token, names) for token in shown], next=following)


@resource.route(
    "DELETE",
    "/tokens/{id}",
    Right.MANAGE,
    Scope.MANAGE,
    status_code=204,
    response_class=Response,
    response_model=None,
    problems=(409,),
    summary="Revoke a token",
)
def revoke_token(
    call: Calling,
    id: Annotated[
        str, Path(description="The `id` of a token.", max_length=64, examples=["9f86d081884c7d65"])
    ],
) -> None:
    """End a token at once: one of yours, or anybody's if you manage every language.

    The one that you use stays (409): so that nobody locks themselves out by mistake.
    """
    if id == call.token.id:
        raise Problem(409, "A token does not end itself: use another one, or the desk.")
    done = tokens.revoke(
        call.desk.database, id, by=call.person, token=call.token, anybodys=_rules(call)
    )
    if not done:
        raise Problem(404, "There is no such token any more.")


def _rules(call: Call) -> bool:
    """Whether both the person and the token are for every language."""
    return call.may(Right.RULE, Scope.MANAGE, EVERYWHERE)


def _shape(token: Token, names: dict[int, str]) -> TokenShape:
    return TokenShape(
        id=token.id,
        label=token.label,
        person=names.get(token.person, ""),
        scopes=list(token.scopes),
        locales=list(token.locales),
        since=moment(token.since),
        until=moment(token.until),
        used=None if token.used is None else moment(token.used),
        made_by=token.made_by,
    )
