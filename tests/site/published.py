"""A site that is published in two languages, and one that has a past."""

from __future__ import annotations

from pathlib import Path

from pipeline import catalogues
from pipeline.build import build
from pipeline.extract import extract
from pipeline.project import Project
from tests.sites import DAY, SETTINGS, replace, site, translate


def published(folder: Path, *, settings: str = SETTINGS) -> Project:
    """Translated and approved to the last word, and built."""
    project = site(folder, settings=settings)
    extract(project, today=DAY)
    translate(project)
    assert build(project, today=DAY, jobs=1).ok
    return project


def moved(folder: Path, *, settings: str = SETTINGS) -> Project:
    """The same some days later: “nl-first” is “het-eerste” now, and “second” is gone."""
    project = published(folder, settings=settings)
    rename(project, "articles/first", "het-eerste")
    replace(project.source_dir / "articles/first.md", "[a link](second.md)", "no link")
    (project.source_dir / "articles/second.md").unlink()
    extract(project, today=DAY)
    translate(project)
    assert build(project, today=DAY, jobs=1).ok
    return project


def rename(project: Project, article: str, slug: str) -> None:
    """A translator gives a page another address."""
    path = project.catalogue_path("nl", article)
    found = catalogues.read(path)
    (message,) = (m for m in found if m.context == "slug")
    done = catalogues.approve(catalogues.edit(message, [slug]), by="anna", on=DAY)
    catalogues.write(found.with_message(done), path)
