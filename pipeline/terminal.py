"""What the command line prints: what was done in one line, what needs a person below it.

Results go to standard output, errors to standard error. Progress bars and colours are for
terminals only; a script gets plain lines, or JSON when it asks for it.
"""

from __future__ import annotations

import json as json_format
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import is_dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from .errors import PipelineError

if TYPE_CHECKING:
    from .approval import Approval
    from .build import Report
    from .checks import Severity
    from .extract import Extraction
    from .inspection import Inspected
    from .memory import Match, Synced, Unit
    from .project import Project
    from .status import Row
    from .translation import Drafted
    from .translation.calibrate import Calibrated
    from .translation.health import Health

_MOST = 12
"""How many changed addresses are listed before the rest is only counted."""

_STATES = ("approved", "translated", "draft", "stale", "rejected", "untranslated")

_SHORT = ("appr.", "transl.", "draft", "stale", "rej.", "none")

out = Console(highlight=False, soft_wrap=True)
err = Console(highlight=False, soft_wrap=True, stderr=True)


@contextmanager
def progress(*, quiet: bool = False) -> Iterator[Callable[[str, int, int], None]]:
    """A progress bar for each step of long work, on a terminal; nothing elsewhere."""
    if quiet or not err.is_terminal:
        yield lambda step, done, total: None
        return
    from rich import progress as bars  # noqa: PLC0415

    columns = (
        bars.TextColumn("{task.description}"),
        bars.BarColumn(bar_width=30),
        bars.MofNCompleteColumn(),
        bars.TimeRemainingColumn(),
    )
    tasks: dict[str, bars.TaskID] = {}
    with bars.Progress(*columns, console=err, transient=True) as display:

        def told(step: str, done: int, total: int) -> None:
            if step not in tasks:
                tasks[step] = display.add_task(step, total=total)
            display.update(tasks[step], completed=done, total=total)

        yield told


def show_line(text: str) -> None:
    """One plain line."""
    out.print(text, markup=False)


def show_errors(errors: Iterable[PipelineError], *, warnings: bool = False) -> None:
    """Where, what is wrong, and what to do about it."""
    mark = "[yellow]![/]" if warnings else "[bold red]✗[/]"
    for error in errors:
        where = f"[bold]{escape(error.where)}[/]: " if error.where else ""
        err.print(f"{mark} {where}{escape(_sentence(error.message))}")
        for line in error.hint.splitlines():
            err.print(f"  [dim]{escape(line)}[/]")


def show_new_site(folder: Path, written: Sequence[Path]) -> None:
    """What `pipeline init` made, and how to go on."""
    out.print(f"Made a new site in [bold]{escape(str(folder))}[/]: {_count(len(written), 'file')}.")
    at = "" if folder == Path() else f" --site {escape(str(folder))}"
    out.print(f"Go on with:  pipeline run{at}   then   pipeline serve{at}")


def show_extraction(project: Project, done: Extraction, *, json: bool = False) -> None:
    """What extracting changed."""
    if json:
        _print_json(done)
        return
    _print_extraction(done)
    show_errors(_relative(project, done.errors))


def show_report(project: Project, report: Report, *, json: bool = False) -> None:
    """What a build changed, and what needs a person."""
    if json:
        _print_json(_report_data(project, report))
        return
    _print_report(project, report)
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
        _print_json({**said, "status": [_row(r) for r in rows]})
        return
    _print_extraction(done)
    show_drafted(drafted)
    _print_report(project, report)
    _print_languages(project, rows)
    show_errors(_relative(project, done.errors))
    _print_findings(project, report)
    _print_waiting(rows)
    at = "" if project.root == Path.cwd() else f" --site {escape(str(project.root))}"
    command = f"{_command()} serve{at}"
    out.print(f"Look at it:  [bold]{command}[/]   then   http://127.0.0.1:8000/")


