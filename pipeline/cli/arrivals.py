"""What the terminal says of an import: what was taken, what was left, what a person should see."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from rich.markup import escape

from ..errors import PipelineError
from .console import counted, err, out, print_json, sentence, show_errors

if TYPE_CHECKING:
    from ..importing import Arrival, Left, Plan
    from ..importing.alignment import Aligned, Pair
    from ..project import Project

_SHOWN = 60


def show_plan(project: Project, plan: Plan) -> None:
    """Each article with what was taken of it and what was left."""
    for arrival in plan.arrivals:
        _show_arrival(project, arrival)
    show_errors(plan.errors)


def _show_arrival(project: Project, arrival: Arrival) -> None:
    path = escape(str(project.relative(project.source_dir / arrival.name)))
    where = f"{arrival.origin}:{arrival.line}" if arrival.line else str(arrival.origin)
    if arrival.present == "same":
        out.print(f"[dim]=[/] {path} is there already, the same.")
        return
    if arrival.present:
        said = f"there is an article at {arrival.id} already; it stays"
        hint = f"Rename or remove it to import {where} again, or name another folder with --into."
        show_errors([PipelineError(said, hint=hint)])
        return
    taken = [counted(arrival.words, "word")]
    taken += [counted(arrival.images, "picture")] if arrival.images else []
    title = escape(_short(arrival.title))
    out.print(f"[green]+[/] [bold]{path}[/] “{title}”: {', '.join(taken)}, from {escape(where)}")
    left = ", ".join(_left(arrival.left))
    if left:
        out.print(f"  [dim]left: {escape(left)}[/]")
    for note in arrival.notes:
        out.print(f"  [yellow]![/] {escape(sentence(note))}.")


def _left(left: Iterable[Left]) -> Iterable[str]:
    """What was left out, each kind once, with its words."""
    counts: dict[str, int] = {}
    beginnings: dict[str, str] = {}
    for one in left:
        counts[one.what] = counts.get(one.what, 0) + one.words
        beginnings.setdefault(one.what, one.beginning)
    for what, words in counts.items():
        beginning = beginnings[what]
        shown = f": “{_short(beginning, 30)}”" if beginning and beginning not in what else ""
        yield f"{what} ({counted(words, 'word')}{shown})" if words else what


def show_written(project: Project, plan: Plan, written: Sequence[Path], *, asked: bool) -> None:
    """What was written, and how to go on."""
    if written:
        articles = counted(len(plan.new), "article")
        pictures = counted(len(plan.pictures), "picture")
        also = f" and {pictures}" if plan.pictures else ""
        out.print(f"Wrote {articles}{also}.")
        at = "" if project.root == Path.cwd() else f" --site {escape(str(project.root))}"
        out.print(f"Look them over, and go on with:  pipeline run{at}")
    elif plan.new and asked:
        err.print("Nothing was written. Write it with --yes.")
    elif plan.new:
        out.print(f"Would write {counted(len(plan.new), 'article')}; nothing was written.")
    else:
        out.print("There is nothing new to write.")


def print_plan(project: Project, plan: Plan, written: Sequence[Path]) -> None:
    """The same for a script."""
    print_json(
        {
            "articles": [_plain(arrival) for arrival in plan.arrivals],
            "errors": plan.errors,
            "written": [str(project.relative(path)) for path in written],
        }
    )


def _plain(arrival: Arrival) -> dict[str, object]:
    return {
        "article": arrival.id,
        "name": arrival.name,
        "title": arrival.title,
        "origin": str(arrival.origin),
        "line": arrival.line,
        "words": arrival.words,
        "images": arrival.images,
        "pictures": [picture.name for picture in arrival.pictures],
        "left": arrival.left,
        "notes": arrival.notes,
        "present": arrival.present,
    }


def show_aligned(project: Project, locale: str, aligned: Sequence[Aligned]) -> None:
    """How sure each translated page is of its pairs, and those that are not sure."""
    for one in aligned:
        sure, doubtful = len(one.sure), len(one.doubtful)
        counts = f"{counted(sure, 'pair')} of {counted(one.segments, 'segment')}"
        out.print(
            f"[bold]{escape(one.article)}[/] in {locale}, from {escape(str(one.origin))}:"
            f" {counts} sure, {doubtful} not"
        )
        for pair in one.doubtful:
            _show_pair(pair)


def _show_pair(pair: Pair) -> None:
    out.print(f"  [yellow]![/] {pair.confidence:3d} %  {escape(_short(pair.source) or '—')}")
    out.print(f"           {escape(_short(pair.target) or '—')}  [dim]{escape(pair.why)}[/]")


def show_remembered(
    project: Project,
    locale: str,
    aligned: Sequence[Aligned],
    errors: Sequence[PipelineError],
    *,
    added: int,
    json: bool,
) -> None:
    """What went into the memory."""
    if json:
        print_json({"articles": aligned, "errors": errors, "added": added})
        return
    show_errors(errors)
    if added:
        out.print(f"Took {counted(added, 'pair')} into the memory of {locale}, as aligned.")
        out.print(f"Drafts are made of them by:  pipeline translate {locale}")
    elif any(one.sure for one in aligned):
        out.print("Nothing was added. Take the pairs that are sure with --yes.")
    else:
        out.print("There are no pairs that are sure.")


def _short(text: str, most: int = _SHOWN) -> str:
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}…"
