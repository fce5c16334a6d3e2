"""Status: every article in every language, how far it is and what is live of it."""

from __future__ import annotations

import datetime
from typing import Annotated

from fastapi import Query
from pydantic import BaseModel, Field
from sqlalchemy import func, select

from pipeline import status as statuses
from pipeline.catalogues import State
from pipeline.database.tables import message as table
from pipeline.settings import Publish

from .. import facets
from ..rights import Right, Role
from ..tokens import Scope
from .access import Call, Calling, Resource
from .cursors import Cursor, Limit, Page, asked, page_of
from .problems import Problem
from .shapes import ErrorShape

resource = Resource.make("status")


class Language(BaseModel):
    """A language of the site that this token may read."""

    locale: str = Field(examples=["nl"])
    publish: Publish = Field(description="The least a translation has to be to go live.")
    four_eyes: bool = Field(description="Whether who translates may not approve.")
    messages: dict[State, int] = Field(description="How many messages are in each state.")
    role: Role | None = Field(description="What you are in it.")


class Languages(BaseModel):
    """The languages of the site that this token may read."""

    items: list[Language]


class StatusRow(BaseModel):
    """An article in a language."""

    article: str = Field(examples=["articles/first"])
    locale: str = Field(examples=["nl"])
    messages: dict[State, int] = Field(description="How many messages are in each state.")
    percent: int = Field(description="The share of passages that may go live.", examples=[80])
    live: bool = Field(description="Whether a page of it is published now.")
    ready: bool = Field(description="Whether a build would publish one.")
    stale_since: datetime.date | None = Field(
        description="Since when its oldest stale passage has been so."
    )
    problems: int = Field(description="Translations that cannot be published as they are.")
    error: ErrorShape | None = Field(description="What is wrong with the article or catalogue.")


@resource.route(
    "GET",
    "/locales",
    Right.READ,
    Scope.READ,
    response_model=Languages,
    summary="List languages",
)
def list_languages(call: Calling) -> Languages:
    """The languages that this token may read, with what is asked of their translations."""
    settings = call.desk.project.settings
    locales = _readable(call)
    for locale in locales:
        facets.look(call.desk, locale)
    query = select(table.c.locale, table.c.state, func.count())
    query = query.where(table.c.locale.in_(locales)).group_by(table.c.locale, table.c.state)
    with call.desk.database.connect() as connection:
        counts = {(row[0], State(row[1])): int(row[2]) for row in connection.execute(query)}
    roles = call.person.roles or {}
    return Languages(
        items=[
            Language(
                locale=locale,
                publish=settings.locales[locale].publish,
                four_eyes=locale in settings.review.four_eyes,
                messages={state: counts.get((locale, state), 0) for state in State},
                role=_highest(roles.get(locale), roles.get("*")),
            )
            for locale in locales
        ]
    )


@resource.route(
    "GET",
    "/status",
    Right.READ,
    Scope.READ,
    response_model=Page[StatusRow],
    summary="Show the status of the site",
)
def show_status(
    call: Calling,
    locale: Annotated[
        list[str] | None, Query(description="Only these languages; all you may read if none.")
    ] = None,
    article: Annotated[str | None, Query(max_length=400, description="Only this article.")] = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Page[StatusRow]:
    """Every article in every language that you may read: how far it is, and whether it is live."""
    wish = asked(cursor, limit, str, str)
    locales = set(_readable(call))
    if locale:
        unknown = sorted(set(locale) - locales)
        if unknown:
            raise Problem(403, f"This token reads no “{unknown[0]}”.")
        locales &= set(locale)
    rows = [
        row
        for row in statuses.status(call.desk.project)
        if row.locale in locales and (article is None or row.article == article)
    ]
    shown, following = page_of(rows, wish, lambda row: (row.article, row.locale))
    return Page(items=[_shape(row) for row in shown], next=following)


def _readable(call: Call) -> list[str]:
    """The languages that a call may read."""
    return [one for one in call.desk.project.locales if call.may(Right.READ, Scope.READ, one)]


def _highest(*roles: Role | None) -> Role | None:
    """The role that may most."""
    order = list(Role)
    return max((role for role in roles if role), key=order.index, default=None)


def _shape(row: statuses.Row) -> StatusRow:
    return StatusRow(
        article=row.article,
        locale=row.locale,
        messages={state: row.states.get(state, 0) for state in State},
        percent=row.percent,
        live=row.live,
        ready=row.ready,
        stale_since=row.stale_since,
        problems=row.problems,
        error=ErrorShape.of(row.error) if row.error else None,
    )
