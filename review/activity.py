"""Activity: what was done in the last day, and who is waiting for whom, with where it is seen."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from urllib.parse import quote

from sqlalchemy import ColumnElement, Connection, and_, func, select

from pipeline.catalogues import State
from pipeline.database.tables import message

from . import facets
from .authors import authors
from .desk import Desk
from .people import everybody
from .queue import Filter
from .rights import Right
from .tables import assignment, audit, claim, comment, mention, person

DAY = 86400.0

_DRAFTS = (State.STALE, State.UNTRANSLATED, State.DRAFT)


class Reason(StrEnum):
    """Why something waits.

    TRANSLATION and REVIEW wait for anybody who may; OTHER_EYES for another reviewer than who
    translated; REJECTED for its author; QUESTION for an answer, MENTION to be seen; ASSIGNED for
    whoever has the article; OPEN is in somebody's hands just now.
    """

    TRANSLATION = "translation"
    REVIEW = "review"
    OTHER_EYES = "other eyes"
    REJECTED = "rejected"
    QUESTION = "question"
    MENTION = "mention"
    ASSIGNED = "assigned"
    OPEN = "open"


@dataclass(frozen=True, slots=True)
class Wait:
    """Texts that wait for somebody.

    Attributes:
        reason: Why.
        locale: In which language.
        count: How many texts, comments for QUESTION and MENTION.
        whom: For whom; empty for anybody who may.
        who: Who waits, where it is somebody.
        since: Since when the oldest has, in seconds of the epoch; 0 if that is not known.
        path: The queue that shows them, or the first of them.
        places: Their articles and digests, where no queue shows just them.
        state: Their state, where they have one.
    """

    reason: Reason
    locale: str
    count: int
    whom: str = ""
    who: str = ""
    since: float = 0.0
    path: str = ""
    places: tuple[tuple[str, str], ...] = ()
    state: str = ""

    @property
    def each(self) -> tuple[str, ...]:
        """Where each of them is seen, where no queue shows just them."""
        said = "#comments" if self.reason in (Reason.QUESTION, Reason.MENTION) else ""
        return tuple(f"{_path(self.locale, *place)}{said}" for place in self.places)


@dataclass(frozen=True, slots=True)
class Done:
    """What somebody did, and how often."""

    who: str
    action: str
    locale: str
    count: int


def done_in(desk: Desk, locales: Sequence[str], *, since: float) -> list[Done]:
    """What was done in some languages since a moment, the most frequent first."""
    query = select(audit.c.who, audit.c.action, audit.c.locale, func.count().label("many"))
    query = query.where(audit.c.at >= since, audit.c.locale.in_(locales))
    query = query.group_by(audit.c.who, audit.c.action, audit.c.locale)
    query = query.order_by(func.count().desc(), audit.c.who, audit.c.action, audit.c.locale)
    with desk.database.connect() as connection:
        return [
            Done(row.who, row.action, row.locale, row.many) for row in connection.execute(query)
        ]


def waits_in(desk: Desk, locales: Sequence[str]) -> list[Wait]:
    """Who waits for whom in some languages, as it is now."""
    found: list[Wait] = []
    reviewers = {
        locale: {one.name for one in everybody(desk.database) if one.may(Right.REVIEW, locale)}
        for locale in locales
    }
    for locale in locales:
        facets.look(desk, locale)
        with desk.database.connect() as connection:
            found += _by_state(connection, locale)
            if locale in desk.project.settings.review.four_eyes:
                found += _other_eyes(connection, locale, reviewers[locale])
            found += _rejected(connection, locale)
            found += _said(connection, locale)
            found += _assigned(connection, locale)
            found += _open(connection, locale)
    return found


def _by_state(connection: Connection, locale: str) -> Iterator[Wait]:
    query = select(message.c.state, func.count()).where(message.c.locale == locale)
    counts = {row[0]: int(row[1]) for row in connection.execute(query.group_by(message.c.state))}
    for state in (*_DRAFTS, State.TRANSLATED):
        reason = Reason.REVIEW if state is State.TRANSLATED else Reason.TRANSLATION
        if counts.get(state):
            yield Wait(reason, locale, counts[state], path=_queue(locale, state), state=state)


def _other_eyes(connection: Connection, locale: str, reviewers: set[str]) -> Iterator[Wait]:
    """Translations by those who review, too: somebody else has to."""
    found: dict[str, list[tuple[str, str]]] = defaultdict(list)
    where = message.c.state == State.TRANSLATED
    for domain, digest, author in authors(connection, locale, where):
        if author in reviewers:
            found[author].append((domain, digest))
    for author, places in sorted(found.items()):
        path, own = _queue(locale, State.TRANSLATED), tuple(places)
        yield Wait(Reason.OTHER_EYES, locale, len(own), who=author, path=path, places=own)


def _rejected(connection: Connection, locale: str) -> Iterator[Wait]:
    found: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for domain, digest, author in authors(connection, locale, message.c.state == State.REJECTED):
        found[author].append((domain, digest))
    for author, places in sorted(found.items()):
        path = _queue(locale, State.REJECTED)
        yield Wait(Reason.REJECTED, locale, len(places), author, path=path, places=tuple(places))


def _said(connection: Connection, locale: str) -> Iterator[Wait]:
    """Questions that were not answered, and calls that were not seen."""
    answer = comment.alias("answer")
    answered = (
        select(answer.c.id)
        .where(
            *(answer.c[name] == comment.c[name] for name in ("locale", "domain", "digest")),
            answer.c.person == mention.c.person,
            answer.c.id > comment.c.id,
        )
        .exists()
    )
    query = (
        select(comment, person.c.name.label("whom"), mention.c.seen)
        .join(mention, mention.c.comment == comment.c.id)
        .join(person, person.c.id == mention.c.person)
        .join(message, _same(comment))
        .where(comment.c.locale == locale, mention.c.person != comment.c.person, person.c.active)
        .where(~answered)
        .order_by(comment.c.id)
    )
    found: dict[tuple[Reason, str, str], list[Any]] = defaultdict(list)
    for row in connection.execute(query):
        if "?" in row.text:
            found[Reason.QUESTION, row.who, row.whom].append(row)
        elif row.seen is None:
            found[Reason.MENTION, row.who, row.whom].append(row)
    for (reason, who, whom), rows in sorted(found.items()):
        places = tuple((row.domain, row.digest) for row in rows)
        path = f"{_path(locale, *places[0])}#comments"
        yield Wait(reason, locale, len(rows), whom, who, rows[0].at, path, places)


def _assigned(connection: Connection, locale: str) -> Iterator[Wait]:
    query = select(person.c.id, person.c.name, func.count().label("many"))
    query = query.join(assignment, assignment.c.person == person.c.id)
    article = (message.c.locale == assignment.c.locale, message.c.domain == assignment.c.domain)
    query = query.join(message, and_(*article))
    query = query.where(message.c.locale == locale, message.c.state != State.APPROVED)
    for row in connection.execute(query.group_by(person.c.id, person.c.name).order_by("name")):
        path = f"/{locale}/queue?{Filter(assignee=str(row.id)).query}"
        yield Wait(Reason.ASSIGNED, locale, row.many, row.name, path=path)


def _open(connection: Connection, locale: str) -> Iterator[Wait]:
    query = select(person.c.name, claim.c.domain, claim.c.digest)
    query = query.join(person, person.c.id == claim.c.person).join(message, _same(claim))
    query = query.where(claim.c.locale == locale, claim.c.until > time.time())
    found: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for row in connection.execute(query.order_by(claim.c.until)):
        found[row.name].append((row.domain, row.digest))
    for name, places in sorted(found.items()):
        path = _path(locale, *places[0])
        yield Wait(Reason.OPEN, locale, len(places), name, path=path, places=tuple(places))


def _same(other: Any) -> ColumnElement[bool]:
    return and_(*(other.c[name] == message.c[name] for name in ("locale", "domain", "digest")))


def _queue(locale: str, state: State) -> str:
    return f"/{locale}/queue?{Filter(state=state).query}"


def _path(locale: str, domain: str, digest: str) -> str:
    return f"/{locale}/message/{digest}?in={quote(domain, safe='')}"
