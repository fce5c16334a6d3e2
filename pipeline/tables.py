"""Tables: a TOML file read key by key into plain types, its mistakes collected with their lines.

A reader asks each table for what it knows (:meth:`Table.text`, :meth:`Table.choice`, …) and gets a
usable value in every case; :meth:`Mistakes.raise_any` at the end says all that was wrong, at once.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import TypeVar
from urllib.parse import urlsplit

from .errors import SettingsError
from .positions import KeyPath, key_lines

T = TypeVar("T", str, int, list[object], dict[str, object])

_TYPES = {
    bool: "true or false",
    str: "a text in quotes",
    int: "a whole number",
    float: "a number",
    list: "a list in [brackets]",
    dict: "a table",
}


@dataclass(slots=True)
class Mistakes:
    """What is wrong in one file, and on which lines."""

    path: Path
    lines: Mapping[KeyPath, int]
    found: list[SettingsError] = field(default_factory=list)

    def add(self, keys: KeyPath, message: str, hint: str) -> None:
        """Note a mistake at ``keys``, or at the nearest table around it that the file has."""
        around = (keys[:length] for length in range(len(keys), 0, -1))
        line = next((self.lines[keys] for keys in around if keys in self.lines), None)
        self.found.append(SettingsError(message, path=self.path, line=line, hint=hint))

    def raise_any(self) -> None:
        """Raise the first mistake of the file; its hint ends with the others, a line for each."""
        if not self.found:
            return
        first, *others = sorted(self.found, key=lambda mistake: mistake.line or 0)
        hint = "\n".join([first.hint, *map(str, others)])
        raise SettingsError(first.message, path=first.path, line=first.line, hint=hint)


@dataclass(frozen=True, slots=True)
class Table:
    """One table of the file, where it stands, and where its mistakes are noted."""

    data: Mapping[str, object]
    keys: KeyPath
    mistakes: Mistakes

    def wrong(self, name: str, message: str, hint: str) -> None:
        """Note that the value of ``name`` is wrong."""
        self.mistakes.add((*self.keys, name), f"{_dotted((*self.keys, name))} {message}", hint)

    def only(self, names: Iterable[str]) -> None:
        """Note every key that is not one of ``names``."""
        known = list(names)
        for name, value in self.data.items():
            if name not in known:
                kind = "table" if isinstance(value, dict) else "key"
                where = (*self.keys, name)
                shown = f"[{_dotted(where)}]" if kind == "table" else _dotted(where)
                self.mistakes.add(where, f"unknown {kind} {shown}", nearest(name, known))

    def text(self, name: str, default: str = "", *, required: bool = False) -> str:
        """The text of ``name``; a required one is neither missing nor blank."""
        value = self._typed(name, str, default)
        if required and name not in self.data:
            self.wrong(name, "is missing", f'Add a line such as: {name} = "…"')
        elif required and not value.strip():
            self.wrong(name, "is empty", "Write a text between the quotes.")
        return value

    def number(self, name: str, default: int, *, minimum: int, maximum: int) -> int:
        """The whole number of ``name``, between ``minimum`` and ``maximum``."""
        value = self._typed(name, int, default)
        if not minimum <= value <= maximum:
            self.wrong(name, f"is {value}", f"Use a number from {minimum} to {maximum}.")
        return value

    def truth(self, name: str, default: bool) -> bool:
        """Whether ``name`` is true."""
        value = self.data.get(name, default)
        if isinstance(value, bool):
            return value
        kind = _TYPES.get(type(value), "a date or time")
        self.wrong(name, f"is {kind}, not {_TYPES[bool]}", f"Write {_TYPES[bool]} there.")
        return default

    def choice(self, name: str, choices: Iterable[str], default: str) -> str:
        """The text of ``name``, which is one of ``choices``."""
        known = list(choices)
        value = self._typed(name, str, default)
        if name in self.data and value != default and value not in known:
            self.wrong(name, f"cannot be {value!r}", nearest(value, known))
            return default
        return value

    def texts(self, name: str) -> tuple[str, ...]:
        """The texts listed under ``name``, none of them twice."""
        texts: list[str] = []
        for number, member in enumerate(self._typed(name, list, [])):
            where = (*self.keys, name, number)
            if not isinstance(member, str):
                self.mistakes.add(
                    where, f"{_dotted((*self.keys, name))} has {member!r} in it", "List only texts."
                )
            elif member in texts:
                message = f"{_dotted((*self.keys, name))} lists {member!r} twice"
                self.mistakes.add(where, message, "Remove one of them.")
            else:
                texts.append(member)
        return tuple(texts)

    def table(self, name: str) -> Table:
        """The table ``name`` in this one; empty when there is none."""
        return Table(self._typed(name, dict, {}), (*self.keys, name), self.mistakes)

    def tables(self) -> Iterator[tuple[str, Table]]:
        """Every table in this one, where only tables may be, in the order of the file."""
        for name in self.data:
            yield name, self.table(name)

    def _typed(self, name: str, kind: type[T], default: T) -> T:
        """The value of ``name`` when it is of ``kind`` (true and false are no numbers)."""
        value = self.data.get(name, default)
        if isinstance(value, kind) and not isinstance(value, bool):
            return value
        self.wrong(
            name,
            f"is {_TYPES.get(type(value), 'a date or time')}, not {_TYPES[kind]}",
            f"Write {_TYPES[kind]} there.",
        )
        return default


def read(path: Path) -> Table:
    """The outermost table of the file at ``path``.

    Raises:
        SettingsError: The file cannot be read, is not UTF-8 or is not TOML.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise SettingsError(
            f"cannot be read: {error.strerror}", path=path, hint="Check that it is there."
        ) from error
    try:
        text = data.decode("utf-8-sig")
        values = tomllib.loads(text)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise SettingsError(
            "not UTF-8 text", path=path, line=line, hint="Save the file as UTF-8."
        ) from error
    except tomllib.TOMLDecodeError as error:
        raise _syntax_error(path, text, str(error)) from error
    return Table(values, (), Mistakes(path, key_lines(text)))


