"""Positions: the lines on which the keys of a TOML file stand, which ``tomllib`` does not tell."""

from __future__ import annotations

import re
import tomllib
from bisect import bisect_left
from collections import Counter
from dataclasses import dataclass, field

KeyPath = tuple[str | int, ...]
"""The way to a value: ``("locales", "nl", "publish")``; members of an array by number."""

_KEY = r"""(?:[A-Za-z0-9_-]+|"(?:[^"\\\n]|\\.)*"|'[^'\n]*')"""
_DOTTED = re.compile(rf"{_KEY}(?:[ \t]*\.[ \t]*{_KEY})*")
_BLANK = re.compile(r"(?:[ \t\r\n]+|\#[^\n]*)*")
_STRING = re.compile(
    r'"""(?:\\.|[^\\])*?"""(?:"{0,2})'
    r"|'''.*?'''(?:'{0,2})"
    r'|"(?:\\.|[^"\\\n])*"'
    r"|'[^'\n]*'",
    re.DOTALL,
)
_BARE = re.compile(r"[^,\]}#\r\n]+")


def key_lines(text: str) -> dict[KeyPath, int]:
    """The line, from 1, of every table, key and array member in a valid TOML document.

    A table that is never headed (``[a.b]`` makes ``a``) stands where it is first named.
    """
    scan = _Scan(text, [at for at, character in enumerate(text) if character == "\n"])
    scan.document()
    return scan.lines


@dataclass(slots=True)
class _Scan:
    """A walk over a document that ``tomllib`` has accepted, so that nothing is checked again."""

    text: str
    breaks: list[int]
    at: int = 0
    lines: dict[KeyPath, int] = field(default_factory=dict)
    arrays: Counter[KeyPath] = field(default_factory=Counter)

    def document(self) -> None:
        """Every header and every pair, in order."""
        table: KeyPath = ()
        while self._skip_blank() < len(self.text):
            if self.text[self.at] == "[":
                table = self._header()
            else:
                self._pair(table)

    def _header(self) -> KeyPath:
        start = self.at
        several = self.text.startswith("[[", start)
        self.at += 2 if several else 1
        self._skip_blank()
        path = self._resolve(self._key())
        self._skip_blank()
        self.at += 2 if several else 1
        self._note(path, start)
        if several:
            self.arrays[path] += 1
            path = (*path, self.arrays[path] - 1)
            self._note(path, start)
        return path

    def _resolve(self, names: KeyPath) -> KeyPath:
        """``names`` of a header, where an array of tables stands for its latest member."""
        path: KeyPath = ()
        for number, name in enumerate(names, 1):
            path = (*path, name)
            if number < len(names) and path in self.arrays:
                path = (*path, self.arrays[path] - 1)
        return path

    def _pair(self, table: KeyPath) -> None:
        start = self.at
        path = (*table, *self._key())
        self._note(path, start)
        self._skip_blank()
        self.at += 1  # the equals sign
        self._skip_blank()
        self._value(path)

    def _key(self) -> KeyPath:
        found = _DOTTED.match(self.text, self.at)
        assert found is not None, "tomllib has accepted this document"  # noqa: S101
        self.at = found.end()
        names: list[str] = []
        inner: object = tomllib.loads(f"{found[0]} = 0")
        while isinstance(inner, dict):
            ((name, inner),) = inner.items()
            names.append(name)
        return tuple(names)

    def _value(self, path: KeyPath) -> None:
        opening = self.text[self.at]
        if opening == "[":
            self._members(path, "]")
        elif opening == "{":
            self._members(path, "}")
        else:
            found = _STRING.match(self.text, self.at) or _BARE.match(self.text, self.at)
            assert found is not None, "tomllib has accepted this document"  # noqa: S101
            self.at = found.end()

    def _members(self, path: KeyPath, closing: str) -> None:
        """The members of an array or an inline table, up to and with its ``closing`` bracket."""
        self.at += 1
        number = 0
        while self.text[self._skip_blank()] != closing:
            if self.text[self.at] == ",":
                self.at += 1
            elif closing == "}":
                self._pair(path)
            else:
                self._note((*path, number), self.at)
                self._value((*path, number))
                number += 1
        self.at += 1

    def _note(self, path: KeyPath, at: int) -> None:
        line = bisect_left(self.breaks, at) + 1
        for length in range(1, len(path) + 1):
            self.lines.setdefault(path[:length], line)

    def _skip_blank(self) -> int:
        found = _BLANK.match(self.text, self.at)
        self.at = found.end() if found else self.at
        return self.at
