"""A catalogue: a .po file that can be changed message by message and is otherwise left alone.

What nobody touched is written back as the bytes that were read: other tools' wrapping, order and
line ends stay, and an edit to one message is a diff of that message.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Protocol

from .. import files
from ..errors import CatalogueError, ConflictError
from . import entries as reading
from .entries import Entry
from .message import Key, Message
from .write import entry_of, rewritten

_ATTEMPTS = 3
_LONG_LINE = re.compile(rb'^(?:#[~|]+ )?(?:msg[^ ]+ )?"[^"\r\n]{40,} [^"\r\n]{40,}"\r?$', re.M)


class Catalogue:
    """The messages of one domain in one locale, in the order of their file.

    Attributes:
        path: The file it was read from, if any.
        entries: The pieces of the file.
        charset: The file's encoding.
        original: The bytes it was read from; None for a new one.
    """

    def __init__(
        self,
        entries: Sequence[Entry],
        *,
        path: Path | None = None,
        charset: str = "UTF-8",
        newline: str = "\n",
        original: bytes | None = None,
    ) -> None:
        self.entries = tuple(entries)
        self.path = path
        self.charset = charset
        self.newline = newline
        self.original = original

    def __iter__(self) -> Iterator[Message]:
        return iter(self.messages)

    @cached_property
    def messages(self) -> tuple[Message, ...]:
        """The messages that the source has, without the header."""
        found = (entry.message for entry in self.entries)
        return tuple([m for m in found if m and not m.obsolete and (m.id or m.context is not None)])

    @cached_property
    def obsolete(self) -> tuple[Message, ...]:
        """The messages that the source has no longer."""
        return tuple([e.message for e in self.entries if e.message and e.message.obsolete])

    @cached_property
    def header(self) -> Mapping[str, str]:
        """The fields of the header, such as ``Plural-Forms``."""
        entry = next((e for e in self.entries if e.message and e.message.key == (None, "")), None)
        if entry is None or entry.message is None:
            return {}
        lines = [line.partition(":") for line in entry.message.text.split("\n") if ":" in line]
        return {name.strip(): value.strip() for name, _, value in lines}

    @cached_property
    def wrapped(self) -> bool:
        """Whether long lines are wrapped: not in a file that somebody wrote unwrapped."""
        return self.original is None or not _LONG_LINE.search(self.original)

    @cached_property
    def _places(self) -> Mapping[Key, int]:
        """Which entry says a message that is not obsolete; the header is one of them."""
        found = ((entry.message, place) for place, entry in enumerate(self.entries))
        return {message.key: place for message, place in found if message and not message.obsolete}

    def get(self, id: str, context: str | None = None) -> Message | None:
        """The message with this msgid and msgctxt, unless it is obsolete."""
        place = self._places.get((context, id))
        is_header = not id and context is None
        return None if place is None or is_header else self.entries[place].message

    def with_message(self, message: Message) -> Catalogue:
        """This catalogue with one message changed, or added to those that are not obsolete."""
        return self.with_messages([message])

    def with_messages(self, messages: Iterable[Message]) -> Catalogue:
        """This catalogue with messages changed, or added to those that are not obsolete."""
        entries, added = list(self.entries), []
        for message in {message.key: message for message in messages}.values():
            place = self._places.get(message.key)
            if place is None:
                added.append(entry_of(message, wrapped=self.wrapped))
                continue
            old = entries[place]
            new = rewritten(old, message, wrapped=self.wrapped)
            spaced = new is old or new.lead or not place
            entries[place] = new if spaced else replace(new, lead="\n")
        if not added:
            return self._with(entries)
        place = next(
            (n for n, e in enumerate(entries) if e.message is None or e.message.obsolete),
            len(entries),
        )
        entries[place:place] = added
        return self.with_entries(entries)

    def _with(self, entries: Sequence[Entry], original: bytes | None = None) -> Catalogue:
        """The same with other entries, which say messages of the same keys; what follows from those
        need not be found again."""
        made = Catalogue(
            entries,
            path=self.path,
            charset=self.charset,
            newline=self.newline,
            original=self.original if original is None else original,
        )
        for name in ("_places", "wrapped"):
            if name in self.__dict__:
                made.__dict__[name] = self.__dict__[name]
        return made

    def with_entries(self, entries: Sequence[Entry]) -> Catalogue:
        """This catalogue with other entries; a message is set off by a blank line."""
        spaced = [
            entry
            if not place or entry.lead or entry == self._at(place)
            else replace(entry, lead="\n")
            for place, entry in enumerate(entries)
        ]
        return Catalogue(
            spaced,
            path=self.path,
            charset=self.charset,
            newline=self.newline,
            original=self.original,
        )

    def _at(self, place: int) -> Entry | None:
        return self.entries[place] if place < len(self.entries) else None

    def written(self, base: Catalogue) -> Catalogue:
        """This catalogue as reading its file would give it, once it has been written.

        Args:
            base: What it was made of; of a message that is as it was there, nothing is read again.
        """
        data = self.dump()
        whole = self.entries and self.entries[-1].raw.endswith("\n")
        if not whole or len(self.entries) != len(base.entries):
            return parse(data, self.path)
        entries = list(self.entries)
        for place, (entry, old) in enumerate(zip(entries, base.entries, strict=True)):
            if entry is not old:
                again = list(reading.entries_of(entry.raw, self.path))
                if len(again) != 1 or again[0].message is None:
                    return parse(data, self.path)
                entries[place] = replace(again[0], lead=entry.lead)
        made = self._with(entries, data)
        made.__dict__["_data"] = data
        return made

    def dump(self) -> bytes:
        """The file's contents.

        Raises:
            CatalogueError: A text cannot be written in the file's encoding.
        """
        return self._data

    @cached_property
    def _data(self) -> bytes:
        pieces: list[str] = []
        for entry in self.entries:
            if pieces and not pieces[-1].endswith("\n"):
                pieces.append("\n")
            pieces += (entry.lead, entry.raw)
        text = "".join(pieces)
        if self.newline != "\n":
            text = text.replace("\n", self.newline)
        try:
            return text.encode(self.charset)
        except UnicodeEncodeError as error:
            raise CatalogueError(
                f"“{error.object[error.start]}” cannot be written in {self.charset}",
                path=self.path,
                hint="Convert the file to UTF-8: msgconv -t UTF-8.",
            ) from None


def parse(data: bytes, path: Path | None = None) -> Catalogue:
    """The catalogue that a file's contents are.

    Raises:
        CatalogueError: They are no .po file; the error has the line.
    """
    text = reading.decode(data, path)
    newline = "\r\n" if "\r\n" in text else "\n"
    if newline == "\r\n":
        text = text.replace("\r\n", "\n")
    unfinished = not text.endswith("\n")
    entries = list(reading.entries_of(text + "\n" if unfinished else text, path))
    if unfinished:
        entries[-1] = replace(entries[-1], raw=entries[-1].raw.removesuffix("\n"))
    return Catalogue(
        entries,
        path=path,
        charset=reading.charset_of(data),
        newline=newline,
        original=data,
    )


def read(path: Path) -> Catalogue:
    """The catalogue in a file.

    Raises:
        CatalogueError: It cannot be read, or is no .po file; the error has the line.
    """
    return parse(data_of(path), path)


def data_of(path: Path) -> bytes:
    """The contents of a file.

    Raises:
        CatalogueError: It cannot be read.
    """
    try:
        return path.read_bytes()
    except OSError as error:
        hint = "Restore it from version control, or extract again."
        reason = error.strerror or str(error)
        raise CatalogueError(f"cannot be read: {reason}", path=path, hint=hint) from error


def write(catalogue: Catalogue, path: Path, *, durable: bool = True) -> None:
    """Put a catalogue into a file, unless the file is another one than was read.

    ``durable`` is as in `files.write`.

    Raises:
        ConflictError: Somebody has changed it meanwhile; nothing was written.
        OSError: The disk said no; the file is as it was.
    """
    data = catalogue.dump()
    if data == catalogue.original and path == catalogue.path:
        return
    now = path.read_bytes() if path.exists() else None
    if now != catalogue.original:
        raise ConflictError(
            "the file was changed by somebody else meanwhile",
            path=path,
            hint="Nothing was written; read it again and repeat the change.",
        )
    files.write(path, data, durable=durable)


class Held(Protocol):
    """A lock that is held."""

    def renew(self) -> bool:
        """Hold it for longer; False if somebody else has it by now."""


class Locks(Protocol):
    """Where locks are held, if not in files: see `pipeline.locks`."""

    def hold(self, name: str) -> AbstractContextManager[Held]:
        """Hold a lock as long as the context takes."""


def update(
    path: Path,
    change: Callable[[Catalogue], Catalogue],
    *,
    locks: Path | Locks,
    reader: Callable[[Path], Catalogue] = read,
    durable: bool = True,
) -> Catalogue:
    """Read a file, change it and write it, as one step for all who use this function.

    When another program has written the file meanwhile, the change is made again to what it wrote.

    Args:
        path: The file.
        change: Makes the new catalogue of the one that was read; may be called more than once.
        locks: The folder of locks, or what holds them for several machines.
        reader: Reads the file, or makes what it is to be if there is none; `kept.read` need not
            parse what it has parsed before.
        durable: As in `files.write`.

    Raises:
        CatalogueError: It cannot be read.
        ConflictError: It was changed again and again, or the lock was lost.
    """
    name = str(path.absolute())
    if isinstance(locks, Path):
        with files.lock(name, locks):
            return _updated(path, change, reader, durable=durable)
    with locks.hold(name) as held:
        return _updated(path, change, reader, held, durable=durable)


def _updated(
    path: Path,
    change: Callable[[Catalogue], Catalogue],
    reader: Callable[[Path], Catalogue],
    held: Held | None = None,
    *,
    durable: bool,
) -> Catalogue:
    for attempt in range(_ATTEMPTS):
        changed = change(reader(path))
        if held is not None and not held.renew():
            raise ConflictError(
                "somebody else took over this file, since it took too long here",
                path=path,
                hint="Nothing was written; repeat the change.",
            )
        try:
            write(changed, path, durable=durable)
            return changed
        except ConflictError:
            if attempt == _ATTEMPTS - 1:
                raise
    raise AssertionError  # the loop returns or raises


def new(*, locale: str | None, domain: str, project: str, on: date | None = None) -> Catalogue:
    """A catalogue without messages, or (without a locale) a template.

    Args:
        locale: As in the settings.
        domain: What the messages belong to.
        project: The site's name, for the header.
        on: The day on which it is made.
    """
    fields = {"Project-Id-Version": f"{project} {domain}".strip()}
    if locale is not None:
        from babel.messages.plurals import get_plural  # noqa: PLC0415 - slow, for new files only

        fields |= {
            "PO-Revision-Date": f"{on or date.today()} 00:00+0000",
            "Last-Translator": "nobody yet <nobody@localhost>",
            "Language-Team": locale,
            "Language": locale,
        }
    fields |= {
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=UTF-8",
        "Content-Transfer-Encoding": "8bit",
    }
    if locale is not None:
        fields["Plural-Forms"] = f"{get_plural(locale)};".replace(";;", ";")
    text = "".join(f"{name}: {value}\n" for name, value in fields.items())
    return Catalogue([replace(entry_of(Message(id="", strings=(text,))), lead="")])