def web_address(table: Table, *, required: bool = True) -> str:
    """The ``url`` of a table, at the root of its host, without a slash at its end."""
    url = table.text("url", required=required)
    hint = "Write the public address, such as https://www.example.org"
    try:
        parts = urlsplit(url)
        whole = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        whole = False
    if not url.strip():
        return url
    if not whole or re.search(r"[\s\\<>\"]", url):
        table.wrong("url", f"is no absolute http(s) address: {url!r}", hint)
    elif parts.path.strip("/") or parts.query or parts.fragment or "@" in parts.netloc:
        table.wrong("url", "has more than a scheme and a host", hint)
    return url.rstrip("/")


def nearest(word: str, known: Iterable[str]) -> str:
    """A hint: the name in ``known`` that ``word`` was meant to be, or all of them."""
    from difflib import get_close_matches  # noqa: PLC0415 - only needed when something is wrong

    plain = {_plain(name): str(name) for name in known}
    close = get_close_matches(_plain(word), plain, 1, 0.6)
    if close:
        return f"Did you mean {plain[close[0]]!r}?"
    if len(plain) > 20:
        return f"Known here are {len(plain)} names, such as {min(plain.values(), key=len)!r}."
    return f"Known here: {', '.join(plain.values())}."


def _plain(name: str) -> str:
    return name.lower().replace("-", "_")


def _dotted(keys: KeyPath) -> str:
    """``keys`` as one would write them in TOML."""
    bare = re.compile(r"[A-Za-z0-9_-]+")
    return ".".join(str(key) if bare.fullmatch(str(key)) else f'"{key}"' for key in keys)


def _syntax_error(path: Path, text: str, said: str) -> SettingsError:
    """What ``tomllib`` said, with its line as a number."""
    place = re.search(r" \(at (?:line (\d+), column \d+|end of document)\)$", said)
    line = int(place[1]) if place and place[1] else len(text.splitlines()) or 1
    message = said[: place.start()] if place else said
    hint = "Correct the line; https://toml.io shows how values are written."
    return SettingsError(f"not valid TOML: {message}", path=path, line=line, hint=hint)


def folder(table: Table, name: str, default: str) -> str:
    """A folder below the site's own, written with slashes and without detours."""
    text = table.text(name, default)
    parts: list[str] = []
    escapes = text.startswith(("/", "~")) or "\\" in text or bool(re.match(r"[A-Za-z]:", text))
    for part in PurePosixPath(text).parts:
        if part == ".." and not parts:
            escapes = True
        elif part == "..":
            parts.pop()
        else:
            parts.append(part)
    if escapes:
        hint = f"Name a folder below that of pipeline.toml, such as {default!r}."
        table.wrong(name, f"is outside the site: {text!r}", hint)
        return default
    if not parts:
        hint = f"Name a folder of its own, such as {default!r}."
        table.wrong(name, "is the site's own folder", hint)
        return default
    return "/".join(parts)
