"""The editor: one message with all that is needed to decide about it, and the decision itself."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from html import escape
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import BackgroundTasks, HTTPException, Query
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from starlette.datastructures import FormData

from pipeline.catalogues import Message, State, digest_of, marks
from pipeline.index import Kind
from pipeline.markup.tokens import TOKEN
from pipeline.memory import Memory, Unit, difference

from .. import decisions, facets, hints, queue, work
from .. import proof as proofs
from ..access import Door, Typed, Visit, Visiting
from ..decisions import Action, Blocked, Decision, Moved
from ..guard import LINKED_PROOF_POLICY, PROOF_POLICY
from ..message import Opened, Place, history_of, open_message
from ..pages import show
from ..people import Refused
from ..queue import Filter
from ..rights import Right
from .queue import as_text, position_in

door = Door.make()


def address_of(place: Place, query: str = "") -> str:
    """Where a message is edited; ``query`` is the filter of the queue that one comes from."""
    inside = f"in={quote(place.domain, safe='')}"
    return f"/{place.locale}/message/{place.digest}?{inside}{f'&{query}' if query else ''}"


@door.get("/{locale}/message/{digest}", Right.READ)
def message(visit: Visiting, locale: str, digest: str) -> Response:
    """The editor."""
    facets.look(visit.desk, locale)
    place = _place(visit, digest)
    opened = open_message(visit.desk, place)
    work.saw(visit.desk, place, visit.person)
    return _show(visit, opened)


@door.get("/{locale}/next", Right.READ)
def onward(visit: Visiting, locale: str, after: str = "") -> Response:
    """The next message of a queue; the queue itself when there is none."""
    facets.look(visit.desk, locale)
    asked = Filter.of(visit.request.query_params)
    rows = queue.page(visit.desk, locale, asked, after=position_in(after), limit=1)
    if not rows:
        return RedirectResponse(f"/{locale}/queue?{asked.query}", 303)
    place = Place(locale, rows[0].domain, rows[0].digest)
    return RedirectResponse(address_of(place, asked.query), 303)


@door.post("/{locale}/message/{digest}", Right.TRANSLATE)
def decide(
    visit: Visiting, locale: str, digest: str, form: Typed, later: BackgroundTasks
) -> Response:
    """Save, approve or reject, and go on; or show what is in the way, with all that was typed."""
    place = _place(visit, digest)
    asked = Filter.of(visit.request.query_params)
    position = _position(visit, place)
    decision = _decision(form)
    try:
        done = decisions.decide(visit.desk, visit.person, place, decision)
    except Moved as moved:
        work.keep(visit.desk, place, visit.person, decision.strings, decision.version)
        return _show(visit, moved.opened, status=409, typed=decision.strings, moved=True)
    except (Blocked, Refused) as error:
        opened = open_message(visit.desk, place)
        if decision.strings not in ((), opened.message.strings):
            work.keep(visit.desk, place, visit.person, decision.strings, decision.version)
        return _show(visit, opened, status=422, typed=decision.strings, error=str(error))
    if decision.action is Action.APPROVE:
        later.add_task(_remember, visit, place, done)
    if form.get("stay"):
        return RedirectResponse(address_of(place, asked.query), 303)
    onward = f"after={quote(position, safe=',')}&{asked.query}"
    return RedirectResponse(f"/{locale}/next?{onward}", 303)


@door.post("/{locale}/message/{digest}/checks", Right.READ)
def checks(visit: Visiting, locale: str, digest: str, form: Typed) -> Response:
    """What is wrong with what is being typed."""
    opened = open_message(visit.desk, _place(visit, digest))
    strings = _strings(form)
    query = visit.request.url.query
    return show(
        visit,
        "_checks.html",
        opened=opened,
        findings=opened.findings(strings),
        strings=strings,
        inserting=f"/{locale}/message/{digest}/insert?{query}",
    )


@door.post("/{locale}/message/{digest}/keep", Right.TRANSLATE, status_code=204)
def keep(visit: Visiting, locale: str, digest: str, form: Typed) -> Response:
    """Keep what is being typed, and the claim.

    What a browser finds again of an older version, and was saved then, is in the history, and need
    not be kept: the answer is 205.
    """
    opened = open_message(visit.desk, _place(visit, digest))
    strings, version = _strings(form), str(form.get("version", ""))
    if version != opened.version and any(strings == one.strings for one in history_of(opened)):
        return Response(status_code=205)
    if strings == opened.message.strings:
        work.drop(visit.desk, opened.place, visit.person)
    else:
        work.keep(visit.desk, opened.place, visit.person, strings, version)
    work.take(visit.desk, opened.place, visit.person)
    return Response(status_code=204)


@door.post("/{locale}/message/{digest}/drop", Right.TRANSLATE)
def drop(visit: Visiting, locale: str, digest: str) -> Response:
    """Forget what was typed and not saved."""
    place = _place(visit, digest)
    work.drop(visit.desk, place, visit.person)
    asked = Filter.of(visit.request.query_params)
    return RedirectResponse(address_of(place, asked.query), 303)


@door.post("/{locale}/message/{digest}/comments", Right.READ)
def comment(visit: Visiting, locale: str, digest: str, form: Typed) -> Response:
    """Say something about a message."""
    place = _place(visit, digest)
    open_message(visit.desk, place)
    try:
        work.say(visit.desk, place, visit.person, str(form.get("text", "")))
    except Refused as refused:
        raise HTTPException(422, str(refused)) from None
    asked = Filter.of(visit.request.query_params)
    return RedirectResponse(f"{address_of(place, asked.query)}#comments", 303)


@door.post("/{locale}/message/{digest}/insert", Right.TRANSLATE)
def insert(
    visit: Visiting,
    locale: str,
    digest: str,
    form: Typed,
    number: Annotated[int, Query(alias="form", ge=0, le=9)] = 0,
) -> Response:
    """What the buttons do that insert something, where no script does it: what was typed is kept.

    ``put`` is a whole text for the plural form of that number (the address says which), ``token``
    the name of what comes to the end of the first that lacks it, and ``source`` copies the source
    into every form.
    """
    opened = open_message(visit.desk, _place(visit, digest))
    message = opened.message
    strings = _strings(form) or message.strings
    if "source" in form:
        strings = (message.id, *(message.plural or message.id for _ in strings[1:]))
    elif "put" in form:
        text = str(form["put"]).replace("\r\n", "\n")
        strings = tuple(text if n == number else one for n, one in enumerate(strings))
    for one in hints.inserts(message.id, message.notes):
        if one.name == form.get("token"):
            strings = hints.with_insert(strings, one)
    work.keep(visit.desk, opened.place, visit.person, strings, str(form.get("version", "")))
    work.take(visit.desk, opened.place, visit.person)
    asked = Filter.of(visit.request.query_params)
    return RedirectResponse(f"{address_of(opened.place, asked.query)}#editor", 303)


@door.get("/{locale}/proof", Right.READ)
def proof(visit: Visiting, locale: str, id: str = "", links: bool = False) -> Response:
    """The page that a message is on, with what was typed and not saved; its passages as links."""
    place = _place(visit, id)
    texts = {}
    if id:
        opened = open_message(visit.desk, place)
        typed = work.kept_of(visit.desk, place, visit.person)
        if typed is not None and typed.strings:
            texts = {opened.message.key: typed.strings[0]}
    html = proofs.proof(visit.desk, place, texts)
    if not links:
        return HTMLResponse(html, headers={"Content-Security-Policy": PROOF_POLICY})
    query = Filter.of(visit.request.query_params).query

    def address(digest: str) -> str:
        return escape(address_of(Place(locale, place.domain, digest), query))

    headers = {"Content-Security-Policy": LINKED_PROOF_POLICY}
    return HTMLResponse(proofs.linked(html, address), headers=headers)


@door.post("/{locale}/proof", Right.READ)
def proof_of(visit: Visiting, locale: str, form: Typed, id: str = "") -> Response:
    """The page with what is being typed."""
    place = _place(visit, id)
    opened = open_message(visit.desk, place)
    strings = _strings(form)
    html = proofs.proof(visit.desk, place, {opened.message.key: strings[0]} if strings else {})
    return HTMLResponse(html, headers={"Content-Security-Policy": PROOF_POLICY})


@door.get("/site/{path:path}", Right.READ)
def site(visit: Visiting, path: str) -> Response:
    """The site as a preview has it: every page with all that waits, and what pages show."""
    found = visit.desk.galleys.at(f"/{path}")
    if found is None:
        raise HTTPException(404, "The preview has nothing at this address.")
    headers = {"Content-Security-Policy": PROOF_POLICY}
    if isinstance(found, str):
        return HTMLResponse(found, headers=headers)
    suffix = path.rpartition(".")[2].lower()
    kind = hints.TYPES.get(suffix, "application/octet-stream")
    lasting = path.startswith("assets/")
    headers["Cache-Control"] = "private, max-age=86400" if lasting else "no-cache"
    return Response(found, media_type=kind, headers=headers)


def _overtaken(kept: work.Kept, opened: Opened) -> bool:
    """Whether somebody changed a message while somebody else's text for it lay here."""
    return kept.version != opened.version and kept.strings != opened.message.strings


