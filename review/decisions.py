"""Decisions: what a person makes of a message, written into its catalogue at once and for good.

Every decision is made about a version: where somebody was faster, nothing is written, and both
texts are shown. Who translated cannot approve where a language asks for four eyes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from sqlalchemy import Connection, delete

from pipeline import catalogues, index
from pipeline.catalogues import Catalogue, Message, State
from pipeline.checks import Finding
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
    opened = opened or open_message(desk, place)
    _check_rights(person, place, decision)
    decision = _cleaned(opened.message, decision)
    if decision.action is Action.APPROVE:
        _check_approval(opened, person, decision)
    expected = opened.after(decided(opened.message, decision, by=person.name))
    found = facets.found_in(expected)
    done = [expected.message]

    def change(catalogue: Catalogue) -> Catalogue:
        message = find(catalogue, opened.message.key, place.digest)
        if message is None or decision.version not in ("", sum_of(message)):
            raise Moved(open_message(desk, place))
        done[:] = [decided(message, decision, by=person.name)]
        return catalogue.with_messages(done)

    def record(connection: Connection) -> None:
        same = done[0] == expected.message
        facets.keep(connection, found if same else facets.found_in(opened.after(done[0])))
        _settle(connection, person, place)
        note(
            connection,
            decision.action,
            person=person.id,
            who=person.name,
            locale=place.locale,
            subject=place.domain,
            detail=opened.message.id[:120],
            token=token,
        )
        if decision.action is Action.REJECT:
            notices.rejected(
                connection,
                desk.project.settings.review,
                place.locale,
                [(place.domain, place.digest)],
                by=(person.id, person.name),
                reason=decision.reason,
            )

    where = (desk.project, desk.database, place.locale, place.domain)
    index.update(*where, change, by=person.name, record=record)
    return done[0]


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
