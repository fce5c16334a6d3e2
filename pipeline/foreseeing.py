"""Foreseeing: what a build would publish now, and why. Nothing goes live or is remembered.

It is a build in a folder of its own, up to where it would swap its pages in. They stay there until
somebody looks again, so that they can be looked at beside those that are live.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

from . import articles, garbage
from .build import Progress, Report
from .errors import PipelineError
from .explaining import explain
from .filling import Filling
from .locks import locks_of
from .making import Making
from .project import Project, assert_locales
from .record import Record
from .rendering import Sizes, Wanted
from .site import search
from .site.compression import is_variant
from .site.publication import Publication
from .site.survey import Surveyed


def foreseen_in(project: Project) -> Path:
    """Where the pages are that a build would publish, as somebody last looked at them."""
    return project.work_dir / "foreseen"


def foresee(
    project: Project,
    *,
    locales: Sequence[str] = (),
    only: Sequence[str] = (),
    force: bool = False,
    today: date | None = None,
    progress: Progress = lambda step, done, total: None,
) -> Report:
    """What `build` would do with the same arguments.

    Raises:
        SettingsError: A locale is not one of the site's.
        ProjectError: There is no such article, and nothing is live of it.
        ThemeError: The theme cannot be used.
        OutputError: The pages cannot be written.
    """
    assert_locales(project, locales)
    record = Record.of(project, preview=False)
    built = locales or project.all_locales
    with locks_of(project).hold("foreseen", timeout=60), garbage.kept():
        work = Making(project, record, built, today or date.today(), force, progress, only)
        work.assert_articles()
        return _foreseen(work)


def _foreseen(work: Making) -> Report:
    output = foreseen_in(work.project)
    job = replace(work.job, output=output, compresses=False)
    publication = Publication.begin(output, site=work.record.output)

    def read(sources: Sequence[articles.Source]) -> Iterator[Surveyed]:
        for number, source in enumerate(sources):
            work.progress("Reading", number, len(sources))
            yield job.survey(source)

    def make(pages: Sequence[tuple[Wanted, str]]) -> Iterator[Sizes | PipelineError]:
        for number, (wanted, _) in enumerate(pages):
            work.progress("Rendering", number, len(pages))
            yield job.render(wanted)

    plan, pages, kept = work.prepare(publication, lambda: work.outline(read), make)
    filling = Filling(work, publication)
    for name in publication.written:  # compressed forms are not made to foresee
        kept.update(filling.with_variants(name)[1:])
    if work.searchable:
        kept.update(name for name in work.before if name.startswith(search.FOLDER))
    published = publication.foreseen(work.before, kept=kept)
    causes = explain(work, plan, pages, published)
    count = sum(not is_variant(name) for name in {*kept, *publication.written})
    return work.report(plan, publication, published, count, causes)
