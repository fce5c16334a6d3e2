"""The state of a message, read from its file alone, and the ways from one state to another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from enum import StrEnum

from . import marks
from .message import Message

_UNSURE = frozenset(("other style", "looked up", "to place"))
"""What became of a draft's markup, where nobody can be sure that it is in its place."""


class State(StrEnum):
    """How far a message is on its way to readers.

    UNTRANSLATED has no translation, in some plural form. DRAFT was made by a machine, or is marked
    as fuzzy and nothing is known of it. STALE was made for an earlier version of the source.
    REJECTED was looked at and found wanting. TRANSLATED is a person's work. APPROVED has a
    person's word that it is good, for the very texts that stand there.
    """

    UNTRANSLATED = "untranslated"
    DRAFT = "draft"
    STALE = "stale"
    REJECTED = "rejected"
    TRANSLATED = "translated"
    APPROVED = "approved"


def state_of(message: Message) -> State:
    """The state of a message."""
    if not message.translated:
        return State.UNTRANSLATED
    if not message.fuzzy:
        if message.comments and _holds(message, "approved"):
            return State.APPROVED
        return State.TRANSLATED
    if message.comments and _holds(message, "rejected"):
        return State.REJECTED
    return State.DRAFT if message.previous_id is None else State.STALE


def _holds(message: Message, kind: str) -> bool:
    return marks.is_bound(message, kind, marks.sum_of(message))


def was_approved(message: Message) -> bool:
    """Whether the translation was approved for the source as it was before it changed."""
    mark = marks.find(message, "approved")
    return (
        mark is not None
        and message.previous_id is not None
        and mark.get("sum") == marks.previous_sum_of(message)
    )


def approval(message: Message) -> tuple[str, date | None]:
    """Who approved a message that is approved, and on which day."""
    mark = marks.find(message, "approved") or {}
    try:
        return mark.get("by", ""), date.fromisoformat(mark.get("on", ""))
    except ValueError:
        return mark.get("by", ""), None


def is_draft(message: Message) -> bool:
    """Whether nobody stands up for the translation: a machine's, or one that was rejected."""
    return message.fuzzy and (
        marks.find(message, "draft") is not None or marks.find(message, "rejected") is not None
    )


def markup_is_unsure(message: Message) -> bool:
    """Whether a machine's draft has markup that a person has to look at before anyone reads it."""
    mark = marks.find(message, "markup")
    return mark is not None and mark.get("outcome") in _UNSURE


def stale_since(message: Message) -> date | None:
    """The day on which the source was found changed; None if nobody noted it."""
    mark = marks.find(message, "stale")
    try:
        return date.fromisoformat(mark["since"]) if mark else None
    except (KeyError, ValueError):
        return None


def approve(message: Message, *, by: str, on: date) -> Message:
    """The message with a person's word that its translation is good."""
    bare = _settled(message)
    return marks.marked(bare, "approved", by=by, on=on.isoformat(), sum=marks.sum_of(bare))


def reject(message: Message, *, by: str, reason: str) -> Message:
    """The message with a person's word that its translation will not do; the translation stays."""
    bare = marks.without(message, "approved")
    flags = bare.flags if bare.fuzzy else ("fuzzy", *bare.flags)
    return marks.marked(
        replace(bare, flags=flags),
        "rejected",
        by=by,
        sum=marks.sum_of(bare),
        reason=reason,
    )


def draft(message: Message, strings: Sequence[str], *, engine: str, on: date) -> Message:
    """The message with a machine's translation, which waits for a person."""
    bare = replace(_settled(message), strings=tuple(strings))
    fuzzy = replace(bare, flags=("fuzzy", *bare.flags))
    return marks.marked(fuzzy, "draft", engine=engine, on=on.isoformat())


def edit(message: Message, strings: Sequence[str]) -> Message:
    """The message with a person's translation, which nobody has approved yet."""
    return replace(_settled(message), strings=tuple(strings))


def _settled(message: Message) -> Message:
    """The message without anything that was said of its translation so far."""
    bare = marks.without(message, "approved", "rejected", "draft", "markup", "stale")
    return replace(
        bare,
        flags=tuple(flag for flag in bare.flags if flag != "fuzzy"),
        previous_id=None,
        previous_context=None,
        previous_plural=None,
    )
