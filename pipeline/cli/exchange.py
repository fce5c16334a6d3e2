"""Commands about catalogues that are handed out and come back."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated

import typer

from ..errors import ExchangeError, PipelineError
from .door import HERE, Articles, Json, Language, Site, door, exchange_app, known_locale, open_site


@exchange_app.command("export")
@door
def exchange_export(
    locale: Language,
    article: Articles = None,
    to: Annotated[
        Path, typer.Option("--to", metavar="PATH", help="A folder, or a file that ends in .zip.")
    ] = Path("exchange"),
    xliff: Annotated[bool, typer.Option("--xliff", help="XLIFF 2.1 instead of .po.")] = False,
    site: Site = HERE,
) -> bool:
    """Hand out catalogues as copies that can come back."""
    from .. import exchange, files  # noqa: PLC0415
    from ..database import open_database  # noqa: PLC0415
    from . import console  # noqa: PLC0415

    project = open_site(site)
    domains = list(article or project.domains(known_locale(project, locale)))
    format = exchange.Format.XLIFF if xliff else exchange.Format.PO
    database = open_database(project)
    copies = {
        f"{domain}.{format}": exchange.hand_out(project, database, locale, domain, format=format)
        for domain in domains
    }
    database.dispose()
    if to.suffix == ".zip":
        files.write(to, exchange.pack(copies))
    else:
        for name, data in copies.items():
            files.write(to / locale / name, data)
    where = to if to.suffix == ".zip" else to / locale
    console.show_line(f"Handed out {console.counted(len(copies), 'catalogue')} to {where}.")
    return True


@exchange_app.command("import")
@door
def exchange_import(
    locale: Language,
    file: Annotated[list[Path], typer.Argument(metavar="FILE…", help=".po, .xlf or .zip files.")],
    by: Annotated[str, typer.Option("--by", metavar="NAME", help="Who translated.")] = "",
    approvals: Annotated[
        bool, typer.Option("--approvals", help="Approvals in the files are those of --by.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would be taken, and write nothing.")
    ] = False,
    site: Site = HERE,
    json: Json = False,
) -> bool:
    """Take back what was translated in copies; what was changed here as well is shown."""
    from .. import exchange  # noqa: PLC0415
    from ..database import open_database  # noqa: PLC0415
    from . import findings  # noqa: PLC0415

    if not by.strip():
        raise typer.BadParameter("say who translated: --by NAME", param_hint="--by")
    project = open_site(site)
    known_locale(project, locale)
    bringer = exchange.Bringer(by.strip(), approvals)
    database = open_database(project)
    done: list[exchange.Returned] = []
    errors: list[PipelineError] = []
    for name, data in _files(file, errors):
        try:
            done += exchange.take_in(
                project, database, data, name=name, locale=locale, bringer=bringer, dry_run=dry_run
            )
        except PipelineError as error:
            errors.append(error)
    database.dispose()
    findings.show_returned(done, errors, dry_run=dry_run, json=json)
    return not errors and not any(one.result.conflicts for one in done)


def _files(paths: Sequence[Path], errors: list[PipelineError]) -> Iterator[tuple[str, bytes]]:
    """Files by their names, and those in zips; what cannot be read is among the errors."""
    from ..exchange import is_archive, unpack  # noqa: PLC0415

    for path in paths:
        try:
            data = path.read_bytes()
            yield from unpack(data) if is_archive(data) else [(path.as_posix(), data)]
        except OSError as error:
            reason = error.strerror or str(error)
            hint = "Name another."
            errors.append(ExchangeError(f"cannot be read: {reason}", path=path, hint=hint))
        except ExchangeError as error:
            errors.append(error)
