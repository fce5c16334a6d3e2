"""The editor: one message with all that is needed to decide about it, and the decision itself."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

from fastapi import BackgroundTasks, HTTPException
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from starlette.datastructures import FormData

from pipeline.catalogues import Message, State, digest_of, marks
from pipeline.index import Kind
from pipeline.memory import Memory, Unit, difference

from .. import decisions, facets, hints, queue, work
from ..access import Door, Typed, Visit, Visiting
from ..decisions import Action, Blocked, Decision, Moved
from ..guard import PROOF_POLICY
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
        return _show(visit, moved.opened, status=409, typed=decision.strings, moved=True)
    except (Blocked, Refused) as error:
        opened = open_message(visit.desk, place)
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
    return show(visit, "_checks.html", findings=opened.findings(strings), strings=strings)


@door.post("/{locale}/message/{digest}/keep", Right.TRANSLATE, status_code=204)
def keep(visit: Visiting, locale: str, digest: str, form: Typed) -> Response:
    """Keep what is being typed, and the claim."""
    opened = open_message(visit.desk, _place(visit, digest))
    strings = _strings(form)
    if strings == opened.message.strings:
        work.drop(visit.desk, opened.place, visit.person)
    else:
        work.keep(visit.desk, opened.place, visit.person, strings, str(form.get("version", "")))
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


@door.get("/{locale}/proof", Right.READ)
def proof(visit: Visiting, locale: str, id: str = "") -> Response:
    """The page that a message is on, with what was typed and not saved."""
    place = _place(visit, id)
    texts = {}
    if id:
        opened = open_message(visit.desk, place)
        typed = work.kept_of(visit.desk, place, visit.person)
        if typed is not None and typed.strings:
            texts = {opened.message.key: typed.strings[0]}
    return _proof(visit, place, texts)


@door.post("/{locale}/proof", Right.READ)
def proof_of(visit: Visiting, locale: str, form: Typed, id: str = "") -> Response:
    """The page with what is being typed."""
    place = _place(visit, id)
    opened = open_message(visit.desk, place)
    strings = _strings(form)
    return _proof(visit, place, {opened.message.key: strings[0]} if strings else {})


@door.get("/site/{path:path}", Right.ENTER)
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


def _proof(visit: Visit, place: Place, texts: dict[Any, str]) -> Response:
    html = visit.desk.galleys.of(place.locale, place.domain, texts)
    if place.digest:
        mark = f'data-message="{place.digest}"'
        html = html.replace(mark, f'{mark} class="desk-here" id="desk-here"', 1)
        html = html.replace(f"{mark}>", f'{mark} class="desk-here">')
    headers = {"Content-Security-Policy": PROOF_POLICY}
    return HTMLResponse(html, headers=headers)


def _place(visit: Visit, digest: str) -> Place:
    if digest and not (len(digest) == 24 and set(digest) <= set("0123456789abcdef")):
        raise HTTPException(404, "There is no such text.")
    return Place(visit.locale or "", visit.request.query_params.get("in", ""), digest)


def _strings(form: FormData) -> tuple[str, ...]:
    return tuple(
        one.replace("\r\n", "\n") for one in form.getlist("strings") if isinstance(one, str)
    )


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
    holder, until = ("", 0.0)
    if visit.may(Right.TRANSLATE):
        holder, until = work.take(desk, place, visit.person)
    stale = message.previous_id is not None and opened.state is State.STALE
    return show(
        visit,
        "editor.html",
        status=status,
        opened=opened,
        message=message,
        strings=strings,
        state=opened.state,
        asked=asked,
        position=as_text(position) if position else "",
        following=following,
        preceding=preceding,
        as_text=as_text,
        address_of=address_of,
        Place=Place,
        digest_of=digest_of,
        kept=kept,
        holder=holder,
        until=until,
        error=error,
        moved=moved,
        findings=opened.findings(strings),
        source=hints.pieces(message.id),
        tokens=hints.tokens(message.id),
        proposals=hints.proposals(opened),
        changed=difference(message.previous_id or "", message.id) if stale else [],
        rejected=marks.find(message, "rejected") if opened.state is State.REJECTED else None,
        comments_in_file=[one for one in message.comments if not one.startswith("@l10n ")],
        why_not=decisions.may_approve(opened, visit.person, message.strings),
        history=history_of(opened),
        Kind=Kind,
        comments=work.comments_of(desk, place),
        difference=difference,
        pieces=hints.pieces,
    )
