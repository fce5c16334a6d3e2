"""The command about how often pages are read."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from ..errors import ProjectError
from .door import HERE, Site, app, door, open_site


@app.command()
@door
def views(
    logs: Annotated[
        list[Path],
        typer.Argument(metavar="LOG", help="Access logs of nginx or Apache, also as .gz."),
    ],
    site: Site = HERE,
) -> bool:
    """Count how often each page is read, for the order of the review queue; of readers nothing is
    kept."""
    from ..views import count, write  # noqa: PLC0415
    from .console import counted, out  # noqa: PLC0415

    project = open_site(site)
    found = count(line for path in logs for line in _lines(path))
    path = write(project, found)
    pages = counted(len(found), "page")
    out.print(f"{project.relative(path)}: {pages}, read {sum(found.values())} times.")
    return True


def _lines(path: Path) -> Iterator[str]:
    opened = gzip.open if path.suffix == ".gz" else open
    try:
        with opened(path, "rt", encoding="utf-8", errors="replace") as file:
            yield from file
    except (OSError, EOFError) as error:
        hint = "Name a log of nginx or Apache; the views that were counted before stay."
        raise ProjectError(f"cannot be read: {error}", path=path, hint=hint) from error
