"""The translation memory, in SQLite and in PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline import catalogues
from pipeline.errors import MemoryStoreError
from pipeline.extract import extract
from pipeline.memory import Memory, Unit, difference, memory_of
from pipeline.project import Project, open_project
from tests.databases import KINDS, address
from tests.sites import DAY, SETTINGS, replace, site, translate

HEARD = Unit("Do I feel heard here?", "Voel ik me hier gehoord?", "", "articles/fit")


@pytest.fixture(params=KINDS)
def project(request: pytest.FixtureRequest, tmp_path: Path) -> Project:
    """A site that was extracted and translated, with an empty database of each kind."""
    settings = f'{SETTINGS}\n[state]\nurl = "{address(request.param)}"\n'
    made = site(tmp_path, settings=settings)
    extract(made, today=DAY)
    translate(made)
    return made


@pytest.fixture
def memory(project: Project) -> Iterator[Memory]:
    """Its memory."""
    found = memory_of(project, "nl")
    yield found
    found.engine.dispose()


def test_what_is_approved_is_remembered(project: Project, memory: Memory) -> None:
    """And nothing else; once only."""
    done = memory.sync(project)
    assert done.added > 10
    assert memory.exact("An item") == Unit("An item", "NL An item", "", "articles/first")
    again = memory.sync(project)
    assert (again.added, again.removed) == (0, 0)


def test_what_lost_its_approval_is_forgotten(project: Project, memory: Memory) -> None:
    """Edited in a PO editor, or its article gone."""
    memory.sync(project)
    replace(project.catalogue_path("nl", "articles/first"), "NL An item", "Iets")
    project.catalogue_path("nl", "articles/second").unlink()
    done = memory.sync(project)
    assert done.removed == 1 + 3
    assert memory.exact("An item") is None
    assert memory.exact("The second") is None


def test_a_broken_catalogue_keeps_its_units(project: Project, memory: Memory) -> None:
    """And is named."""
    memory.sync(project)
    path = project.catalogue_path("nl", "articles/first")
    path.write_text("<<<<<<< ours\n", encoding="utf-8")
    done = memory.sync(project)
    assert [error.path for error in done.errors] == [path]
    assert memory.exact("An item") is not None


def test_the_same_context_comes_first(memory: Memory) -> None:
    """Then any other."""
    memory.add([Unit("Rest", "Rust", "", "a"), Unit("Rest", "Overige", "form", "b")])
    found = [memory.exact("Rest", context) for context in (None, "form", "other")]
    assert [unit and unit.target for unit in found][:2] == ["Rust", "Overige"]
    assert found[2] is not None


def test_a_text_that_resembles_is_found_with_its_likeness(memory: Memory) -> None:
    """The best first; what is not alike is not."""
    memory.add([HEARD, Unit("Do I feel safe here?", "Voel ik me hier veilig?", "", "b")])
    memory.add([Unit("Rain is expected.", "Er wordt regen verwacht.", "", "c")])
    best, *others = memory.fuzzy("Do I feel heard there?")
    assert best.unit == HEARD
    assert 90 < best.score < 100
    assert all(75 <= match.score <= best.score for match in others)
    assert memory.fuzzy("Something else entirely") == []


def test_words_are_looked_up_in_both_languages(memory: Memory) -> None:
    """A concordance."""
    memory.add([HEARD])
    assert memory.search("heard") == memory.search("gehoord") == [HEARD]
    assert memory.search("nothing") == []


@pytest.mark.parametrize("words", ['"', "a OR b", "NEAR(", "* ' %", "\0", "é“”", ""])
def test_any_text_can_be_looked_up(words: str, memory: Memory) -> None:
    """Whatever it means to an index."""
    if "\0" in words and memory.engine.dialect.name == "postgresql":
        words = words.replace("\0", "")
    memory.add([HEARD])
    assert memory.fuzzy(words) == []


def test_losing_the_database_loses_no_translation(project: Project, memory: Memory) -> None:
    """It is made again of the catalogues."""
    added = memory.sync(project).added
    before = {p: p.read_bytes() for p in project.catalogues_dir.rglob("*.po")}
    memory.add([])
    with memory.engine.begin() as connection:
        connection.exec_driver_sql("DELETE FROM unit")
        connection.exec_driver_sql("DELETE FROM posting")
    assert memory.sync(project).added == added
    assert {p: p.read_bytes() for p in project.catalogues_dir.rglob("*.po")} == before


def test_a_database_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    """That says what is safe."""
    url = "postgresql+psycopg://nobody@127.0.0.1:9/none"
    made = site(tmp_path, settings=f'{SETTINGS}\n[state]\nurl = "{url}"\n')
    with pytest.raises(MemoryStoreError, match="in the catalogues and safe"):
        memory_of(open_project(made.root), "nl")


@given(st.text(alphabet="ab c"), st.text(alphabet="ab c"))
def test_a_difference_says_both_texts(old: str, new: str) -> None:
    """Word by word."""
    pieces = difference(old, new)
    assert "".join(p for kind, p in pieces if kind != "gone").split() == new.split()


def test_an_approved_plural_is_no_unit(project: Project, memory: Memory) -> None:
    """It has more than one translation."""
    memory.sync(project)
    own = catalogues.read(project.catalogue_path("nl", "site"))
    plurals = [message.id for message in own if message.plural is not None]
    assert plurals
    assert memory.exact(plurals[0]) is None
