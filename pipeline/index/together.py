"""Changes that wait for the same catalogue are made together: read once, written once.

Whoever comes first makes its own change; those who come meanwhile wait, and the first of them makes
the changes of all who wait by then, one after the other. Each is answered when the file has been
replaced and the index has taken it over, not before; one that is refused stops no other.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlalchemy import Engine as Database

from .. import catalogues
from ..catalogues import Catalogue
from ..database import exclusive
from ..locks import locks_of
from ..project import Project
from .mirror import Record, Step, advance, lock_name, take
from .turn import turn_of


@dataclass(slots=True)
class _Wish:
    """A change that somebody wants, and what came of it."""

    change: Callable[[Catalogue], Catalogue]
    by: str
    record: Record | None
    step: Step | None = None
    done: Catalogue | None = None
    error: BaseException | None = None

    @property
    def is_settled(self) -> bool:
        return self.done is not None or self.error is not None


def update(
    project: Project,
    database: Database,
    locale: str,
    domain: str,
    change: Callable[[Catalogue], Catalogue],
    *,
    by: str,
    record: Record | None = None,
) -> Catalogue:
    """Change a catalogue as `catalogues.update` does, and keep in the history who did it.

    What others have changed since the last look is told apart. If the database fails after the
    file was written, the next `sync` finds the change, and takes it for one from outside.

    Args:
        project: The site.
        database: Its state database.
        locale, domain: The catalogue.
        change: Makes the new catalogue of the one that was read; may be called more than once,
            and by another thread that changes the same catalogue.
        by: Who does it.
        record: Writes more in the transaction in which the index takes the change over.

    Raises:
        CatalogueError: It cannot be read.
        ConflictError: It was changed again and again.
    """
    turn = turn_of(database, project.catalogue_path(locale, domain))
    wish = _Wish(change, by, record)
    turn.waiting.append(wish)
    with turn.lock:
        if not wish.is_settled:
            wishes = turn.all_who_wait()
            try:
                _make(project, database, locale, domain, wishes)
            except BaseException as error:
                for one in wishes:
                    one.error = one.error or error
    if wish.error is not None:
        raise wish.error
    assert wish.done is not None  # noqa: S101 - for the type checker
    return wish.done


def _make(
    project: Project, database: Database, locale: str, domain: str, wishes: Sequence[_Wish]
) -> None:
    """Make the changes of all, in the file and then in the index."""
    base: list[Catalogue] = []

    def change(catalogue: Catalogue) -> Catalogue:
        base[:] = [catalogue]
        return _changed(catalogue, wishes)

    path = project.catalogue_path(locale, domain)
    done = catalogues.update(path, change, locks=locks_of(project), reader=catalogues.kept.read)
    if not any(wish.step for wish in wishes):
        return
    fresh = done.written(base[0])
    catalogues.kept.keep(fresh)
    steps = [step for wish in wishes if (step := wish.step) is not None]
    if not _advanced(database, locale, domain, fresh, steps):
        take(project, database, locale, domain, base[0])
        for step in steps:
            now = fresh if step is steps[-1] else step.after
            take(project, database, locale, domain, now, by=step.by, record=step.record)
    for wish in wishes:
        wish.done = wish.step.after if wish.step else None


def _changed(catalogue: Catalogue, wishes: Sequence[_Wish]) -> Catalogue:
    """A catalogue after what each of them wants, but those whose change refuses it."""
    for wish in wishes:
        wish.step = wish.error = None
        try:
            changed = wish.change(catalogue)
            changed.dump()  # what cannot be written is refused to who wants it
        except Exception as error:  # raised again for who wants it
            wish.error = error
            continue
        wish.step = Step(wish.by, catalogue, changed, wish.record)
        catalogue = changed
    return catalogue


def _advanced(
    database: Database, locale: str, domain: str, fresh: Catalogue, steps: Sequence[Step]
) -> bool:
    """Take over only what changed, if that is all there is to it."""
    if not all(step.is_small for step in steps):
        return False
    with exclusive(database, lock_name(locale, domain)) as connection:
        return advance(connection, locale, domain, fresh, steps)
