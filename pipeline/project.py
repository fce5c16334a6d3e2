"""Project: a site's settings and the paths of everything in it, a plain value for any room."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from . import settings as settings_file
from .errors import ProjectError, SettingsError
from .settings import Settings

SETTINGS_FILE = "pipeline.toml"
PREVIEW = "preview"


@dataclass(frozen=True, slots=True)
class Project:
    """One site: the absolute path of its folder, and its settings."""

    root: Path
    settings: Settings

    @property
    def settings_path(self) -> Path:
        """The file that the settings were read from."""
        return self.root / SETTINGS_FILE

    @property
    def source_dir(self) -> Path:
        """Where the source articles are."""
        return self.root / self.settings.site.source

    @property
    def catalogues_dir(self) -> Path:
        """Where the catalogues and their templates are."""
        return self.root / self.settings.site.catalogues

    @property
    def templates_dir(self) -> Path:
        """Where the catalogue templates (``.pot``) are."""
        return self.catalogues_dir / "templates"

    @property
    def output_dir(self) -> Path:
        """Where the published site is."""
        return self.root / self.settings.site.output

    @property
    def theme_dir(self) -> Path | None:
        """Where the site's own theme is, if it has one."""
        theme = self.settings.site.theme
        return None if theme is None else self.root / theme

    @property
    def work_dir(self) -> Path:
        """What belongs to this machine alone: caches, locks, the state database."""
        return self.root / ".pipeline"

    @property
    def cache_dir(self) -> Path:
        """What may be deleted at any time."""
        return self.work_dir / "cache"

    @property
    def locks_dir(self) -> Path:
        """Where locks are held."""
        return self.work_dir / "locks"

    @property
    def source_locale(self) -> str:
        """The locale the articles are written in."""
        return self.settings.site.source_locale

    @property
    def locales(self) -> tuple[str, ...]:
        """The locales translated into, in the order of the settings."""
        return tuple(self.settings.locales)

    @property
    def all_locales(self) -> tuple[str, ...]:
        """The source locale, then the locales translated into."""
        return (self.source_locale, *self.locales)

    def catalogue_path(self, locale: str, domain: str) -> Path:
        """``locales/nl/LC_MESSAGES/articles/x.po`` for ``nl`` and ``articles/x``."""
        return Path(self.catalogue_name(locale, domain))

    def catalogue_name(self, locale: str, domain: str) -> str:
        """The same as text, for thousands: joining paths takes longer than asking the disk."""
        return f"{self._messages(locale)}/{domain}.po"

    def template_path(self, domain: str) -> Path:
        """``locales/templates/articles/x.pot`` for ``articles/x``."""
        return self.templates_dir / f"{domain}.pot"

    def domains(self, locale: str) -> Iterator[str]:
        """The domains that have a catalogue in ``locale``, sorted; hidden files are none."""
        top = self._messages(locale)
        found: list[list[str]] = []
        for folder, inside, names in os.walk(top):
            inside[:] = [name for name in inside if not name.startswith(".")]
            above = folder[len(top) + 1 :].split("/") if folder != top else []
            catalogues = (name for name in names if name.endswith(".po") and name[0] != ".")
            there = (name for name in catalogues if os.path.isfile(f"{folder}/{name}"))  # noqa: PTH113
            found += ([*above, name] for name in there)
        for parts in sorted(found):
            yield "/".join(parts).removesuffix(".po")

    def relative(self, path: Path) -> Path:
        """``path`` as shown to people: from the site's folder when it is below it."""
        return path.relative_to(self.root) if path.is_relative_to(self.root) else path

    def _messages(self, locale: str) -> str:
        return f"{self.root}/{self.settings.site.catalogues}/{locale}/LC_MESSAGES"


def output_of(project: Project, *, preview: bool = False) -> Path:
    """Where a build goes: a preview never touches what is live."""
    return project.work_dir / PREVIEW if preview else project.output_dir


def open_project(site: Path) -> Project:
    """The project in the folder ``site``.

    Raises:
        ProjectError: There is no such folder, or no ``pipeline.toml`` in it.
        SettingsError: Its ``pipeline.toml`` cannot be read or says something impossible.
    """
    root = site.absolute()
    if not root.is_dir():
        raise ProjectError(
            "there is no such folder",
            path=site,
            hint=f"Make a new site there with: pipeline init {site}",
        )
    if not (root / SETTINGS_FILE).is_file():
        raise ProjectError(
            f"this folder is no site: it has no {SETTINGS_FILE}",
            path=site,
            hint=f"Name a site with --site DIR, or make a new one with: pipeline init {site}",
        )
    root = root.resolve()
    return Project(root, settings_file.load(root / SETTINGS_FILE))


def assert_locales(project: Project, locales: Sequence[str]) -> None:
    """Refuse a locale that is none of the site's.

    Raises:
        SettingsError: It is not.
    """
    for locale in locales:
        if locale not in project.all_locales:
            raise SettingsError(
                f"“{locale}” is not a language of this site",
                path=project.settings_path,
                hint=f"It has {', '.join(project.all_locales)}.",
            )


def assert_translated(project: Project, locales: Sequence[str]) -> None:
    """Refuse a locale that the site is not translated into; its own is one.

    Raises:
        SettingsError: It is not.
    """
    for locale in locales:
        if locale not in project.locales:
            raise SettingsError(
                f"“{locale}” is not a language that this site is translated into",
                path=project.settings_path,
                hint=f"It is translated into {', '.join(project.locales) or 'none'}.",
            )