def _place(visit: Visit, digest: str) -> Place:
    if digest and not (len(digest) == 24 and set(digest) <= set("0123456789abcdef")):
        raise HTTPException(404, "There is no such text.")
    return Place(visit.locale or "", visit.request.query_params.get("in", ""), digest)


def _strings(form: FormData) -> tuple[str, ...]:
    typed = (one for one in form.getlist("strings") if isinstance(one, str))
    return tuple(hints.undressed(one.replace("\r\n", "\n")) for one in typed)


def _decision(form: FormData) -> Decision:
    said = str(form.get("action", ""))
    if said not in list(Action):
        raise HTTPException(422, "Say whether to save, approve or reject.")
    version = str(form.get("version", ""))
    if not version:
        raise HTTPException(422, "Which version this is about is missing; open the text again.")
    return Decision(Action(said), _strings(form), version, str(form.get("reason", "")))


def _position(visit: Visit, place: Place) -> str:
    """Where in its queue a message stands before something is decided about it."""
    found = queue.position_of(visit.desk, place)
    return as_text(found) if found else ""


def _remember(visit: Visit, place: Place, message: Message) -> None:
    """Take what was approved into the memory, so that it is proposed from now on."""
    if message.plural is None:
        memory = Memory(visit.desk.database, visit.desk.project.source_locale, place.locale)
        memory.add([Unit(message.id, message.text, message.context or "", place.domain)])


