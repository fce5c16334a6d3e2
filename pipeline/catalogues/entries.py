"""Reading a .po file: entries as they stand in it, each with the message it says.

One regular expression takes a whole entry; where it does not match, the lines are looked at one by
one to say what is wrong and where.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from ..errors import CatalogueError
from .message import Key, Message
from .wrap import unescape

_STRING = r'"[^"\\\n]*(?:\\.[^"\\\n]*)*"[ \t]*\n'
_STRINGS = rf"((?:[ \t]*{_STRING})+)"
_TRANSLATION = rf"[ \t]*msgstr(?:\[\d+\])?(?:[ \t]*{_STRING})+"
_ENTRY = re.compile(
    rf"((?:[ \t]*(?:\#(?!~)[^\n]*)?\n)*)"
    rf"(?:[ \t]*msgctxt{_STRINGS})?"
    rf"([ \t]*)msgid{_STRINGS}"
    rf"(?:[ \t]*msgid_plural{_STRINGS})?"
    rf"((?:{_TRANSLATION})+)"
)
_OBSOLETE = re.compile(r"((?:[ \t]*(?:#(?!~)[^\n]*)?\n)*)((?:#~[^\n]*\n)+)")
_TAIL = re.compile(r"(?:[ \t]*(?:#(?!~)[^\n]*)?\n)*\Z")
_ONE_TRANSLATION = re.compile(rf"[ \t]*msgstr(?:\[(\d+)\])?{_STRINGS}")
_ONE_STRING = re.compile(r'"([^\n]*)"[ \t]*\n')
_PREVIOUS = re.compile(
    rf"(?:msgctxt{_STRINGS})?(?:[ \t]*msgid{_STRINGS})?(?:[ \t]*msgid_plural{_STRINGS})?"
)
_BLANK = re.compile(r"(?:[ \t]*\n)*")
_CONFLICT = re.compile(r"(<<<<<<<|=======|>>>>>>>|\|\|\|\|\|\|\|)( |$)")
_CHARSET = re.compile(rb'"[^"\n]*Content-Type:[^"\n]*charset=([A-Za-z0-9_.:-]+)', re.IGNORECASE)
_WHOLE_STRING = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"\s*')


@dataclass(frozen=True, slots=True)
class Entry:
    """A piece of a file: the blank lines before it, its own lines, and what they say.

    ``message`` is None for comments that belong to no message.
    """

    lead: str
    raw: str
    message: Message | None


def charset_of(data: bytes) -> str:
    """The encoding that a file's header names; UTF-8 if it names none."""
    match = _CHARSET.search(data)
    name = match[1].decode() if match else "UTF-8"
    return "UTF-8" if name == "CHARSET" else name


def decode(data: bytes, path: Path | None) -> str:
    """The text of a file.

    Raises:
        CatalogueError: It is empty, or not in the encoding it names.
    """
    if not data.strip():
        raise CatalogueError(
            "the catalogue is empty",
            path=path,
            hint="Restore it from version control, or delete it and extract again.",
        )
    charset = charset_of(data)
    try:
        text = data.decode(charset)
    except LookupError:
        hint = "Save it as UTF-8 and say so in Content-Type."
        raise CatalogueError(f"{charset} is no known encoding", path=path, hint=hint) from None
    except UnicodeDecodeError as error:
        raise CatalogueError(
            f"the file is not text in {charset}",
            path=path,
            line=data.count(b"\n", 0, error.start) + 1,
            hint="Save it as UTF-8.",
        ) from None
    if text.startswith("\ufeff"):
        hint = "Save it as UTF-8 without one: GNU gettext refuses it, too."
        raise CatalogueError("the file begins with a byte order mark", path=path, line=1, hint=hint)
    return text


def entries_of(text: str, path: Path | None = None) -> Iterator[Entry]:
    """The entries of a file's text, whose lines end with a line feed.

    Raises:
        CatalogueError: It is no .po file; the error has the line.
    """
    position, line = 0, 1
    seen: dict[Key, int] = {}
    while position < len(text):
        match = _ENTRY.match(text, position)
        if match is None:
            match = _OBSOLETE.match(text, position)
            if match is not None:
                yield from _obsolete(match, line, path)
            elif (match := _TAIL.match(text, position)) is not None:
                yield Entry("", match[0], None)
            else:
                raise _explained(text, position, line, path)
        else:
            entry = _entry(match, line, path)
            assert entry.message is not None  # noqa: S101 - for the type checker
            known = seen.setdefault(entry.message.key, entry.message.line)
            if known != entry.message.line:
                raise _duplicate(entry.message, known, path)
            yield entry
        line += match[0].count("\n")
        position = match.end()


def _entry(match: re.Match[str], line: int, path: Path | None) -> Entry:
    said, context, _, text, plural, translations = match.groups()
    start = line + match.string.count("\n", match.start(), match.start(3))
    try:
        message = _message(said, context, text, plural, translations, start)
    except ValueError as error:
        raise _broken_escape(match, line, str(error), path) from None
    if not said or said[0] not in " \t\n":
        return Entry("", match[0], message)
    blank = _BLANK.match(said)
    lead = blank[0] if blank else ""
    return Entry(lead, match[0][len(lead) :], message)


def _message(
    said: str, context: str | None, text: str, plural: str | None, translations: str, line: int
) -> Message:
    translated: tuple[str, ...]
    if translations.startswith("msgstr ") and plural is None:
        translated = (_value(translations[6:]),)
    else:
        translated = tuple([_value(m[2]) for m in _ONE_TRANSLATION.finditer(translations)])
    id_ = _value(text)
    context = None if context is None else _value(context)
    plural = None if plural is None else _value(plural)
    if "#" not in said:
        return Message(id_, context, plural, translated, line=line)
    comments, notes, references, flags, previous = _comments(said)
    return Message(
        id_,
        context,
        plural,
        translated,
        comments,
        notes,
        references,
        flags,
        *(_previous(previous) if previous else (None, None, None)),
        line=line,
    )


