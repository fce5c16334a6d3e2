"""Changes: what became of messages between two looks at their file, and who did it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from .. import catalogues
from ..catalogues import Message, State, digest_of, marks


class Kind(StrEnum):
    """What became of a message."""

    NEW = "new"
    """The source has it since then."""
    SOURCE = "source"
    """The source says something else; the translation is that of what it said before."""
    GONE = "gone"
    """The source has it no longer."""
    DRAFTED = "drafted"
    """A machine translated it."""
    EDITED = "edited"
    """Somebody changed it here."""
    OUTSIDE = "outside"
    """Somebody changed its file: in a PO editor, or by git."""
    APPROVED = "approved"
    """Somebody stands up for it."""
    REJECTED = "rejected"
    """Somebody said that it will not do."""


@dataclass(frozen=True, slots=True)
class Change:
    """One step of a message.

    Attributes:
        kind: What it was.
        who: A person or an engine; empty if that is not known.
        state: The state since then.
        strings: The translation since then, one text for each plural form.
        digest: That of the message.
        former: That of the message that it was, where its source changed; else empty.
        at: When it was seen, in UTC; None for what has not been kept yet.
    """

    kind: Kind
    who: str
    state: State
    strings: tuple[str, ...]
    digest: str
    former: str = ""
    at: datetime | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Known:
    """A message as it was: the state, and every msgstr."""

    state: State
    strings: tuple[str, ...]


_MARKS: Mapping[State, tuple[Kind, str, str]] = {
    State.DRAFT: (Kind.DRAFTED, "draft", "engine"),
    State.APPROVED: (Kind.APPROVED, "approved", "by"),
    State.REJECTED: (Kind.REJECTED, "rejected", "by"),
}
"""What says of a state how a message came to it: the kind of mark, and its value with a name."""


def changes_of(
    before: Mapping[str, Known], after: Sequence[Message], *, by: str = ""
) -> Iterator[Change]:
    """What became of the messages of a file.

    Args:
        before: The messages as they were, by their digests.
        after: The messages as they are.
        by: Who is changing them here; empty if the file was found changed.
    """
    gone = dict(before)
    for message in after:
        digest, state = digest_of(message.key), catalogues.state_of(message)
        old = gone.pop(digest, None)
        if old == Known(state, message.strings):
            continue
        kind, who = _kind(old, message, state, by)
        former = ""
        if kind is Kind.SOURCE and message.previous_key is not None:
            former = digest_of(message.previous_key)
            gone.pop(former, None)
        yield Change(kind, who, state, message.strings, digest, former)
    for digest, old in gone.items():
        yield Change(Kind.GONE, "", old.state, old.strings, digest)


def _kind(old: Known | None, message: Message, state: State, by: str) -> tuple[Kind, str]:
    """What a step was, and who made it."""
    if state is State.STALE and (old is None or old.state is not state):
        return Kind.SOURCE, ""
    if old is None and state is State.UNTRANSLATED:
        return Kind.NEW, ""
    if state in _MARKS:
        kind, name, value = _MARKS[state]
        if mark := marks.find(message, name):
            return kind, by or mark.get(value, "")
    return (Kind.EDITED, by) if by else (Kind.OUTSIDE, "")
