"""The ``pipeline`` command: parses what was asked, calls the room that does it, prints what it did.

Every command takes ``--site``, and ends with status 0 only when all went well: 1 says that
something failed, 2 that the command line was not understood. Rooms are imported when they are
needed, so that ``--help`` is there at once.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, ParamSpec

import typer

from .errors import PipelineError

if TYPE_CHECKING:
    from .build import Progress
    from .project import Project
    from .translation import Drafted

app = typer.Typer(
    help="Articles in, gettext catalogues out, people approve, localised pages are published.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,  # plain help: half the time to show it
    context_settings={"help_option_names": ["-h", "--help"]},
)

Site = Annotated[
    Path, typer.Option("--site", metavar="DIR", help="The site's folder, with its pipeline.toml.")
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON for a script.")]
Jobs = Annotated[
    int | None,
    typer.Option("--jobs", "-j", min=1, help="Processes at most; one for each core by default."),
]
Force = Annotated[bool, typer.Option("--force", help="Build everything, also what is up to date.")]
Drafts = Annotated[
    bool,
    typer.Option("--drafts", help="A preview with all that waits for people; nothing goes live."),
]
Port = Annotated[int, typer.Option("--port", "-p", min=0, max=65535, help="Port on loopback.")]
Articles = Annotated[
    list[str] | None, typer.Argument(metavar="ARTICLE", help="Ids such as articles/first.")
]
Locales = Annotated[
    list[str] | None, typer.Argument(metavar="LOCALE", help="Languages such as nl; all if none.")
]

Language = Annotated[str, typer.Argument(metavar="LOCALE", help="The language, such as nl.")]

HERE = Path()
engines_app = typer.Typer(help="Engines of machine translation.")
app.add_typer(engines_app, name="engines")
glossary_app = typer.Typer(help="The glossary.", no_args_is_help=True)
app.add_typer(glossary_app, name="glossary")
memory_app = typer.Typer(help="The translation memory.", no_args_is_help=True)
app.add_typer(memory_app, name="memory")
P = ParamSpec("P")


def _door(command: Callable[P, bool]) -> Callable[P, None]:
    """Errors become a message, and what a command says of its success the exit status."""

    @wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> None:
        from . import terminal  # noqa: PLC0415

        try:
            ok = command(*args, **kwargs)
        except PipelineError as error:
            terminal.show_errors([error])
            raise typer.Exit(1) from None
        except KeyboardInterrupt:
            terminal.show_line("Stopped; what was live is live.")
            raise typer.Exit(130) from None
        except BrokenPipeError:
            sys.stderr.close()
            raise typer.Exit(1) from None
        if not ok:
            raise typer.Exit(1)

    return run


def _open(site: Path) -> Project:
    from .project import open_project  # noqa: PLC0415

    return open_project(site)


@app.command()
@_door
def init(
    directory: Annotated[Path, typer.Argument(metavar="DIR", help="A new or empty folder.")],
) -> bool:
    """Make a small new site that builds at once."""
    from . import starter, terminal  # noqa: PLC0415

    terminal.show_new_site(directory, starter.init(directory))
    return True


@app.command()
@_door
def extract(
    article: Articles = None, site: Site = HERE, jobs: Jobs = None, json: Json = False
) -> bool:
    """Bring templates and catalogues up to date with the articles."""
    from . import terminal  # noqa: PLC0415
    from .extract import extract as extract_articles  # noqa: PLC0415

    project = _open(site)
    with terminal.progress(quiet=json) as progress:
        done = extract_articles(project, only=article or (), jobs=jobs, progress=progress)
    terminal.show_extraction(project, done, json=json)
    return done.ok


@app.command()
@_door
def build(
    locale: Locales = None,
    site: Site = HERE,
    force: Force = False,
    drafts: Drafts = False,
    jobs: Jobs = None,
    json: Json = False,
) -> bool:
    """Build what is out of date, and publish it."""
    from . import terminal  # noqa: PLC0415
    from .build import build as build_site  # noqa: PLC0415

    project = _open(site)
    with terminal.progress(quiet=json) as progress:
        report = build_site(
            project,
            locales=locale or (),
            force=force,
            preview=drafts,
            jobs=jobs,
            progress=progress,
        )
    terminal.show_report(project, report, json=json)
    return report.ok


@app.command()
@_door
def run(site: Site = HERE, jobs: Jobs = None, json: Json = False) -> bool:
    """Extract, draft what is untranslated, build, and say how complete each language is."""
    from . import terminal  # noqa: PLC0415
    from .build import build as build_site  # noqa: PLC0415
    from .extract import extract as extract_articles  # noqa: PLC0415
    from .status import status as status_of  # noqa: PLC0415

    project = _open(site)
    with terminal.progress(quiet=json) as progress:
        done = extract_articles(project, jobs=jobs, progress=progress)
        drafted = _drafted(project, progress)
        report = build_site(project, jobs=jobs, progress=progress)
    terminal.show_run(project, done, drafted, report, list(status_of(project)), json=json)
    return done.ok and report.ok and not any(one.errors for one in drafted)


@app.command()
@_door
def status(site: Site = HERE, json: Json = False) -> bool:
    """Show every article in every language: its messages, what is live, what is stale."""
    from . import terminal  # noqa: PLC0415
    from .status import status as status_of  # noqa: PLC0415

    project = _open(site)
    rows = list(status_of(project))
    terminal.show_status(project, rows, json=json)
    return not any(row.error for row in rows)


@app.command()
@_door
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
    from . import approval, terminal  # noqa: PLC0415
    from .catalogues import State  # noqa: PLC0415

    if not by.strip():
        raise typer.BadParameter("say who approves: --by NAME", param_hint="--by")
    for state in also or ():
        if state not in ("draft", "stale"):
            raise typer.BadParameter(f"“{state}” is neither draft nor stale", param_hint="--also")
    states = [State.TRANSLATED, *(State(state) for state in also or ())]
    project = _open(site)
    done = approval.approve(project, locale, by=by.strip(), only=article or (), states=states)
    terminal.show_approvals(locale, done)
    return not any(one.errors for one in done)


def _drafted(project: Project, progress: Progress) -> list[Drafted]:
    """What is drafted of the languages in which something is untranslated."""
    from .status import untranslated  # noqa: PLC0415

    wanting = [locale for locale in project.locales if untranslated(project, locale)]
    if not wanting:
        return []
    from .translation import Drafted  # noqa: PLC0415
    from .translation import translate as translate_site  # noqa: PLC0415

    done = []
    for locale in wanting:
        try:
            done.append(translate_site(project, locale, progress=progress))
        except PipelineError as error:  # what is approved is published all the same
            done.append(Drafted(locale, errors=(error,)))
    return done


@app.command()
@_door
def translate(
    locale: Language,
    article: Articles = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would be sent and what it costs.")
    ] = False,
    site: Site = HERE,
    json: Json = False,
) -> bool:
    """Draft what is untranslated: from the memory, then from the engines of the settings."""
    from . import terminal  # noqa: PLC0415
    from .translation import translate as translate_site  # noqa: PLC0415

    project = _open(site)
    _known(project, locale)
    with terminal.progress(quiet=json) as progress:
        done = translate_site(
            project, locale, only=article or (), dry_run=dry_run, progress=progress
        )
    terminal.show_drafted([done], json=json)
    return not done.errors


@engines_app.callback(invoke_without_command=True)
def engines(context: typer.Context, site: Site = HERE) -> None:
    """List the engines that are installed, and ask those of the settings how they are."""
    if context.invoked_subcommand is None:
        _list_engines(site)


@_door
def _list_engines(site: Path) -> bool:
    from . import terminal  # noqa: PLC0415
    from .translation import known  # noqa: PLC0415
    from .translation.health import health_of  # noqa: PLC0415

    states = health_of(_open(site))
    terminal.show_engines(known(), states)
    return all(state.well for state in states)


@engines_app.command("calibrate")
@_door
def engines_calibrate(locale: Language, site: Site = HERE) -> bool:
    """Ask each configured engine which form of markup it keeps best, and remember it."""
    from . import terminal  # noqa: PLC0415
    from .database import open_database  # noqa: PLC0415
    from .errors import EngineError  # noqa: PLC0415
    from .translation import EngineFault, engine_of  # noqa: PLC0415
    from .translation.calibrate import calibrate  # noqa: PLC0415

    project = _open(site)
    _known(project, locale)
    database, ok = open_database(project), True
    pair = {"source_locale": project.source_locale, "locale": locale}
    for name in project.settings.translation.engines:
        try:
            terminal.show_calibrated(calibrate(engine_of(project, name), database, **pair))
        except EngineFault as fault:
            terminal.show_errors([EngineError(f"engine “{name}” {fault.message}")])
            ok = False
    return ok


@app.command()
@_door
def check(locale: Locales = None, site: Site = HERE, json: Json = False) -> bool:
    """Check every translation; status 3 if something cannot be published, 1 for other errors."""
    from . import terminal  # noqa: PLC0415
    from .checks import Severity  # noqa: PLC0415
    from .inspection import inspect  # noqa: PLC0415

    project = _open(site)
    found = list(inspect(project, locale or ()))
    worst = terminal.show_findings(found, json=json)
    if worst is Severity.BLOCKING:
        raise typer.Exit(3)
    return worst < Severity.ERROR


@app.command()
@_door
def serve(site: Site = HERE, port: Port = 8000, drafts: Drafts = False) -> bool:
    """Serve the built site on this machine as a real host would."""
    from . import terminal  # noqa: PLC0415
    from .build import output_of  # noqa: PLC0415
    from .site.serve import serve as serve_site  # noqa: PLC0415

    project = _open(site)
    serve_site(project, output_of(project, preview=drafts), port=port, ready=terminal.show_address)
    return True


@app.command()
@_door
def watch(site: Site = HERE, port: Port = 8000, drafts: Drafts = False, jobs: Jobs = None) -> bool:
    """Serve the site, and build again whenever a source, catalogue or template changes."""
    from . import terminal  # noqa: PLC0415
    from .watch import watch_and_serve  # noqa: PLC0415

    watch_and_serve(
        _open(site),
        port=port,
        preview=drafts,
        jobs=jobs,
        show=terminal.show_rebuild,
        ready=terminal.show_address,
        failed=lambda error: terminal.show_errors([error]),
    )
    return True


@memory_app.command("sync")
@_door
def memory_sync(site: Site = HERE) -> bool:
    """Bring the memory up to date with what is approved in the catalogues."""
    from . import terminal  # noqa: PLC0415
    from .memory import memory_of  # noqa: PLC0415

    project = _open(site)
    done = {locale: memory_of(project, locale).sync(project) for locale in project.locales}
    terminal.show_synced(done)
    return not any(one.errors for one in done.values())


@memory_app.command("search")
@_door
def memory_search(locale: Language, words: str, site: Site = HERE) -> bool:
    """Look words up: what was approved for a text like this, and every text that has them."""
    from . import terminal  # noqa: PLC0415
    from .memory import memory_of  # noqa: PLC0415

    project = _open(site)
    memory = memory_of(project, _known(project, locale))
    terminal.show_matches(words, memory.fuzzy(words), memory.search(words))
    return True


@memory_app.command("stats")
@_door
def memory_stats(site: Site = HERE) -> bool:
    """Say how many units there are in each language, and where they come from."""
    from . import terminal  # noqa: PLC0415
    from .memory import memory_of  # noqa: PLC0415

    project = _open(site)
    counts = {locale: memory_of(project, locale).count() for locale in project.locales}
    terminal.show_counts(counts)
    return True


@memory_app.command("import")
@_door
def memory_import(
    locale: Language,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A TMX file.")],
    site: Site = HERE,
) -> bool:
    """Take the units of a TMX file into the memory, beside those of the catalogues."""
    from . import terminal  # noqa: PLC0415
    from .memory import memory_of, read_tmx  # noqa: PLC0415

    project = _open(site)
    memory = memory_of(project, _known(project, locale))
    units = read_tmx(file, source_locale=project.source_locale, locale=locale)
    terminal.show_line(f"Imported {memory.add(units)} units into the memory of {locale}.")
    return True


@memory_app.command("export")
@_door
def memory_export(
    locale: Language,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The TMX file to write.")],
    site: Site = HERE,
) -> bool:
    """Write the memory of a language as TMX 1.4."""
    from . import terminal  # noqa: PLC0415
    from .memory import memory_of, write_tmx  # noqa: PLC0415

    project = _open(site)
    memory = memory_of(project, _known(project, locale))
    with file.open("wb") as out:
        count = write_tmx(memory.units(), out, source_locale=project.source_locale, locale=locale)
    terminal.show_line(f"Exported {count} units to {file}.")
    return True


@glossary_app.command("check")
@_door
def glossary_check(site: Site = HERE) -> bool:
    """Read the glossary of each language, and say how many terms it has."""
    from . import terminal  # noqa: PLC0415
    from .glossary import read_glossary  # noqa: PLC0415

    project = _open(site)
    ok = True
    for locale in project.locales:
        try:
            count = len(read_glossary(project, locale).terms)
            terminal.show_line(f"{locale}: {count} terms.")
        except PipelineError as error:
            terminal.show_errors([error])
            ok = False
    return ok


@glossary_app.command("import")
@_door
def glossary_import(
    locale: Language,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A TBX-Basic file.")],
    site: Site = HERE,
) -> bool:
    """Take the terms of a TBX file into the glossary; terms that are there stay as they are."""
    from . import files, terminal  # noqa: PLC0415
    from .glossary import glossary_path, read_glossary, with_terms, write_glossary  # noqa: PLC0415
    from .tbx import read_tbx  # noqa: PLC0415

    project = _open(site)
    before = read_glossary(project, _known(project, locale))
    found = read_tbx(file, source_locale=project.source_locale, locale=locale)
    after = with_terms(before, found)
    count = len(after.terms) - len(before.terms)
    if count:
        files.write(glossary_path(project, locale), write_glossary(after))
    terminal.show_line(f"Imported {count} terms into the glossary of {locale}.")
    return True


def _known(project: Project, locale: str) -> str:
    from .errors import SettingsError  # noqa: PLC0415

    if locale not in project.locales:
        raise SettingsError(
            f"“{locale}” is not a language that this site is translated into",
            path=project.settings_path,
            hint=f"It is translated into {', '.join(project.locales) or 'none'}.",
        )
    return locale


def main() -> None:
    """The entry point of the ``pipeline`` command."""
    app(prog_name="pipeline")
