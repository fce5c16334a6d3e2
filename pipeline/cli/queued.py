"""What the terminal says of builds that workers do, and of workers."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from rich.markup import escape
from rich.table import Table

from .. import errors as kinds
from ..errors import PipelineError
from .console import MOST, as_plain, counted, err, out, print_json, show_errors
from .terminal import print_table

if TYPE_CHECKING:
    from ..errors import QueueError
    from ..ledger import Build, Progress
    from ..ledger.broker import Worker
    from ..project import Project


def show_builds(found: Sequence[Progress], *, json: bool = False) -> None:
    """A table of builds, the latest first."""
    if json:
        print_json([_data(progress) for progress in found])
        return
    if not found:
        out.print("No build was asked for. Ask for one with:  pipeline build --queue")
        return
    table = Table(box=None, pad_edge=False, header_style="dim", show_edge=False)
    for name in ("build", "asked for", "by", "state", "took", "result"):
        table.add_column(name, no_wrap=name != "result")
    for progress in found:
        build = progress.build
        asked = time.strftime("%d %b %H:%M", time.localtime(build.created))
        cells = (build.id, asked, escape(build.who or "—"), _state(progress), _took(build))
        table.add_row(*cells, _result(progress))
    print_table(table)


def show_workers(
    found: Sequence[Worker], lengths: Mapping[str, int], *, json: bool = False
) -> None:
    """Who is alive and what they do; what waits."""
    if json:
        print_json({"workers": found, "queues": lengths})
        return
    for worker in found:
        out.print(f"[green]●[/] [bold]{escape(worker.name)}[/]  {counted(worker.places, 'place')}")
        for doing in worker.doing[:MOST]:
            out.print(f"    {escape(doing)}")
        if not worker.doing:
            out.print("    [dim]idle[/]")
    if not found:
        err.print("[bold red]✗[/] No worker answers.")
        err.print("  [dim]Start one: celery -A workers.app worker -Q render[/]")
    said = ", ".join(f"{name} {count}" for name, count in lengths.items())
    out.print(f"Messages: {said}.")


def show_kept(build: str, trouble: QueueError) -> None:
    """A build that could not be begun."""
    show_errors([trouble], warnings=True)
    out.print(f"Build [bold]{build}[/] is kept, and begins by itself when Redis is back.")
    out.print(f"Look at it with:  pipeline builds follow {build}")


def show_waiting(build: str) -> None:
    """A build that nobody begins."""
    err.print(f"[yellow]![/] No worker has begun build {build} yet.")
    err.print("  [dim]See who is alive: pipeline workers. The build waits, also without you.[/]")


def show_ended(
    project: Project, build: Build, *, reasons: bool = False, json: bool = False
) -> bool:
    """What came of a build, and why; whether all went well."""
    from . import reasons as told  # noqa: PLC0415

    found, report = errors_of(build), build.outcome.get("report", {})
    if json:
        why = {"reasons": told.plain_of(project, report)} if reasons else {}
        print_json({"id": build.id, "state": build.state, **build.outcome, **why})
    elif build.state == "done":
        counts = ((build.outcome.get(name, 0), name) for name in ("new", "changed", "removed"))
        said = ", ".join(f"{count} {name}" for count, name in counts if count)
        unchanged = counted(build.outcome.get("unchanged", 0), "file")
        what = f"{said}, {unchanged} up to date" if said else f"nothing changed, {unchanged}"
        out.print(f"Build [bold]{build.id}[/] is done in {_took(build)}: {what}.")
        told.show(project, report, each=reasons)
    else:
        out.print(f"Build [bold]{build.id}[/] is {build.state}; what is live has stayed.")
    if not json:
        show_errors(found)
        show_errors(errors_of(build, "warnings"), warnings=True)
    return build.state == "done" and not found


def errors_of(build: Build, name: str = "errors") -> list[PipelineError]:
    """What a build complains about."""
    return [_error(said) for said in build.outcome.get(name, ())]


def _error(said: Mapping[str, Any]) -> PipelineError:
    kind = getattr(kinds, said.get("kind", ""), PipelineError)
    where = {"path": said.get("path"), "line": said.get("line"), "hint": said.get("hint", "")}
    error: PipelineError = kind(said["message"], **where)
    return error


def _data(progress: Progress) -> dict[str, Any]:
    build = progress.build
    said = {name: getattr(build, name) for name in ("id", "state", "step", "who", "priority")}
    times = {name: getattr(build, name) for name in ("created", "begun", "ended")}
    asked = as_plain(build.asked)
    outcome = dict(build.outcome)
    return {**said, **times, "asked": asked, "units": dict(progress.counts), "outcome": outcome}


def _state(progress: Progress) -> str:
    build = progress.build
    if build.state == "done":
        return "[green]done[/]" if not build.outcome.get("errors") else "[yellow]done, errors[/]"
    if build.state == "running":
        return f"[cyan]{build.step or 'begun'}[/]"
    return {"failed": "[red]failed[/]"}.get(build.state, build.state)


def _result(progress: Progress) -> str:
    build = progress.build
    if not build.has_ended:
        return f"{progress.done} of {progress.total}" if progress.total else ""
    errors = build.outcome.get("errors", ())
    names = ("new", "changed", "removed")
    counts = [f"{build.outcome[name]} {name}" for name in names if build.outcome.get(name)]
    said = [*counts, *([counted(len(errors), "error")] if errors else [])]
    return ", ".join(said) or ("nothing changed" if build.state == "done" else "")


def _took(build: Build) -> str:
    if build.begun is None:
        return "—"
    seconds = (build.ended or time.time()) - build.begun
    return f"{seconds:.1f} s" if seconds < 60 else f"{seconds / 60:.0f} min"
