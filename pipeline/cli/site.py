"""Commands about the site: making, building, looking at it."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ..errors import PipelineError
from .door import (
    HERE,
    Articles,
    Drafts,
    Force,
    Jobs,
    Json,
    Locales,
    Only,
    Port,
    Reasons,
    Site,
    app,
    door,
    open_site,
)

if TYPE_CHECKING:
    from ..build import Progress
    from ..ledger.build import Asked
    from ..project import Project
    from ..translation import Drafted


@app.command()
@door
def init(
    directory: Annotated[Path, typer.Argument(metavar="DIR", help="A new or empty folder.")],
) -> bool:
    """Make a small new site that builds at once."""
    from .. import starter  # noqa: PLC0415
    from . import terminal  # noqa: PLC0415

    terminal.show_new_site(directory, starter.init(directory))
    return True


@app.command()
@door
def extract(
    article: Articles = None, site: Site = HERE, jobs: Jobs = None, json: Json = False
) -> bool:
    """Bring templates and catalogues up to date with the articles."""
    from ..extract import extract as extract_articles  # noqa: PLC0415
    from . import console, terminal  # noqa: PLC0415

    project = open_site(site)
    with console.progress(quiet=json) as progress:
        done = extract_articles(project, only=article or (), jobs=jobs, progress=progress)
    terminal.show_extraction(project, done, json=json)
    return done.ok


@app.command()
@door
def build(  # noqa: PLR0913 - its options
    locale: Locales = None,
    *,
    article: Only = None,
    site: Site = HERE,
    force: Force = False,
    drafts: Drafts = False,
    jobs: Jobs = None,
    queue: Annotated[
        bool, typer.Option("--queue", help="Have workers build; it goes on without this terminal.")
    ] = False,
    reasons: Reasons = False,
    json: Json = False,
) -> bool:
    """Build what is out of date, and publish it; say why each page changed."""
    if queue:
        from ..ledger.build import Asked  # noqa: PLC0415

        some = tuple(locale or ()), tuple(article or ())
        asked = Asked(some[0], force=force, preview=drafts, articles=some[1])
        return _build_by_workers(open_site(site), asked, reasons=reasons, json=json)
    from ..build import build as build_site  # noqa: PLC0415
    from . import console, terminal  # noqa: PLC0415

    project = open_site(site)
    with console.progress(quiet=json) as progress:
        report = build_site(
            project,
            locales=locale or (),
            only=article or (),
            force=force,
            preview=drafts,
            jobs=jobs,
            progress=progress,
        )
    terminal.show_report(project, report, reasons=reasons, json=json)
    return report.ok


def _build_by_workers(project: Project, asked: Asked, *, reasons: bool, json: bool) -> bool:
    """Ask for a build and show how far it is; True if it is kept since the broker is down."""
    from ..ledger.asking import ask  # noqa: PLC0415
    from . import queue, queued  # noqa: PLC0415

    begun = ask(project, asked, who=os.environ.get("USER", ""))
    if begun.trouble is not None:
        queued.show_kept(begun.id, begun.trouble)
        return True
    return queue.follow(project, begun.ledger, begun.id, reasons=reasons, json=json)


@app.command()
@door
def run(site: Site = HERE, jobs: Jobs = None, json: Json = False) -> bool:
    """Extract, draft what is untranslated, build, and say how complete each language is."""
    from ..build import build as build_site  # noqa: PLC0415
    from ..extract import extract as extract_articles  # noqa: PLC0415
    from ..status import status as status_of  # noqa: PLC0415
    from . import console, terminal  # noqa: PLC0415

    project = open_site(site)
    with console.progress(quiet=json) as progress:
        done = extract_articles(project, jobs=jobs, progress=progress)
        drafted = _drafted(project, progress)
        report = build_site(project, jobs=jobs, progress=progress)
    terminal.show_run(project, done, drafted, report, list(status_of(project)), json=json)
    return done.ok and report.ok and not any(one.errors for one in drafted)


@app.command()
@door
def status(site: Site = HERE, json: Json = False) -> bool:
    """Show every article in every language: its messages, what is live, what is stale."""
    from ..status import status as status_of  # noqa: PLC0415
    from . import terminal  # noqa: PLC0415

    project = open_site(site)
    rows = list(status_of(project))
    terminal.show_status(project, rows, json=json)
    return not any(row.error for row in rows)


@app.command()
@door
def approve(
    locale: Annotated[str, typer.Argument(help="The language, such as nl.")],
    article: Articles = None,
    by: Annotated[str, typer.Option("--by", metavar="NAME", help="Who approves.")] = "",
    also: Annotated[
        list[str] | None,
        typer.Option("--also", metavar="STATE", help="Also those in state draft or stale."),
    ] = None,
    site: Site = HERE,
) -> bool:
    """Approve what a person has translated in a PO editor."""
    from .. import approval  # noqa: PLC0415
    from ..catalogues import State  # noqa: PLC0415
    from . import terminal  # noqa: PLC0415

    if not by.strip():
        raise typer.BadParameter("say who approves: --by NAME", param_hint="--by")
    for state in also or ():
        if state not in ("draft", "stale"):
            raise typer.BadParameter(f"“{state}” is neither draft nor stale", param_hint="--also")
    states = [State.TRANSLATED, *(State(state) for state in also or ())]
    project = open_site(site)
    done = approval.approve(project, locale, by=by.strip(), only=article or (), states=states)
    terminal.show_approvals(locale, done)
    return not any(one.errors for one in done)


def _drafted(project: Project, progress: Progress) -> list[Drafted]:
    """What is drafted of the languages in which something is untranslated."""
    from ..status import untranslated  # noqa: PLC0415

    wanting = [locale for locale in project.locales if untranslated(project, locale)]
    if not wanting:
        return []
    from ..translation import Drafted  # noqa: PLC0415
    from ..translation import translate as translate_site  # noqa: PLC0415

    done = []
    for locale in wanting:
        try:
            done.append(translate_site(project, locale, progress=progress))
        except PipelineError as error:  # what is approved is published all the same
            done.append(Drafted(locale, errors=(error,)))
    return done


@app.command()
@door
def sync(
    site: Site = HERE,
    force: Annotated[
        bool, typer.Option("--force", help="Read every catalogue, also what seems as it was.")
    ] = False,
    json: Json = False,
) -> bool:
    """Bring the index and the memory up to date with the catalogues, whoever wrote them."""
    from .. import index  # noqa: PLC0415
    from ..memory import memory_of  # noqa: PLC0415
    from . import console, findings  # noqa: PLC0415

    project = open_site(site)
    done = {}
    for locale in project.locales:
        memory = memory_of(project, locale)
        with console.progress(quiet=json) as progress:
            found = index.sync(project, memory.engine, locale, force=force, progress=progress)
        done[locale] = (found, memory.sync(project))
        memory.engine.dispose()
    findings.show_synced(done, json=json)
    return not any(found.errors for found, _ in done.values())


@app.command()
@door
def check(
    locale: Locales = None,
    site: Site = HERE,
    published: Annotated[
        bool, typer.Option("--published", help="Check the pages that were built instead.")
    ] = False,
    json: Json = False,
) -> bool:
    """Check every translation; status 3 if something cannot be published, 1 for other errors."""
    from ..checks import Severity  # noqa: PLC0415
    from . import findings  # noqa: PLC0415

    project = open_site(site)
    if published:
        from ..proof import prove  # noqa: PLC0415

        worst = findings.show_proved(prove(project, locale or ()), json=json)
    else:
        from ..inspection import inspect  # noqa: PLC0415

        worst = findings.show_findings(list(inspect(project, locale or ())), json=json)
    if worst is Severity.BLOCKING:
        raise typer.Exit(3)
    return worst < Severity.ERROR


@app.command()
@door
def serve(
    site: Site = HERE,
    port: Port = 8000,
    desk_port: Annotated[
        int | None,
        typer.Option(
            "--desk-port",
            min=0,
            max=65535,
            help="Port of the review desk; the next one by default.",
        ),
    ] = None,
    drafts: Drafts = False,
) -> bool:
    """Serve the built site on this machine as a real host would, and the review desk beside it."""
    from ..build import output_of  # noqa: PLC0415
    from ..site.serve import serve as serve_site  # noqa: PLC0415
    from . import terminal  # noqa: PLC0415

    project = open_site(site)
    output = output_of(project, preview=drafts)
    serve_both = _desk()
    if serve_both is None:
        serve_site(project, output, port=port, ready=terminal.show_address_alone)
    else:
        own = (port + 1 if port else 0) if desk_port is None else desk_port
        serve_both(project, output, port=port, desk_port=own, ready=terminal.show_addresses)
    return True


def _desk() -> Callable[..., None] | None:
    """What serves the desk, which this package knows nothing of; None where it is not installed."""
    from importlib.metadata import entry_points  # noqa: PLC0415

    for found in entry_points(group="pipeline.desk", name="serve"):
        try:
            serve_both: Callable[..., None] = found.load()
        except ModuleNotFoundError:
            continue
        return serve_both
    return None


@app.command()
@door
def nginx(
    site: Site = HERE,
    brotli: Annotated[
        bool, typer.Option("--brotli", help="nginx has the module that sends .br files.")
    ] = False,
) -> bool:
    """Print the configuration with which nginx serves the site as `serve` does."""
    from ..site.nginx import server  # noqa: PLC0415

    project = open_site(site)
    settings = project.settings.site
    print(server(settings.url, project.output_dir, search=settings.search, brotli=brotli), end="")
    return True


@app.command()
@door
def watch(site: Site = HERE, port: Port = 8000, drafts: Drafts = False, jobs: Jobs = None) -> bool:
    """Serve the site, and build again whenever a source, catalogue or template changes."""
    from ..watch import watch_and_serve  # noqa: PLC0415
    from . import console, terminal  # noqa: PLC0415

    watch_and_serve(
        open_site(site),
        port=port,
        preview=drafts,
        jobs=jobs,
        show=terminal.show_rebuild,
        ready=terminal.show_address,
        failed=lambda error: console.show_errors([error]),
    )
    return True
