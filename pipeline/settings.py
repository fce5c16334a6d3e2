"""Settings: ``pipeline.toml`` read once into one typed, frozen value, or a list of its mistakes."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from fnmatch import fnmatchcase
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import Literal, cast

from .desk import Review, review_of
from .errors import SettingsError
from .tables import Table, folder, nearest, read, web_address
from .variables import variable

Stale = Literal["previous", "source"]
Address = Literal["informal", "formal"]
Exact = Literal["draft", "approved"]

_STATE_URL = "sqlite:///.pipeline/state.db"
_SECRET = re.compile(r"(?:.*[_-])?(?:key|apikey|token|secret|password|passwd)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Site:
    """``[site]``: what is published and where; folders are relative to the site's own.

    ``search`` is whether readers can search; ``credit`` whether JSON-LD names those who approved.
    """

    title: str
    url: str
    source_locale: str
    description: str = ""
    source: str = "source"
    catalogues: str = "locales"
    output: str = "public"
    theme: str | None = None
    menu: tuple[str, ...] = ()
    search: bool = False
    credit: bool = True


@dataclass(frozen=True, slots=True)
class Folder:
    """``[folders."path"]``: what holds for the articles below one folder of the source."""

    layout: str | None = None


class Publish(StrEnum):
    """The least a translation has to be to go live."""

    APPROVED = "approved"
    TRANSLATED = "translated"
    DRAFT = "draft"


@dataclass(frozen=True, slots=True)
class LocaleSettings:
    """``[locales.nl]``: when a translation goes live, and how readers are spoken to.

    ``minimum_percent`` is the least share of a page's segments that must be live before the page
    goes live; ``grace_days`` is how long the previous text of a stale segment is shown.
    """

    locale: str
    publish: Publish = Publish.APPROVED
    stale: Stale = "previous"
    grace_days: int = 30
    address: Address | None = None
    minimum_percent: int = 80


@dataclass(frozen=True, slots=True)
class Translation:
    """``[translation]``: the engines in the order they are tried, and a table for each.

    ``exact`` is what an exact match of the memory becomes; ``fuzzy`` from how many per cent a
    likeness is used as a draft, 0 for never; ``people_only`` are articles that engines never get.
    """

    engines: tuple[str, ...] = ()
    exact: Exact = "draft"
    fuzzy: int = 0
    people_only: tuple[str, ...] = ()
    tables: Mapping[str, Mapping[str, object]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Drafting:
    """What machines may draft in one language: ``[locales.nl]``, else what ``[translation]`` says.

    ``people_only`` are articles, or patterns of their ids, that no engine is asked for.
    """

    engines: tuple[str, ...] = ()
    exact: Exact = "draft"
    fuzzy: int = 0
    people_only: tuple[str, ...] = ()

    def may_ask(self, article_id: str) -> bool:
        """Whether engines may draft an article."""
        return not any(fnmatchcase(article_id, pattern) for pattern in self.people_only)


@dataclass(frozen=True, slots=True)
class State:
    """``[state]``: the database of work in progress, or the variable that holds its address."""

    url: str = _STATE_URL
    url_env: str = ""


@dataclass(frozen=True, slots=True)
class Queue:
    """``[queue]``: the broker of Celery workers, or the variable that holds its address.

    ``batch`` is how many pages go in one message, of very many up to four times as many; ``lease``
    for how many seconds a worker holds them without a sign of life; ``runs`` how often a page may
    be begun that kills its worker.
    ``webhook`` is told when a build ends, signed with the secret in ``webhook_secret_env``.
    """

    url: str = ""
    url_env: str = ""
    batch: int = 32
    lease: int = 30
    runs: int = 3
    webhook: str = ""
    webhook_secret_env: str = ""


def address_of(service: State | Queue) -> str:
    """The address of a service, from the file or from the variable that it names.

    Raises:
        SettingsError: The variable is not set.
    """
    if not service.url_env:
        return service.url
    url = variable(service.url_env)
    if not url:
        table = type(service).__name__.lower()
        raise SettingsError(
            f"the variable {service.url_env} holds no address",
            hint=f"Set it, or {service.url_env}_FILE, or remove “url_env” from [{table}].",
        )
    return url


@dataclass(frozen=True)
class Settings:
    """All of ``pipeline.toml``; ``locales`` are those translated into, in the order of the file."""

    site: Site
    folders: Mapping[str, Folder] = field(default_factory=dict)
    locales: Mapping[str, LocaleSettings] = field(default_factory=dict)
    translation: Translation = Translation()
    drafting: Mapping[str, Drafting] = field(default_factory=dict)
    state: State = State()
    queue: Queue = Queue()
    review: Review = field(default_factory=Review)

    @cached_property
    def digest(self) -> str:
        """A hash of every setting that changes what a page says: site, folders and locales."""
        parts = (
            asdict(self.site),
            {path: asdict(folder) for path, folder in self.folders.items()},
            [asdict(locale) for locale in self.locales.values()],
        )
        return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()

    def layout_for(self, article_id: str) -> str | None:
        """The layout of the innermost folder around an article that sets one."""
        around = (parent.as_posix() for parent in PurePosixPath(article_id).parents)
        layouts = (self.folders[path].layout for path in around if path in self.folders)
        return next((layout for layout in layouts if layout), None)


def load(path: Path) -> Settings:
    """The settings in the file at ``path``.

    Raises:
        SettingsError: It cannot be read, or something in it is wrong; the error names the first
            line at fault and the nearest valid name, and its hint ends with every other mistake.
    """
    root = read(path)
    root.only(("site", "folders", "locales", "translation", "state", "queue", "review"))
    site = _site(root.table("site"))
    locales = root.table("locales")
    translation = _translation(root.table("translation"))
    settings = Settings(
        site,
        _folders(root.table("folders")),
        _locales(locales, site.source_locale),
        translation,
        {name: _drafting(inner, translation) for name, inner in locales.tables()},
        State(*_service(root.table("state"), _STATE_URL)),
        _queue(root.table("queue")),
        review_of(root.table("review"), locales),
    )
    root.mistakes.raise_any()
    return settings


def _site(table: Table) -> Site:
    table.only(Site.__dataclass_fields__)
    site = Site(
        title=table.text("title", required=True),
        url=web_address(table),
        source_locale=table.text("source_locale", required=True),
        description=table.text("description"),
        source=folder(table, "source", "source"),
        catalogues=folder(table, "catalogues", "locales"),
        output=folder(table, "output", "public"),
        theme=folder(table, "theme", "theme") if "theme" in table.data else None,
        menu=table.texts("menu"),
        search=table.truth("search", False),
        credit=table.truth("credit", True),
    )
    if site.source_locale:
        _known_locale(table, "source_locale", site.source_locale)
    _keep_apart(table, site)
    return site


def _keep_apart(table: Table, site: Site) -> None:
    """A build replaces what is in the output: nothing else may be in it, nor it in anything."""
    hint = "Give each of them a folder of its own."
    folders = {"source": site.source, "catalogues": site.catalogues, "theme": site.theme or ""}
    for other, place in {**folders, ".pipeline": ".pipeline", ".git": ".git"}.items():
        if _overlap(site.output, place):
            name = "output" if "output" in table.data or other not in table.data else other
            message = f"overlaps: the output is {site.output!r}, the place of {other} {place!r}"
            table.wrong(name, message, hint)
    if _overlap(site.source, site.catalogues):
        name = "catalogues" if "catalogues" in table.data else "source"
        table.wrong(name, f"overlaps: {site.source!r} and {site.catalogues!r}", hint)


def _overlap(one: str, other: str) -> bool:
    if not one or not other:
        return False
    first, second = PurePosixPath(one), PurePosixPath(other)
    return first.is_relative_to(second) or second.is_relative_to(first)


def _folders(table: Table) -> dict[str, Folder]:
    folders: dict[str, Folder] = {}
    for name, inner in table.tables():
        inner.only(Folder.__dataclass_fields__)
        path = PurePosixPath(name)
        if not path.parts or path.is_absolute() or ".." in path.parts:
            table.wrong(name, "is no folder below source", 'Write it such as [folders."legacy"].')
            continue
        layout = inner.text("layout") or None
        if layout and not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_-]*", layout):
            inner.wrong(
                "layout", f"is no template's name: {layout!r}", 'Such as "article", "none".'
            )
        folders[path.as_posix()] = Folder(layout)
    return folders


def _locales(table: Table, source_locale: str) -> dict[str, LocaleSettings]:
    locales: dict[str, LocaleSettings] = {}
    for name, inner in table.tables():
        fields = (*LocaleSettings.__dataclass_fields__, *Drafting.__dataclass_fields__)
        inner.only((*(key for key in fields if key != "locale"), "four_eyes"))
        _known_locale(table, name, name)
        if name == source_locale:
            hint = "Remove the table: nothing is translated into the language of the source."
            table.wrong(name, "is site.source_locale", hint)
        address = inner.choice("address", ("informal", "formal"), "")
        locales[name] = LocaleSettings(
            locale=name,
            publish=Publish(inner.choice("publish", tuple(Publish), Publish.APPROVED)),
            stale=cast(Stale, inner.choice("stale", ("previous", "source"), "previous")),
            grace_days=inner.number("grace_days", 30, minimum=0, maximum=36500),
            address=cast(Address, address) if address else None,
            minimum_percent=inner.number("minimum_percent", 80, minimum=0, maximum=100),
        )
    return locales


def _known_locale(table: Table, name: str, locale: str) -> None:
    """Note a locale that is not written as gettext does (``nl``, ``pt_BR``) or not in the CLDR."""
    from babel import Locale, UnknownLocaleError  # noqa: PLC0415 - slow, and `--help` needs none
    from babel.localedata import locale_identifiers  # noqa: PLC0415

    try:
        known = bool(re.fullmatch(r"[a-z]{2,3}(_[A-Z][a-z]{3})?(_([A-Z]{2}|\d{3}))?", locale))
        Locale.parse(locale)
    except (ValueError, UnknownLocaleError):
        known = False
    if not known:
        languages = {name.lower(): code for code, name in Locale("en").languages.items()}
        meant = languages.get(locale.lower(), locale)
        hint = nearest(meant, locale_identifiers())
        table.mistakes.add((*table.keys, name), f"{locale!r} is no known locale", hint)


def _translation(table: Table) -> Translation:
    tables: dict[str, Mapping[str, object]] = {}
    for name, value in table.data.items():
        if isinstance(value, dict):
            tables[name] = value
            _refuse_secrets(Table(value, (*table.keys, name), table.mistakes))
    table.only(("engines", "exact", "fuzzy", "people_only", *tables))
    return Translation(
        table.texts("engines"),
        cast(Exact, table.choice("exact", ("draft", "approved"), "draft")),
        table.number("fuzzy", 0, minimum=0, maximum=100),
        table.texts("people_only"),
        tables,
    )


def _drafting(table: Table, general: Translation) -> Drafting:
    exact = table.choice("exact", ("draft", "approved"), general.exact)
    return Drafting(
        table.texts("engines") if "engines" in table.data else general.engines,
        cast(Exact, exact),
        table.number("fuzzy", general.fuzzy, minimum=0, maximum=100),
        (*general.people_only, *table.texts("people_only")),
    )


def _refuse_secrets(table: Table) -> None:
    """A secret never stands in the settings, which are shared and kept under version control."""
    hint = 'Use key_env = "NAME" (a variable) or key_file = "path", and change the secret.'
    for name, value in table.data.items():
        if isinstance(value, dict):
            _refuse_secrets(Table(value, (*table.keys, name), table.mistakes))
        elif value != "" and (_SECRET.fullmatch(name) or _has_password(value)):
            table.wrong(name, "holds a secret", hint)


def _queue(table: Table) -> Queue:
    webhook = table.text("webhook")
    if webhook and not re.match(r"https?://[^/@\s]+(/|$)", webhook):
        table.wrong("webhook", f"is no http(s) address without a password: {webhook!r}", "")
    if webhook and not table.text("webhook_secret_env"):
        hint = 'Add webhook_secret_env = "NAME" (a variable that holds the secret).'
        table.wrong("webhook", "has no secret to be signed with", hint)
    others = [name for name in Queue.__dataclass_fields__ if name not in ("url", "url_env")]
    return Queue(
        *_service(table, "", *others),
        table.number("batch", 32, minimum=1, maximum=1000),
        table.number("lease", 30, minimum=1, maximum=600),
        table.number("runs", 3, minimum=1, maximum=100),
        webhook,
        table.text("webhook_secret_env"),
    )


def _service(table: Table, default: str, *others: str) -> tuple[str, str]:
    """The address of a service and the variable that may hold it: an address with a password."""
    table.only(("url", "url_env", *others))
    url = table.text("url", default)
    if _has_password(url):
        hint = 'Use url_env = "NAME" (a variable that holds the whole address).'
        table.wrong("url", "holds a secret", hint)
    return url, table.text("url_env")


def _has_password(value: object) -> bool:
    return isinstance(value, str) and bool(re.match(r"[a-z0-9+.-]+://[^/@\s]*:[^/@\s]+@", value))
