"""Merging: a catalogue follows its source, and nothing that a person wrote is dropped.

A text that is the same keeps its message. One that came back gets its translation back. One that
took the place of another, or resembles one that vanished, takes over that translation as stale,
with the text it was made for. What is left of the old texts becomes obsolete.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from . import marks
from .catalogue import Catalogue
from .entries import Entry
from .message import Key, Message
from .state import is_draft
from .write import entry_of, rewritten

_ALIKE = 60.0
"""From this resemblance in per cent a text takes over the translation of one from elsewhere."""


@dataclass(frozen=True, slots=True)
class Merged:
    """A catalogue that follows its source, and how many messages are new, stale, gone, back."""

    catalogue: Catalogue
    kept: int = 0
    added: int = 0
    stale: int = 0
    obsolete: int = 0
    revived: int = 0


def merge(catalogue: Catalogue, messages: Sequence[Message], *, on: date) -> Merged:
    """The catalogue with these messages, in this order.

    Args:
        catalogue: As translators left it.
        messages: What the source says now: ids, contexts, notes and flags; no translations.
        on: The day, for what becomes stale.
    """
    return _Merging(catalogue, messages, on).run()


@dataclass(slots=True)
class _Merging:
    catalogue: Catalogue
    messages: Sequence[Message]
    on: date
    taken: dict[int, tuple[int, Entry]] = field(default_factory=dict)
    used: set[int] = field(default_factory=set)
    counts: dict[str, int] = field(default_factory=dict)

    def run(self) -> Merged:
        entries = self.catalogue.entries
        live = {
            e.message.key: n
            for n, e in enumerate(entries)
            if e.message and not e.message.obsolete and not _is_header(e.message)
        }
        gone = {e.message.key: n for n, e in enumerate(entries) if e.message and e.message.obsolete}
        self._exact(live, gone)
        self._back([*live.values(), *gone.values()])
        vanished = [n for n in live.values() if n not in self.used]
        self._by_position(vanished, most=1)
        self._by_resemblance([n for n in vanished if n not in self.used])
        self._by_position([n for n in vanished if n not in self.used], most=len(vanished))
        return self._merged({n for n in vanished if n not in self.used})

    # The same text

    def _exact(self, live: dict[Key, int], gone: dict[Key, int]) -> None:
        for place, message in enumerate(self.messages):
            if message.key in live:
                self._take(place, live[message.key], "kept")
            elif message.key in gone:
                self._take(place, gone[message.key], "revived")

    def _take(self, place: int, number: int, how: str) -> None:
        """The message that was found for a text, as the source has it now."""
        old, wanted = self._old(number), self.messages[place]
        added = (flag for flag in wanted.flags if flag not in ("fuzzy", *old.flags))
        flags = (*old.flags, *added)
        new = replace(
            old, notes=wanted.notes, references=wanted.references, flags=flags, obsolete=False
        )
        if old.plural != wanted.plural:
            new = self._carried(new, wanted)
            how = "stale" if any(old.strings) else how
        self._put(place, number, new, how)

    # A text that went back to what it was

    def _back(self, numbers: Iterable[int]) -> None:
        waiting = {self._old(n).previous_key: n for n in numbers if n not in self.used}
        for place in self._missing():
            number = waiting.get(self.messages[place].key)
            if number is None or number in self.used:
                continue
            restored = self._restored(self._old(number), self.messages[place])
            self._put(place, number, restored, "revived")

    def _restored(self, old: Message, wanted: Message) -> Message:
        """A stale message whose source is again the text that its translation was made for."""
        was_draft = is_draft(old)
        bare = marks.without(old, "stale")
        flags = tuple(f for f in bare.flags if f != "fuzzy" or was_draft)
        return replace(
            wanted,
            strings=bare.strings,
            comments=bare.comments,
            flags=(*flags, *(f for f in wanted.flags if f not in flags)),
        )

    # A text that changed

    def _by_position(self, vanished: Sequence[int], *, most: int) -> None:
        """Texts that took the places of as many others between two that stayed."""
        before = self._vanished_after(vanished)
        for anchor, places in self._missing_after().items():
            numbers = before.get(anchor, [])
            pairs = list(zip(places, numbers, strict=False))
            fits = len(numbers) == len(places) <= most
            if fits and all(self._same_kind(place, number) for place, number in pairs):
                for place, number in pairs:
                    self._carry(place, number)

    def _vanished_after(self, vanished: Sequence[int]) -> dict[int, list[int]]:
        """The vanished entries by the one that stayed before them, -1 for none."""
        gaps: dict[int, list[int]] = {}
        anchors = sorted([*vanished, *self.used])
        last, gone = -1, set(vanished)
        for number in anchors:
            if number in gone:
                gaps.setdefault(last, []).append(number)
            elif not self._old(number).obsolete:
                last = number
        return gaps

    def _missing_after(self) -> dict[int, list[int]]:
        """The places that have no message yet by the entry of the one before them, -1 for none."""
        gaps: dict[int, list[int]] = {}
        last = -1
        for place in range(len(self.messages)):
            if place not in self.taken:
                gaps.setdefault(last, []).append(place)
            elif not self._old(self.taken[place][0]).obsolete:
                last = self.taken[place][0]
        return gaps

    def _same_kind(self, place: int, number: int) -> bool:
        """Whether both are the same kind of text: a slug never takes over a paragraph."""
        old, new = self._old(number), self.messages[place]
        return old.context == new.context and old.notes[:1] == new.notes[:1]

    def _by_resemblance(self, vanished: list[int]) -> None:
        """Texts that resemble vanished ones, the best pairs first."""
        missing = self._missing()
        candidates = [n for n in vanished if self._is_worth_keeping(n)]
        if not missing or not candidates:
            return
        from rapidfuzz import fuzz, process  # noqa: PLC0415 - slow to import, seldom needed

        old = [self._old(number).id for number in candidates]
        pairs = sorted(
            (-score, place, candidates[column])
            for place in missing
            for _, score, column in process.extract(
                self.messages[place].id, old, scorer=fuzz.ratio, score_cutoff=_ALIKE, limit=5
            )
        )
        for _, place, number in pairs:
            same = self._old(number).context == self.messages[place].context
            if same and place not in self.taken and number not in self.used:
                self._carry(place, number)

    def _carry(self, place: int, number: int) -> None:
        old = self._old(number)
        wanted = self.messages[place]
        if any(old.strings):
            self._put(place, number, self._carried(old, wanted), "stale")
        elif old.comments:
            self._put(place, number, replace(wanted, comments=old.comments), "added")

    def _carried(self, old: Message, wanted: Message) -> Message:
        """The translation of an older text under a newer one: stale."""
        bare = old
        if not old.fuzzy:
            bare = marks.without(old, "draft", "rejected", "stale")
        elif old.previous_id is None and not is_draft(old):
            bare = marks.marked(old, "draft", engine="unknown")
        if marks.find(bare, "stale") is None:
            bare = marks.marked(bare, "stale", since=self.on.isoformat())
        stayed = old.previous_id is None or not old.fuzzy
        return replace(
            wanted,
            strings=_formed(bare.strings, old, wanted, self.catalogue),
            comments=bare.comments,
            flags=("fuzzy", *wanted.flags),
            previous_id=old.id if stayed else old.previous_id,
            previous_context=old.context if stayed else old.previous_context,
            previous_plural=old.plural if stayed else old.previous_plural,
        )

    # The new file

    def _put(self, place: int, number: int, message: Message, how: str) -> None:
        entry = rewritten(self.catalogue.entries[number], message, wrapped=self.catalogue.wrapped)
        self.taken[place] = (number, entry)
        self.used.add(number)
        self.counts[how] = self.counts.get(how, 0) + 1

    def _merged(self, vanished: set[int]) -> Merged:
        entries = self.catalogue.entries
        head = [e for e in entries if e.message and _is_header(e.message)]
        body = [self._body(place) for place in range(len(self.messages))]
        tail = [e for n, e in enumerate(entries) if self._stays_behind(n)]
        gone = [n for n in sorted(vanished) if self._is_worth_keeping(n)]
        for number in gone:
            message = _obsolete(self._old(number))
            tail.append(rewritten(entries[number], message, wrapped=self.catalogue.wrapped))
        self.counts["obsolete"] = len(gone)
        new = [*head, *body, *_once(tail)]
        same = list(entries) == new
        return Merged(self.catalogue if same else self.catalogue.with_entries(new), **self.counts)

    def _body(self, place: int) -> Entry:
        if place in self.taken:
            return self.taken[place][1]
        self.counts["added"] = self.counts.get("added", 0) + 1
        return entry_of(self._empty(self.messages[place]), wrapped=self.catalogue.wrapped)

    def _stays_behind(self, number: int) -> bool:
        """Whether an entry was obsolete before and still is, or says nothing."""
        message = self.catalogue.entries[number].message
        return message is None or (message.obsolete and number not in self.used)

    def _empty(self, message: Message) -> Message:
        if message.plural is None:
            return replace(message, strings=("",))
        return replace(message, strings=("",) * _plural_forms(self.catalogue))

    def _missing(self) -> list[int]:
        return [place for place in range(len(self.messages)) if place not in self.taken]

    def _old(self, number: int) -> Message:
        message = self.catalogue.entries[number].message
        assert message is not None  # noqa: S101 - for the type checker
        return message

    def _is_worth_keeping(self, number: int) -> bool:
        old = self._old(number)
        return any(old.strings) or bool(old.comments)


def _is_header(message: Message) -> bool:
    return message.id == "" and message.context is None and not message.obsolete


def _obsolete(message: Message) -> Message:
    """A message whose text is gone, with all that people said and wrote."""
    return replace(message, obsolete=True, notes=(), references=())


def _once(entries: Sequence[Entry]) -> list[Entry]:
    """Of obsolete messages with one key the latest; what others said is kept as its comments."""
    found: dict[Key, Entry] = {}
    rest: list[Entry] = []
    for entry in entries:
        if entry.message is None:
            rest.append(entry)
        else:
            older = found.pop(entry.message.key, None)
            found[entry.message.key] = entry if older is None else _with_older(entry, older)
    return [*found.values(), *rest]


def _with_older(entry: Entry, older: Entry) -> Entry:
    message, former = entry.message, older.message
    if message is None or former is None or former.strings == message.strings:
        return entry
    said = tuple(f"formerly: {text}" for text in former.strings if text)
    kept = replace(message, comments=(*message.comments, *said))
    return rewritten(entry, kept, wrapped=True)


def _plural_forms(catalogue: Catalogue) -> int:
    said = catalogue.header.get("Plural-Forms", "").partition("nplurals=")[2]
    number = said.partition(";")[0].strip()
    return int(number) if number.isdigit() and 0 < int(number) < 10 else 2


def _formed(
    strings: tuple[str, ...], old: Message, wanted: Message, catalogue: Catalogue
) -> tuple[str, ...]:
    """The strings in as many forms as the new text needs."""
    if (old.plural is None) == (wanted.plural is None):
        return strings
    if wanted.plural is None:
        return strings[:1]
    return strings[:1] * _plural_forms(catalogue)
