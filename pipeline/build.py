"""Building: what is out of date is found, rendered beside, and swapped in.

Survey, plan, render, publish: each step knows only what the one before it found. An article, a
catalogue or a theme that is broken stops nothing else, and what is live of it stays.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from . import garbage
from .errors import PipelineError
from .locks import locks_of
from .project import Project, assert_locales, output_of
from .record import Record
from .site.publication import Published, settle

if TYPE_CHECKING:
    from .causes import Causes
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
        causes: Why each of the files is new, changed or gone.
        owners: Whose those are that are an article's page: its id, a tab, the locale.
    """

    output: Path
    locales: tuple[str, ...] = ()
    published: Published = field(default_factory=Published)
    unchanged: int = 0
    versions: tuple[Version, ...] = ()
    errors: tuple[PipelineError, ...] = ()
    warnings: tuple[PipelineError, ...] = ()
    causes: Causes = field(default_factory=dict)
    owners: Mapping[str, str] = field(default_factory=dict)

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
    only: Sequence[str] = (),
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
        only: The articles to build, with the lists and feeds that they are in; all if none is
            named. What is live of any other stays as it is.
        force: Whether to build everything, also what is up to date.
        preview: Whether to build a preview with everything that waits for people, elsewhere.
        today: The day for which grace periods are reckoned.
        jobs: How many processes at most; as many as there are cores if None.
        progress: Told how far the work is.

    Raises:
        SettingsError: A locale is not one of the site's.
        ProjectError: There is no such article, and nothing is live of it.
        ThemeError: The theme cannot be used; nothing was published.
        OutputError: The site cannot be written; it is as it was.
    """
    assert_locales(project, locales)
    today = today or date.today()
    record = Record.of(project, preview=preview)
    with locks_of(project).hold(record.path.stem, timeout=60):
        settle(record.output)
        inputs = record.inputs(project)  # before anything is read: edits from now on count
        whole = not force and not locales and not only
        if whole and record.is_current(project, today, inputs):
            return Report(record.output, project.all_locales, unchanged=record.files)
        from .making import Making  # noqa: PLC0415 - what has nothing to do need not load it

        built = locales or project.all_locales
        with garbage.kept():
            work = Making(project, record, built, today, force, progress, only, inputs=inputs)
            work.assert_articles()
            return work.run(jobs)


def plain_of(report: Report, *, most: int = 2000) -> dict[str, object]:
    """What a build did, for rows and for JSON; of each kind of files, the first so many."""
    from .causes import plain  # noqa: PLC0415

    published = report.published
    named = {name: list(getattr(published, name)) for name in ("new", "changed", "removed")}
    shown = {name for names in named.values() for name in names[:most]}
    causes = {name: own for name, own in report.causes.items() if name in shown}
    counts = {name: len(names) for name, names in named.items()}
    return {
        **{name: names[:most] for name, names in named.items()},
        "counts": counts,
        "unchanged": report.unchanged,
        "locales": list(report.locales),
        "causes": plain(causes),
        "owners": {name: owner for name, owner in report.owners.items() if name in shown},
        "kept": published.kept,
    }
