"""Copies: catalogues handed out as .po or XLIFF, and remembered, so that they can come back.

A copy says which version of the catalogue it is. What comes back is compared with that version, so
that only what was changed in the copy is taken.
"""

from __future__ import annotations

import time
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from sqlalchemy import Engine as Database
from sqlalchemy import delete, insert, select

from .. import catalogues, files
from ..catalogues import Catalogue
from ..database import exclusive
from ..database.tables import copy as table
from ..project import Project
from .xliff import write_xliff

VERSION = "X-Version"
"""The field of a header that names the version; tools keep fields that they do not know."""

_KEPT = 365 * 86400.0
"""Seconds for which a copy may come back and be compared."""


class Format(StrEnum):
    """What a copy is written as."""

    PO = "po"
    XLIFF = "xlf"


@dataclass(frozen=True, slots=True)
class Origin:
    """What a copy was made of."""

    locale: str
    domain: str
    base: Catalogue


def hand_out(
    project: Project, database: Database, locale: str, domain: str, *, format: Format = Format.PO
) -> bytes:
    """A copy of a catalogue, as the contents of a file.

    Raises:
        CatalogueError: It cannot be read.
    """
    catalogue = catalogues.read(project.catalogue_path(locale, domain))
    data = catalogue.dump()
    version = files.digest(f"{locale}\n{domain}\n".encode() + data)
    _remember(database, version, locale, domain, data)
    if format is Format.PO:
        return _versioned(catalogue, version).dump()
    return write_xliff(
        catalogue.messages,
        source_locale=project.source_locale,
        locale=locale,
        domain=domain,
        version=version,
    )


def origin_of(database: Database, version: str) -> Origin | None:
    """What a copy was made of; None if nobody knows, or not any more."""
    query = select(table).where(table.c.version == version)
    with database.connect() as connection:
        row = connection.execute(query).first()
    if row is None:
        return None
    return Origin(row.locale, row.domain, catalogues.parse(zlib.decompress(row.data)))


def _remember(database: Database, version: str, locale: str, domain: str, data: bytes) -> None:
    row = {"version": version, "locale": locale, "domain": domain, "at": time.time()}
    with exclusive(database, "copies") as connection:
        old = (table.c.version == version) | (table.c.at < time.time() - _KEPT)
        connection.execute(delete(table).where(old))
        connection.execute(insert(table), {**row, "data": zlib.compress(data)})


def _versioned(catalogue: Catalogue, version: str) -> Catalogue:
    """The catalogue with its version in the header."""
    for entry in catalogue.entries:
        header = entry.message
        if header is not None and header.key == (None, "") and not header.obsolete:
            kept = _without(header.text.splitlines(), VERSION)
            text = "".join(f"{line}\n" for line in [*kept, f"{VERSION}: {version}"])
            return catalogue.with_message(replace(header, strings=(text,)))
    return catalogue


def _without(lines: Sequence[str], field: str) -> list[str]:
    return [line for line in lines if not line.startswith(f"{field}:")]
