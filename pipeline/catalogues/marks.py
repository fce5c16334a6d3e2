"""Marks: what people and machines said of a message, each one line among its comments.

``@l10n approved by=anna on=2026-11-23 sum=1f3a…`` keeps under 76 columns, since tools wrap longer
comments; and it is bound by its ``sum`` to the texts it speaks of, since tools copy comments to
other messages.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import replace

from .message import Message

_LONGEST = 73
_ROOM = {"by": 22, "engine": 30}
"""Columns for values that others follow."""

_MARK = re.compile(r"@l10n ([a-z]+)\b(.*)")
_VALUE = re.compile(r'([a-z]+)=("[^"]*"|\S*)')


def fingerprint(context: str | None, text: str, strings: tuple[str, ...]) -> str:
    """A short hash over msgctxt, msgid and every msgstr."""
    said = "\0".join(("" if context is None else f"{context}\4", text, *strings))
    return hashlib.sha256(said.encode(errors="surrogatepass")).hexdigest()[:10]


def sum_of(message: Message) -> str:
    """The hash that binds a mark to a message as it is."""
    return fingerprint(message.context, message.id, message.strings)


def previous_sum_of(message: Message) -> str:
    """The hash of a message as it was before its source changed."""
    return fingerprint(message.previous_context, message.previous_id or "", message.strings)


def find(message: Message, kind: str) -> Mapping[str, str] | None:
    """What the last mark of a kind says; None if there is none."""
    found = None
    for comment in message.comments:
        if not comment.startswith("@l10n "):
            continue
        match = _MARK.match(comment)
        if match and match[1] == kind:
            found = {name: value.strip('"') for name, value in _VALUE.findall(match[2])}
    return found


def is_bound(message: Message, kind: str, fingerprint: str) -> bool:
    """Whether the last mark of a kind has this ``sum``."""
    start, last = f"@l10n {kind} ", ""
    for comment in message.comments:
        if comment.startswith(start):
            last = comment
    return fingerprint in last.split("sum=")[-1].split(" ", 1)[:1]


def marked(message: Message, kind: str, **values: str) -> Message:
    """The message with a mark, instead of any other of its kind; long values are cut to fit."""
    mark = f"@l10n {kind}"
    for name, value in values.items():
        room = min(_LONGEST - len(mark) - len(name) - 4, _ROOM.get(name, _LONGEST))
        mark += f" {name}={_quoted(value, room)}"
    bare = without(message, kind)
    return replace(bare, comments=(*bare.comments, mark))


def without(message: Message, *kinds: str) -> Message:
    """The message without marks of these kinds."""
    kept = tuple(c for c in message.comments if not (m := _MARK.match(c)) or m[1] not in kinds)
    return message if kept == message.comments else replace(message, comments=kept)


def _quoted(value: str, room: int) -> str:
    value = " ".join(value.replace('"', "”").split())
    if len(value) > room:
        value = value[: max(room - 1, 1)].rstrip() + "…"
    return f'"{value}"' if re.search(r"\s|^$", value) else value
