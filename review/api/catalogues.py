"""Catalogues: handed out as .po or XLIFF, one or all in a zip; taken back message by message."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any

from fastapi import Path, Query, Request, Response
from pydantic import BaseModel, Field
from sqlalchemy import func, select
from starlette.concurrency import run_in_threadpool

from pipeline import exchange
from pipeline.catalogues import Message, State, digest_of
from pipeline.database.tables import file as files
from pipeline.database.tables import message as table
from pipeline.errors import ConflictError, PipelineError
from pipeline.exchange import Bringer, Format, Returned
from pipeline.index.mirror import sum_of

from .. import facets
from ..rights import Right
from ..tokens import Scope
from .access import Call, Calling, Resource
from .cursors import Cursor, Limit, Page, asked, page
from .messages import domain_of, id_of, name_of
from .problems import Problem
from .shapes import ErrorShape, Locale

resource = Resource.make("catalogues")

LARGEST = 20 << 20
"""Bytes of what is brought at once."""

PO, XLIFF, ZIP = "text/x-gettext-translation", "application/xliff+xml", "application/zip"
_TYPES = {Format.PO: PO, Format.XLIFF: XLIFF}
_TAKEN = (PO, "text/x-po", XLIFF, ZIP, "application/octet-stream")
_BINARY: dict[str, Any] = {"schema": {"type": "string", "format": "binary"}}

AsFormat = Annotated[Format, Query(description="`po` or `xlf` (XLIFF 2.1).")]


class CatalogueShape(BaseModel):
    """The catalogue of an article in a language."""

    id: str = Field(description="What it is named by.", examples=["articles:first"])
    article: str = Field(description="The article, or `site`.", examples=["articles/first"])
    messages: dict[State, int] = Field(description="How many messages are in each state.")
    version: str = Field(description="Changes whenever the file does.")


class ConflictShape(BaseModel):
    """A message that was changed both here and in what was brought: a person has to decide."""

    message: str = Field(description="Its id.")
    version: str = Field(description="What If-Match asks for, to decide on it.")
    source: str
    base: list[str] | None = Field(description="The translation as it was handed out, if known.")
    here: list[str] = Field(description="The translation as it is here; it stays for now.")
    brought: list[str] = Field(description="The translation as it was brought.")


class UnknownShape(BaseModel):
    """A translation of a text that the source has no longer."""

    source: str
    strings: list[str]


class ReturnedShape(BaseModel):
    """What came of what was brought, for one catalogue."""

    article: str
    known: bool = Field(
        description="Whether the copy that it was made of is known; if not, only what nobody has"
        " translated here was taken."
    )
    taken: list[str] = Field(description="The ids of the messages that were taken.")
    conflicts: list[ConflictShape]
    unknown: list[UnknownShape]
    dropped: int = Field(description="Approvals that did not count, since you may not approve.")


class Taken(BaseModel):
    """What came of a file, or of all in a zip."""

    dry_run: bool
    catalogues: list[ReturnedShape]
    errors: list[ErrorShape] = Field(description="Files of a zip that could not be taken.")


@resource.route(
    "GET",
    "/locales/{locale}/catalogues",
    Right.READ,
    Scope.READ,
    response_model=Page[CatalogueShape],
    summary="List catalogues",
)
def list_catalogues(
    call: Calling, locale: Locale, cursor: Cursor = None, limit: Limit = 50
) -> Page[CatalogueShape]:
    """The catalogues of a language, by article."""
    call.look()
    wish = asked(cursor, limit, str)
    query = select(files.c.domain, files.c.digest).where(files.c.locale == locale)
    if wish.after is not None:
        query = query.where(files.c.domain > wish.after[0])
    with call.desk.database.connect() as connection:
        rows = connection.execute(query.order_by(files.c.domain).limit(limit + 1)).all()
        shown, following = page(rows, wish, lambda row: (row.domain,))
        states = select(table.c.domain, table.c.state, func.count()).where(
            table.c.locale == locale, table.c.domain.in_([row.domain for row in shown])
        )
        counted = connection.execute(states.group_by(table.c.domain, table.c.state)).all()
    counts: dict[str, dict[State, int]] = {}
    for domain, state, count in counted:
        counts.setdefault(domain, {})[State(state)] = count
    items = [
        CatalogueShape(
            id=name_of(row.domain),
            article=row.domain,
            messages={state: counts.get(row.domain, {}).get(state, 0) for state in State},
            version=row.digest,
        )
        for row in shown
    ]
    return Page(items=items, next=following)


@resource.route(
    "GET",
    "/locales/{locale}/catalogues/{catalogue}",
    Right.READ,
    Scope.READ,
    response_class=Response,
    responses={
        200: {
            "description": "A copy that can come back",
            "content": {PO: _BINARY, XLIFF: _BINARY},
        }
    },
    summary="Download a catalogue",
)
def download(
    call: Calling,
    locale: Locale,
    catalogue: Annotated[
        str,
        Path(description="The `id` of a catalogue.", max_length=400, examples=["articles:first"]),
    ],
    format: AsFormat = Format.PO,
) -> Response:
    """A catalogue as a copy for a translator's own tools; it says which version it is."""
    call.look()
    domain = domain_of(call, locale, catalogue)
    data = exchange.hand_out(call.desk.project, call.desk.database, locale, domain, format=format)
    return _file(data, _TYPES[format], f"{name_of(domain)}.{locale}.{format}".replace(":", "-"))


