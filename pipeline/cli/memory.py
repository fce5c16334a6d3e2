"""Commands about the translation memory and the glossary."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ..errors import PipelineError
from .door import (
    HERE,
    Language,
    Site,
    door,
    glossary_app,
    known_locale,
    memory_app,
    open_site,
)

if TYPE_CHECKING:
    pass


@memory_app.command("search")
@door
def memory_search(locale: Language, words: str, site: Site = HERE) -> bool:
    """Look words up: what was approved for a text like this, and every text that has them."""
    from ..memory import memory_of  # noqa: PLC0415
    from . import findings  # noqa: PLC0415

    project = open_site(site)
    memory = memory_of(project, known_locale(project, locale))
    findings.show_matches(words, memory.fuzzy(words), memory.search(words))
    return True


@memory_app.command("stats")
@door
def memory_stats(site: Site = HERE) -> bool:
    """Say how many units there are in each language, and where they come from."""
    from ..memory import memory_of  # noqa: PLC0415
    from . import findings  # noqa: PLC0415

    project = open_site(site)
    counts = {locale: memory_of(project, locale).count() for locale in project.locales}
    findings.show_counts(counts)
    return True


@memory_app.command("import")
@door
def memory_import(
    locale: Language,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A TMX file.")],
    site: Site = HERE,
) -> bool:
    """Take the units of a TMX file into the memory, beside those of the catalogues."""
    from ..memory import import_tmx, memory_of  # noqa: PLC0415
    from . import console  # noqa: PLC0415

    project = open_site(site)
    memory = memory_of(project, known_locale(project, locale))
    count = import_tmx(memory, file)
    console.show_line(f"Imported {count} units into the memory of {locale}.")
    return True


@memory_app.command("export")
@door
def memory_export(
    locale: Language,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The TMX file to write.")],
    site: Site = HERE,
) -> bool:
    """Write the memory of a language as TMX 1.4."""
    from ..memory import export_tmx, memory_of  # noqa: PLC0415
    from . import console  # noqa: PLC0415

    project = open_site(site)
    memory = memory_of(project, known_locale(project, locale))
    count = export_tmx(memory, file)
    console.show_line(f"Exported {count} units to {file}.")
    return True


@glossary_app.command("check")
@door
def glossary_check(site: Site = HERE) -> bool:
    """Read the glossary of each language, and say how many terms it has."""
    from ..glossary import read_glossary  # noqa: PLC0415
    from . import console  # noqa: PLC0415

    project = open_site(site)
    ok = True
    for locale in project.locales:
        try:
            count = len(read_glossary(project, locale).terms)
            console.show_line(f"{locale}: {count} terms.")
        except PipelineError as error:
            console.show_errors([error])
            ok = False
    return ok


@glossary_app.command("import")
@door
def glossary_import(
    locale: Language,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A TBX-Basic file.")],
    site: Site = HERE,
) -> bool:
    """Take the terms of a TBX file into the glossary; terms that are there stay as they are."""
    from .. import files  # noqa: PLC0415
    from ..glossary import glossary_path, read_glossary, with_terms, write_glossary  # noqa: PLC0415
    from ..tbx import read_tbx  # noqa: PLC0415
    from . import console  # noqa: PLC0415

    project = open_site(site)
    before = read_glossary(project, known_locale(project, locale))
    found = read_tbx(file, source_locale=project.source_locale, locale=locale)
    after = with_terms(before, found)
    count = len(after.terms) - len(before.terms)
    if count:
        files.write(glossary_path(project, locale), write_glossary(after))
    console.show_line(f"Imported {count} terms into the glossary of {locale}.")
    return True
