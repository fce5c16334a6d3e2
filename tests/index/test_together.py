"""Changes made together: written once, each told what came of its own."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import Engine, select

from pipeline import catalogues, index
from pipeline.catalogues import Catalogue
from pipeline.database import open_database
from pipeline.database.tables import message, tally
from pipeline.index import Kind
from pipeline.index.turn import turn_of
from pipeline.project import Project
from tests.sites import replace

FIRST = "articles/first"


def to(text: str, translation: str) -> Callable[[Catalogue], Catalogue]:
    """A change that translates a text."""

    def change(found: Catalogue) -> Catalogue:
        old = found.get(text)
        assert old is not None
        return found.with_message(catalogues.edit(old, [translation]))

    return change


def refuse(_: Catalogue) -> Catalogue:
    """A change that is none."""
    raise LookupError


def told(database: Engine) -> tuple[list[object], dict[object, int]]:
    """The rows of the index, and how many it counts in each state."""
    columns = [column for column in message.c if column.name != "id"]
    with database.connect() as connection:
        rows = connection.execute(select(*columns).order_by(message.c.domain, message.c.place))
        counts = connection.execute(select(tally.c.domain, tally.c.state, tally.c.count))
        return [tuple(row) for row in rows], {row[:2]: row[2] for row in counts if row[2]}


def test_those_who_wait_are_written_in_one_go(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One who is refused stops nobody; and the index is what a fresh one of the files would be."""
    database = open_database(project, pooled=True)
    index.sync(project, database, "nl")
    path = project.catalogue_path("nl", FIRST)
    written: list[Path] = []
    write = catalogues.catalogue.write

    def counted(found: Catalogue, target: Path, *, durable: bool) -> None:
        written.append(target)
        write(found, target, durable=durable)

    monkeypatch.setattr(catalogues.catalogue, "write", counted)
    wanted = {
        "An item": to("An item", "Een ding"),
        "Another item": to("Another item", "Nog een ding"),
        "refused": refuse,
        "A heading": to("A heading", "Een kop"),
    }
    turn = turn_of(database, path)
    with ThreadPoolExecutor(len(wanted)) as people:
        with turn.lock:
            asked = {
                name: people.submit(
                    index.update, project, database, "nl", FIRST, change, by=f"By {name}"
                )
                for name, change in wanted.items()
            }
            while len(turn.waiting) < len(wanted):
                threading.Event().wait(0.01)
        with pytest.raises(LookupError):
            asked.pop("refused").result()
        for one in asked.values():
            one.result()
    assert written == [path]
    for name in asked:
        (latest, *_) = index.history(database, "nl", FIRST, (None, name))
        assert (latest.kind, latest.who) == (Kind.EDITED, f"By {name}")
    before = told(database)
    index.sync(project, database, "nl", force=True)
    assert told(database) == before
    database.dispose()


def test_what_was_changed_elsewhere_just_now_is_kept(project: Project) -> None:
    """However quick that was, and though the file is as long as before."""
    database = open_database(project, pooled=True)
    index.sync(project, database, "nl")
    path = project.catalogue_path("nl", FIRST)
    for number in range(3):
        index.update(project, database, "nl", FIRST, to("An item", f"Ding {number}"), by="Anna")
        replace(path, f'"Ding {number}"', f'"Iets {number}"')
        index.update(project, database, "nl", FIRST, to("A heading", f"Kop {number}"), by="Anna")
        texts = {one.id: one.text for one in catalogues.read(path)}
        assert (texts["An item"], texts["A heading"]) == (f"Iets {number}", f"Kop {number}")
        latest = index.history(database, "nl", FIRST, (None, "An item"))[0]
        assert latest.kind is Kind.OUTSIDE
    kept, read = catalogues.kept.read(path), catalogues.read(path)
    assert kept.messages == read.messages and kept.dump() == read.dump()
    database.dispose()
