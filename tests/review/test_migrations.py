"""Migrations of a database that people have worked with, up and down, in every kind."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import Engine, text

from pipeline.concordance import fresh_of, settle
from pipeline.database import connection as opening
from pipeline.database import open_database
from pipeline.database.tables import metadata
from pipeline.memory import Memory
from pipeline.project import Project
from review.lists import Search
from review.queue import Filter
from tests.databases import KINDS, address
from tests.sites import SETTINGS, site

OLD = "0009"
"""The last one that had facets in a table of their own."""

FILLED = (
    "INSERT INTO file (locale, domain, digest, size, changed, revision, checked)"
    " VALUES ('nl', 'a', 'x', 1, 2, '', 'seen')",
    *(
        "INSERT INTO message (locale, domain, digest, place, state, source, strings, sum,"  # noqa: S608
        f" source_words, target_words, rank) VALUES ('nl', 'a', {row})"
        for row in (
            "'d1', 0, 'draft', 'Our rates', '[\"Onze tarieven\"]', 's1',"
            " ' our rates ', ' onze tarieven ', -3",
            "'d2', 1, 'translated', 'A talk', '[\"Een gesprek\"]', 's2',"
            " ' a talk ', ' een gesprek ', 0",
            "'d3', 2, 'untranslated', 'More', '[\"\"]', 's3', NULL, NULL, 0",
        )
    ),
    *(
        "INSERT INTO facet (locale, domain, digest, sum, checks, severity, engine, risk, since)"  # noqa: S608
        f" VALUES ('nl', 'a', {row})"
        for row in (
            "'d1', 's1', ' figures  links ', 2, 'deepl', 2, 1000.5",
            "'d2', 'before', ' spaces ', 1, 'argos', 1, 900",  # of what it said before
            "'gone', 's9', ' spaces ', 1, 'argos', 1, 900",
        )
    ),
    "INSERT INTO unit (id, source_locale, locale, domain, context, digest, source, target, words,"
    " origin) VALUES (1, 'en', 'nl', 'a', '', 'u', 'Our rates', 'Onze tarieven', 'our rates',"
    " 'tmx')",
    "INSERT INTO subscription (person, mode, hour, zone, day, at)"
    " VALUES (7, 'digest', 8, 'Europe/Amsterdam', '2026-11-24', 5)",
)


@pytest.fixture(params=KINDS)
def project(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Project:
    """A site whose database is of the old revision, and not empty."""
    monkeypatch.setenv("TEST_STATE", address(request.param))
    made = site(tmp_path, settings=f'{SETTINGS}\n[state]\nurl_env = "TEST_STATE"\n')
    with monkeypatch.context() as patch:
        patch.setattr(opening, "_is_current", lambda _: True)
        database = open_database(made)
    migrate(database, OLD)
    with database.begin() as connection:
        for statement in FILLED:
            connection.exec_driver_sql(statement)
    database.dispose()
    return made


@pytest.fixture
def database(project: Project) -> Iterator[Engine]:
    """The same as this version opens it."""
    opened = open_database(project)
    yield opened
    opened.dispose()


def migrate(database: Engine, revision: str, *, down: bool = False) -> None:
    """Bring a database to a revision."""
    config = Config()
    config.set_main_option("script_location", str(Path(opening.__file__).parent / "migrations"))
    with database.begin() as connection:
        config.attributes["connection"] = connection
        (command.downgrade if down else command.upgrade)(config, revision)


def found(database: Engine, **asked: str | int) -> list[str]:
    """The messages that a filter finds."""
    with database.connect() as connection:
        wish = Filter.of({"state": "all", **{name: str(value) for name, value in asked.items()}})
        return sorted(row.digest for row in Search.of(connection, "nl", wish).rows(None, 10))


@pytest.mark.parametrize("taken", [False, True])
def test_what_was_known_is_found_as_before(project: Project, database: Engine, taken: bool) -> None:
    """By words, and by what the desk had found in what is still so; before it looks again."""
    if taken:
        settle(database, most=0)
    assert found(database) == ["d1", "d2", "d3"]
    assert found(database, text="tarie") == found(database, text="our rates") == ["d1"]
    assert found(database, engine="deepl") == found(database, check="links") == ["d1"]
    assert found(database, risk=2) == found(database, age=1) == ["d1"]
    assert found(database, engine="argos") == found(database, check="spaces") == []
    assert found(database, author="Tess") == []
    memory = Memory(database, "en", "nl")
    assert [unit.target for unit in memory.search("tarie")] == ["Onze tarieven"]
    with database.connect() as connection:
        [row] = connection.execute(text("SELECT * FROM message WHERE digest = 'd1'"))
        assert (row.checks, row.engine, row.risk) == (" figures  links ", "deepl", 2)
        assert (row.since, row.author, row.rank) == (1000.5, "", -3)
        [row] = connection.execute(text("SELECT * FROM subscription"))
        assert (row.person, bool(row.failures), row.language) == (7, False, "")
        # The desk looks at every message once more, for their authors.
        assert connection.execute(text("SELECT checked FROM file")).scalars().all() == [""]


@pytest.mark.parametrize("revision", [OLD, "0010"])
def test_the_tables_are_those_that_the_code_knows(database: Engine, revision: str) -> None:
    """Every table, column and index, as in a database that is new; and after going back."""
    assert differences(database) == []
    migrate(database, revision, down=True)
    migrate(database, "head")
    assert differences(database) == []


def differences(database: Engine) -> list[object]:
    """What a database has that the code does not know, or the other way round."""
    with database.connect() as connection:
        own = {"include_name": lambda name, *_: not (name or "").startswith("said")}
        context = MigrationContext.configure(connection, opts=own)
        return list(compare_metadata(context, metadata))


def test_who_wrote_is_followed_from_then_on(database: Engine) -> None:
    """The database keeps what a message said before, its author too, and that of what is gone."""
    settle(database, most=0)
    for name, others in (("Tess", "Ruth"), ("Ruth", "Tess")):
        with database.begin() as connection:
            now = text("UPDATE message SET author = :name WHERE digest = 'd2'")
            connection.execute(now, {"name": name})
            assert len(fresh_of(connection, "message")) == 1
        for _ in range(2):
            assert (found(database, author=name), found(database, author=others)) == (["d2"], [])
            settle(database, most=0)
    with database.begin() as connection:
        connection.execute(text("DELETE FROM message WHERE digest = 'd2'"))
    settle(database, most=0)
    with database.connect() as connection:
        left = text("SELECT count(*) FROM bitmap WHERE term LIKE 'author %'")
        assert connection.execute(left).scalar_one() == 0


def test_one_can_go_back_by_one(database: Engine) -> None:
    """To a concordance without authors, which is kept up; and no author is left when they come."""
    wrote = text("UPDATE message SET author = 'Tess' WHERE digest = 'd2'")
    with database.begin() as connection:
        connection.execute(wrote)
    settle(database, most=0)
    assert found(database, author="Tess") == ["d2"]
    migrate(database, "0010", down=True)
    with database.begin() as connection:
        other = text("UPDATE message SET engine = 'argos' WHERE digest = 'd1'")
        connection.execute(other)
    migrate(database, "head")
    assert found(database, author="Tess") == []
    for _ in range(2):
        assert (found(database, engine="argos"), found(database, engine="deepl")) == (["d1"], [])
        settle(database, most=0)


def test_one_can_go_back(project: Project, database: Engine) -> None:
    """To the messages and words of before; and forth again, with nothing lost but facets."""
    with database.begin() as connection:
        connection.execute(text("UPDATE message SET author = 'Tess' WHERE digest = 'd2'"))
    settle(database, most=0)
    migrate(database, OLD, down=True)
    with database.begin() as connection:
        assert connection.execute(text("SELECT count(*) FROM facet")).scalar_one() == 0
        words = "SELECT digest FROM message WHERE target_words LIKE '% gesprek %'"
        if database.dialect.name == "sqlite":
            words = (
                "SELECT digest FROM message WHERE id IN"
                " (SELECT rowid FROM said WHERE said MATCH 'gesprek')"
            )
        assert connection.execute(text(words)).scalars().all() == ["d2"]
        # What is written meanwhile, and found after.
        connection.execute(
            text("UPDATE message SET target_words = ' een babbel ' WHERE digest = 'd2'")
        )
    again = open_database(project)
    for _ in range(2):
        assert found(again) == ["d1", "d2", "d3"]
        assert (found(again, text="babbel"), found(again, text="gesprek")) == (["d2"], [])
        assert found(again, engine="deepl") == found(again, author="Tess") == []
        settle(again, most=0)
    again.dispose()
