"""The index follows the catalogues, whoever wrote them, and can be made of them again."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, select

from pipeline import catalogues, index
from pipeline.catalogues import Catalogue, Message, State
from pipeline.database import open_database
from pipeline.database.tables import message as table
from pipeline.extract import extract
from pipeline.index import Kind
from pipeline.memory import memory_of
from pipeline.project import Project
from tests.sites import DAY, catalogue, replace, site, translate, translated
from tests.tools import gettext

FIRST = "articles/first"
ITEM = "An item"


@pytest.fixture
def database(project: Project) -> Iterator[Engine]:
    """Its state database, in which the index has been made once."""
    opened = open_database(project)
    index.sync(project, opened, "nl")
    yield opened
    opened.dispose()


def rows(database: Engine) -> list[tuple[object, ...]]:
    """What the index says."""
    query = select(table).order_by(table.c.domain, table.c.place)
    with database.connect() as connection:
        return [tuple(row) for row in connection.execute(query)]


def kinds(database: Engine, text: str = ITEM, domain: str = FIRST) -> list[tuple[Kind, str]]:
    """What became of a message, the latest first."""
    return [(one.kind, one.who) for one in index.history(database, "nl", domain, (None, text))]


def edit_by_hand(project: Project, text: str = ITEM, to: str = "Iets") -> None:
    """Translate a message as a PO editor does: its lines alone, and nothing said of who it was."""
    replace(
        project.catalogue_path("nl", FIRST),
        f'msgid "{text}"\nmsgstr ""',
        f'msgid "{text}"\nmsgstr "{to}"',
    )


def test_every_message_has_a_row_as_its_file_says_it(project: Project, database: Engine) -> None:
    """In the order of the file, with its state."""
    edit_by_hand(project)
    index.sync(project, database, "nl")
    query = select(table).where(table.c.domain == FIRST).order_by(table.c.place)
    with database.connect() as connection:
        found = connection.execute(query).all()
    expected = catalogue(project, FIRST).messages
    assert [(r.context, r.source, tuple(r.strings), r.state) for r in found] == [
        (m.context, m.id, m.strings, catalogues.state_of(m)) for m in expected
    ]


def test_what_has_not_changed_is_not_read(project: Project, database: Engine) -> None:
    """Unless it was written within the last two seconds, or everything is to be read."""
    for path in project.catalogues_dir.rglob("*.po"):
        os.utime(path, ns=(10**18, 10**18))
    index.sync(project, database, "nl")
    path = project.catalogue_path("nl", FIRST)
    broken = b"x" * path.stat().st_size
    path.write_bytes(broken)
    os.utime(path, ns=(10**18, 10**18))
    assert index.sync(project, database, "nl").errors == ()
    assert len(index.sync(project, database, "nl", force=True).errors) == 1


def test_an_edit_in_another_program_is_told_as_one(project: Project, database: Engine) -> None:
    """Once, and without a name where nothing tells it."""
    edit_by_hand(project)
    found = index.sync(project, database, "nl")
    assert (found.read, found.outside, found.changes) == (1, {"": 1}, {Kind.OUTSIDE: 1})
    assert found.messages[State.TRANSLATED] == 1
    assert kinds(database) == [(Kind.OUTSIDE, "")]
    again = index.sync(project, database, "nl")
    assert (again.read, again.changes) == (0, {})


def test_the_name_of_a_po_editors_user_is_known(project: Project, database: Engine) -> None:
    """From the header, which the editor writes with the time of the edit."""
    path = project.catalogue_path("nl", FIRST)
    edit_by_hand(project)
    text = path.read_text(encoding="utf-8")
    text = text.replace("PO-Revision-Date: 2026-11-24 00:00", "PO-Revision-Date: 2026-11-25 10:00")
    path.write_text(text.replace("nobody yet <nobody@", "Mara Vos <mara@"), encoding="utf-8")
    assert index.sync(project, database, "nl").outside == {"Mara Vos": 1}
    edit_by_hand(project, "Another item")
    assert index.sync(project, database, "nl").outside == {"": 1}


def test_the_author_of_a_commit_is_known(project: Project, database: Engine) -> None:
    """Where the file is as it was committed, and not while it is not."""

    def git(*arguments: str) -> None:
        name = ("-c", "user.name=Joris Blom", "-c", "user.email=joris@example.org")
        subprocess.run(
            ["git", *name, *arguments], cwd=project.root, check=True, capture_output=True
        )

    git("init")
    git("add", "-A")
    git("commit", "-m", "Extract")
    edit_by_hand(project)
    assert index.sync(project, database, "nl").outside == {"": 1}
    edit_by_hand(project, "Another item")
    git("commit", "-am", "Translate")
    assert index.sync(project, database, "nl").outside == {"Joris Blom": 1}


def test_a_mark_tells_who_approved_drafted_or_rejected(project: Project, database: Engine) -> None:
    """Also where that came by git."""

    def change(found: Catalogue) -> Catalogue:
        one, two, three = (found.get(text) for text in (ITEM, "Another item", "A heading"))
        assert one is not None
        assert two is not None
        assert three is not None
        rejected = catalogues.reject(translated(three, approved=False), by="anna", reason="Stiff")
        drafted = catalogues.draft(two, ["Nog iets"], engine="deepl", on=DAY)
        return found.with_messages([translated(one), drafted, rejected])

    catalogues.update(project.catalogue_path("nl", FIRST), change, locks=project.locks_dir)
    found = index.sync(project, database, "nl")
    assert found.outside == {}
    assert kinds(database) == [(Kind.APPROVED, "anna")]
    assert kinds(database, "Another item") == [(Kind.DRAFTED, "deepl")]
    assert kinds(database, "A heading") == [(Kind.REJECTED, "anna")]


def test_an_edit_that_ends_an_approval_is_one_from_outside(
    project: Project, database: Engine
) -> None:
    """The mark is still there, and counts for nothing."""
    translate(project)
    index.sync(project, database, "nl")
    replace(project.catalogue_path("nl", FIRST), '"NL An item"', '"Iets"')
    assert index.sync(project, database, "nl").outside == {"": 1}
    latest = index.history(database, "nl", FIRST, (None, ITEM))[0]
    assert (latest.state, latest.strings) == (State.TRANSLATED, ("Iets",))


def test_who_changes_a_message_here_is_kept_and_told_apart(
    project: Project, database: Engine
) -> None:
    """From what another program did to the same file just before."""
    edit_by_hand(project, "Another item", "Nog iets")

    def change(found: Catalogue) -> Catalogue:
        message = found.get(ITEM)
        assert message is not None
        return found.with_message(catalogues.edit(message, ["Iets"]))

    index.update(project, database, "nl", FIRST, change, by="Anna de Wit")
    assert kinds(database) == [(Kind.EDITED, "Anna de Wit")]
    assert kinds(database, "Another item") == [(Kind.OUTSIDE, "")]
    assert index.sync(project, database, "nl").changes == {}


def test_the_history_goes_on_when_the_source_changes(project: Project, database: Engine) -> None:
    """Under the new text; what its source has no longer is gone."""
    translate(project)
    index.sync(project, database, "nl")
    source = project.source_dir / "articles/first.md"
    before = source.read_text(encoding="utf-8")
    after = before.replace("- An item\n", "- An item here\n").replace("## A heading\n\n", "")
    source.write_text(after, encoding="utf-8")
    extract(project, today=DAY)
    found = index.sync(project, database, "nl")
    assert found.changes == {Kind.SOURCE: 1, Kind.GONE: 1}
    assert kinds(database, "An item here") == [(Kind.SOURCE, ""), (Kind.APPROVED, "anna")]
    assert kinds(database, "A heading")[0] == (Kind.GONE, "")
    source.write_text(before, encoding="utf-8")
    extract(project, today=DAY)
    index.sync(project, database, "nl")
    assert kinds(database)[0] == kinds(database, "A heading")[0] == (Kind.APPROVED, "anna")


def test_a_broken_file_leaves_what_was_known_of_it(project: Project, database: Engine) -> None:
    """And the others are read."""
    before = rows(database)
    project.catalogue_path("nl", FIRST).write_text("<<<<<<< ours\n", encoding="utf-8")
    found = index.sync(project, database, "nl")
    assert [error.path for error in found.errors] == [project.catalogue_path("nl", FIRST)]
    assert rows(database) == before


def test_a_catalogue_that_is_gone_has_no_rows(project: Project, database: Engine) -> None:
    """Nor has it when its language is."""
    project.catalogue_path("nl", FIRST).unlink()
    index.sync(project, database, "nl")
    assert FIRST not in {row[1] for row in rows(database)}


def test_a_lost_database_loses_no_translation_and_no_approval(project: Project) -> None:
    """The index and the memory are made again of the files, to the last row."""
    translate(project)
    opened = open_database(project)
    memory = memory_of(project, "nl")
    index.sync(project, opened, "nl")
    memory.sync(project)
    before, units = rows(opened), sorted(unit.source for unit in memory.units())
    files = {path: path.read_bytes() for path in project.catalogues_dir.rglob("*.po")}
    for one in (opened, memory.engine):
        one.dispose()
    other = site(Path(shutil.copytree(project.root, project.root / "copy")), {})
    shutil.rmtree(other.work_dir)
    fresh = open_database(other)
    index.sync(other, fresh, "nl")
    again = memory_of(other, "nl")
    again.sync(other)
    assert rows(fresh) == before
    assert sorted(unit.source for unit in again.units()) == units
    assert {path: path.read_bytes() for path in files} == files
    for one in (fresh, again.engine):
        one.dispose()


def test_a_message_of_any_length_has_a_row(project: Project, database: Engine) -> None:
    """And of any context; PostgreSQL has a limit for its indexes."""

    def change(found: Catalogue) -> Catalogue:
        long = Message("x" * 20_000, context="y" * 5_000, strings=("é" * 20_000,))
        return found.with_message(long)

    index.update(project, database, "nl", FIRST, change, by="anna")
    (found,) = index.history(database, "nl", FIRST, ("y" * 5_000, "x" * 20_000))
    assert found.strings == ("é" * 20_000,)
    gettext("msgfmt", "-c", "-o", os.devnull, project.catalogue_path("nl", FIRST))
