"""What the terminal says of why pages changed: grouped and counted, or each with all there is."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from rich.markup import escape

from ..causes import Cause, Why, from_plain
from ..markup import plain
from ..reasons import WORDS, Address, Passage, Reason, addresses_of, is_of_texts, things_of
from .console import counted, out

if TYPE_CHECKING:
    from ..project import Project

_MARKS = {"new": "[green]+[/]", "changed": "[cyan]~[/]", "removed": "[red]-[/]"}
_FEW = 3
"""Addresses of a group that are named; of more, the first two and how many more."""

ALL = 1 << 30
"""More than there is of anything."""

_COLUMN = 6


def show(project: Project, report: Mapping[str, Any], *, each: bool = False) -> None:
    """Why files changed: in short, or each with all there is."""
    if each:
        show_each(project, report)
    else:
        show_grouped(report)


def show_grouped(report: Mapping[str, Any]) -> None:
    """What changed, each cause with its pages, those of the fewest first.

    A page that has several causes is counted with each of them.
    """
    causes, marks = from_plain(report.get("causes", {})), _marks(report)
    pages = [name for name in marks if name.endswith(".html")]
    groups: dict[Why | None, dict[str, Cause]] = {}
    for name in pages:
        own = causes.get(name, ())
        if marks[name] == _MARKS["new"] and [one.why for one in own] == [Why.LIST]:
            own = (Cause(Why.NEW),)
        for cause in own:
            groups.setdefault(cause.why, {})[name] = cause
        if not own:
            groups.setdefault(None, {})[name] = Cause(Why.UNKNOWN)
    for why, found in sorted(groups.items(), key=lambda group: len(group[1])):
        said = f"{WORDS[why]}{_detail(why, list(found.values()))}" if why else "Nobody knows why"
        _print_group(said, list(found), marks)
    others = len(marks) - len(pages)
    if others:
        said = "file that is no page" if others == 1 else "files that are no pages"
        _print_line(f"{others:>{_COLUMN - 2}}", f"{said}: feeds, sitemaps, pictures")
    missing = sum(report.get("counts", {}).values()) - len(marks)
    if missing > 0:
        out.print(f"{'':{_COLUMN}}[dim]… and {counted(missing, 'file')} more[/]")


def show_each(project: Project, report: Mapping[str, Any]) -> None:
    """Every file with its causes, and the passages that they are about."""
    marks = _marks(report)
    names = sorted(marks, key=lambda name: not name.endswith(".html"))
    for one in addresses_of(project, report, names, most=ALL):
        out.print(f"{marks[one.file]} [bold]{escape(one.path)}[/]")
        for reason in one.reasons:
            things = f": {', '.join(reason.things)}" if reason.things else ""
            _print_line("", f"{reason.words}{things}", column=4)
            for passage in reason.passages:
                _print_passage(passage)
            if reason.more:
                _print_line(
                    "", f"{counted(reason.more, 'passage')} in no catalogue any more", column=6
                )


def plain_of(project: Project, report: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The same as `show_each` shows, as JSON has it."""
    found = addresses_of(project, report, list(_marks(report)), most=ALL)
    return [_address(one) for one in found]


def _address(address: Address) -> dict[str, Any]:
    causes = [_reason(reason) for reason in address.reasons]
    said = {"address": address.path, "article": address.article, "locale": address.locale}
    return {**said, "causes": causes}


def _reason(reason: Reason) -> dict[str, Any]:
    passages = [
        {"sign": one.sign, "number": one.number, "text": one.text} for one in reason.passages
    ]
    said = {"why": reason.why, "words": reason.words, "things": list(reason.things)}
    return {**said, "passages": passages}


def _marks(report: Mapping[str, Any]) -> dict[str, str]:
    """Every file that is named, with its mark."""
    return {name: mark for kind, mark in _MARKS.items() for name in report.get(kind, ())}


def _detail(why: Why, causes: Sequence[Cause]) -> str:
    """What the causes of some pages name, in short."""
    if is_of_texts(causes[0]):
        what = {one for cause in causes for one in cause.what}  # in each language the same
        new = sum(one.startswith("+") for one in what)
        gone = sum(one.startswith("-") for one in what)
        counts = ((len(what) - new - gone, "changed"), (new, "new"), (gone, "gone"))
        said = [f"{count} {word}" for count, word in counts if count]
        return f": {counted(len(what), 'passage')} ({', '.join(said)})" if said else ""
    things = list(dict.fromkeys(thing for cause in causes for thing in things_of(cause)))
    if not things or why in (Why.NEW, Why.MOVED):
        return ""
    more = f", {len(things) - _FEW} more" if len(things) > _FEW else ""
    return f": {', '.join(things[:_FEW])}{more}"


def _print_group(said: str, names: Sequence[str], marks: Mapping[str, str]) -> None:
    _print_line(f"{len(names):>{_COLUMN - 2}}", said)
    shown = names if len(names) <= _FEW else names[: _FEW - 1]
    for name in shown:
        path = f"/{name.removesuffix('index.html')}"
        out.print(f"{'':{_COLUMN}}{marks[name]} [dim]{escape(path)}[/]")
    if len(shown) < len(names):
        out.print(f"{'':{_COLUMN}}[dim]… and {len(names) - len(shown)} more[/]")


def _print_passage(passage: Passage) -> None:
    """A passage in a line, cut where the terminal ends."""
    number = str(passage.number) if passage.number else "–"
    text = textwrap.shorten(plain(passage.text), max(_width() - 16, 20), placeholder="…")
    mark = {"+": _MARKS["new"], "-": _MARKS["removed"]}.get(passage.sign, _MARKS["changed"])
    out.print(f"      {mark} [dim]{number:>3}[/]  “{escape(text)}”")


def _print_line(head: str, text: str, *, column: int = _COLUMN) -> None:
    """A text beside what heads it, in lines as long as the terminal."""
    for number, line in enumerate(_wrapped(text, max(_width() - column, 20))):
        lead = f"[bold]{head}[/]" if head and not number else ""
        out.print(f"{lead}{'':{column - (len(head) if lead else 0)}}{escape(line)}")


def _wrapped(text: str, width: int) -> Iterator[str]:
    yield from textwrap.wrap(text, width, break_on_hyphens=False)


def _width() -> int:
    return out.width if out.is_terminal else 100
