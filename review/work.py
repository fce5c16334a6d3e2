"""Work in progress: who has a message open, what they typed and did not save, what they say."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Table, delete, insert, select, update

from pipeline.database import exclusive

from . import notices
from .desk import Desk
from .message import Place
from .people import Person, Refused, everybody
from .rights import Right
from .tables import claim, comment, kept, mention, person

CLAIM_LASTS = 5 * 60
"""Seconds for which a message is somebody's after they last touched it."""

_LONGEST = 4000


@dataclass(frozen=True, slots=True)
class Kept:
    """What somebody typed and did not save: for which version, and when."""

    strings: tuple[str, ...]
    version: str
    at: float


@dataclass(frozen=True, slots=True)
class Comment:
    """What somebody said of a message."""

    id: int
    who: str
    at: float
    text: str


@dataclass(frozen=True, slots=True)
class Call:
    """A comment that names somebody, and where it stands."""

    comment: Comment
    place: Place
    seen: bool


def take(desk: Desk, place: Place, who: Person) -> tuple[str, float]:
    """Claim a message, unless somebody has it; who else does (nobody: ``""``), and until when."""
    now = time.time()
    with exclusive(desk.database, "claim") as connection:
        query = select(claim.c.person, claim.c.until, person.c.name)
        query = query.join(person, person.c.id == claim.c.person).where(*_at(claim, place))
        row = connection.execute(query).first()
        if row is not None and row.person != who.id and row.until > now:
            return row.name, row.until
        if row is not None:
            connection.execute(delete(claim).where(*_at(claim, place)))
        values = {**place.row, "person": who.id, "until": now + CLAIM_LASTS}
        connection.execute(insert(claim).values(**values))
    return "", now + CLAIM_LASTS


def keep(desk: Desk, place: Place, who: Person, strings: Sequence[str], version: str) -> None:
    """Keep what somebody typed, instead of what was kept before."""
    texts = json.dumps(list(strings))
    with desk.database.begin() as connection:
        connection.execute(delete(kept).where(*_at(kept, place), kept.c.person == who.id))
        values = {**place.row, "person": who.id, "texts": texts}
        values |= {"version": version[:24], "at": time.time()}
        connection.execute(insert(kept).values(**values))


def drop(desk: Desk, place: Place, who: Person) -> None:
    """Forget what was kept."""
    with desk.database.begin() as connection:
        connection.execute(delete(kept).where(*_at(kept, place), kept.c.person == who.id))


def kept_of(desk: Desk, place: Place, who: Person) -> Kept | None:
    """What somebody typed and did not save."""
    with desk.database.connect() as connection:
        query = select(kept).where(*_at(kept, place), kept.c.person == who.id)
        row = connection.execute(query).first()
    return Kept(tuple(json.loads(row.texts)), row.version, row.at) if row else None


def say(desk: Desk, place: Place, who: Person, text: str) -> None:
    """Comment on a message; ``@Anna`` calls Anna.

    Raises:
        Refused: It says nothing, or too much.
    """
    text = text.replace("\r\n", "\n").strip()
    if not text or len(text) > _LONGEST:
        raise Refused("A comment has at least one letter and at most 4000.")
    folk = [one for one in everybody(desk.database) if one.active]
    called = [
        one for one in folk if re.search(rf"@{re.escape(one.name)}(?!\w)", text, re.IGNORECASE)
    ]
    with desk.database.begin() as connection:
        values = {**place.row, "person": who.id, "who": who.name, "at": time.time(), "text": text}
        key = connection.execute(insert(comment).values(**values)).inserted_primary_key
        rows = [{"comment": key and key[0], "person": one.id} for one in called]
        if rows:
            connection.execute(insert(mention), rows)
        review, at = desk.project.settings.review, (place.locale, place.domain, place.digest)
        folk_called = [one.id for one in called if one.may(Right.READ, place.locale)]
        notices.commented(
            connection, review, at, by=(who.id, who.name), text=text, called=folk_called
        )


def comments_of(desk: Desk, place: Place) -> list[Comment]:
    """What people said of a message, the first first."""
    with desk.database.connect() as connection:
        rows = connection.execute(
            select(comment).where(*_at(comment, place)).order_by(comment.c.id)
        )
        return [Comment(row.id, row.who, row.at, row.text) for row in rows]


def calls_of(desk: Desk, who: Person, *, limit: int = 50) -> list[Call]:
    """The comments that name somebody, the latest first."""
    query = select(comment, mention.c.seen).join(mention, mention.c.comment == comment.c.id)
    query = query.where(mention.c.person == who.id).order_by(comment.c.id.desc()).limit(limit)
    with desk.database.connect() as connection:
        return [
            Call(
                Comment(row.id, row.who, row.at, row.text),
                Place(row.locale, row.domain, row.digest),
                row.seen is not None,
            )
            for row in connection.execute(query)
        ]


def saw(desk: Desk, place: Place, who: Person) -> None:
    """Somebody looks at a message, and so at what names them there."""
    here = select(comment.c.id).where(*_at(comment, place))
    unseen = (mention.c.person == who.id, mention.c.seen.is_(None), mention.c.comment.in_(here))
    with desk.database.begin() as connection:
        connection.execute(update(mention).where(*unseen).values(seen=time.time()))


def _at(table: Table, place: Place) -> list[ColumnElement[bool]]:
    return [table.c[name] == value for name, value in place.row.items()]
