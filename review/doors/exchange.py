"""Catalogues out and in: as .po or XLIFF, one by one or in a zip."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import quote

from fastapi import HTTPException
from fastapi.responses import Response
from starlette.datastructures import UploadFile

from pipeline.catalogues import Message, digest_of
from pipeline.errors import PipelineError
from pipeline.exchange import (
    Bringer,
    Format,
    Returned,
    hand_out,
    is_archive,
    pack,
    take_in,
    unpack,
)

from .. import facets, work
from ..access import Door, Typed, Visit, Visiting
from ..audit import note
from ..message import Place, read_catalogue
from ..pages import show
from ..rights import Right

door = Door.make()

_TYPES = {Format.PO: "text/x-gettext-translation", Format.XLIFF: "application/xliff+xml"}
_LARGEST = 20 << 20


@dataclass(frozen=True, slots=True)
class Brought:
    """What came of one file: what was taken of it, or why nothing was."""

    name: str
    returned: tuple[Returned, ...] = ()
    error: str = ""


@door.get("/{locale}/files", Right.READ)
def files(visit: Visiting, locale: str) -> Response:
    """All catalogues to take away, and a form to bring some back."""
    return _show(visit, [])


@door.post("/{locale}/files", Right.TRANSLATE)
def bring(visit: Visiting, locale: str, form: Typed) -> Response:
    """Merge what somebody brings, file by file; a conflict waits in the editor."""
    given = [one for one in form.getlist("files") if isinstance(one, UploadFile) and one.filename]
    if not given:
        raise HTTPException(422, "Choose a .po, .xlf or .zip file first.")
    brought: list[Brought] = []
    for one in given:
        brought += _bring(visit, one.filename or "", one.file.read(_LARGEST + 1))
    return _show(visit, brought)


@door.get("/{locale}/files.zip", Right.READ)
def everything(visit: Visiting, locale: str, form: Format = Format.PO) -> Response:
    """Every catalogue of the language; one that cannot be read is left out, and said so."""
    found: dict[str, bytes] = {}
    for domain in visit.desk.project.domains(locale):
        try:
            found[f"{domain}.{form}"] = _out(visit, domain, form)
        except PipelineError as error:
            found[f"{domain}.txt"] = f"It cannot be read: {error}\n".encode()
    return _file(pack(found), f"{locale}.zip", "application/zip")


@door.get("/{locale}/files/{domain:path}", Right.READ)
def one(visit: Visiting, locale: str, domain: str, form: Format = Format.PO) -> Response:
    """One catalogue."""
    read_catalogue(visit.desk, locale, domain)
    name = f"{domain.replace('/', '-')}.{locale}.{form}"
    return _file(_out(visit, domain, form), name, _TYPES[form])


def _out(visit: Visit, domain: str, form: Format) -> bytes:
    desk, locale = visit.desk, visit.locale or ""
    return hand_out(desk.project, desk.database, locale, domain, format=form)


def _bring(visit: Visit, name: str, data: bytes) -> Iterator[Brought]:
    if len(data) > _LARGEST:
        yield Brought(name, error=f"It is larger than {_LARGEST >> 20} MB.")
        return
    if not is_archive(data):
        yield _merged(visit, name, data)
        return
    empty = True
    try:
        for inside, content in unpack(data):
            empty = False
            yield _merged(visit, inside, content)
        if empty:
            yield Brought(name, error="There is no .po or .xlf file in it.")
    except PipelineError as error:
        yield Brought(name, error=str(error))


def _merged(visit: Visit, name: str, data: bytes) -> Brought:
    desk, person, locale = visit.desk, visit.person, visit.locale or ""
    four_eyes = locale in desk.project.settings.review.four_eyes
    bringer = Bringer(person.name, visit.may(Right.REVIEW) and not four_eyes)
    try:
        returned = take_in(
            desk.project, desk.database, data, name=name, locale=locale, bringer=bringer
        )
    except PipelineError as error:
        return Brought(name, error=str(error))
    for one in returned:
        for conflict in one.result.conflicts:
            place = Place(locale, one.domain, digest_of(conflict.ours.key))
            work.keep(desk, place, person, conflict.theirs.strings, "brought")
        facets.check(desk, locale, one.domain)
        with desk.database.begin() as connection:
            note(
                connection,
                "bring",
                person=person.id,
                who=person.name,
                locale=locale,
                subject=one.domain,
                detail=f"{len(one.result.taken)} messages of {name[:100]}",
            )
    return Brought(name, tuple(returned))


def _file(data: bytes, name: str, kind: str) -> Response:
    plain = re.sub(r"[^A-Za-z0-9._-]", "_", name)
    said = f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name)}"
    return Response(data, media_type=kind, headers={"Content-Disposition": said})


def _show(visit: Visit, brought: list[Brought]) -> Response:
    locale = visit.locale or ""
    return show(
        visit,
        "files.html",
        brought=brought,
        domains=list(visit.desk.project.domains(locale)),
        address=_address,
        status=422 if brought and all(one.error for one in brought) else 200,
    )


def _address(locale: str, domain: str, message: Message) -> str:
    return f"/{locale}/message/{digest_of(message.key)}?in={quote(domain, safe='')}"