@resource.route(
    "GET",
    "/locales/{locale}/archive",
    Right.READ,
    Scope.READ,
    response_class=Response,
    responses={200: {"description": "A zip of copies", "content": {ZIP: _BINARY}}},
    summary="Download all catalogues",
)
def download_all(call: Calling, locale: Locale, format: AsFormat = Format.PO) -> Response:
    """All catalogues of a language in a zip, as copies that can come back."""
    project, database = call.desk.project, call.desk.database
    copies = {
        f"{domain}.{format}": exchange.hand_out(project, database, locale, domain, format=format)
        for domain in project.domains(locale)
    }
    return _file(exchange.pack(copies), ZIP, f"{locale}.zip")


@resource.route(
    "POST",
    "/locales/{locale}/catalogues",
    Right.TRANSLATE,
    Scope.TRANSLATE,
    largest=LARGEST,
    problems=(415,),
    extra={
        "requestBody": {
            "required": True,
            "description": f"A .po or XLIFF 2 file, or a zip of them; at most {LARGEST >> 20} MiB.",
            "content": {PO: _BINARY, XLIFF: _BINARY, ZIP: _BINARY},
        }
    },
    response_model=Taken,
    summary="Bring catalogues back",
)
async def bring(
    call: Calling,
    request: Request,
    locale: Locale,
    name: Annotated[
        str,
        Query(
            max_length=400,
            description="The file's name, which tells which catalogue it is where it does not.",
            examples=["articles/first.po"],
        ),
    ] = "",
    dry_run: Annotated[bool, Query(description="Say what would be taken, take nothing.")] = False,
) -> Taken:
    """Take in what was translated in a copy, message by message.

    Only what was changed in the copy is taken. What was changed here meanwhile as well is a
    conflict: it is told, with both texts, and stays as it is here. Approvals in the file count only
    if you may approve, and in a language that asks for four eyes not at all.
    """
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind not in _TAKEN:
        raise Problem(415, f"Send a file as {PO}, {XLIFF} or {ZIP}.")
    data = await request.body()
    if not data:
        raise Problem(422, "There is no file in the body.")
    return await run_in_threadpool(_take, call, locale, data, name, dry_run)


def _take(call: Call, locale: str, data: bytes, name: str, dry_run: bool) -> Taken:
    """Take in a file, or those of a zip one by one: a broken one stops no other."""
    project, database = call.desk.project, call.desk.database
    careful = locale in project.settings.review.four_eyes
    approves = call.may(Right.REVIEW, Scope.REVIEW, locale) and not careful
    bringer = Bringer(call.person.name, approves)
    done: list[Returned] = []
    errors: list[PipelineError] = []
    single = not exchange.is_archive(data)
    for part, content in _files(data, name):
        try:
            done += exchange.take_in(
                project,
                database,
                content,
                name=part,
                locale=locale,
                bringer=bringer,
                dry_run=dry_run,
            )
        except ConflictError:
            raise
        except PipelineError as error:
            if single:
                raise _broken(error) from None
            errors.append(error)
    if not dry_run:
        for one in done:
            facets.check(call.desk, locale, one.domain)
            count = len(one.result.taken)
            call.note("bring", subject=one.domain, detail=f"{count} messages taken")
    return Taken(
        dry_run=dry_run,
        catalogues=[_returned(one) for one in done],
        errors=[ErrorShape.of(error) for error in errors],
    )


def _files(data: bytes, name: str) -> Iterator[tuple[str, bytes]]:
    clean = name.replace("\0", "")
    return exchange.unpack(data) if exchange.is_archive(data) else iter([(clean, data)])


def _broken(error: PipelineError) -> Problem:
    """What is wrong with a file is the fault of who brings it."""
    where = f"line {error.line}: " if error.line else ""
    return Problem(422, f"{where}{error.message}. {error.hint}".strip())


def _returned(one: Returned) -> ReturnedShape:
    result = one.result
    return ReturnedShape(
        article=one.domain,
        known=one.known,
        taken=[_id(one, message) for message in result.taken],
        conflicts=[
            ConflictShape(
                message=_id(one, conflict.ours),
                version=sum_of(conflict.ours),
                source=conflict.ours.id,
                base=list(conflict.base.strings) if conflict.base else None,
                here=list(conflict.ours.strings),
                brought=list(conflict.theirs.strings),
            )
            for conflict in result.conflicts
        ],
        unknown=[UnknownShape(source=m.id, strings=list(m.strings)) for m in result.unknown],
        dropped=result.dropped,
    )


def _id(one: Returned, message: Message) -> str:
    return id_of(one.domain, digest_of(message.key))


def _file(data: bytes, kind: str, name: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(data, media_type=kind, headers=headers)