def show_rebuild(project: Project, done: Extraction, report: Report) -> None:
    """What one change brought, in `pipeline watch`."""
    _print_extraction(done)
    _print_report(project, report)
    show_errors(_relative(project, done.errors))
    _print_findings(project, report)


def show_status(project: Project, rows: Sequence[Row], *, json: bool = False) -> None:
    """A table of articles and languages."""
    if json:
        _print_json([_row(row) for row in rows])
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
    _print_table(table)
    show_errors(_relative(project, _unique(row.error for row in rows if row.error)))


def show_approvals(locale: str, done: Sequence[Approval]) -> None:
    """How many messages were approved, and which could not be."""
    total = sum(one.approved for one in done)
    touched = sum(bool(one.approved) for one in done)
    if total:
        what = f"{_count(total, 'message')} in {_count(touched, 'catalogue')}"
        out.print(f"Approved {what} of {locale}.")
        out.print("Publish them with:  pipeline build")
    else:
        out.print(f"Nothing in {locale} waits for approval.")
    show_errors(error for one in done for error in one.errors)


def show_findings(found: Sequence[Inspected | PipelineError], *, json: bool = False) -> Severity:
    """What the checks found, file by file; the gravest of it."""
    from .checks import Severity  # noqa: PLC0415
    from .inspection import Inspected  # noqa: PLC0415

    errors = [one for one in found if isinstance(one, PipelineError)]
    hits = [one for one in found if isinstance(one, Inspected)]
    worst = max((hit.finding.severity for hit in hits), default=Severity.NOTE)
    if json:
        _print_json([{**_plain(one), "severity": one.finding.severity.name} for one in hits])
    else:
        for hit in hits:
            _print_finding(hit)
        counts = {kind: sum(hit.finding.severity is kind for hit in hits) for kind in Severity}
        names = (("blocking", Severity.BLOCKING), ("error", Severity.ERROR))
        said = [_count(counts[kind], name) for name, kind in names if counts[kind]]
        said += [_count(counts[Severity.WARNING], "warning")] if counts[Severity.WARNING] else []
        out.print(f"Checked: {', '.join(said)}." if said else "Checked: nothing found.")
    show_errors(errors)
    return max(worst, Severity.ERROR) if errors else worst


def _print_finding(hit: Inspected) -> None:
    from .checks import Severity  # noqa: PLC0415

    finding = hit.finding
    mark = "[yellow]![/]" if finding.severity <= Severity.WARNING else "[bold red]✗[/]"
    where = f"[bold]{escape(str(hit.path))}:{hit.line}[/]"
    out.print(f"{mark} {where}: {finding.check}: {escape(finding.message)}")
    if finding.fix is not None:
        out.print(f"  [dim]rather: {escape(finding.fix)}[/]")


def show_drafted(drafted: Sequence[Drafted], *, json: bool = False) -> None:
    """What was drafted, from where, and what waits for a person and why."""
    if json:
        _print_json(drafted)
        return
    for one in drafted:
        for name, (count, size, cost) in one.planned.items():
            price = "cost unknown" if cost is None else f"about € {cost:.2f}"
            words = f"{_count(count, 'message')}, {size} characters, {price}"
            out.print(f"Would send to [bold]{escape(name)}[/] for {one.locale}: {words}.")
        if one.drafts:
            said = ", ".join(f"{count} by {name}" for name, count in sorted(one.drafts.items()))
            total = _count(sum(one.drafts.values()), "message")
            out.print(f"Drafted {total} of {one.locale}: {escape(said)}. They wait for review.")
        elif not one.planned and not one.waiting:
            out.print(f"Nothing in {one.locale} wants a draft.")
        reasons: dict[tuple[str, ...], int] = {}
        for waiting in one.waiting:
            reasons[waiting.reasons] = reasons.get(waiting.reasons, 0) + 1
        if not one.planned:
            for why, count in sorted(reasons.items(), key=lambda item: -item[1])[:_MOST]:
                waits = _count(count, "message")
                said = escape("; ".join(why))
                out.print(f"[dim]○[/] {waits} of {one.locale} without a draft: {said}.")
        show_errors(one.errors)


