"""Reasons: why a run changed what it did, with who did it, where the history knows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from sqlalchemy import Engine, select

from pipeline import reasons
from pipeline.database.tables import change as table
from pipeline.index import Kind
from pipeline.project import Project
from pipeline.reasons import Address, Passage

from .runs import Run

_DID = {
    Kind.APPROVED: "approved",
    Kind.REJECTED: "rejected",
    Kind.DRAFTED: "drafted",
    Kind.EDITED: "translated",
    Kind.OUTSIDE: "translated outside the desk",
    Kind.SOURCE: "source changed",
    Kind.NEW: "new in the source",
    Kind.GONE: "gone from the source",
}

Did = tuple[str, str]
"""What was done to a message, and by whom."""


def addresses_of(
    project: Project, database: Engine, run: Run, files: Sequence[str]
) -> list[Address]:
    """Files of a run's report, each with its reasons, and what was last done before the run."""
    found = reasons.addresses_of(project, run.report, files)
    did: dict[tuple[str, str], Mapping[str, Did]] = {}
    for one in found:
        digests = {p.digest for reason in one.reasons for p in reason.passages if p.digest}
        place = (one.locale, one.article)
        if digests:
            known = did.get(place, {})
            did[place] = {**known, **_done(database, *place, digests, run.until or run.at)}
    return [_dressed(one, did.get((one.locale, one.article), {})) for one in found]


def _dressed(address: Address, did: Mapping[str, Did]) -> Address:
    def dressed(passage: Passage) -> Passage:
        done, who = did.get(passage.digest, ("", ""))
        return replace(passage, did=done, who=who)

    told = (
        replace(reason, passages=tuple(map(dressed, reason.passages))) for reason in address.reasons
    )
    return replace(address, reasons=tuple(told))


def _done(
    database: Engine, locale: str, domain: str, digests: set[str], until: float
) -> dict[str, Did]:
    """What was last done to some messages of a catalogue until a moment."""
    query = select(table.c.digest, table.c.kind, table.c.who)
    query = query.where(table.c.locale == locale, table.c.domain == domain, table.c.at <= until)
    query = query.where(table.c.digest.in_(digests)).order_by(table.c.id)
    with database.connect() as connection:
        return {row.digest: (_DID[Kind(row.kind)], row.who) for row in connection.execute(query)}
