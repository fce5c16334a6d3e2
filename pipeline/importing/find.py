"""Finding what can be imported in the files and folders that were named."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from ..errors import ImportingError, PipelineError
from .document import Document
from .formats import endings, format_of

_ASSETS = ("_files", "_bestanden", "_dateien", "_fichiers", "_archivos")
"""Folders that browsers save beside a page, for what it is made of."""


def found_in(paths: Iterable[Path]) -> list[Path]:
    """The files to import: those that were named, and those of named folders that have a format.

    Raises:
        ImportingError: A folder has nothing to import.
    """
    found: dict[Path, None] = {}
    for path in paths:
        if not path.is_dir():
            found[path] = None
            continue
        own = [file for file in sorted(path.rglob("*")) if _is_wanted(file, path)]
        if not own:
            raise ImportingError(
                "there is nothing to import in this folder",
                path=path,
                hint=f"What can be imported ends in {', '.join(endings())}.",
            )
        found.update(dict.fromkeys(own))
    return list(found)


def documents(paths: Iterable[Path], errors: list[PipelineError]) -> Iterator[Document]:
    """The documents in files; what cannot be read is told and stops no other."""
    for path in paths:
        try:
            yield from format_of(path).read(path)
        except PipelineError as error:
            errors.append(error)


def _is_wanted(file: Path, folder: Path) -> bool:
    parts = file.relative_to(folder).parts
    if any(part.startswith(".") for part in parts):
        return False
    if any(part.endswith(_ASSETS) for part in parts[:-1]):
        return False
    return file.suffix.lower() in endings() and file.is_file()
