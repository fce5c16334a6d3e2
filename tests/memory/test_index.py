"""The index of the memory: what is found, what it costs, and how it is made anew."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from rapidfuzz import fuzz, process
from sqlalchemy import create_engine, delete, func, insert, select, text, update

import pipeline.database
from pipeline.database.tables import posting
from pipeline.database.tables import unit as table
from pipeline.memory import Memory, Unit, index, memory_of
from pipeline.memory.unit import digest_of, words_of
from pipeline.project import Project
from tests.databases import KINDS, address
from tests.sites import SETTINGS, site

WORDS = "the of and a to in is for that on with this be are as at from room garden therapy".split()


@pytest.fixture(params=KINDS)
def project(request: pytest.FixtureRequest, tmp_path: Path) -> Project:
    """A site with an empty database of each kind."""
    return site(tmp_path, settings=f'{SETTINGS}\n[state]\nurl = "{address(request.param)}"\n')


@pytest.fixture
def memory(project: Project) -> Iterator[Memory]:
    """Its memory."""
    found = memory_of(project, "nl")
    yield found
    found.engine.dispose()


def sentences(count: int) -> list[str]:
    """Sentences of few words, which resemble each other more than real ones."""
    chance = random.Random(1)  # noqa: S311 - the same each time
    made = (" ".join(chance.choices(WORDS, k=chance.randint(1, 12))) for _ in range(count))
    return list(dict.fromkeys(made))


def test_what_a_scan_of_everything_finds_is_found(memory: Memory) -> None:
    """The best of them, for texts in which a word or a letter was changed."""
    texts = sentences(2_000)
    memory.add(Unit(one, f"NL {one}") for one in texts)
    chance = random.Random(2)  # noqa: S311 - the same each time
    same = wanted = 0
    for _ in range(100):
        pieces = list(chance.choice(texts))
        pieces[chance.randrange(len(pieces))] = "x"
        query = "".join(pieces)
        best = process.extractOne(query, texts, scorer=fuzz.ratio, score_cutoff=75)
        found = memory.fuzzy(query, limit=1)
        if best is None:
            assert found == []
        else:
            wanted += 1
            same += bool(found) and found[0].score == pytest.approx(best[1])
    assert wanted > 80
    assert same >= 0.98 * wanted


@pytest.mark.parametrize(
    ("unit", "query"),
    [
        ("Contact", "Contakt"),
        ("Contact us", "Contact"),
        ("心理咨询的费用是多少", "心理治疗的费用是多少"),
        ("ค่าใช้จ่ายในการรักษาเท่าไร", "ค่าใช้จ่ายการรักษาเท่าไร"),
        ("Kindergeldantrag", "Kindergeldantraege"),
    ],
)
def test_a_text_with_no_word_in_common_is_found(unit: str, query: str, memory: Memory) -> None:
    """A typo in the only word, and scripts without spaces."""
    memory.add([Unit(unit, "x")])
    assert [match.unit.source for match in memory.fuzzy(query)] == [unit]


def test_whoever_asks_for_less_likeness_gets_more(memory: Memory) -> None:
    """Texts of which one is much longer are alike to a smaller degree."""
    long = "The first hour is free of charge, and so is the second for students"
    memory.add([Unit(long, "x")])
    assert memory.fuzzy("The first hour is free") == []
    (match,) = memory.fuzzy("The first hour is free", least=40)
    assert 40 <= match.score < 75


def test_what_is_looked_at_is_bounded(memory: Memory, monkeypatch: pytest.MonkeyPatch) -> None:
    """However many units have all the words of a text."""
    monkeypatch.setattr(index, "_MOST_UNITS", 50)
    for n in range(60):
        memory.add([Unit(f"the of and {n}{n % 7}{m}", "x", "", str(n)) for m in range(10)])
    keys = index.wanted(words_of("the of and"), "nl", 12, least=75)
    with memory.engine.connect() as connection:
        found = index.candidates(connection, keys, most=1_000)
        most = connection.execute(
            select(func.count(posting.c.first))
            .group_by(posting.c.gram)
            .order_by(func.count(posting.c.first).desc())
            .limit(1)
        ).scalar_one()
    assert 0 < len(found) <= 50
    assert most <= 8


@pytest.mark.parametrize("size", [10_000, 100_000])
def test_a_long_text_asks_for_a_fixed_number_of_keys(size: int) -> None:
    """And is kept under one."""
    words = " ".join(f"word{n}" for n in range(size))
    assert len(index.keys_of(words, "nl", len(words))) == 12
    assert len(index.wanted(words, "nl", len(words), least=75)) <= 36 * 5


def test_what_was_removed_is_found_no_more(memory: Memory) -> None:
    """Nor does the index hold any of it; what stays is found."""
    memory.add([Unit("The first hour is free", "x", "", str(n)) for n in range(3)])
    with memory.engine.begin() as connection:
        before = connection.execute(select(func.sum(func.length(posting.c.units)))).scalar_one()
        keys = index.keys_of("the first hour is free", "nl", 22)
        index.remove(connection, [(1, keys), (3, keys)])
        after = connection.execute(select(func.sum(func.length(posting.c.units)))).scalar_one()
        assert after * 3 == before
        assert index.candidates(connection, keys, most=9) == [2]
        index.remove(connection, [(2, keys)])
        assert index.candidates(connection, keys, most=9) == []


def test_the_index_of_an_earlier_version_is_made_anew(project: Project) -> None:
    """A database from before there were blocks, when its memory is opened."""
    address_of_it = project.settings.state.url
    if address_of_it.startswith("sqlite"):
        path = project.root / ".pipeline" / "state.db"
        path.parent.mkdir()
        address_of_it = f"sqlite:///{path}"
    engine = create_engine(address_of_it)
    with engine.begin() as connection:
        config = Config()
        folder = Path(pipeline.database.__file__).parent / "migrations"
        config.set_main_option("script_location", str(folder))
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
        rows = [row(number, locale) for number in (1, 2) for locale in ("nl", "de")]
        connection.execute(insert(table), rows)
        connection.execute(text("INSERT INTO gram VALUES (5, 1)"))
    engine.dispose()
    for locale in ("nl", "de"):
        memory = memory_of(project, locale)
        best, *_ = memory.fuzzy("Is hour 2 free of charge?")
        assert best.unit.source == "Is hour 2 free of charge"
        memory.engine.dispose()


def row(number: int, locale: str) -> dict[str, object]:
    """A row of the table of units."""
    source = f"Is hour {number} free of charge"
    return {
        "id": number + (10 if locale == "de" else 0),
        "source_locale": "en",
        "locale": locale,
        "domain": "a",
        "context": "",
        "digest": digest_of(source),
        "source": source,
        "target": "x",
        "words": words_of(source),
        "origin": "tmx",
    }


def test_an_index_of_another_form_is_made_anew(
    project: Project, memory: Memory, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Once: an index of this form is left as it is, also where it is made in several parts."""
    monkeypatch.setattr("pipeline.memory.store._BATCH", 2)
    memory.add([Unit(f"Is hour {n} free of charge", "x") for n in range(5)])
    with memory.engine.begin() as connection:
        whole = connection.execute(select(posting.c.gram)).scalars().all()
        connection.execute(delete(posting).where(posting.c.gram > 0))
        connection.execute(update(posting).where(posting.c.gram == 0).values(first=1))
    again = memory_of(project, "nl")
    with again.engine.begin() as connection:
        assert set(connection.execute(select(posting.c.gram)).scalars()) == set(whole)
        connection.execute(delete(posting).where(posting.c.gram != 0))
    again.engine.dispose()
    third = memory_of(project, "nl")
    assert third.fuzzy("Is hour 3 free of charge") == []
    third.engine.dispose()
