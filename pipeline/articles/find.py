"""Finding what is below the sources: articles, and the files that are published as they are."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ..errors import ArticleError, PipelineError, ProjectError
from ..files import is_temporary
from ..project import Project
from .article import Source
from .formats import READERS

_RESERVED = "site"
"""The domain of the site's own words, which no article may take."""


@dataclass(frozen=True, slots=True)
class Found:
    """What is below the sources.

    Attributes:
        sources: The articles, by their ids.
        assets: Name below the sources, and path, of every other file.
        errors: Files that cannot be articles of this site.
    """

    sources: tuple[Source, ...] = ()
    assets: tuple[tuple[str, Path], ...] = ()
    errors: tuple[PipelineError, ...] = ()


def find(project: Project) -> Found:
    """The articles and assets of a site; hidden files and those of editors are none.

    Raises:
        ProjectError: There is no folder of sources.
    """
    top = project.source_dir
    if not top.is_dir():
        raise ProjectError(
            "there is no folder of sources",
            path=project.relative(top),
            hint="Create it and put articles into it, or correct “source” in pipeline.toml.",
        )
    sources: dict[str, Source] = {}
    assets: list[tuple[str, Path]] = []
    errors: list[PipelineError] = []
    for name, path in sorted(_files(top, "")):
        if path.suffix.lower() not in READERS:
            assets.append((name, path))
            continue
        source = Source(name[: -len(path.suffix)], path, name)
        problem = _problem(source, sources)
        if problem:
            message, hint = problem
            errors.append(ArticleError(message, path=project.relative(path), hint=hint))
        else:
            sources[source.id] = source
    return Found(tuple(sources[id_] for id_ in sorted(sources)), tuple(assets), tuple(errors))


def find_one(project: Project, id: str) -> Source | None:
    """The article of an id, without a look at all others where its file is named as usual."""
    if id == _RESERVED:
        return None
    parts = id.split("/")
    plain = not any(part in ("", "..") or part.startswith(".") for part in parts)
    for suffix in sorted(READERS) if plain else ():
        path = project.source_dir / f"{id}{suffix}"
        if "\0" not in id and path.is_file():
            return Source(id, path, f"{id}{suffix}")
    return next((source for source in find(project).sources if source.id == id), None)


def _problem(source: Source, known: dict[str, Source]) -> tuple[str, str] | None:
    if source.id in known:
        return (
            f"there is another article of that name: {known[source.id].name}",
            "Give one of them another name; this one is left out.",
        )
    if source.id == _RESERVED:
        return (
            "an article cannot be called “site”: the site's own words are",
            "Give the file another name.",
        )
    return None


def _files(folder: Path, inside: str) -> Iterator[tuple[str, Path]]:
    with os.scandir(folder) as entries:
        for entry in entries:
            path = Path(entry.path)
            if entry.name.startswith(".") or entry.name.endswith("~") or is_temporary(path):
                continue
            if entry.is_dir():
                yield from _files(path, f"{inside}{entry.name}/")
            elif entry.is_file():
                yield f"{inside}{entry.name}", path
