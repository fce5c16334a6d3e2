"""Commands about the queue: builds that workers do, and the workers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from .door import HERE, Json, Reasons, Site, app, builds_app, door, open_site

if TYPE_CHECKING:
    from pathlib import Path

    from ..ledger import Ledger
    from ..project import Project

Id = Annotated[str, typer.Argument(metavar="BUILD", help="Its id, as `pipeline builds` lists it.")]
Most = Annotated[int, typer.Option("--most", min=1, help="How many; the latest come first.")]


@builds_app.callback(invoke_without_command=True)
def builds(context: typer.Context, site: Site = HERE, most: Most = 20, json: Json = False) -> None:
    """List the builds that workers did, do, or will do."""
    if context.invoked_subcommand is None:
        _list_builds(site, most, json)


@door
def _list_builds(site: Path, most: int, json: bool) -> bool:
    from ..ledger import ledger_of  # noqa: PLC0415
    from . import queued  # noqa: PLC0415

    ledger = ledger_of(open_site(site))
    found = ledger.builds.latest(most=most)
    queued.show_builds([ledger.builds.progress(build.id) for build in found], json=json)
    return True


@builds_app.command("follow")
@door
def builds_follow(
    build: Id, site: Site = HERE, reasons: Reasons = False, json: Json = False
) -> bool:
    """Show how far a build is until it has ended; to stop looking does not stop it."""
    from ..ledger import ledger_of  # noqa: PLC0415

    project = open_site(site)
    return follow(project, ledger_of(project), build, reasons=reasons, json=json)


@builds_app.command("cancel")
@door
def builds_cancel(build: Id, site: Site = HERE) -> bool:
    """End a build; what is live stays as it is."""
    from ..ledger import ledger_of  # noqa: PLC0415
    from . import console  # noqa: PLC0415

    cancelled = ledger_of(open_site(site)).builds.cancel(build)
    said = "cancelled; what is live has stayed" if cancelled else "has ended already"
    console.show_line(f"Build {build} {'is ' if cancelled else ''}{said}.")
    return cancelled


@builds_app.command("retry")
@door
def builds_retry(
    build: Id, site: Site = HERE, reasons: Reasons = False, json: Json = False
) -> bool:
    """Begin a build again, with what failed in it and what was isolated."""
    from ..ledger import broker_of, ledger_of  # noqa: PLC0415
    from ..ledger.asking import resume  # noqa: PLC0415
    from . import console, queued  # noqa: PLC0415

    project = open_site(site)
    ledger, broker = ledger_of(project), broker_of(project)
    if not ledger.builds.retry(build):
        console.show_line(f"Build {build} has not ended yet.")
        return False
    trouble = resume(ledger, broker, build)
    if trouble is not None:
        queued.show_kept(build, trouble)
        return True
    return follow(project, ledger, build, reasons=reasons, json=json)


@app.command()
@door
def workers(site: Site = HERE, json: Json = False) -> bool:
    """Show which workers are alive, what they do, and how much waits in each queue."""
    from ..ledger import broker_of  # noqa: PLC0415
    from . import queued  # noqa: PLC0415

    broker = broker_of(open_site(site))
    lengths = broker.lengths()
    found = broker.workers()
    queued.show_workers(found, lengths, json=json)
    return bool(found)


def follow(project: Project, ledger: Ledger, build: str, *, reasons: bool, json: bool) -> bool:
    """Show a build's progress until it has ended, and what came of it; whether all went well."""
    from ..ledger.asking import follow as progress_of  # noqa: PLC0415
    from ..ledger.asking import step_of  # noqa: PLC0415
    from . import console, queued  # noqa: PLC0415

    waited = 0
    try:
        with console.progress(quiet=json) as progress:
            for one in progress_of(ledger, build):
                waited += one.build.state == "pending"
                if waited == 2:
                    queued.show_waiting(build)
                progress(step_of(one.build), one.done, max(one.total, 1))
    except KeyboardInterrupt:
        console.show_line(f"It goes on without you. Look again: pipeline builds follow {build}")
        return True
    return queued.show_ended(project, ledger.builds.get(build), reasons=reasons, json=json)