def show_engines(installed: Mapping[str, str], states: Sequence[Health]) -> None:
    """The engines there are, and how those of the settings are."""
    out.print(f"Installed: {', '.join(installed) or 'none'}.")
    if not states:
        out.print(r"None is configured: name them in \[translation] of pipeline.toml.")
    for state in states:
        mark = "[green]✓[/]" if state.well else "[bold red]✗[/]"
        where = " (on this machine or network)" if state.local else ""
        out.print(f"{mark} {escape(state.name)}: {escape(state.said)}{where}")


def show_calibrated(found: Calibrated) -> None:
    """How many of the probes an engine gave back whole in each form of markup."""
    said = ", ".join(f"{style} {count}" for style, count in found.whole.items())
    best = f"best: [bold]{escape(found.best)}[/]" if found.best else "none comes back whole"
    out.print(f"{escape(found.engine)}: {escape(said)}; {best}")


def show_synced(done: Mapping[str, Synced]) -> None:
    """What came into the memory of each language, and what went."""
    for locale, one in done.items():
        changes = f"{_count(one.added, 'unit')} added, {one.removed} removed"
        out.print(f"Memory of {locale}: {changes if one.added or one.removed else 'up to date'}.")
        show_errors(one.errors)


def show_counts(counts: Mapping[str, Mapping[str, int]]) -> None:
    """How many units there are in each language."""
    for locale, by_origin in counts.items():
        said = ", ".join(f"{count} from {name}" for name, count in sorted(by_origin.items()))
        out.print(f"{locale}: {_count(sum(by_origin.values()), 'unit')}{f' ({said})' * bool(said)}")


def show_matches(words: str, matches: Sequence[Match], units: Sequence[Unit]) -> None:
    """Texts like this one with their differences, then those that have the words."""
    from .memory import difference  # noqa: PLC0415

    styles = {"same": "", "gone": "red strike", "new": "green"}
    for match in matches:
        shown = Text.assemble(
            *((piece, styles[kind]) for kind, piece in difference(match.unit.source, words))
        )
        out.print(f"[bold]{match.score:.0f} %[/]", shown)
        out.print(f"     {escape(match.unit.target)}")
    for unit in units:
        out.print(f"[dim]{escape(unit.domain)}[/]  {escape(unit.source)}")
        out.print(f"     {escape(unit.target)}")
    if not matches and not units:
        out.print("Nothing like it in the memory.")


def show_address(address: str) -> None:
    """Where a server listens."""
    out.print(f"Serving [bold]{address}[/]  (end with Ctrl-C)")


def _print_extraction(done: Extraction) -> None:
    articles = _count(done.articles, "article")
    if not done.changes:
        out.print(f"Extracted {articles}: nothing changed.")
        return
    out.print(f"Extracted {articles}: {_count(len(done.changes), 'catalogue')} changed.")
    for change in done.changes[:_MOST]:
        counts = (
            (change.added, "new"),
            (change.stale, "stale"),
            (change.obsolete, "obsolete"),
            (change.revived, "back again"),
        )
        said = ", ".join(f"{count} {word}" for count, word in counts if count) or "updated"
        out.print(f"  [dim]{change.locale}[/] {escape(change.domain)}: {said}")
    _print_rest(len(done.changes))


def _print_report(project: Project, report: Report) -> None:
    where = escape(str(project.relative(report.output)))
    if not report.changed:
        files = _count(report.unchanged, "file")
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
    marks = (
        ("[green]+[/]", published.new),
        ("[cyan]~[/]", published.changed),
        ("[red]-[/]", published.removed),
    )
    pages = [(mark, name) for mark, names in marks for name in names if name.endswith(".html")]
    for mark, name in pages[:_MOST]:
        out.print(f"  {mark} {escape(_address(name))}")
    _print_rest(len(pages))


