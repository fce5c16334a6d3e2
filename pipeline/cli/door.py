"""The door of the command line: the app, the options its commands share, and how errors leave."""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, ParamSpec

import typer

from ..errors import PipelineError

if TYPE_CHECKING:
    from ..project import Project

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
Reasons = Annotated[
    bool, typer.Option("--reasons", help="Say of every file why it changed, and of what in it.")
]
Port = Annotated[int, typer.Option("--port", "-p", min=0, max=65535, help="Port on loopback.")]
Articles = Annotated[
    list[str] | None, typer.Argument(metavar="ARTICLE", help="Ids such as articles/first.")
]
Locales = Annotated[
    list[str] | None, typer.Argument(metavar="LOCALE", help="Languages such as nl; all if none.")
]

Language = Annotated[str, typer.Argument(metavar="LOCALE", help="The language, such as nl.")]

Only = Annotated[
    list[str] | None,
    typer.Option(
        "--article",
        "-a",
        metavar="ARTICLE",
        help="Only this one, with the lists and feeds that it is in; may be said again.",
    ),
]

HERE = Path()
engines_app = typer.Typer(help="Engines of machine translation.")
app.add_typer(engines_app, name="engines")
glossary_app = typer.Typer(help="The glossary.", no_args_is_help=True)
app.add_typer(glossary_app, name="glossary")
exchange_app = typer.Typer(
    help="Catalogues out to translators’ tools, and back.", no_args_is_help=True
)
app.add_typer(exchange_app, name="exchange")
memory_app = typer.Typer(help="The translation memory.", no_args_is_help=True)
app.add_typer(memory_app, name="memory")
builds_app = typer.Typer(help="Builds that workers do.")
app.add_typer(builds_app, name="builds")
P = ParamSpec("P")


def door(command: Callable[P, bool]) -> Callable[P, None]:
    """Errors become a message, and what a command says of its success the exit status."""

    @wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> None:
        from . import console  # noqa: PLC0415

        try:
            ok = command(*args, **kwargs)
        except PipelineError as error:
            console.show_errors([error])
            raise typer.Exit(1) from None
        except KeyboardInterrupt:
            console.show_line("Stopped; what was live is live.")
            raise typer.Exit(130) from None
        except BrokenPipeError:
            sys.stderr.close()
            raise typer.Exit(1) from None
        if not ok:
            raise typer.Exit(1)

    return run


def open_site(site: Path) -> Project:
    from ..project import open_project  # noqa: PLC0415

    return open_project(site)


def known_locale(project: Project, locale: str) -> str:
    from ..project import assert_translated  # noqa: PLC0415

    assert_translated(project, [locale])
    return locale
