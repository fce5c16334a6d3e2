"""The front page, and the queue of each language."""

from __future__ import annotations

from typing import Annotated

from fastapi import Form, HTTPException
from fastapi.responses import RedirectResponse, Response
from sqlalchemy import delete, insert

from .. import bulk, facets, notices, people, queue, work
from ..access import Door, Visit, Visiting
from ..audit import note
from ..facets import RISKS
from ..message import Place, key_of
from ..pages import show
from ..queue import Filter
from ..ranks import reasons
from ..rights import Right
from ..tables import assignment

door = Door.make()


@door.get("/", Right.ENTER)
def front(visit: Visiting) -> Response:
    """What waits in each language one works in, and who calls."""
    waiting = {}
    for locale in visit.desk.project.locales:
        if visit.may(Right.READ, locale):
            facets.look(visit.desk, locale)
            waiting[locale] = queue.counts(visit.desk, locale, Filter())
    calls = work.calls_of(visit.desk, visit.person, limit=10)
    keys = {call.place: key_of(visit.desk, call.place) for call in calls}
    return show(visit, "front.html", waiting=waiting, calls=calls, keys=keys, states=queue.WAITING)


@door.get("/{locale}/queue", Right.READ)
def messages(visit: Visiting, locale: str, after: str = "") -> Response:
    """A queue: the filter is the address, so that it can be shared."""
    desk = visit.desk
    errors = facets.look(desk, locale)
    asked = Filter.of(visit.request.query_params)
    position = position_in(after)
    rows, counted = queue.look(desk, locale, asked, after=position, limit=queue.PAGE + 1)
    shown, more = rows[: queue.PAGE], len(rows) > queue.PAGE
    checks, engines, authors = queue.choices(desk, locale)
    folk = [one for one in people.everybody(desk.database) if one.may(Right.READ, locale)]
    part = visit.request.headers.get("hx-target", "") == "queue"
    views = facets.views_of(desk)
    return show(
        visit,
        "_queue.html" if part else "queue.html",
        asked=asked,
        rows=shown,
        after=as_text(shown[-1]) if more else "",
        counted=counted,
        checks=checks,
        engines=engines,
        authors=authors,
        folk=folk,
        assigned=_assigned(visit, asked.article),
        reasons=lambda row: reasons(row.rank, row.domain, views.get(row.domain, 0)),
        risks=RISKS,
        errors=[desk.told(str(error)) for error in errors],
        states=queue.URGENT,
        waiting=queue.WAITING,
        past=None if part else bulk.latest(desk, visit.person, locale),
    )


@door.post("/{locale}/assign", Right.MANAGE)
def assign(
    visit: Visiting,
    locale: str,
    article: Annotated[str, Form()],
    person: Annotated[int, Form()] = 0,
) -> Response:
    """Say who is to work on an article; nobody in particular if it is nobody's number."""
    desk = visit.desk
    somebody = people.find(desk.database, id=person) if person else None
    if article not in desk.project.domains(locale):
        raise HTTPException(404, "There is no such article.")
    if person and (somebody is None or not somebody.may(Right.TRANSLATE, locale)):
        raise HTTPException(422, "They do not work in this language.")
    own = (assignment.c.locale == locale, assignment.c.domain == article)
    with desk.database.begin() as connection:
        connection.execute(delete(assignment).where(*own))
        if somebody is not None:
            row = {"locale": locale, "domain": article, "person": somebody.id}
            connection.execute(insert(assignment).values(**row))
        note(
            connection,
            "assign",
            person=visit.person.id,
            who=visit.person.name,
            locale=locale,
            subject=article,
            detail=somebody.name if somebody else "nobody",
        )
        if somebody is not None:
            review, by = desk.project.settings.review, (visit.person.id, visit.person.name)
            notices.assigned(connection, review, locale, article, by=by, to=somebody.id)
    return RedirectResponse(f"/{locale}/queue?{Filter(article=article).query}", 303)


def position_in(text: str) -> queue.Position | None:
    """The position that an address names: ``draft,3,-120,articles/x``."""
    state, _, rest = text.partition(",")
    place, _, rest = rest.partition(",")
    rank, _, domain = rest.partition(",")
    known = [one for one in queue.URGENT if one == state]
    numbers = place.isdecimal() and rank.removeprefix("-").isdecimal() and len(place + rank) < 18
    return queue.Position(known[0], domain, int(place), int(rank)) if known and numbers else None


def as_text(row: queue.Row | queue.Position) -> str:
    """The position of a row, for an address."""
    return f"{row.state},{row.place},{row.rank},{row.domain}"


def _assigned(visit: Visit, article: str) -> int:
    query = assignment.select().where(
        assignment.c.locale == visit.locale, assignment.c.domain == article
    )
    with visit.desk.database.connect() as connection:
        row = connection.execute(query).first()
    return row.person if row else 0


__all__ = ["Place", "as_text", "door", "position_in"]