def _print_findings(project: Project, report: Report) -> None:
    show_errors(_relative(project, report.errors))
    show_errors(_relative(project, report.warnings), warnings=True)


def _print_rest(count: int) -> None:
    if count > _MOST:
        out.print(f"  [dim]… and {count - _MOST} more[/]")


def _print_languages(project: Project, rows: Sequence[Row]) -> None:
    from .site.language import language  # noqa: PLC0415

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
    _print_table(table)
    out.print()


def _print_waiting(rows: Sequence[Row]) -> None:
    """The articles that readers of a language do not see, or see in an older version."""
    for row in rows:
        if row.states and not row.ready:
            waiting = row.states.get("draft", 0) + row.states.get("translated", 0)
            why = f"{_count(waiting, 'message')} to approve" if waiting else "not translated yet"
            out.print(f"[dim]○[/] {escape(row.article)} is not live in {row.locale}: {why}.")
        elif row.stale_since:
            count = _count(row.states.get("stale", 0), "passage")
            since = row.stale_since.isoformat()
            out.print(
                f"[dim]○[/] {escape(row.article)} in {row.locale}: {count} stale since {since}."
            )


def _is_wide() -> bool:
    return not out.is_terminal or out.width >= 100


def _state_names() -> Sequence[str]:
    """The heads of the columns of states; shorter ones for a narrow terminal."""
    return (*_STATES[:-1], "missing") if _is_wide() else _SHORT


def _print_table(table: Table) -> None:
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


def _count(count: int, noun: str) -> str:
    plural = noun if noun == "blocking" else f"{noun}s"
    return f"{count} {noun}" if count == 1 else f"{count} {plural}"


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]


def _address(name: str) -> str:
    return "/" + name.removesuffix("index.html")


def _command() -> str:
    """The command as it was called, so that what is printed can be pasted."""
    called = Path(sys.argv[0])
    try:
        return str(called.relative_to(Path.cwd())) if called.is_absolute() else str(called)
    except ValueError:
        return "pipeline"


def _relative(project: Project, errors: Iterable[PipelineError]) -> Iterator[PipelineError]:
    for error in errors:
        if error.path is None:
            yield error
        else:
            yield type(error)(
                error.message,
                path=project.relative(error.path),
                line=error.line,
                hint=error.hint,
            )


def _unique(errors: Iterable[PipelineError]) -> list[PipelineError]:
    return list({str(error): error for error in errors}.values())


def _report_data(project: Project, report: Report) -> dict[str, Any]:
    return {
        "output": str(report.output),
        "locales": list(report.locales),
        "new": [_address(name) for name in report.published.new],
        "changed": [_address(name) for name in report.published.changed],
        "removed": [_address(name) for name in report.published.removed],
        "unchanged": report.unchanged,
        "errors": [_plain(error) for error in _relative(project, report.errors)],
        "warnings": [_plain(error) for error in _relative(project, report.warnings)],
    }


def _row(row: Row) -> dict[str, Any]:
    return {
        "article": row.article,
        "locale": row.locale,
        "states": dict(row.states),
        "percent": row.percent,
        "live": row.live,
        "ready": row.ready,
        "stale_since": _plain(row.stale_since),
        "problems": row.problems,
        "error": _plain(row.error),
    }


def _plain(value: object) -> Any:
    """A value as JSON can say it."""
    if isinstance(value, PipelineError):
        return {
            "kind": type(value).__name__,
            "path": str(value.path) if value.path else None,
            "line": value.line,
            "message": value.message,
            "hint": value.hint,
        }
    if is_dataclass(value) and not isinstance(value, type):
        return {name: _plain(getattr(value, name)) for name in value.__dataclass_fields__}
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    return value.isoformat() if isinstance(value, date) else value


def _print_json(value: object) -> None:
    sys.stdout.write(json_format.dumps(_plain(value), indent=2, ensure_ascii=False) + "\n")
