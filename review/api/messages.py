"""Messages: the texts of a language and their translations, as lists and one by one."""

from __future__ import annotations

from typing import Annotated, Any
from urllib.parse import quote, unquote

from fastapi import Path, Query, Response
from pydantic import BaseModel, Field
from sqlalchemy import Row, select, tuple_

from pipeline.catalogues import Message, State, marks
from pipeline.concordance import MESSAGES, pieces_of
from pipeline.database.tables import file as files
from pipeline.database.tables import message as table
from pipeline.index import Kind
from pipeline.translation import suggestions

from ..message import Opened, Place, history_of, open_message
from ..rights import Right
from ..tokens import Scope
from .access import Call, Calling, Resource
from .cursors import Cursor, Limit, Page, asked, page
from .problems import Problem
from .shapes import FindingShape, Locale, MessageShape, Moment
from .versions import tag_of

resource = Resource.make("messages")

MessageId = Annotated[
    str,
    Path(
        description="The `id` of a message.",
        max_length=500,
        examples=["articles:first.4f2c9a30b1d5e6f7a8b9c0d1"],
    ),
]


class SuggestionShape(BaseModel):
    """What the memory or a machine proposes."""

    text: str
    origin: str = Field(description="`memory`, an engine, or `previous` and an engine.")
    source: str = Field(description="The text that it was made for, if another one.")
    score: float = Field(description="How alike both texts are, in per cent.")


class MarkShape(BaseModel):
    """Who said something of a translation, and what."""

    kind: str = Field(description="`approved`, `rejected`, `draft` or `stale`.")
    by: str = Field(description="A person or an engine; empty if it is not known.")
    on: str = Field(description="The day, where it is known.", examples=["2026-11-24"])
    reason: str = Field(description="Why it was rejected.")


class WholeMessage(MessageShape):
    """A message with all there is to decide on it."""

    plural: str | None = Field(description="The msgid_plural, if it has one.")
    previous_source: str | None = Field(
        description="The text that the translation was made for, if the source has changed since."
    )
    notes: list[str] = Field(description="What the source tells translators.")
    comments: list[str] = Field(description="What translators wrote into the catalogue.")
    tokens: list[str] = Field(description="The tokens that the translation has to have.")
    marks: list[MarkShape]
    findings: list[FindingShape]
    suggestions: list[SuggestionShape]


class Step(BaseModel):
    """One step in the history of a message."""

    kind: Kind
    who: str = Field(description="A person or an engine; empty if it is not known.")
    at: Moment
    state: State
    strings: list[str]


