"""Writing messages as GNU gettext does, and rewriting one that is in a file already.

Of a message that changed only the parts that changed are written anew; the lines of the others stay
as whoever wrote them last left them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from .entries import Entry
from .message import Message
from .wrap import WIDTH, quoted

_PARTS = re.compile(
    r"""(?P<comment>(?:\#(?![.:,|~])[^\n]*\n)+)
    |(?P<note>(?:\#\.[^\n]*\n)+)
    |(?P<reference>(?:\#:[^\n]*\n)+)
    |(?P<flag>(?:\#,[^\n]*\n)+)
    |(?P<previous>(?:\#\|[^\n]*\n)+)
    |(?P<msgctxt>msgctxt[^\n]*\n(?:[ \t]*"[^\n]*\n)*)
    |(?P<msgid_plural>msgid_plural[^\n]*\n(?:[ \t]*"[^\n]*\n)*)
    |(?P<msgid>msgid[^\n]*\n(?:[ \t]*"[^\n]*\n)*)
    |(?P<msgstr>(?:msgstr[^\n]*\n(?:[ \t]*"[^\n]*\n)*)+)
    |(?P<blank>[ \t]*\n)""",
    re.VERBOSE,
)
_ORDER = (
    "comment",
    "note",
    "reference",
    "flag",
    "previous",
    "msgctxt",
    "msgid",
    "msgid_plural",
    "msgstr",
)


def entry_of(message: Message, *, wrapped: bool = True) -> Entry:
    """A message as an entry of its own."""
    parts = _parts(message, wrapped=wrapped)
    return Entry("\n", "".join(parts[name] for name in _ORDER), message)


def rewritten(entry: Entry, message: Message, *, wrapped: bool) -> Entry:
    """An entry that says another message; the lines of what did not change stay."""
    old = entry.message
    if old is None or old == message:
        return entry
    new = _parts(message, wrapped=wrapped)
    if not old.obsolete and not message.obsolete:
        present = _raw_parts(entry.raw if entry.raw.endswith("\n") else entry.raw + "\n")
        before, after = _values(old), _values(message)
        for name in _ORDER:
            if before[name] == after[name] and present is not None:
                new[name] = present.get(name, "")
    return Entry(entry.lead, "".join(new[name] for name in _ORDER), message)


def _raw_parts(raw: str) -> dict[str, str] | None:
    """The lines of each part of an entry; None where they do not stand in the usual order."""
    parts: dict[str, str] = {}
    position, last = 0, -1
    while position < len(raw):
        match = _PARTS.match(raw, position)
        if match is None or match.lastgroup is None or match.lastgroup == "blank":
            return None
        place = _ORDER.index(match.lastgroup)
        if place <= last:
            return None
        parts[match.lastgroup] = match[0]
        position, last = match.end(), place
    return parts


def _values(message: Message) -> dict[str, object]:
    return {
        "comment": message.comments,
        "note": message.notes,
        "reference": message.references,
        "flag": message.flags,
        "previous": (message.previous_context, message.previous_id, message.previous_plural),
        "msgctxt": message.context,
        "msgid": message.id,
        "msgid_plural": message.plural,
        "msgstr": message.strings,
    }


def _parts(message: Message, *, wrapped: bool) -> dict[str, str]:
    wrapped = wrapped and "no-wrap" not in message.flags
    before = "#~ " if message.obsolete else ""
    older = "#~| " if message.obsolete else "#| "

    def string(keyword: str, text: str | None, prefix: str) -> str:
        return "" if text is None else quoted(keyword, text, prefix=prefix, wrapped=wrapped)

    if message.plural is None:
        translation = string("msgstr", message.strings[0], before)
    else:
        translation = "".join(
            string(f"msgstr[{number}]", text, before) for number, text in enumerate(message.strings)
        )
    return {
        "comment": "".join(_comment("#", line) for line in message.comments),
        "note": "".join(_comment("#.", line) for line in message.notes),
        "reference": "".join(_references(message.references)),
        "flag": f"#, {', '.join(message.flags)}\n" if message.flags else "",
        "previous": string("msgctxt", message.previous_context, older)
        + string("msgid", message.previous_id, older)
        + string("msgid_plural", message.previous_plural, older),
        "msgctxt": string("msgctxt", message.context, before),
        "msgid": string("msgid", message.id, before),
        "msgid_plural": string("msgid_plural", message.plural, before),
        "msgstr": translation,
    }


def _comment(mark: str, text: str) -> str:
    return "".join(f"{mark} {line}".rstrip() + "\n" for line in text.split("\n"))


def _references(references: tuple[str, ...]) -> Iterator[str]:
    line = "#:"
    for reference in references:
        if len(line) + 1 + len(reference) > WIDTH and line != "#:":
            yield f"{line}\n"
            line = "#:"
        line = f"{line} {reference}"
    if references:
        yield f"{line}\n"
