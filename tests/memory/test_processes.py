"""The memory, used by several processes at once."""

from __future__ import annotations

from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import pytest

from pipeline.extract import extract
from pipeline.memory import Unit, memory_of
from pipeline.project import open_project
from tests.databases import KINDS, address
from tests.sites import DAY, SETTINGS, site, translate

_PROCESSES, _ROUNDS, _UNITS = 3, 8, 20


def work(root: Path, name: str) -> int:
    """Add units, some of which others add too, look them up and sync; how many were found."""
    project = open_project(root)
    found = 0
    for number in range(_ROUNDS):
        memory = memory_of(project, "nl")
        own = [Unit(text(name, number, n), name, "", name, "tmx") for n in range(_UNITS)]
        common = [Unit(text("all", number, n), name, "", "all", "tmx") for n in range(_UNITS)]
        memory.add([*own, *common])
        memory.sync(project)
        found += bool(memory.fuzzy(text(name, number, 0) + " indeed"))
    return found


def text(name: str, number: int, unit: int) -> str:
    """A text that differs from the others by its last words."""
    return f"This is a sentence that {name} wrote about number{number} and unit{unit}"


@pytest.mark.parametrize("kind", KINDS)
def test_processes_that_write_at_once_lose_nothing(kind: str, tmp_path: Path) -> None:
    """Also the first time, when there is no database yet; none of them fails."""
    made = site(tmp_path, settings=f'{SETTINGS}\n[state]\nurl = "{address(kind)}"\n')
    extract(made, today=DAY)
    translate(made)
    names = [f"process{n}" for n in range(_PROCESSES)]
    with ProcessPoolExecutor(_PROCESSES, mp_context=get_context("spawn")) as pool:
        found = list(pool.map(work, [made.root] * _PROCESSES, names))
    assert found == [_ROUNDS] * _PROCESSES
    memory = memory_of(made, "nl")
    assert memory.count()["tmx"] == (_PROCESSES + 1) * _ROUNDS * _UNITS
    again = memory.sync(made)
    assert (again.added, again.removed) == (0, 0)
    for name in (*names, "all"):
        for number in range(_ROUNDS):
            wanted = text(name, number, _UNITS - 1)
            (best,) = memory.fuzzy(f"{wanted} indeed", limit=1)
            assert best.unit.source == wanted
    memory.engine.dispose()
