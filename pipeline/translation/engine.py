"""Engines of machine translation: what each can do, and how it is asked.

An engine is found by an entry point of the group ``pipeline.engines``: a function that makes one of
its table in ``pipeline.toml``. Others can add their own.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from importlib.metadata import entry_points
from pathlib import Path
from typing import Protocol, runtime_checkable

from ..errors import EngineError
from ..glossary import Term
from ..project import Project
from ..tables import nearest

GROUP = "pipeline.engines"


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What an engine can do.

    Attributes:
        html: Whether it keeps HTML tags whole.
        local: Whether texts stay on this machine or network.
        texts, characters: The most of one request.
        price: What a million characters cost, in euros; None if that is not known.
        prefers: The form of markup that it keeps best, if that is known.
    """

    html: bool = False
    local: bool = False
    texts: int = 1
    characters: int = 4500
    price: float | None = None
    prefers: str = ""


@dataclass(frozen=True, slots=True)
class Job:
    """What texts are to be translated into, and how.

    Attributes:
        source_locale, locale: The languages.
        html: Whether the texts are HTML, else plain text.
        address: How readers are spoken to.
        terms: The terms that the texts have.
        notes: What authors say of the texts to those who translate them.
        glossary: All terms, for engines that keep a glossary.
        before, after: What the article says around the texts, where that is known.
    """

    source_locale: str
    locale: str
    html: bool = False
    address: str | None = None
    terms: tuple[Term, ...] = ()
    notes: tuple[str, ...] = ()
    glossary: tuple[Term, ...] = ()
    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()


class Trouble(StrEnum):
    """What kind of failure it is, and so what may be done about it."""

    BUSY = "busy"
    """It may answer later: try again."""
    QUOTA = "quota"
    """Nothing more today."""
    BROKEN = "broken"
    """It does not answer as it should."""
    REFUSED = "refused"
    """The key, the language pair or the text is not accepted: trying again is of no use."""


class EngineFault(Exception):
    """An engine did not answer.

    Attributes:
        trouble: What kind of failure it is.
        message: For the report; never holds a key or a text.
        after: Seconds after which it asks to be tried again.
    """

    def __init__(self, trouble: Trouble, message: str, *, after: float = 0) -> None:
        super().__init__(message)
        self.trouble = trouble
        self.message = message
        self.after = after


class Engine(Protocol):
    """Something that translates."""

    @property
    def name(self) -> str:
        """As in the settings."""

    @property
    def capabilities(self) -> Capabilities:
        """What it can do."""

    def translate(self, texts: Sequence[str], job: Job) -> list[str]:
        """The translations, as many as there are texts and in their order.

        Raises:
            EngineFault: It did not answer; nothing of it is used.
        """

    def health(self) -> str:
        """What it says of itself when it is well.

        Raises:
            EngineFault: It is not.
        """


@runtime_checkable
class Fetching(Protocol):
    """An engine on this machine whose models are fetched when asked for."""

    @property
    def name(self) -> str:
        """As in the settings."""

    def fetch(self, source_locale: str, locale: str) -> str:
        """Fetch what it needs for a pair, if it has not got it; what was done.

        Raises:
            EngineFault: It cannot be had.
        """


_EVERY = frozenset(
    "engine timeout price daily_characters monthly_characters per_second per_minute at_once".split()
)
"""Keys that every engine's table may have."""

Factory = Callable[["EngineSettings"], Engine]


@dataclass(frozen=True, slots=True)
class EngineSettings:
    """An engine's table in ``pipeline.toml``; ``site`` is the address of the site.

    ``read`` are the keys that were asked for: what else stands there is a mistake.
    """

    name: str
    values: Mapping[str, object]
    path: Path
    site: str = ""
    read: set[str] = field(default_factory=set, compare=False)

    def value(self, key: str, default: object = None) -> object:
        """Whatever stands there."""
        self.read.add(key)
        return self.values.get(key, default)

    def text(self, key: str, default: str = "") -> str:
        """A text of the table."""
        value = self.value(key, default)
        if not isinstance(value, str):
            raise self.error(f"“{key}” is no text")
        return value

    def number(self, key: str, default: float) -> float:
        """A number of the table, above 0."""
        value = self.value(key, default)
        if isinstance(value, bool) or not isinstance(value, int | float) or value <= 0:
            raise self.error(f"“{key}” is no number above 0")
        return float(value)

    def whole(self, key: str) -> int:
        """A whole number of the table, above 0; 0 if there is none."""
        value = self.value(key)
        if value is None:
            return 0
        if isinstance(value, bool) or not isinstance(value, int) or value <= 0:
            raise self.error(f"“{key}” is no whole number above 0")
        return value

    def price(self, default: float | None) -> float | None:
        """Euros for a million characters; None if nobody knows."""
        value = self.value("price", default)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int | float) or value < 0:
            raise self.error("“price” is no amount of euros")
        return float(value)

    def url(self, default: str = "") -> str:
        """The address of the engine, without a slash at its end."""
        url = self.text("url", default).rstrip("/")
        if not url.startswith(("http://", "https://")):
            raise self.error("“url” is missing or no http(s) address")
        return url

    def key(self, *, needed: bool = False) -> str:
        """The key, from the variable or the file that the table names."""
        found = ""
        self.read.update(("key_env", "key_file"))
        if variable := self.text("key_env"):
            found = os.environ.get(variable, "").strip()
            if not found and needed:
                raise self.error(f"the variable {variable} holds no key")
        elif file := self.text("key_file"):
            try:
                found = (self.path.parent / file).read_text(encoding="utf-8").strip()
            except (OSError, UnicodeDecodeError) as error:
                why = getattr(error, "strerror", None) or "it is no text"
                raise self.error(f"the file of the key cannot be read: {why}") from None
        if not found and needed:
            raise self.error("a key is needed: “key_env” or “key_file”")
        return found

    def only_read(self) -> None:
        """Raises:
        EngineError: A key stands there that nobody asks for, with the nearest that somebody does.
        """
        known = self.read | _EVERY
        for key in self.values:
            if key not in known:
                raise self.error(f"there is no “{key}”", nearest(key, sorted(known)))

    def error(self, message: str, hint: str = "") -> EngineError:
        """An error in this table."""
        return EngineError(
            f"engine “{self.name}”: {message}",
            path=self.path,
            hint=hint or f"See [translation.{self.name}] in pipeline.toml.",
        )


def known() -> dict[str, str]:
    """The names of the engines that are installed, and where each comes from."""
    return {point.name: point.value for point in sorted(entry_points(group=GROUP))}


def settings_of(project: Project, name: str) -> EngineSettings:
    """The table of an engine."""
    values = project.settings.translation.tables.get(name, {})
    return EngineSettings(name, values, project.settings_path, project.settings.site.url)


def engine_of(project: Project, name: str) -> Engine:
    """The engine of a name, with its settings.

    Raises:
        EngineError: There is none, or its settings are not what it needs.
    """
    points = {point.name: point for point in entry_points(group=GROUP)}
    settings = settings_of(project, name)
    kind = settings.text("engine", name)
    if kind not in points:
        raise EngineError(
            f"there is no engine “{kind}”",
            path=project.settings_path,
            hint=nearest(kind, points),
        )
    factory: Factory = points[kind].load()
    engine = factory(settings)
    settings.only_read()
    return engine
