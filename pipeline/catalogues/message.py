"""A message: one text of a catalogue, its translation, and what the file says about both."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field

Key = tuple[str | None, str]
"""What a message is found by: (msgctxt, msgid)."""


def digest_of(key: Key) -> str:
    """A key as 24 hexadecimal digits, by which rows and addresses name a message."""
    context, id = key
    said = id if context is None else f"{context}\4{id}"
    return hashlib.sha256(said.encode(errors="surrogatepass")).hexdigest()[:24]


@dataclass(frozen=True, slots=True)
class Message:
    """One entry of a .po file (GNU gettext manual §3, “The Format of PO Files”).

    Attributes:
        id: The msgid.
        context: The msgctxt; None is not the same as the empty one.
        plural: The msgid_plural, if it has one.
        strings: Every msgstr: one, or as many as the language has plural forms.
        comments: Translators' comments (``# …``), marks of approval among them.
        notes: What the source tells translators (``#. …``).
        references: Where the text comes from (``#: …``).
        flags: ``fuzzy``, ``python-format`` and the like (``#, …``).
        previous_id, previous_context, previous_plural: The text that the translation was made for
            (``#| …``), if that was another one.
        obsolete: Whether the text is gone from the source (``#~ …``).
        line: The line of its msgid in the file, 0 if it is in none.
    """

    id: str
    context: str | None = None
    plural: str | None = None
    strings: tuple[str, ...] = ("",)
    comments: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()
    previous_id: str | None = None
    previous_context: str | None = None
    previous_plural: str | None = None
    obsolete: bool = False
    line: int = field(default=0, compare=False)

    @property
    def key(self) -> Key:
        """What it is found by: (msgctxt, msgid)."""
        return (self.context, self.id)

    @property
    def previous_key(self) -> Key | None:
        """What the text was found by that the translation was made for, if that was another."""
        return None if self.previous_id is None else (self.previous_context, self.previous_id)

    @property
    def text(self) -> str:
        """The translation; of one with plural forms, the first."""
        return self.strings[0]

    @property
    def fuzzy(self) -> bool:
        """Whether gettext is told not to use the translation."""
        return "fuzzy" in self.flags

    @property
    def translated(self) -> bool:
        """Whether there is a translation, in every plural form."""
        return all(self.strings)