def _value(lines: str) -> str:
    """The text of one or more quoted lines."""
    found = _ONE_STRING.findall(lines)
    text = found[0] if len(found) == 1 else "".join(found)
    return unescape(text) if "\\" in text else text


def _comments(
    said: str,
) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...], tuple[str, ...], str]:
    comments: list[str] = []
    notes: list[str] = []
    references: list[str] = []
    flags: list[str] = []
    previous: list[str] = []
    for line in [raw.lstrip(" \t") for raw in said.split("\n")]:
        kind = line[1:2]
        if not line:
            continue
        if kind == ".":
            notes.append(line[2:].removeprefix(" "))
        elif kind == ":":
            references += line[2:].split()
        elif kind == ",":
            flags += [flag.strip() for flag in line[2:].split(",") if flag.strip()]
        elif kind == "|":
            previous.append(line[2:].removeprefix(" ") + "\n")
        else:
            comments.append(line[1:].removeprefix(" "))
    return tuple(comments), tuple(notes), tuple(references), tuple(flags), "".join(previous)


def _previous(lines: str) -> tuple[str | None, str | None, str | None]:
    """msgid, msgctxt and msgid_plural of the text that a translation was made for."""
    match = _PREVIOUS.match(lines)
    context, text, plural = match.groups() if match else (None, None, None)
    return (
        None if text is None else _value(text),
        None if context is None else _value(context),
        None if plural is None else _value(plural),
    )


def _obsolete(match: re.Match[str], line: int, path: Path | None) -> Iterator[Entry]:
    """Obsolete entries that follow one another, perhaps without a blank line between them."""
    said, lines = match.groups()
    blank = _BLANK.match(said)
    lead = blank[0] if blank else ""
    whole = match[0][len(lead) :]
    line += lead.count("\n")
    bare = said[len(lead) :] + re.sub(r"(?m)^#~(?:(\|)| ?)", lambda m: "#|" if m[1] else "", lines)
    raw_lines = whole.splitlines(keepends=True)
    position = taken = 0
    while position < len(bare):
        found = _ENTRY.match(bare, position)
        if found is None:
            raise _explained(bare, position, line + taken, path)
        entry = _entry(found, line + taken, path)
        count = found[0].count("\n")
        message = entry.message
        assert message is not None  # noqa: S101 - for the type checker
        yield Entry(
            lead, "".join(raw_lines[taken : taken + count]), replace(message, obsolete=True)
        )
        lead = ""
        taken += count
        position = found.end()


# What is wrong, said so that a translator can mend it


def _duplicate(message: Message, known: int, path: Path | None) -> CatalogueError:
    if not message.id and message.context is None:
        what = "the header stands twice"
    else:
        what = f"this message stands twice: first in line {known}"
    hint = "Keep one of the two; “msguniq” shows them together."
    return CatalogueError(what, path=path, line=message.line, hint=hint)


def _broken_escape(
    match: re.Match[str], line: int, escape: str, path: Path | None
) -> CatalogueError:
    for number, text in enumerate(match[0].split("\n"), line):
        if escape in text and not text.startswith("#"):
            line = number
            break
    hint = "Write a backslash as \\\\."
    return CatalogueError(f"{escape} means nothing in a .po file", path=path, line=line, hint=hint)


def _explained(text: str, position: int, line: int, path: Path | None) -> CatalogueError:
    """Why the lines from a position on are no entry."""
    last = ""
    number = line
    for number, content in enumerate(text[position:].split("\n")[:-1], line):
        stripped = content.strip()
        if _CONFLICT.match(stripped):
            hint = "Resolve the conflict in version control; nothing was changed here."
            return CatalogueError("a merge conflict is left", path=path, line=number, hint=hint)
        if not stripped or stripped.startswith("#"):
            if last in ("msgid", "msgctxt", "msgid_plural") and not stripped.startswith("#,"):
                break
            continue
        problem, last = _problem(stripped, last)
        if problem:
            return CatalogueError(problem, path=path, line=number, hint="Correct this line.")
    return CatalogueError(
        f"after {last or 'this'}, a msgstr is missing",
        path=path,
        line=number,
        hint="The file may have been cut off: restore it from version control.",
    )


def _problem(line: str, last: str) -> tuple[str, str]:
    """What is wrong with a line, if anything, and the keyword it belongs to."""
    keyword, _, rest = line.partition('"')
    keyword = keyword.strip()
    if keyword and not re.fullmatch(r"msgctxt|msgid|msgid_plural|msgstr(\[\d+\])?", keyword):
        return "this is no line of a .po file", last
    if not rest and '"' not in line:
        return f"{keyword} has no string in quotation marks", last
    if not _WHOLE_STRING.fullmatch('"' + rest):
        return "the quotation marks do not fit: one is missing, or one needs a backslash", last
    expected = {
        "": ("msgctxt", "msgid"),
        "msgctxt": ("msgid",),
        "msgid": ("msgid_plural", "msgstr"),
        "msgid_plural": ("msgstr",),
        "msgstr": ("msgctxt", "msgid", "msgstr"),
    }
    name = keyword.partition("[")[0]
    if name and name not in expected[last]:
        return f"{keyword} stands where {' or '.join(expected[last])} is expected", last
    return "", name or last
