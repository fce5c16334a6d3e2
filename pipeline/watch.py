"""Watching: the site is built and served again whenever something it is made of changes."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

from watchfiles import Change, watch

from .build import Report, build
from .errors import PipelineError
from .extract import Extraction, extract
from .files import is_temporary
from .project import Project, open_project, output_of
from .site.serve import serving

Show = Callable[[Project, Extraction, Report], None]


def watch_and_serve(
    project: Project,
    *,
    port: int,
    preview: bool,
    jobs: int | None,
    show: Show,
    ready: Callable[[str], None],
    failed: Callable[[PipelineError], None],
    stop: threading.Event | None = None,
) -> None:
    """Build and serve the site, and build again at each change, until interrupted or stopped.

    Args:
        project: The site; it is opened anew when its settings change.
        port: A port on loopback; 0 for any that is free.
        preview: Whether to build what waits for people, too, in a folder of its own.
        jobs: How many processes at most.
        show: Told what each round did.
        ready: Told the address of the server.
        failed: Told what ended a round; the next change begins another.
        stop: Ends it when set.

    Raises:
        PipelineError: The first round failed and left nothing to serve.
    """
    rounds = _Rounds(project, preview, jobs, show, failed)
    rounds.run()
    with serving(project, output_of(project, preview=preview), port=port) as address:
        ready(address)
        changes = watch(
            project.root,
            watch_filter=rounds.concerns,
            stop_event=stop or threading.Event(),
            debounce=200,
            rust_timeout=200,
            yield_on_timeout=False,
            raise_interrupt=True,
        )
        for _ in changes:
            rounds.run()


class _Rounds:
    """One round after another, each on the project as its settings are by then."""

    def __init__(
        self,
        project: Project,
        preview: bool,
        jobs: int | None,
        show: Show,
        failed: Callable[[PipelineError], None],
    ) -> None:
        self.project = project
        self.preview = preview
        self.jobs = jobs
        self.show = show
        self.failed = failed

    def run(self) -> None:
        """Extract and build; what fails is told, and what is live stays."""
        try:
            self.project = open_project(self.project.root)
            done = extract(self.project, jobs=self.jobs)
            report = build(self.project, preview=self.preview, jobs=self.jobs)
        except PipelineError as error:
            self.failed(error)
            return
        if done.changes or done.errors or report.changed or report.errors:
            self.show(self.project, done, report)

    def concerns(self, change: Change, name: str) -> bool:
        """Whether a site is made of the file that changed; what the pipeline writes is not."""
        path = Path(name)
        project = self.project
        if is_temporary(path) or not path.is_relative_to(project.root):
            return False
        inside = path.relative_to(project.root)
        if any(part.startswith(".") or part == "__pycache__" for part in inside.parts):
            return False
        if path.is_relative_to(project.templates_dir):
            return False
        made_of = [project.settings_path, project.source_dir, project.catalogues_dir]
        if project.theme_dir is not None:
            made_of.append(project.theme_dir)
        return any(path.is_relative_to(one) for one in made_of)