def _show(
    visit: Visit,
    opened: Opened,
    *,
    status: int = 200,
    typed: Sequence[str] = (),
    error: str = "",
    moved: bool = False,
) -> Response:
    desk, place, message = visit.desk, opened.place, opened.message
    asked = Filter.of(visit.request.query_params)
    position = queue.position_of(desk, place)
    following = queue.page(desk, place.locale, asked, after=position, limit=8)
    preceding = queue.before(desk, place.locale, asked, position) if position else None
    kept = work.kept_of(desk, place, visit.person) if not typed else None
    strings = tuple(typed) or (kept.strings if kept else ()) or message.strings
    moved = moved or (kept is not None and _overtaken(kept, opened))
    holder, until = ("", 0.0)
    if visit.may(Right.TRANSLATE):
        holder, until = work.take(desk, place, visit.person)
    return show(
        visit,
        "editor.html",
        status=status,
        strings=strings,
        asked=asked,
        position=as_text(position) if position else "",
        following=following,
        preceding=preceding,
        kept=kept,
        holder=holder,
        until=until,
        error=error,
        moved=moved,
        findings=opened.findings(strings),
        why_not=decisions.may_approve(opened, visit.person, message.strings),
        comments=work.comments_of(desk, place),
        **_said_of(opened),
    )


def _said_of(opened: Opened) -> dict[str, Any]:
    """What the page shows of a message, whoever looks at it, and what its template asks with."""
    message, state = opened.message, opened.state
    inserts = hints.inserts(message.id, message.notes)
    stale = message.previous_id is not None and state is State.STALE
    return {
        "opened": opened,
        "message": message,
        "state": state,
        "inserts": inserts,
        "inserts_as_json": json.dumps({one.name: asdict(one) for one in inserts}),
        "notes": [one for one in message.notes if not hints.is_of_token(one)],
        "comments_in_file": [one for one in message.comments if not one.startswith("@l10n ")],
        "proposals": hints.proposals(opened),
        "changed": difference(message.previous_id or "", message.id) if stale else [],
        "rejected": marks.find(message, "rejected") if state is State.REJECTED else None,
        "history": history_of(opened),
        "TOKEN": TOKEN,
        "Kind": Kind,
        "Place": Place,
        "address_of": address_of,
        "as_text": as_text,
        "difference": difference,
        "digest_of": digest_of,
    }