@resource.route(
    "GET",
    "/locales/{locale}/messages",
    Right.READ,
    Scope.READ,
    response_model=Page[MessageShape],
    summary="List messages",
)
def list_messages(
    call: Calling,
    locale: Locale,
    *,
    state: Annotated[
        list[State] | None, Query(description="Only these states; every one if none.")
    ] = None,
    article: Annotated[
        str | None,
        Query(max_length=400, description="Only this article.", examples=["articles/first"]),
    ] = None,
    text: Annotated[
        str | None,
        Query(
            max_length=200,
            description="Only what has all these words, or words that they are parts of, in either"
            " language; in quotation marks: side by side.",
        ),
    ] = None,
    author: Annotated[
        str | None, Query(max_length=100, description="Only what this person wrote, by name.")
    ] = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Page[MessageShape]:
    """The messages of a language, by article; what changes meanwhile is not shown twice."""
    call.look()
    wish = asked(cursor, limit, str, str)
    query = select(table).where(table.c.locale == locale)
    if state:
        query = query.where(table.c.state.in_(state))
    if article is not None:
        query = query.where(table.c.domain == clean(article))
    if wish.after is not None:
        query = query.where(tuple_(table.c.domain, table.c.digest) > tuple_(*wish.after))
    if author:  # said twice, as the index of authors has nothing of nobody's
        query = query.where(table.c.author == clean(author), table.c.author != "")
    query = query.order_by(table.c.domain, table.c.digest).limit(limit + 1)
    with call.desk.database.connect() as connection:
        if text:
            pieces = pieces_of(clean(text))
            found = MESSAGES.all_with(connection, locale, pieces, "both")
            query = query.where(MESSAGES.are(connection, found, pieces, "both"))
        rows = connection.execute(query).all()
    shown, following = page(rows, wish, lambda row: (row.domain, row.digest))
    return Page(items=[_listed(row) for row in shown], next=following)


@resource.route(
    "GET",
    "/locales/{locale}/messages/{message}",
    Right.READ,
    Scope.READ,
    response_model=WholeMessage,
    responses={200: {"headers": {"ETag": {"schema": {"type": "string"}}}}},
    summary="Show a message",
)
def show_message(
    call: Calling, locale: Locale, message: MessageId, response: Response
) -> WholeMessage:
    """A message as its catalogue has it now; the `ETag` is the version that decisions ask for."""
    opened = open_by(call, locale, message)
    response.headers["ETag"] = tag_of(opened.version)
    return whole(opened)


@resource.route(
    "GET",
    "/locales/{locale}/messages/{message}/history",
    Right.READ,
    Scope.READ,
    response_model=Page[Step],
    summary="Show what became of a message",
)
def show_history(
    call: Calling, locale: Locale, message: MessageId, cursor: Cursor = None, limit: Limit = 50
) -> Page[Step]:
    """Every step of a message, the latest first, also while its source said something else."""
    opened = open_by(call, locale, message)
    wish = asked(cursor, limit, int)
    steps = history_of(opened)
    # Steps are counted from the oldest, so that new ones move no page.
    numbered = [(number, step) for number, step in enumerate(reversed(steps))][::-1]
    if wish.after is not None:
        numbered = [one for one in numbered if one[0] < int(wish.after[0])]
    shown, following = page(numbered, wish, lambda one: (one[0],))
    items = [
        Step(
            kind=step.kind,
            who=step.who,
            at=step.at,
            state=step.state,
            strings=list(step.strings),
        )
        for _, step in shown
        if step.at is not None
    ]
    return Page(items=items, next=following)


def id_of(domain: str, digest: str) -> str:
    """What a message is named by: its article and its digest, in one piece of an address."""
    return f"{name_of(domain)}.{digest}"


def name_of(domain: str) -> str:
    """A domain as one piece of an address: ``articles:first``."""
    return quote(domain, safe="/").replace("/", ":")


def domain_of(call: Call, locale: str, name: str) -> str:
    """The domain of a name, if it has a catalogue.

    Raises:
        Problem: It has none.
    """
    domain = unquote(name.replace(":", "/"), errors="replace")
    query = select(files.c.domain).where(files.c.locale == locale, files.c.domain == domain)
    if "\0" not in domain:
        with call.desk.database.connect() as connection:
            if connection.execute(query).first() is not None:
                return domain
    raise Problem(404, f"There is no such catalogue in “{locale}”.")


def place_by(locale: str, id: str) -> Place:
    """Where a message of an id would stand; whether there is one is another question."""
    name, _, digest = clean(id).rpartition(".")
    return Place(locale, clean(unquote(name.replace(":", "/"), errors="replace")), clean(digest))


def clean(words: str) -> str:
    """Words to look for; what no database holds is looked for in vain."""
    return words.replace("\0", "\ufffd").encode(errors="replace").decode()


def open_by(call: Call, locale: str, id: str, *, now: bool = False) -> Opened:
    """The message of an id, as its catalogue has it.

    Args:
        call: The request.
        locale: The language.
        id: What the message is named by.
        now: Whether to look at once what was changed elsewhere.

    Raises:
        Problem: There is none (any more).
        CatalogueError: The catalogue cannot be read.
    """
    call.look(now=now)
    name, _, digest = id.rpartition(".")
    return open_message(call.desk, Place(locale, domain_of(call, locale, name), digest))


def whole(opened: Opened) -> WholeMessage:
    """A message with all there is to decide on it."""
    place, message = opened.place, opened.message
    keys = [one.key for one in opened.catalogue.messages]
    offered = suggestions(opened.desk.database, place.locale, place.domain, message.key)
    return WholeMessage(
        id=id_of(place.domain, place.digest),
        article=place.domain,
        context=message.context,
        place=keys.index(message.key),
        state=opened.state,
        source=message.id,
        strings=list(message.strings),
        version=opened.version,
        plural=message.plural,
        previous_source=message.previous_id,
        notes=list(message.notes),
        comments=[one for one in message.comments if not one.startswith("@l10n ")],
        tokens=opened.tokens,
        marks=_marks(message),
        findings=[FindingShape.of(one) for one in opened.findings(message.strings)],
        suggestions=[
            SuggestionShape(text=one.text, origin=one.origin, source=one.source, score=one.score)
            for one in offered
        ],
    )


def _listed(row: Row[Any]) -> MessageShape:
    return MessageShape(
        id=id_of(row.domain, row.digest),
        article=row.domain,
        context=row.context,
        place=row.place,
        state=State(row.state),
        source=row.source,
        strings=list(row.strings),
        version=row.sum,
    )


def _marks(message: Message) -> list[MarkShape]:
    shapes = []
    for kind in ("approved", "rejected", "draft", "stale"):
        mark = marks.find(message, kind)
        if mark is not None:
            shapes.append(
                MarkShape(
                    kind=kind,
                    by=mark.get("by") or mark.get("engine", ""),
                    on=mark.get("on") or mark.get("since", ""),
                    reason=mark.get("reason", ""),
                )
            )
    return shapes
