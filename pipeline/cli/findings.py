"""What the terminal says of translations: findings, drafts, engines, the memory."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from rich.markup import escape
from rich.text import Text

from ..errors import PipelineError
from .console import (
    MOST,
    as_plain,
    counted,
    err,
    out,
    print_json,
    show_errors,
)

if TYPE_CHECKING:
    from ..checks import Severity
    from ..exchange import Returned
    from ..index import Synced as Indexed
    from ..inspection import Inspected
    from ..memory import Match, Synced, Unit
    from ..proof import Fault, Proved
    from ..translation import Drafted, Planned
    from ..translation.calibrate import Calibrated
    from ..translation.health import Health

LONGEST = 100
"""How many characters of a text are shown."""


def show_findings(found: Sequence[Inspected | PipelineError], *, json: bool = False) -> Severity:
    """What the checks found, file by file; the gravest of it."""
    from ..checks import Severity  # noqa: PLC0415
    from ..inspection import Inspected  # noqa: PLC0415

    errors = [one for one in found if isinstance(one, PipelineError)]
    hits = [one for one in found if isinstance(one, Inspected)]
    worst = max((hit.finding.severity for hit in hits), default=Severity.NOTE)
    if json:
        print_json([{**as_plain(one), "severity": one.finding.severity.name} for one in hits])
    else:
        for hit in hits:
            _print_finding(hit)
        said = _counts([hit.finding.severity for hit in hits])
        out.print(f"Checked: {said}.")
    show_errors(errors)
    return max(worst, Severity.ERROR) if errors else worst


def _counts(found: Sequence[Severity]) -> str:
    """How much was found of each severity, the gravest first."""
    from ..checks import Severity  # noqa: PLC0415

    names = {Severity.BLOCKING: "blocking", Severity.ERROR: "error", Severity.WARNING: "warning"}
    said = [counted(found.count(kind), name) for kind, name in names.items() if kind in found]
    return ", ".join(said) or "nothing found"


def _print_finding(hit: Inspected) -> None:
    finding = hit.finding
    mark = _mark(finding.severity)
    where = f"[bold]{escape(str(hit.path))}:{hit.line}[/]"
    out.print(f"{mark} {where}: {finding.check}: {escape(finding.message)}")
    if finding.fix is not None:
        out.print(f"  [dim]rather: {escape(finding.fix)}[/]")


def _mark(severity: Severity) -> str:
    from ..checks import Severity  # noqa: PLC0415

    return "[yellow]![/]" if severity <= Severity.WARNING else "[bold red]✗[/]"


def show_proved(proved: Proved, *, json: bool = False) -> Severity:
    """What is wrong on the published pages and where to mend it; the gravest of it.

    What one message does to many pages is told once.
    """
    from ..checks import Severity, language  # noqa: PLC0415

    faults = proved.faults
    if json:
        print_json([{**as_plain(one), "severity": one.severity.name} for one in faults])
    else:
        alike: dict[tuple[object, ...], list[Fault]] = {}
        for fault in faults:
            # Without a message to mend, a fault is the page's own.
            where = fault.origin or (fault.page, fault.line)
            alike.setdefault((fault.check, fault.message, where), []).append(fault)
        for several in alike.values():
            _print_fault(several[0], others=len({one.page for one in several}) - 1)
        found = _counts([fault.severity for fault in faults])
        out.print(f"Checked {counted(proved.pages, 'page')}: {found}.")
    if not language.is_available():
        words = "Languages were not told apart: install the package’s extra “language”."
        err.print(f"[yellow]![/] {words}")
    return max((fault.severity for fault in faults), default=Severity.NOTE)


def _print_fault(fault: Fault, *, others: int) -> None:
    line = f":{fault.line}" if fault.line else ""
    where = f"[bold]{escape(str(fault.file))}{line}[/]"
    out.print(f"{_mark(fault.severity)} {where}: {fault.check}: {escape(fault.message)}")
    if fault.text and _short(fault.text) not in fault.message:
        out.print(f"  [dim]{escape(_short(fault.text))}[/]")
    if fault.origin is not None:
        origin = fault.origin
        at = f"{origin.path}:{origin.line}" if origin.line else str(origin.path)
        out.print(f"  mend {escape(at)}: {escape(_short(origin.text))}")
    if others:
        out.print(f"  [dim]and the same on {counted(others, 'other page')}[/]")


def _short(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[:LONGEST].rstrip()}…"


def show_drafted(drafted: Sequence[Drafted], *, json: bool = False) -> None:
    """What was drafted, from where, and what waits for a person and why."""
    if json:
        print_json(drafted)
        return
    for one in drafted:
        for name, planned in one.planned.items():
            _print_planned(name, planned, one.locale)
        if one.drafts:
            said = ", ".join(f"{count} by {name}" for name, count in sorted(one.drafts.items()))
            total = counted(sum(one.drafts.values()), "message")
            out.print(f"Drafted {total} of {one.locale}: {escape(said)}. They wait for review.")
            _print_markup(one.markup)
        elif not one.planned and not one.waiting:
            out.print(f"Nothing in {one.locale} wants a draft.")
        reasons: dict[tuple[str, ...], int] = {}
        for waiting in one.waiting:
            reasons[waiting.reasons] = reasons.get(waiting.reasons, 0) + 1
        if not one.planned:
            for why, count in sorted(reasons.items(), key=lambda item: -item[1])[:MOST]:
                waits = counted(count, "message")
                said = escape("; ".join(why))
                out.print(f"[dim]○[/] {waits} of {one.locale} without a draft: {said}.")
        show_errors(one.errors)


def _print_planned(name: str, planned: Planned, locale: str) -> None:
    price = "cost unknown" if planned.cost is None else f"about € {planned.cost:.2f}"
    words = f"{counted(planned.segments, 'segment')}, {planned.characters:,} characters, {price}"
    way = "What those before it leave goes to" if planned.instead else "Would send to"
    most = ", at most" if planned.instead else ""
    out.print(f"{way} [bold]{escape(name)}[/] for {locale}{most}: {words}.")
    if planned.left is not None and planned.left < planned.characters:
        out.print(f"[yellow]![/] Its budget has {planned.left:,} characters left today.")


def _print_markup(outcomes: Mapping[str, int]) -> None:
    """What became of markup, where somebody has to look at it."""
    words = {
        "repaired": "with its spacing mended",
        "other style": "kept at a second attempt",
        "looked up": "put back by look-up",
        "to place": "to place by hand",
    }
    said = [f"{outcomes[name]} {how}" for name, how in words.items() if outcomes.get(name)]
    if said:
        out.print(f"[dim]○[/] Markup: {', '.join(said)}.")


def show_engines(installed: Mapping[str, str], states: Sequence[Health]) -> None:
    """The engines there are, and how those of the settings are."""
    out.print(f"Installed: {', '.join(installed) or 'none'}.")
    if not states:
        out.print(r"None is configured: name them in \[translation] of pipeline.toml.")
    for state in states:
        mark = "[green]✓[/]" if state.well else "[bold red]✗[/]"
        where = " (on this machine or network)" if state.local else " (texts leave this machine)"
        out.print(f"{mark} {escape(state.name)}: {escape(state.said)}{where}")


def show_calibrated(found: Calibrated) -> None:
    """How many of the probes an engine gave back whole in each form of markup."""
    said = ", ".join(f"{style} {count}" for style, count in found.whole.items())
    best = f"best: [bold]{escape(found.best)}[/]" if found.best else "none comes back whole"
    out.print(f"{escape(found.engine)}: {escape(said)}; {best}")


_STEPS = {
    "new": "new",
    "source": "whose source has changed",
    "gone": "gone from the source",
    "drafted": "drafted by machines",
    "edited": "edited",
    "approved": "approved",
    "rejected": "rejected",
}
"""What became of messages, in words; of those edited outside more is said."""


def show_synced(done: Mapping[str, tuple[Indexed, Synced]], *, json: bool = False) -> None:
    """What was found in the catalogues of each language, and what the memory made of it."""
    if json:
        print_json({locale: {"index": i, "memory": m} for locale, (i, m) in done.items()})
        return
    for locale, (found, memory) in done.items():
        total = counted(found.catalogues, "catalogue")
        news = f"{found.read} read" if found.read else "nothing changed"
        units = f"{counted(memory.added, 'unit')} added, {memory.removed} removed"
        same = not memory.added and not memory.removed
        out.print(f"{locale}: {total}, {news}; memory {'up to date' if same else units}.")
        for kind, count in found.changes.items():
            if kind in _STEPS:
                out.print(f"  {counted(count, 'message')} {_STEPS[kind]}")
        for who, count in found.outside.items():
            out.print(f"  {counted(count, 'message')} edited outside{f' by {who}' * bool(who)}")
        states = ", ".join(f"{count} {state}" for state, count in found.messages.items() if count)
        out.print(f"  [dim]{states or 'no messages'}[/]")
        show_errors(found.errors)


def show_returned(
    done: Sequence[Returned],
    errors: Sequence[PipelineError],
    *,
    dry_run: bool = False,
    json: bool = False,
) -> None:
    """What was taken of the files that came back, and what a person has to decide."""
    if json:
        print_json([_returned(one) for one in done])
    for one in () if json else done:
        result = one.result
        said = f"{'would take' if dry_run else 'took'} {counted(len(result.taken), 'message')}"
        out.print(f"[bold]{escape(one.domain)}[/] ({one.locale}): {said}.")
        if result.dropped:
            out.print(f"  {counted(result.dropped, 'approval')} did not count: see --approvals.")
        if not one.known:
            out.print(
                "  Nobody knows what it was a copy of: only what nobody translated was taken."
            )
        for conflict in result.conflicts:
            out.print(f"[bold red]✗[/] both sides changed “{escape(conflict.ours.id)}”:")
            out.print(f"  here:  {escape(' | '.join(conflict.ours.strings))}")
            out.print(f"  there: {escape(' | '.join(conflict.theirs.strings))}")
        for message in result.unknown:
            out.print(f"[yellow]![/] the source has no longer: “{escape(message.id)}”")
            out.print(f"  [dim]its translation was: {escape(message.text)}[/]")
    show_errors(errors)


def _returned(one: Returned) -> dict[str, object]:
    result = one.result
    return {
        "locale": one.locale,
        "domain": one.domain,
        "known": one.known,
        "taken": [message.id for message in result.taken],
        "conflicts": [
            {"text": c.ours.id, "here": c.ours.strings, "there": c.theirs.strings}
            for c in result.conflicts
        ],
        "unknown": [{"text": m.id, "translation": m.strings} for m in result.unknown],
        "dropped": result.dropped,
    }


def show_counts(counts: Mapping[str, Mapping[str, int]]) -> None:
    """How many units there are in each language."""
    for locale, by_origin in counts.items():
        said = ", ".join(f"{count} from {name}" for name, count in sorted(by_origin.items()))
        out.print(
            f"{locale}: {counted(sum(by_origin.values()), 'unit')}{f' ({said})' * bool(said)}"
        )


def show_matches(words: str, matches: Sequence[Match], units: Sequence[Unit]) -> None:
    """Texts like this one with their differences, then those that have the words."""
    from ..memory import difference  # noqa: PLC0415

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
