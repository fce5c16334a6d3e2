"""The outline of a build: made once if nothing is touched, and not used where something was."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from pipeline.ledger.place import Place
from pipeline.ledger.sending import messages_of
from pipeline.ledger.units import PENDING, Unit
from pipeline.outline import OUTLINES
from pipeline.project import Project
from pipeline.site.page import Page
from pipeline.site.plan import Plan
from tests.ledger.carrier import Carrier, started, until_ended
from tests.ledger.test_builds import expected, published
from tests.sites import replace


@pytest.fixture
def planned(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """One entry for each time that the pages of the site are planned."""
    times: list[int] = []
    pages = Plan.pages

    def counted(plan: Plan, locales: Iterable[str]) -> Iterator[Page]:
        times.append(1)
        return pages(plan, locales)

    monkeypatch.setattr(Plan, "pages", counted)
    return times


def kept(project: Project) -> list[Path]:
    """The outlines that are kept."""
    return list((project.cache_dir / OUTLINES).glob("*"))


def test_a_build_that_nobody_disturbs_is_planned_once(
    project: Project, place: Place, planned: list[int]
) -> None:
    """What publishes has the outline of what planned, and throws it away."""
    carrier = Carrier()
    done = until_ended(place, carrier, started(place, carrier))
    assert (done.state, done.outcome["errors"], len(planned)) == ("done", [], 1)
    assert not kept(project)
    assert published(project) == expected(project)


def test_what_was_found_wrong_is_said_by_a_build_that_was_planned_once(
    project: Project, place: Place, planned: list[int]
) -> None:
    """An article that cannot be read, and a catalogue without one."""
    project.catalogue_path("nl", "articles/gone").write_bytes(
        project.catalogue_path("nl", "articles/n1").read_bytes()
    )
    (project.source_dir / "articles/n3.md").write_text("", encoding="utf-8")
    carrier = Carrier()
    done = until_ended(place, carrier, started(place, carrier))
    assert [said["path"] for said in done.outcome["errors"]] == ["source/articles/n3.md"]
    assert [Path(said["path"]).name for said in done.outcome["warnings"]] == ["gone.po"]
    assert len(planned) == 1


@pytest.mark.parametrize("step", ["render", "done"])
def test_an_outline_of_something_else_is_not_used(
    project: Project, place: Place, planned: list[int], step: str
) -> None:
    """Once an article was edited, or the file was torn, it is planned anew."""
    carrier = Carrier()
    name = started(place, carrier)
    touched = False

    def touch() -> None:
        nonlocal touched
        if not touched and (found := kept(project)):
            touched = True
            if step == "render":
                path = project.source_dir / "articles/n9.md"
                replace(path, "title: Number 9", "title: Called nine")
            else:
                found[0].write_bytes(found[0].read_bytes()[:-7])

    done = until_ended(place, carrier, name, then=touch)
    assert (done.state, touched, len(planned) > 1) == ("done", True, True)
    assert published(project) == expected(project)


def test_very_many_units_go_in_larger_messages() -> None:
    """A thirty-second part of them, and no more than four batches."""

    def largest(count: int) -> int:
        units = [Unit(f"a{n}", "page", "a", PENDING, 3, 0, "{}", "") for n in range(count)]
        return max(len(message.keys) for message in messages_of(units, batch=32))

    assert [largest(count) for count in (100, 2000, 100_000)] == [32, 62, 128]
