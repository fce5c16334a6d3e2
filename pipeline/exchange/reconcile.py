"""Reconciling: what somebody translated in a copy of a catalogue, taken into the one it is now.

Three texts of every message are looked at: as it was when the copy was made, as it is here, and as
it came back. What only one side changed is that side's; where both did, nothing is guessed: it is
a conflict, and a person decides. An approval counts as that of the person who brings it, and only
if that person may approve.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from .. import catalogues
from ..catalogues import Catalogue, Key, Message, State, marks

_OURS = ("approved", "rejected", "draft", "stale", "markup")
"""Marks that say how a message came to its state; they are not for others to make."""


@dataclass(frozen=True, slots=True)
class Conflict:
    """A message that was changed on both sides; ``base`` is None if nobody knows what it was."""

    base: Message | None
    ours: Message
    theirs: Message

    @property
    def key(self) -> Key:
        """What the message is found by here."""
        return self.ours.key


@dataclass(frozen=True, slots=True)
class Reconciled:
    """A catalogue with what came back.

    Attributes:
        catalogue: Ours with all that was taken.
        taken: The messages that were taken, as they are now.
        conflicts: What both sides changed; it is ours in the catalogue.
        unknown: Translations of texts that the source has no longer; nothing was done with them.
        dropped: How many approvals did not count.
    """

    catalogue: Catalogue
    taken: tuple[Message, ...] = ()
    conflicts: tuple[Conflict, ...] = ()
    unknown: tuple[Message, ...] = ()
    dropped: int = 0


@dataclass(frozen=True, slots=True)
class Bringer:
    """Who brings a file, and whether that person's approval counts."""

    name: str
    may_approve: bool = False


def reconcile(
    ours: Catalogue,
    theirs: Sequence[Message],
    base: Catalogue | None,
    *,
    bringer: Bringer,
    on: date,
) -> Reconciled:
    """Ours, with what was changed in a copy of it.

    Args:
        ours: The catalogue as it is.
        theirs: The messages that came back, all or some.
        base: The catalogue as it was when the copy was made; None if that is not known: then only
            what nobody has translated here is taken, the rest is a conflict.
        bringer: Who brings them.
        on: The day.
    """
    taken: dict[Key, Message] = {}
    conflicts: list[Conflict] = []
    unknown: list[Message] = []
    dropped = 0
    changed = {m.previous_key: m for m in ours.messages if m.previous_key is not None}
    for message in theirs:
        before = base.get(message.id, message.context) if base else None
        if before is not None and _says(message) == _says(before):
            continue
        now = ours.get(message.id, message.context) or changed.get(message.key)
        if now is None:
            if any(message.strings):
                unknown.append(message)
            continue
        if _says(message) == _says(now):
            continue
        if len(message.strings) != len(now.strings) or not _may_take(before, now):
            conflicts.append(Conflict(before, now, message))
            continue
        approved = catalogues.state_of(message) is State.APPROVED
        dropped += approved and not bringer.may_approve
        new = _taken(now, message, approved and bringer.may_approve, bringer.name, on)
        if new != now:
            taken[new.key] = new
    merged = ours.with_messages(taken.values())
    return Reconciled(merged, tuple(taken.values()), tuple(conflicts), tuple(unknown), dropped)


def settle(conflict: Conflict, *, bringer: Bringer, on: date) -> Message:
    """The message as it is when a person has decided for what came back."""
    approved = catalogues.state_of(conflict.theirs) is State.APPROVED and bringer.may_approve
    return _taken(conflict.ours, conflict.theirs, approved, bringer.name, on)


def _may_take(before: Message | None, now: Message) -> bool:
    """Whether nobody's work here is written over: it is as it was, or only a machine's."""
    if before is not None and _says(now) == _says(before):
        return True
    if before is not None and now.previous_key == before.key:
        return now.strings == before.strings  # only its source has changed
    return not any(now.strings) or catalogues.is_draft(now)


def _taken(now: Message, theirs: Message, approved: bool, name: str, on: date) -> Message:
    """Ours with what came back, its notes and its source as they are here."""
    comments = _of_people(theirs)
    if now.strings == theirs.strings and now.fuzzy == theirs.fuzzy and not approved:
        own = [comment for comment in now.comments if comment not in _of_people(now)]
        return replace(now, comments=(*comments, *own))
    if now.key != theirs.key:  # its source has changed: it stays stale, with their words
        bare = marks.without(now, *(kind for kind in _OURS if kind != "stale"))
        return replace(bare, strings=theirs.strings)
    new = replace(catalogues.edit(now, theirs.strings), comments=comments)
    if approved:
        return catalogues.approve(new, by=name, on=on)
    return replace(new, flags=("fuzzy", *new.flags)) if theirs.fuzzy and any(new.strings) else new


def _says(message: Message) -> tuple[object, ...]:
    """What a translator says of a message: the texts, whether they are sure, and comments."""
    approved = catalogues.state_of(message) is State.APPROVED
    return (message.strings, message.fuzzy, _of_people(message), approved)


def _of_people(message: Message) -> tuple[str, ...]:
    return marks.without(message, *_OURS).comments
