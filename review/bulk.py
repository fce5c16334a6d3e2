"""Bulk: the same decision about many messages, shown before it is made, and undone as a whole."""

from __future__ import annotations

import json
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, insert, select, update

from pipeline import index
from pipeline.catalogues import Catalogue, Message, digest_of
from pipeline.errors import PipelineError
from pipeline.index.mirror import sum_of

from . import facets, notices
from .audit import note
from .decisions import Action, Decision, decided, may_approve
from .desk import Desk
from .message import Opened, Place, find, key_of, read_catalogue
from .people import Person, Refused
from .rights import Right
from .tables import bulk as table

MOST = 500
"""Messages at once."""

_RECENT = 3600
"""Seconds for which a queue offers to undo something."""


class Deed(StrEnum):
    """What can be done to many messages."""

    APPROVE = "approve"
    REJECT = "reject"
    REPLACE = "replace"


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody wants done.

    Attributes:
        deed: What it is.
        chosen: The messages, each with the version that was seen.
        reason: Why they are rejected.
        old, new: What is replaced, and by what.
    """

    deed: Deed
    chosen: tuple[tuple[Place, str], ...]
    reason: str = ""
    old: str = ""
    new: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """What would become of one message, or why nothing would (``problem``)."""

    place: Place
    message: Message
    strings: tuple[str, ...] = ()
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Past:
    """What somebody did a while ago and can undo: its number, what it was, and when."""

    id: int
    deed: Deed
    at: float


@dataclass(frozen=True, slots=True)
class Done:
    """What was done: its number, how many messages, and what could not be."""

    id: int
    count: int
    problems: tuple[str, ...] = ()


def preview(desk: Desk, person: Person, wish: Wish) -> list[Step]:
    """What would become of each message.

    Raises:
        Refused: They may not, or something is missing.
    """
    _check(person, wish)
    steps: list[Step] = []
    for domain, chosen in _by_domain(wish).items():
        locale = chosen[0][0].locale
        catalogue = read_catalogue(desk, locale, domain)
        for place, version in chosen:
            message = find(catalogue, key_of(desk, place), place.digest)
            if message is not None:
                opened = Opened(desk, place, catalogue, message)
                steps.append(_step(opened, person, wish, version))
    return steps


def carry_out(desk: Desk, person: Person, wish: Wish, *, token: str = "") -> Done:
    """Do it, catalogue by catalogue, to those messages that nobody changed meanwhile.

    Raises:
        Refused: They may not, or something is missing.
    """
    steps = preview(desk, person, wish)
    problems = [f"{step.place.domain}: {step.problem}" for step in steps if step.problem]
    good: dict[str, list[Step]] = defaultdict(list)
    for step in steps:
        if not step.problem:
            good[step.place.domain].append(step)
    kept: list[dict[str, Any]] = []
    rejected: list[tuple[str, str]] = []
    for domain, own in good.items():
        locale = own[0].place.locale
        changed: list[tuple[Message, Message]] = []
        action = Action.SAVE if wish.deed is Deed.REPLACE else Action(wish.deed)

        def one(step: Step, action: Action = action) -> Decision:
            return Decision(action, step.strings, sum_of(step.message), wish.reason)

        change = _change(changed, own, one, by=person.name)
        try:
            index.update(desk.project, desk.database, locale, domain, change, by=person.name)
        except (PipelineError, OSError) as error:
            problems.append(desk.told(_told(domain, error)))
            continue
        kept += [
            {"domain": domain, "before": asdict(old), "after": sum_of(new)} for old, new in changed
        ]
        facets.check(desk, locale, domain)
        rejected += [(domain, digest_of(new.key)) for _, new in changed]
    locale = wish.chosen[0][0].locale
    with desk.database.begin() as connection:
        values = {"at": time.time(), "person": person.id, "locale": locale, "action": wish.deed}
        key = connection.execute(
            insert(table).values(**values, data=json.dumps(kept))
        ).inserted_primary_key
        _note(connection, person, locale, f"bulk {wish.deed}", len(kept), token)
        if wish.deed is Deed.REJECT and rejected:
            review, by = desk.project.settings.review, (person.id, person.name)
            notices.rejected(connection, review, locale, rejected, by=by, reason=wish.reason)
    return Done(int(key[0]) if key else 0, len(kept), tuple(problems))


def latest(desk: Desk, person: Person, locale: str) -> Past | None:
    """The last thing that somebody did to many messages within the hour, if it is not undone."""
    query = select(table.c.id, table.c.action, table.c.at).where(
        table.c.person == person.id,
        table.c.locale == locale,
        table.c.undone.is_(None),
        table.c.at > time.time() - _RECENT,
        table.c.data != "[]",
    )
    with desk.database.connect() as connection:
        row = connection.execute(query.order_by(table.c.id.desc()).limit(1)).first()
    return Past(row.id, Deed(row.action), row.at) if row else None


def undo(desk: Desk, person: Person, locale: str, number: int, *, token: str = "") -> Done:
    """Take back what was done, where nobody has changed it since.

    Raises:
        Refused: There is nothing to undo, or it was somebody else's.
    """
    with desk.database.begin() as connection:
        row = connection.execute(
            select(table).where(table.c.id == number, table.c.locale == locale)
        ).first()
        if row is None or (row.person != person.id and not person.may(Right.MANAGE, locale)):
            raise Refused("Only who did it, or a manager, can undo it.")
        mark = update(table).where(table.c.id == number, table.c.undone.is_(None))
        if connection.execute(mark.values(undone=time.time())).rowcount != 1:
            raise Refused("It was undone already.")
    by_domain: dict[str, list[tuple[Message, str]]] = defaultdict(list)
    for one in json.loads(row.data):
        by_domain[one["domain"]].append((_message(one["before"]), one["after"]))
    count, changed, failed = 0, 0, list[str]()
    for domain, own in by_domain.items():
        restored: list[Message] = []
        change = _restoring(restored, own)
        try:
            index.update(desk.project, desk.database, locale, domain, change, by=person.name)
        except (PipelineError, OSError) as error:
            failed.append(desk.told(_told(domain, error)))
            continue
        facets.check(desk, locale, domain)
        count, changed = count + len(restored), changed + len(own) - len(restored)
    with desk.database.begin() as connection:
        _note(connection, person, locale, f"undo {row.action}", count, token)
        if failed:  # what was restored by now is not done again
            connection.execute(update(table).where(table.c.id == number).values(undone=None))
    if changed:
        failed.append(f"{changed} were changed since, and stay as they are.")
    return Done(number, count, tuple(failed))


def _told(domain: str, error: PipelineError | OSError) -> str:
    """Why a catalogue could not be written, in words."""
    if isinstance(error, PipelineError):
        return str(error)
    return f"{domain}: it could not be written ({error.strerror}); try again later."


def _check(person: Person, wish: Wish) -> None:
    if not wish.chosen or len(wish.chosen) > MOST:
        raise Refused(f"Choose at least one text, and at most {MOST}.")
    locale = wish.chosen[0][0].locale
    needed = Right.TRANSLATE if wish.deed is Deed.REPLACE else Right.REVIEW
    if not person.may(needed, locale):
        raise Refused(f"You may not {wish.deed} in this language.")
    if wish.deed is Deed.REJECT and not wish.reason.strip():
        raise Refused("Say why: whoever translates it next will read it.")
    if wish.deed is Deed.REPLACE and not wish.old:
        raise Refused("Say what is to be replaced.")


def _step(opened: Opened, person: Person, wish: Wish, version: str) -> Step:
    place, message = opened.place, opened.message
    if version and version != opened.version:
        return Step(place, message, problem="somebody changed it meanwhile")
    if not message.translated:
        return Step(place, message, problem="there is no translation")
    if wish.deed is Deed.REJECT:
        return Step(place, message, message.strings)
    if wish.deed is Deed.APPROVE:
        why = may_approve(opened, person, message.strings)
        found = opened.blocking(message.strings)
        return Step(place, message, message.strings, why or (found[0].message if found else ""))
    strings = tuple(string.replace(wish.old, wish.new) for string in message.strings)
    if strings == message.strings:
        return Step(place, message, problem=f"“{wish.old}” does not stand in it")
    found = opened.blocking(strings)
    return Step(place, message, strings, found[0].message if found else "")


def _change(
    changed: list[tuple[Message, Message]],
    steps: Sequence[Step],
    decision: Callable[[Step], Decision],
    *,
    by: str,
) -> Callable[[Catalogue], Catalogue]:
    def change(catalogue: Catalogue) -> Catalogue:
        changed.clear()
        for step in steps:
            now = catalogue.get(step.message.id, step.message.context)
            if now is not None and sum_of(now) == sum_of(step.message):
                changed.append((now, decided(now, decision(step), by=by)))
        return catalogue.with_messages([new for _, new in changed])

    return change


def _restoring(
    restored: list[Message], own: Sequence[tuple[Message, str]]
) -> Callable[[Catalogue], Catalogue]:
    def change(catalogue: Catalogue) -> Catalogue:
        restored.clear()
        for before, after in own:
            now = catalogue.get(before.id, before.context)
            if now is not None and sum_of(now) == after:
                restored.append(before)
        return catalogue.with_messages(restored)

    return change


def _by_domain(wish: Wish) -> dict[str, list[tuple[Place, str]]]:
    found: dict[str, list[tuple[Place, str]]] = defaultdict(list)
    for place, version in wish.chosen:
        found[place.domain].append((place, version))
    return found


def _message(said: dict[str, Any]) -> Message:
    """A message as JSON kept it."""
    values: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value for name, value in said.items()
    }
    return Message(**values)


def _note(
    connection: Connection, person: Person, locale: str, action: str, count: int, token: str
) -> None:
    note(
        connection,
        action,
        person=person.id,
        who=person.name,
        locale=locale,
        detail=f"{count} messages",
        token=token,
    )
