"""Decisions: what a person makes of a message, written into its catalogue at once and for good.

Every decision is made about a version: where somebody was faster, nothing is written, and both
texts are shown. Who translated cannot approve where a language asks for four eyes.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from fastapi import HTTPException
from sqlalchemy import Connection, delete

from pipeline import catalogues, index
from pipeline.catalogues import Catalogue, Message, State
from pipeline.checks import Finding
from pipeline.errors import PipelineError
from pipeline.index.mirror import sum_of

from . import facets, notices
from .audit import note
from .desk import Desk
from .message import Opened, Place, find, history_of, open_message
from .people import Person, Refused
from .rights import Right
from .tables import claim, kept


class Action(StrEnum):
    """What can be decided about a message."""

    SAVE = "save"
    APPROVE = "approve"
    REJECT = "reject"


class Moved(Exception):
    """Somebody changed the message meanwhile; it is as ``opened`` says now."""

    def __init__(self, opened: Opened) -> None:
        super().__init__("somebody changed this message meanwhile")
        self.opened = opened


class Blocked(Exception):
    """The translation cannot be published; ``findings`` say why."""

    def __init__(self, found: Sequence[Finding]) -> None:
        super().__init__(found[0].message)
        self.findings = found


@dataclass(frozen=True, slots=True)
class Decision:
    """What somebody wants of a message.

    Attributes:
        action: What it is.
        strings: The translation, a text for each plural form.
        version: What they saw when they decided; empty to decide whatever stands there.
        reason: Why it is rejected.
    """

    action: Action
    strings: tuple[str, ...]
    version: str
    reason: str = ""


def decide(
    desk: Desk,
    person: Person,
    place: Place,
    decision: Decision,
    *,
    token: str = "",
    opened: Opened | None = None,
) -> Message:
    """Write a decision into the catalogue; once this returns, it is there.

    Args:
        desk: The desk.
        person: Who decides.
        place: About which message.
        decision: What they want.
        token: The token by which they do it, if by one.
        opened: The message, if it has been read already.

    Raises:
        Refused: This person may not, or a reason is missing; nothing was written.
        Moved: Somebody was faster; nothing was written.
        Blocked: It cannot be approved as it is; nothing was written.
        PipelineError: The catalogue cannot be read or written; it is as it was.
    """
    ready = _Ready.of(desk, person, place, decision, token=token, opened=opened)
    where = (desk.project, desk.database, place.locale, place.domain)
    index.update(*where, ready.change, by=person.name, record=ready.record)
    return ready.done


def decide_all(
    desk: Desk,
    person: Person,
    wanted: Sequence[tuple[Place, Decision]],
    *,
    token: str = "",
) -> list[Message | Exception]:
    """Write many decisions in one language, those in one catalogue in one go.

    For each the message as it is now, or why nothing was decided about it: what `decide` raises.
    One that cannot be made stops no other; a catalogue that cannot be written stops its own.
    """
    came: dict[int, Message | Exception] = {}
    by_domain: dict[str, dict[int, _Ready]] = defaultdict(dict)
    for number, (place, decision) in enumerate(wanted):
        try:
            ready = _Ready.of(desk, person, place, decision, token=token)
            by_domain[place.domain][number] = ready
        except (Refused, Blocked, HTTPException, PipelineError) as error:
            came[number] = error
    for domain, readies in by_domain.items():
        locale = wanted[next(iter(readies))][0].locale
        came |= _made(desk, person, locale, domain, readies)
    return [came[number] for number in range(len(wanted))]


def _made(
    desk: Desk, person: Person, locale: str, domain: str, readies: Mapping[int, _Ready]
) -> dict[int, Message | Exception]:
    """What came of decisions that were written in one go."""
    moved: dict[int, Message | Exception] = {}

    def change(catalogue: Catalogue) -> Catalogue:
        moved.clear()
        for number, ready in readies.items():
            try:
                catalogue = ready.change(catalogue)
            except Moved as error:
                moved[number] = error
        return catalogue

    def record(connection: Connection) -> None:
        for number, ready in readies.items():
            if number not in moved:
                ready.record(connection)

    try:
        where = (desk.project, desk.database, locale, domain)
        index.update(*where, change, by=person.name, record=record)
    except PipelineError as error:
        return dict.fromkeys(readies, error)
    return {number: moved.get(number, ready.done) for number, ready in readies.items()}


@dataclass(slots=True)
class _Ready:
    """A decision that may be made, if nobody is faster.

    Attributes:
        desk, person, place, decision, token: As of `decide`.
        expected: The message as it will be.
        found: What the checks find in that.
        done: The message as it was made.
    """

    desk: Desk
    person: Person
    place: Place
    decision: Decision
    token: str
    expected: Opened
    found: dict[str, Any]
    done: Message

    @classmethod
    def of(
        cls,
        desk: Desk,
        person: Person,
        place: Place,
        decision: Decision,
        *,
        token: str,
        opened: Opened | None = None,
    ) -> _Ready:
        """A decision that was looked at: by who may, about what can be published."""
        opened = opened or open_message(desk, place)
        _check_rights(person, place, decision)
        decision = _cleaned(opened.message, decision)
        if decision.action is Action.APPROVE:
            _check_approval(opened, person, decision)
        expected = opened.after(decided(opened.message, decision, by=person.name))
        found = facets.found_in(expected)
        return cls(desk, person, place, decision, token, expected, found, expected.message)

    def change(self, catalogue: Catalogue) -> Catalogue:
        """The catalogue with the decision.

        Raises:
            Moved: Somebody was faster.
        """
        message = find(catalogue, self.expected.message.key, self.place.digest)
        if message is None or self.decision.version not in ("", sum_of(message)):
            raise Moved(open_message(self.desk, self.place))
        self.done = decided(message, self.decision, by=self.person.name)
        return catalogue.with_message(self.done)

    def record(self, connection: Connection) -> None:
        """Keep what follows from it, in the transaction in which the index takes it over."""
        if self.done != self.expected.message:
            self.found = facets.found_in(self.expected.after(self.done))
        facets.keep(connection, self.found)
        _settle(connection, self.person, self.place)
        note(
            connection,
            self.decision.action,
            person=self.person.id,
            who=self.person.name,
            locale=self.place.locale,
            subject=self.place.domain,
            detail=self.done.id[:120],
            token=self.token,
        )
        if self.decision.action is Action.REJECT:
            notices.rejected(
                connection,
                self.desk.project.settings.review,
                self.place.locale,
                [(self.place.domain, self.place.digest)],
                by=(self.person.id, self.person.name),
                reason=self.decision.reason,
            )


def _settle(connection: Connection, person: Person, place: Place) -> None:
    """Let go of a message that somebody has decided on, and of what they typed."""
    for table in (claim, kept):
        own = [table.c[name] == value for name, value in place.row.items()]
        connection.execute(delete(table).where(*own, table.c.person == person.id))


def decided(message: Message, decision: Decision, *, by: str) -> Message:
    """A message after a decision."""
    if decision.action is Action.REJECT:
        return catalogues.reject(message, by=by, reason=decision.reason)
    edited = catalogues.edit(message, decision.strings)
    if decision.action is Action.APPROVE:
        return catalogues.approve(edited, by=by, on=date.today())
    return edited


def may_approve(opened: Opened, person: Person, strings: Sequence[str]) -> str:
    """Why somebody cannot approve a translation, in words; empty if they can."""
    locale = opened.place.locale
    if not person.may(Right.REVIEW, locale):
        return "Reviewers approve; what you save waits for one."
    if locale not in opened.desk.project.settings.review.four_eyes:
        return ""
    if tuple(strings) != opened.message.strings or author_of(opened) == person.name:
        return "You translated this, and in this language somebody else approves."
    return ""


def author_of(opened: Opened) -> str:
    """Who wrote the translation as it stands; empty if nobody knows."""
    author = ""
    for change in history_of(opened):
        if change.strings != opened.message.strings:
            break
        author = change.who
    return author


def _check_rights(person: Person, place: Place, decision: Decision) -> None:
    needed = Right.TRANSLATE if decision.action is Action.SAVE else Right.REVIEW
    if not person.may(needed, place.locale):
        raise Refused(f"You may not {decision.action} in this language.")
    if decision.action is Action.REJECT and not decision.reason.strip():
        raise Refused("Say why: whoever translates it next will read it.")


def _check_approval(opened: Opened, person: Person, decision: Decision) -> None:
    why = may_approve(opened, person, decision.strings)
    if why:
        raise Refused(why)
    found = opened.blocking(decision.strings)
    if found:
        raise Blocked(found)


def _cleaned(message: Message, decision: Decision) -> Decision:
    """The strings as a file has them: line ends of the web, and as many as there are forms."""
    strings = tuple(string.replace("\r\n", "\n").replace("\r", "\n") for string in decision.strings)
    strings = (strings + message.strings)[: len(message.strings)] if strings else message.strings
    if (
        decision.action is Action.SAVE
        and not any(strings)
        and catalogues.state_of(message) is not State.UNTRANSLATED
    ):
        raise Refused("An empty text is no translation; reject it if it will not do.")
    return Decision(decision.action, strings, decision.version, decision.reason.strip())
