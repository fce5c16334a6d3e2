"""The memory: what was approved before, found by likeness or by words; TMX in and out."""

from __future__ import annotations

import tempfile
from io import BytesIO
from pathlib import Path as FilePath
from typing import Annotated, Any

from fastapi import Query, Request, Response
from pydantic import BaseModel, Field
from sqlalchemy import select
from starlette.concurrency import run_in_threadpool

from pipeline.database.tables import unit as table
from pipeline.errors import MemoryStoreError
from pipeline.memory import LEAST, Unit, read_tmx, write_tmx
from pipeline.memory.concordance import rows_with

from ..rights import Right
from ..tokens import Scope
from .access import Call, Calling, Resource
from .cursors import Cursor, Limit, Page, asked, page
from .messages import clean
from .problems import Problem
from .shapes import Locale

resource = Resource.make("memory")

LARGEST = 50 << 20
"""Bytes of a TMX file."""

TMX = "application/x-tmx+xml"
_TAKEN = (TMX, "application/xml", "text/xml", "application/octet-stream")
_BINARY: dict[str, Any] = {"schema": {"type": "string", "format": "binary"}}


class UnitShape(BaseModel):
    """A text and a translation of it that a person has approved."""

    source: str = Field(examples=["See <a1>our rates</a1>."])
    target: str = Field(examples=["Zie <a1>onze tarieven</a1>."])
    context: str = Field(description="The msgctxt; empty for none.")
    article: str = Field(description="The article, or the file that it was imported from.")
    origin: str = Field(description="`catalogue` or `tmx`.")

    @classmethod
    def of(cls, unit: Unit) -> UnitShape:
        """A unit of the memory."""
        return cls(
            source=unit.source,
            target=unit.target,
            context=unit.context,
            article=unit.domain,
            origin=unit.origin,
        )


class MatchShape(BaseModel):
    """A unit that resembles a text."""

    score: float = Field(description="How alike both texts are, in per cent.", examples=[92.5])
    unit: UnitShape


class Matches(BaseModel):
    """What the memory has for a text, the most alike first."""

    items: list[MatchShape]


class Imported(BaseModel):
    """What came of a TMX file."""

    units: int = Field(description="How many units it has in this pair of languages.")


@resource.route(
    "GET",
    "/locales/{locale}/memory",
    Right.READ,
    Scope.READ,
    response_model=Page[UnitShape],
    summary="List the memory",
)
def list_units(
    call: Calling,
    locale: Locale,
    text: Annotated[
        str | None,
        Query(
            max_length=200,
            description="Only what has all these words, or words that they are parts of, in either"
            " language; phrases stand in quotation marks.",
        ),
    ] = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Page[UnitShape]:
    """The units of a language, the oldest first; with `text` it is a concordance."""
    call.service.memory(locale)
    wish = asked(cursor, limit, int)
    after = int(wish.after[0]) if wish.after is not None else 0
    with call.desk.database.connect() as connection:
        if text:
            said = clean(text)
            rows = rows_with(connection, locale, said, limit=limit + 1, after=after)
        else:
            query = select(table).where(table.c.locale == locale, table.c.id > after)
            rows = connection.execute(query.order_by(table.c.id).limit(limit + 1)).all()
    shown, following = page(rows, wish, lambda row: (row.id,))
    items = [
        UnitShape.of(Unit(row.source, row.target, row.context, row.domain, row.origin))
        for row in shown
    ]
    return Page(items=items, next=following)


@resource.route(
    "GET",
    "/locales/{locale}/memory/matches",
    Right.READ,
    Scope.READ,
    response_model=Matches,
    summary="Find what is like a text",
)
def find_matches(
    call: Calling,
    locale: Locale,
    source: Annotated[
        str,
        Query(
            min_length=1,
            max_length=5000,
            description="The text, in the language of the source.",
            examples=["See <a1>our rates</a1>."],
        ),
    ],
    least: Annotated[
        float, Query(ge=0, le=100, description="Per cent that it has to be alike at least.")
    ] = LEAST,
    limit: Annotated[int, Query(ge=1, le=50, description="Matches at most.")] = 5,
) -> Matches:
    """The units that resemble a text, the most alike first."""
    memory = call.service.memory(locale)
    found = memory.fuzzy(clean(source), least=least, limit=limit)
    return Matches(items=[MatchShape(score=m.score, unit=UnitShape.of(m.unit)) for m in found])


@resource.route(
    "GET",
    "/locales/{locale}/memory.tmx",
    Right.READ,
    Scope.READ,
    response_class=Response,
    responses={200: {"description": "TMX 1.4", "content": {TMX: _BINARY}}},
    summary="Download the memory",
)
def download_memory(call: Calling, locale: Locale) -> Response:
    """The whole memory of a language as TMX 1.4."""
    memory, out = call.service.memory(locale), BytesIO()
    write_tmx(memory.units(), out, source_locale=memory.source_locale, locale=locale)
    headers = {"Content-Disposition": f'attachment; filename="{locale}.tmx"'}
    return Response(out.getvalue(), media_type=TMX, headers=headers)


@resource.route(
    "POST",
    "/locales/{locale}/memory",
    Right.MANAGE,
    Scope.MANAGE,
    largest=LARGEST,
    problems=(415,),
    extra={
        "requestBody": {
            "required": True,
            "description": f"A TMX file, at most {LARGEST >> 20} MiB.",
            "content": {TMX: _BINARY, "application/xml": _BINARY},
        }
    },
    response_model=Imported,
    summary="Import into the memory",
)
async def import_memory(
    call: Calling,
    request: Request,
    locale: Locale,
    name: Annotated[
        str, Query(max_length=100, description="What the file is called.", examples=["old.tmx"])
    ] = "import.tmx",
) -> Imported:
    """Take the units of a TMX file into the memory, beside those of the catalogues."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind not in _TAKEN:
        raise Problem(415, f"Send a file as {TMX}.")
    data = await request.body()
    return await run_in_threadpool(_import, call, locale, data, name)


def _import(call: Call, locale: str, data: bytes, name: str) -> Imported:
    """Take the units of a file, which is read whole before any of them is taken."""
    memory = call.service.memory(locale)
    safe = "".join(c for c in name if c.isalnum() or c in "-_. ").strip(". ") or "import"
    with tempfile.TemporaryDirectory() as folder:
        path = FilePath(folder) / safe[:80]
        path.write_bytes(data)
        try:
            units = list(read_tmx(path, source_locale=memory.source_locale, locale=locale))
        except MemoryStoreError as error:
            where = f"line {error.line}: " if error.line else ""
            raise Problem(422, f"{where}{error.message}; nothing was imported.") from None
        count = memory.add(units)
    call.note("import memory", subject=safe, detail=f"{count} units")
    return Imported(units=count)
