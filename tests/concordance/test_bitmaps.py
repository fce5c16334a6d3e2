"""The concordance follows what is written, in every kind of database, and scans nothing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, event, text

from pipeline.concordance import MESSAGES, UNITS, bitmaps, fresh_of, pieces_of, settle
from pipeline.database import open_database
from pipeline.memory import Memory, Unit
from tests.databases import KINDS, address
from tests.sites import SETTINGS, site

ADDED = (
    Unit("Our consultation rates", "Ons consulttarief", "", "a", "tmx"),
    Unit("A first talk", "Een eerste gesprek", "", "a", "tmx"),
)


@pytest.fixture(params=KINDS)
def memory(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Memory]:
    """A memory of two units, all of which the bitmaps have."""
    settings = f'{SETTINGS}\n[state]\nurl_env = "TEST_STATE"\n'
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TEST_STATE", address(request.param))
        made = Memory(open_database(site(tmp_path, settings=settings)), "en", "nl")
    made.add(ADDED)
    settle(made.engine, most=0)
    yield made
    made.engine.dispose()


def found(memory: Memory, said: str) -> int:
    """How many units the bitmaps alone say have something."""
    with memory.engine.connect() as connection:
        numbers = UNITS.find(connection, "nl", pieces_of(said), "both").numbers
    assert numbers is not None
    return len(numbers)


def test_parts_of_words_are_found(memory: Memory) -> None:
    """At their beginning, end and in between, once they are taken in as before."""
    for part in ("consult", "tarief", "ultta", "CONSULTTARIEF", "sulta"):
        assert memory.search(part) == [ADDED[0]]
        assert found(memory, part) == 1
    assert memory.search("rie rst") == memory.search('"tarief"') == []


@pytest.mark.parametrize("taken", [False, True])
def test_what_is_changed_is_found_as_it_is(memory: Memory, taken: bool) -> None:
    """Whether or not it has been taken in yet; the words that went are gone."""
    other = Unit(ADDED[1].source, "Een kennismaking", "", "a", "tmx")
    memory.add([other])
    if taken:
        settle(memory.engine, most=0)
        assert found(memory, "gesprek") == 0 and found(memory, "kennismaking") == 1
    else:
        assert found(memory, "gesprek") == 1
    assert memory.search("gesprek") == []
    assert memory.search("kennis") == memory.search("talk") == [other]


def test_what_is_gone_leaves_nothing(memory: Memory) -> None:
    """No bitmap, and nothing that waits."""
    with memory.engine.begin() as connection:
        connection.execute(text("DELETE FROM unit"))
    settle(memory.engine, most=0)
    with memory.engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM bitmap")).scalar_one() == 0
        assert not fresh_of(connection, UNITS.kind)


def test_several_changes_of_a_text_are_one(memory: Memory) -> None:
    """The bitmaps have the last, whatever was between."""
    for target in ("Eén", "Twee", "Een eerste gesprek", "Drie"):
        memory.add([Unit(ADDED[1].source, target, "", "a", "tmx")])
    settle(memory.engine, most=0)
    assert [found(memory, word) for word in ("eén", "twee", "gesprek", "drie")] == [0, 0, 0, 1]


@pytest.mark.parametrize("taken", [False, True])
def test_who_writes_waits_for_nobody_who_looks(
    memory: Memory, taken: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is written while texts are looked at is found, also if somebody else takes both in."""
    memory.add([Unit(ADDED[1].source, "Een kennismaking", "", "a", "tmx")])
    moved = bitmaps._moved

    def slowly(*given: Any) -> Any:
        monkeypatch.setattr(bitmaps, "_moved", moved)
        found = moved(*given)
        memory.add([Unit(ADDED[1].source, "Een babbel", "", "a", "tmx")])
        if taken:
            settle(memory.engine, most=0)
            memory.add([Unit(ADDED[1].source, "Een onderhoud", "", "a", "tmx")])
        return found

    monkeypatch.setattr(bitmaps, "_moved", slowly)
    settle(memory.engine, most=0)
    words = ("gesprek", "kennismaking", "babbel", "onderhoud")
    last = "onderhoud" if taken else "babbel"
    assert [found(memory, word) for word in words] == [int(word == last) for word in words]
    assert [len(memory.search(word)) for word in words] == [int(word == last) for word in words]


def test_looking_scans_no_table(memory: Memory) -> None:
    """Every question of bitmaps and words goes by an index."""
    plans: list[str] = []
    asked = _listening(memory.engine)
    with memory.engine.connect() as connection:
        if connection.dialect.name == "postgresql":  # of a small table it would read all
            connection.exec_driver_sql("SET enable_seqscan = off")
        MESSAGES.all_with(connection, "nl", pieces_of('tarief "een eerste"'), "both")
        statements = list(asked)
        for statement, parameters in statements:
            plans += _plan(connection, statement, parameters)
    assert len(statements) >= 4
    scans = [line for line in plans if "Seq Scan" in line or line.startswith("SCAN ")]
    assert [one for one in scans if "json_each" not in one and "VIRTUAL" not in one] == []


def _listening(engine: Engine) -> list[tuple[str, object]]:
    """What is asked from now on, but the plans."""
    asked: list[tuple[str, object]] = []

    @event.listens_for(engine, "before_cursor_execute")
    def keep(*said: object) -> None:
        if str(said[2]).startswith("SELECT"):
            asked.append((str(said[2]), said[3]))

    return asked


def _plan(connection: Connection, statement: str, parameters: object) -> list[str]:
    sqlite = connection.dialect.name == "sqlite"
    explain = "EXPLAIN QUERY PLAN" if sqlite else "EXPLAIN"
    rows = connection.exec_driver_sql(f"{explain} {statement}", parameters)  # type: ignore[arg-type]  # as the driver had them
    return [str(row[-1]) for row in rows]
