"""The console: where results and errors go, bars on a terminal, JSON for scripts."""

from __future__ import annotations

import json as json_format
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import is_dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.markup import escape

from ..errors import PipelineError

if TYPE_CHECKING:
    from ..project import Project

MOST = 12
"""How many lines are listed before the rest is only counted."""

out = Console(highlight=False, emoji=False, soft_wrap=True)
err = Console(highlight=False, emoji=False, soft_wrap=True, stderr=True)


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
        err.print(f"{mark} {where}{escape(sentence(error.message))}")
        for line in error.hint.splitlines():
            err.print(f"  [dim]{escape(line)}[/]")


def counted(count: int, noun: str) -> str:
    plural = noun if noun == "blocking" else f"{noun}s"
    return f"{count} {noun}" if count == 1 else f"{count} {plural}"


def sentence(text: str) -> str:
    return text[:1].upper() + text[1:]


def relative(project: Project, errors: Iterable[PipelineError]) -> Iterator[PipelineError]:
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


def unique(errors: Iterable[PipelineError]) -> list[PipelineError]:
    return list({str(error): error for error in errors}.values())


def as_plain(value: object) -> Any:
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
        return {name: as_plain(getattr(value, name)) for name in value.__dataclass_fields__}
    if isinstance(value, Mapping):
        return {str(key): as_plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple, frozenset)):
        return [as_plain(item) for item in value]
    if isinstance(value, Path):
        return str(value)
    return value.isoformat() if isinstance(value, date) else value


def print_json(value: object) -> None:
    sys.stdout.write(json_format.dumps(as_plain(value), indent=2, ensure_ascii=False) + "\n")
