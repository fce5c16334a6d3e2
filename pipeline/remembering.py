"""Remembering a build: what its articles were, and what all of its pages had in common."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from . import files
from .mistakes import misfits
from .record import remembered_by
from .site.plan import Plan
from .site.publication import Manifest, read_manifest
from .site.remembered import Era, write_memory
from .site.survey import Surveyed, expiry
from .site.version import Version

if TYPE_CHECKING:
    from .making import Making


def remember(making: Making, plan: Plan, count: int) -> None:
    """Keep for the next build what this one was made of: so many files."""
    owners = places_of(read_manifest(making.record.output))
    good = []
    for surveyed in making.surveys:
        if not any((surveyed.article, loc) in making.failed for loc in surveyed.versions):
            good.append(surveyed)
        elif last := making.memory.surveys.get(surveyed.article):
            good.append(Surveyed(surveyed.article, "", last[1], {}))
    memory = making.memory.after(
        good,
        built=[place for place in owners if making.builds(*place)],
        owners=owners,
        eras=eras_of(making, plan),
        whole=not making.only,
        at=making.at,
    )
    write_memory(making.record.memory_path, remembered_by(making.project), memory)
    if making.errors or making.warnings or misfits(making.project, _all(making.surveys)):
        making.record.forget()
    elif tuple(making.locales) == making.project.all_locales and not making.only:
        making.record.write(making.project, making.inputs, expiry(making.surveys), count)


def eras_of(making: Making, plan: Plan) -> Mapping[str, Era]:
    """What the pages of each locale that is built have in common."""
    seen = files.digest(repr((sorted(making.files.items()), sorted(plan.sizes.items()))).encode())
    return {
        locale: (*shared, seen)
        for locale, shared in making.job.surroundings.items()
        if locale in making.locales
    }


def places_of(manifest: Manifest) -> frozenset[tuple[str, str]]:
    """The articles and locales whose pages are in a manifest."""
    owners = {entry.owner for entry in manifest.values() if entry.owner}
    return frozenset((article, loc) for article, _, loc in (one.partition("\t") for one in owners))


def _all(surveys: Iterable[Surveyed]) -> Iterator[Version]:
    for surveyed in surveys:
        yield from surveyed.versions.values()
