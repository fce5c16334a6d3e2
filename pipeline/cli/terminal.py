"""What the command line prints: what was done in one line, what needs a person below it.

Results go to standard output, errors to standard error. Progress bars and colours are for
terminals only; a script gets plain lines, or JSON when it asks for it.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from . import findings
from .console import (
    MOST,
    as_plain,
    counted,
    out,
    print_json,
    relative,
    show_errors,
    unique,
)

if TYPE_CHECKING:
    from ..approval import Approval
    from ..build import Report
    from ..extract import Extraction
    from ..project import Project
    from ..status import Row
    from ..translation import Drafted

_STATES = ("approved", "translated", "draft", "stale", "rejected", "untranslated")

_SHORT = ("appr.", "transl.", "draft", "stale", "rej.", "none")


def show_new_site(folder: Path, written: Sequence[Path]) -> None:
    """What `pipeline init` made, and how to go on."""
    out.print(
        f"Made a new site in [bold]{escape(str(folder))}[/]: {counted(len(written), 'file')}."
    )
    at = "" if folder == Path() else f" --site {escape(str(folder))}"
    out.print(f"Go on with:  pipeline run{at}   then   pipeline serve{at}")


def show_extraction(project: Project, done: Extraction, *, json: bool = False) -> None:
    """What extracting changed."""
    if json:
        print_json(done)
        return
    _print_extraction(done)
    show_errors(relative(project, done.errors))


def show_report(
    project: Project, report: Report, *, reasons: bool = False, json: bool = False
) -> None:
    """What a build changed and why, and what needs a person."""
    if json:
        print_json(_report_data(project, report, reasons=reasons))
        return
    _print_report(project, report, each=reasons)
    _print_findings(project, report)


def show_run(
    project: Project,
    done: Extraction,
    drafted: Sequence[Drafted],
    report: Report,
    rows: Sequence[Row],
    *,
    json: bool = False,
) -> None:
    """Everything at once: what changed, how complete each language is, where to look."""
    if json:
        data = _report_data(project, report)
        said = {"extraction": done, "drafts": drafted, "build": data}
        print_json({**said, "status": [_row(r) for r in rows]})
        return
    _print_extraction(done)
    findings.show_drafted(drafted)
    _print_report(project, report)
    _print_languages(project, rows)
    show_errors(relative(project, done.errors))
    _print_findings(project, report)
    _print_waiting(rows)
    at = "" if project.root == Path.cwd() else f" --site {escape(str(project.root))}"
    command = f"{_command()} serve{at}"
    out.print(f"Look at it:  [bold]{command}[/]   then   http://127.0.0.1:8000/")


def show_rebuild(project: Project, done: Extraction, report: Report) -> None:
    """What one change brought, in `pipeline watch`."""
    _print_extraction(done)
    _print_report(project, report)
    show_errors(relative(project, done.errors))
    _print_findings(project, report)


def show_status(project: Project, rows: Sequence[Row], *, json: bool = False) -> None:
    """A table of articles and languages."""
    if json:
        print_json([_row(row) for row in rows])
        return
    table = Table(box=None, pad_edge=False, header_style="dim", show_edge=False)
    table.add_column("article", overflow="fold")
    table.add_column("lang.", no_wrap=True)
    table.add_column("live", no_wrap=True)
    for name in _state_names():
        table.add_column(name, justify="right", no_wrap=True)
    last = ""
    for row in rows:
        name = row.article if row.article != last else ""
        last = row.article
        cells = [_number(row.states.get(state, 0)) for state in _STATES]
        table.add_row(escape(name), row.locale, _live(row), *cells)
    print_table(table)
    show_errors(relative(project, unique(row.error for row in rows if row.error)))


def show_approvals(locale: str, done: Sequence[Approval]) -> None:
    """How many messages were approved, and which could not be."""
    total = sum(one.approved for one in done)
    touched = sum(bool(one.approved) for one in done)
    if total:
        what = f"{counted(total, 'message')} in {counted(touched, 'catalogue')}"
        out.print(f"Approved {what} of {locale}.")
        out.print("Publish them with:  pipeline build")
    else:
        out.print(f"Nothing in {locale} waits for approval.")
    show_errors(error for one in done for error in one.errors)


def show_address(address: str) -> None:
    """Where a server listens."""
    out.print(f"Serving [bold]{address}[/]  (end with Ctrl-C)")


def show_address_alone(address: str) -> None:
    """Where the site is served, and what the review desk needs."""
    show_address(address)
    out.print("The review desk needs more packages:  pip install 'solacium-pipeline\\[review]'")


def show_addresses(address: str, desk: str, link: str) -> None:
    """Where the site and the desk are served, and the link that makes the first manager."""
    show_address(address)
    out.print(f"The review desk: [bold]{desk}[/]")
    if link:
        out.print("Nobody can log in there yet. This link makes the first manager, once:")
        out.print(f"  [bold]{link}[/]")


def _print_extraction(done: Extraction) -> None:
    articles = counted(done.articles, "article")
    if not done.changes:
        out.print(f"Extracted {articles}: nothing changed.")
        return
    out.print(f"Extracted {articles}: {counted(len(done.changes), 'catalogue')} changed.")
    for change in done.changes[:MOST]:
        counts = (
            (change.added, "new"),
            (change.stale, "stale"),
            (change.obsolete, "obsolete"),
            (change.revived, "back again"),
        )
        said = ", ".join(f"{count} {word}" for count, word in counts if count) or "updated"
        out.print(f"  [dim]{change.locale}[/] {escape(change.domain)}: {said}")
    _print_rest(len(done.changes))


def _print_report(project: Project, report: Report, *, each: bool = False) -> None:
    where = escape(str(project.relative(report.output)))
    if not report.changed:
        files = counted(report.unchanged, "file")
        out.print(f"Built [bold]{where}[/]: nothing changed, {files} up to date.")
        return
    published = report.published
    counts = (
        (len(published.new), "new"),
        (len(published.changed), "changed"),
        (len(published.removed), "removed"),
        (report.unchanged, "up to date"),
    )
    said = ", ".join(f"{count} {word}" for count, word in counts if count)
    out.print(f"Built [bold]{where}[/]: {said}.")
    from ..build import plain_of  # noqa: PLC0415
    from . import reasons  # noqa: PLC0415

    reasons.show(project, plain_of(report, most=reasons.ALL), each=each)


def _print_findings(project: Project, report: Report) -> None:
    show_errors(relative(project, report.errors))
    show_errors(relative(project, report.warnings), warnings=True)


def _print_rest(count: int) -> None:
    if count > MOST:
        out.print(f"  [dim]… and {count - MOST} more[/]")


def _print_languages(project: Project, rows: Sequence[Row]) -> None:
    from ..site.language import language  # noqa: PLC0415

    wide = _is_wide()
    table = Table(box=None, pad_edge=False, header_style="dim", show_edge=False)
    table.add_column("language", no_wrap=True)
    for name in ("live", "done", *([""] if wide else []), *_state_names()):
        table.add_column(name, justify="right" if name else "left", no_wrap=True)
    for locale in project.all_locales:
        own = [row for row in rows if row.locale == locale]
        states = {state: sum(row.states.get(state, 0) for row in own) for state in _STATES}
        total = sum(states.values())
        percent = 100 * states["approved"] // total if total else 100
        is_source = locale == project.source_locale
        cells = ["" if is_source else _number(states[state]) for state in _STATES]
        table.add_row(
            language(locale).name,
            f"{sum(row.live for row in own)} of {len(own)}",
            "source" if is_source else f"{percent} %",
            *([""] if wide and is_source else [_bar(percent)] if wide else []),
            *cells,
        )
    out.print()
    print_table(table)
    out.print()


def _print_waiting(rows: Sequence[Row]) -> None:
    """The articles that readers of a language do not see, or see in an older version."""
    for row in rows:
        if row.states and not row.ready:
            waiting = row.states.get("draft", 0) + row.states.get("translated", 0)
            why = f"{counted(waiting, 'message')} to approve" if waiting else "not translated yet"
            out.print(f"[dim]○[/] {escape(row.article)} is not live in {row.locale}: {why}.")
        elif row.stale_since:
            count = counted(row.states.get("stale", 0), "passage")
            since = row.stale_since.isoformat()
            out.print(
                f"[dim]○[/] {escape(row.article)} in {row.locale}: {count} stale since {since}."
            )


def _is_wide() -> bool:
    return not out.is_terminal or out.width >= 100


def _state_names() -> Sequence[str]:
    """The heads of the columns of states; shorter ones for a narrow terminal."""
    return (*_STATES[:-1], "missing") if _is_wide() else _SHORT


def print_table(table: Table) -> None:
    """A table as wide as it needs to be where the output is no terminal."""
    if out.is_terminal:
        out.print(table)
    else:
        Console(highlight=False, width=140, file=sys.stdout).print(table)


def _live(row: Row) -> str:
    if row.error:
        return "live, but broken" if row.live else "broken"
    if row.live and row.stale_since:
        return "live, stale"
    if row.live:
        return "live" if row.ready else "live until the next build"
    return "at the next build" if row.ready else "—"


def _bar(percent: int) -> str:
    full = round(percent / 10)
    return f"[green]{'━' * full}[/][dim]{'━' * (10 - full)}[/]"


def _number(count: int) -> str:
    return str(count) if count else "[dim]·[/]"


def _address(name: str) -> str:
    return "/" + name.removesuffix("index.html")


def _command() -> str:
    """The command as it was called, so that what is printed can be pasted."""
    called = Path(sys.argv[0])
    try:
        return str(called.relative_to(Path.cwd())) if called.is_absolute() else str(called)
    except ValueError:
        return "pipeline"


def _report_data(project: Project, report: Report, *, reasons: bool = False) -> dict[str, Any]:
    from ..build import plain_of  # noqa: PLC0415
    from ..causes import plain  # noqa: PLC0415
    from . import reasons as told  # noqa: PLC0415

    said = plain_of(report, most=told.ALL) if reasons else {}
    return {
        "output": str(report.output),
        "locales": list(report.locales),
        "new": [_address(name) for name in report.published.new],
        "changed": [_address(name) for name in report.published.changed],
        "removed": [_address(name) for name in report.published.removed],
        "unchanged": report.unchanged,
        "causes": {_address(name): own for name, own in plain(report.causes).items()},
        "errors": [as_plain(error) for error in relative(project, report.errors)],
        "warnings": [as_plain(error) for error in relative(project, report.warnings)],
        **({"reasons": told.plain_of(project, said)} if reasons else {}),
    }


def _row(row: Row) -> dict[str, Any]:
    return {
        "article": row.article,
        "locale": row.locale,
        "states": dict(row.states),
        "percent": row.percent,
        "live": row.live,
        "ready": row.ready,
        "stale_since": as_plain(row.stale_since),
        "problems": row.problems,
        "error": as_plain(row.error),
    }
