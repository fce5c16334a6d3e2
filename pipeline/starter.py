"""A small new site that builds at once."""

from __future__ import annotations

from importlib.resources import files as resources
from importlib.resources.abc import Traversable
from pathlib import Path

from . import files
from .errors import ProjectError


def init(folder: Path) -> list[Path]:
    """Write a new site into ``folder``; the paths of its files.

    Raises:
        ProjectError: There is a site already, or something that would be overwritten.
    """
    planned = list(_files(resources(__package__) / "starter", folder))
    for path, _ in planned:
        if path.exists():
            raise ProjectError(
                "this file is already there",
                path=path,
                hint="Name an empty or a new folder; nothing was written.",
            )
    for path, data in planned:
        try:
            files.write(path, data)
        except OSError as error:
            raise ProjectError(
                f"the new site cannot be written: {error.strerror or error}",
                path=path,
                hint="Name a folder that you may write to.",
            ) from error
    return [path for path, _ in planned]


def _files(template: Traversable, folder: Path) -> list[tuple[Path, bytes]]:
    found: list[tuple[Path, bytes]] = []
    for entry in sorted(template.iterdir(), key=lambda entry: entry.name):
        name = ".gitignore" if entry.name == "gitignore" else entry.name
        if entry.is_dir():
            found += _files(entry, folder / name)
        else:
            found.append((folder / name, entry.read_bytes()))
    return found
