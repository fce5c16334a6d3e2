"""Commands about machine translation: drafts and engines."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from .door import (
    HERE,
    Articles,
    Json,
    Language,
    Site,
    app,
    door,
    engines_app,
    known_locale,
    open_site,
)


@app.command()
@door
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
    from ..translation import translate as translate_site  # noqa: PLC0415
    from . import console, findings  # noqa: PLC0415

    project = open_site(site)
    known_locale(project, locale)
    with console.progress(quiet=json) as progress:
        done = translate_site(
            project, locale, only=article or (), dry_run=dry_run, progress=progress
        )
    findings.show_drafted([done], json=json)
    return not done.errors


@engines_app.callback(invoke_without_command=True)
def engines(context: typer.Context, site: Site = HERE) -> None:
    """List the engines that are installed, and ask those of the settings how they are."""
    if context.invoked_subcommand is None:
        _list_engines(site)


@door
def _list_engines(site: Path) -> bool:
    from ..translation import known  # noqa: PLC0415
    from ..translation.health import health_of  # noqa: PLC0415
    from . import findings  # noqa: PLC0415

    states = health_of(open_site(site))
    findings.show_engines(known(), states)
    return all(state.well for state in states)


@engines_app.command("calibrate")
@door
def engines_calibrate(locale: Language, site: Site = HERE) -> bool:
    """Ask each configured engine which form of markup it keeps best, and remember it."""
    from ..errors import EngineError  # noqa: PLC0415
    from ..translation import EngineFault  # noqa: PLC0415
    from ..translation.calibrate import calibrate  # noqa: PLC0415
    from ..translation.configured import engines_of  # noqa: PLC0415
    from . import console, findings  # noqa: PLC0415

    project = open_site(site)
    known_locale(project, locale)
    errors: list[EngineError] = []
    pair = {"source_locale": project.source_locale, "locale": locale}
    with engines_of(project, locale) as engines:
        for one in engines:
            if isinstance(one, EngineError):
                errors.append(one)
                continue
            try:
                findings.show_calibrated(calibrate(one, **pair))
            except EngineFault as fault:
                errors.append(EngineError(f"engine “{one.name}” {fault.message}"))
    if not engines:
        console.show_line(f"No engine is configured for {locale}: there is nothing to ask.")
    console.show_errors(errors)
    return not errors


@engines_app.command("fetch")
@door
def engines_fetch(locale: Language, site: Site = HERE) -> bool:
    """Fetch the models that configured engines need for a language, once."""
    from ..errors import EngineError  # noqa: PLC0415
    from ..translation import EngineFault, Fetching, engine_of  # noqa: PLC0415
    from . import console  # noqa: PLC0415

    project = open_site(site)
    known_locale(project, locale)
    ok = True
    names = project.settings.drafting[locale].engines
    engines = [engine_of(project, name) for name in names]
    fetching = [engine for engine in engines if isinstance(engine, Fetching)]
    for engine in fetching:
        try:
            said = engine.fetch(project.source_locale, locale)
            console.show_line(f"{engine.name} {said}.")
        except EngineFault as fault:
            console.show_errors([EngineError(f"engine “{engine.name}” {fault.message}")])
            ok = False
    if not fetching:
        console.show_line(f"No engine of {locale} has models to fetch.")
    return ok
