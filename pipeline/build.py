"""Building: what is out of date is found, rendered beside, and swapped in.

Survey, plan, render, publish: each step knows only what the one before it found. An article, a
catalogue or a theme that is broken stops nothing else, and what is live of it stays.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from .errors import PipelineError, SettingsError
from .locks import locks_of
from .project import Project, output_of
from .record import Record
from .site.publication import Published

if TYPE_CHECKING:
    from .site.version import Version

__all__ = ["Progress", "Report", "build", "output_of"]

Progress = Callable[[str, int, int], None]
"""Called with what is being done, how many are done, and how many there are."""


@dataclass(frozen=True, slots=True)
class Report:
    """What a build did.

    Attributes:
        output: The folder that was built into.
        locales: The locales that were built, those that are live.
        published: The files that are new, changed or gone.
        unchanged: How many files were up to date.
        versions: Every article's version in every locale.
        errors: What failed; where a page was live, its last good state still is.
        warnings: What a person should look at.
    """

    output: Path
    locales: tuple[str, ...] = ()
    published: Published = field(default_factory=Published)
    unchanged: int = 0
    versions: tuple[Version, ...] = ()
    errors: tuple[PipelineError, ...] = ()
    warnings: tuple[PipelineError, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether everything that should be live is."""
        return not self.errors

    @property
    def changed(self) -> int:
        """How many files were published or removed."""
        return sum(map(len, (self.published.new, self.published.changed, self.published.removed)))


def build(
    project: Project,
    *,
    locales: Sequence[str] = (),
    force: bool = False,
    preview: bool = False,
    today: date | None = None,
    jobs: int | None = None,
    progress: Progress = lambda step, done, total: None,
) -> Report:
    """Bring the published site up to date and say what was done.

    Args:
        project: The site.
        locales: The locales to build; all if none is named.
        force: Whether to build everything, also what is up to date.
        preview: Whether to build a preview with everything that waits for people, elsewhere.
        today: The day for which grace periods are reckoned.
        jobs: How many processes at most; as many as there are cores if None.
        progress: Told how far the work is.

    Raises:
        SettingsError: A locale is not one of the site's.
        ThemeError: The theme cannot be used; nothing was published.
        OutputError: The site cannot be written; it is as it was.
    """
    for locale in locales:
        if locale not in project.all_locales:
            raise SettingsError(
                f"“{locale}” is not a language of this site",
                path=project.settings_path,
                hint=f"It has {', '.join(project.all_locales)}.",
            )
    today = today or date.today()
    record = Record.of(project, preview=preview)
    with locks_of(project).hold(record.path.stem, timeout=60):
        if not force and not locales and record.is_current(project, today):
            return Report(record.output, project.all_locales, unchanged=record.files)
        from .making import Making  # noqa: PLC0415 - what has nothing to do need not load it

        work = Making(project, record, locales or project.all_locales, today, force, progress)
        return work.run(jobs)
