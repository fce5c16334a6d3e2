"""The command that brings in what people have: pages, exports, feeds, Word files, texts."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ..errors import ImportingError, PipelineError
from .door import HERE, Json, Site, app, door, known_locale, open_site

if TYPE_CHECKING:
    from ..importing import Plan
    from ..project import Project

Files = Annotated[
    list[Path],
    typer.Argument(
        metavar="FILE", help="Files, or folders of them: .html, .xml, .rss, .atom, .docx, .txt."
    ),
]
Into = Annotated[
    str | None,
    typer.Option("--into", metavar="FOLDER", help="Below the sources; by their kind if left out."),
]
Media = Annotated[
    list[Path] | None,
    typer.Option("--media", metavar="DIR", help="A copy of the old site's pictures."),
]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Write without asking.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Say what would be written.")]
Align = Annotated[
    str,
    typer.Option(
        "--align",
        metavar="LOCALE",
        help="The files are translations into this language: take them into the memory.",
    ),
]
Of = Annotated[
    str, typer.Option("--article", metavar="ARTICLE", help="Which article the translation is of.")
]


@app.command("import")
@door
def import_(  # noqa: PLR0913 - one for each option
    file: Files,
    *,
    into: Into = None,
    media: Media = None,
    align: Align = "",
    article: Of = "",
    yes: Yes = False,
    dry_run: DryRun = False,
    site: Site = HERE,
    json: Json = False,
) -> bool:
    """Make source articles of saved pages, exports, feeds, Word files and texts."""
    project = open_site(site)
    if align:
        known_locale(project, align)
        return _align(project, file, align, article=article, yes=yes, dry_run=dry_run, json=json)
    if article:
        raise typer.BadParameter("is for --align", param_hint="--article")
    return _import(project, file, into=into, media=media or (), yes=yes, dry_run=dry_run, json=json)


def _import(
    project: Project,
    named: list[Path],
    *,
    into: str | None,
    media: list[Path] | tuple[()],
    yes: bool,
    dry_run: bool,
    json: bool,
) -> bool:
    from ..importing import Plan, documents, found_in, plan, write  # noqa: PLC0415
    from . import arrivals  # noqa: PLC0415

    errors: list[PipelineError] = []
    found = list(documents(found_in(named), errors))
    folders = [path if path.is_dir() else path.parent for path in named]
    made = plan(project, found, folders=folders, media=media, into=_folder(into))
    made = Plan(made.arrivals, (*errors, *made.errors))
    if not json:
        arrivals.show_plan(project, made)
    agreed = bool(made.new) and not dry_run and (yes or _agrees(made))
    written = write(project, made) if agreed else []
    if json:
        arrivals.print_plan(project, made, written)
    else:
        arrivals.show_written(project, made, written, asked=not dry_run)
    refused = made.new and not written and not dry_run
    return not (made.errors or refused or any(one.present == "other" for one in made.arrivals))


def _align(
    project: Project,
    named: list[Path],
    locale: str,
    *,
    article: str,
    yes: bool,
    dry_run: bool,
    json: bool,
) -> bool:
    from ..importing import documents, found_in  # noqa: PLC0415
    from ..importing.alignment import align, remember  # noqa: PLC0415
    from . import arrivals  # noqa: PLC0415

    errors: list[PipelineError] = []
    found = list(documents(found_in(named), errors))
    done = align(project, found, article=article)
    errors += done.errors
    if not json:
        arrivals.show_aligned(project, locale, done.aligned)
    count = sum(len(one.sure) for one in done.aligned)
    question = f"Take {count} pairs into the memory of {locale}?"
    agreed = bool(count) and not dry_run and (yes or _asks(question))
    added = remember(project, locale, done.aligned) if agreed else 0
    arrivals.show_remembered(project, locale, done.aligned, errors, added=added, json=json)
    return not errors and (dry_run or bool(agreed))


def _folder(into: str | None) -> str | None:
    """The folder below the sources, as ids have it."""
    if into is None:
        return None
    parts = [part for part in into.replace("\\", "/").split("/") if part not in ("", ".")]
    if into.startswith("/") or any(part.startswith(".") for part in parts):
        raise ImportingError(
            f"“{into}” is no folder below the sources", hint="Name one such as: --into articles"
        )
    return "/".join(parts)


def _agrees(made: Plan) -> bool:
    from . import console  # noqa: PLC0415

    articles = console.counted(len(made.new), "article")
    pictures = console.counted(len(made.pictures), "picture")
    return _asks(f"Write {articles}{f' and {pictures}' if made.pictures else ''}?")


def _asks(question: str) -> bool:
    """What a person at a terminal says; nobody else is asked, and nothing is done."""
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        return False
    return typer.confirm(question, default=False)
