"""Catalogues in their files: an edit to one message is a diff of one message."""

from __future__ import annotations

import difflib
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import polib
import pytest

from pipeline import catalogues
from pipeline.catalogues import Message
from pipeline.errors import CatalogueError, ConflictError
from tests import faults
from tests.tools import check, gettext

DAY = date(2026, 11, 24)
LONG = "A sentence that is so long that every tool which wraps its lines has to wrap it, even twice"


def sample() -> bytes:
    """A catalogue with everything that could get lost."""
    new = catalogues.new(locale="nl", domain="articles/x", project="A site", on=DAY)
    messages = [
        Message(f"{LONG} {n}.", notes=("heading 2",), strings=(f"Vertaling van zin {n}. {LONG}",))
        for n in range(20)
    ]
    messages[3] = replace(messages[3], comments=("een opmerking", "nog een"), flags=("no-wrap",))
    messages[5] = catalogues.approve(messages[5], by="anna", on=DAY)
    messages[7] = replace(messages[7], flags=("fuzzy",), previous_id=f"Another one. {LONG}")
    messages.append(Message("one", None, "many", ("een", "veel"), references=("a.html", "b.html")))
    gone = Message(f"Gone. {LONG}", strings=(f"Weg. {LONG}",))
    return catalogues.merge(new.with_messages([*messages, gone]), messages, on=DAY).catalogue.dump()


STYLES: dict[str, Callable[[bytes], bytes]] = {
    "ours": lambda data: data,
    "msgcat": lambda data: gettext("msgcat", "-", stdin=data).encode(),
    "msgcat --no-wrap": lambda data: gettext("msgcat", "--no-wrap", "-", stdin=data).encode(),
    "msgcat --width=120": lambda data: gettext("msgcat", "--width=120", "-", stdin=data).encode(),
    "polib": lambda data: str(polib.pofile(data.decode())).encode(),
    "carriage returns": lambda data: data.replace(b"\n", b"\r\n"),
    "no line end at the end": lambda data: data.rstrip(b"\n"),
    "a comment at the end": lambda data: data + b"\n# vim: set tw=79\n",
}


@pytest.mark.parametrize("style", STYLES)
def test_a_file_is_written_back_as_it_was(style: str) -> None:
    """Whoever wrote it."""
    data = STYLES[style](sample())
    assert catalogues.parse(data).dump() == data


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("number", [0, 3, 5, 7, 19])
def test_an_edited_message_is_a_diff_of_that_message(style: str, number: int) -> None:
    """Only lines of its msgstr, and what was said of the old one, go; nothing else moves."""
    before = STYLES[style](sample())
    catalogue = catalogues.parse(before)
    old = catalogue.messages[number]
    after = catalogue.with_message(catalogues.edit(old, ["Kort."])).dump()
    removed, added = changed_lines(before, after)
    assert added == ['msgstr "Kort."']
    own = {line for line in old.text.split(" ") if line}
    for line in removed:
        words = line.strip().removeprefix("msgstr").strip(' "').split(" ")
        marks = line.startswith(("# @l10n", "#, fuzzy", "#| "))
        assert marks or not {w for w in words if w} - own, line
    assert [m.key for m in catalogues.parse(after).messages] == [m.key for m in catalogue.messages]


def changed_lines(before: bytes, after: bytes) -> tuple[list[str], list[str]]:
    """The lines that went and came."""
    one, other = before.decode().split("\n"), after.decode().split("\n")
    lines = list(difflib.ndiff([x.strip("\r") for x in one], [x.strip("\r") for x in other]))
    ends = [line.endswith("\r") for line in other[:-1]]
    assert all(ends) or not any(ends)
    return [x[2:] for x in lines if x[0] == "-"], [x[2:] for x in lines if x[0] == "+"]


def test_a_new_catalogue_is_what_gettext_writes(tmp_path: Path) -> None:
    """Accepted by ``msgfmt -c`` without a word, unchanged by ``msgcat``."""
    path = tmp_path / "x.po"
    path.write_bytes(sample())
    check(path)


@pytest.mark.parametrize("locale", ["nl", "pt_BR", "ar", "pl", "ja", "fr", "sr_Latn"])
def test_a_new_catalogue_knows_the_plural_forms_of_its_language(
    locale: str, tmp_path: Path
) -> None:
    """As ``msgfmt -c`` judges, with a message in all of them."""
    path = tmp_path / "x.po"
    empty = catalogues.new(locale=locale, domain="x", project="A site", on=DAY)
    message = Message("%(n)s page", None, "%(n)s pages", flags=("python-format",), strings=("", ""))
    merged = catalogues.merge(empty, [message], on=DAY).catalogue
    forms = merged.messages[0].strings
    path.write_bytes(merged.with_message(catalogues.edit(message, ["%(n)s"] * len(forms))).dump())
    check(path)
    assert merged.header["Language"] == locale


def test_an_added_message_stands_before_the_obsolete_ones() -> None:
    """Set off by a blank line."""
    catalogue = catalogues.parse(sample())
    after = catalogue.with_message(Message("new"))
    assert after.messages[-1].id == "new"
    removed, added = changed_lines(sample(), after.dump())
    assert (removed, sorted(added)) == ([], ["", 'msgid "new"', 'msgstr ""'])


def test_a_message_is_found_by_its_text_and_context() -> None:
    """And an obsolete one is not."""
    catalogue = catalogues.parse(sample()).with_message(Message("one", "here"))
    assert (catalogue.get("one") or Message("")).plural == "many"
    assert (catalogue.get("one", "here") or Message("")).context == "here"
    assert catalogue.get(f"Gone. {LONG}") is None


def test_a_file_that_somebody_else_changed_is_not_written(tmp_path: Path) -> None:
    """A translator saves in Poedit while we hold an older version."""
    path = tmp_path / "x.po"
    path.write_bytes(sample())
    ours = catalogues.read(path)
    theirs = sample().replace(b"Vertaling van zin 2.", b"Zin 2.")
    path.write_bytes(theirs)
    with pytest.raises(ConflictError, match="changed by somebody else"):
        catalogues.write(ours.with_message(catalogues.edit(ours.messages[0], ["x"])), path)
    assert path.read_bytes() == theirs


def test_a_change_is_made_again_to_what_somebody_else_wrote(tmp_path: Path) -> None:
    """Both edits are kept."""
    path = tmp_path / "x.po"
    path.write_bytes(sample())
    interruptions = iter([sample().replace(b"Vertaling van zin 2.", b"Zin 2.")])

    def change(catalogue: catalogues.Catalogue) -> catalogues.Catalogue:
        for data in interruptions:
            path.write_bytes(data)
        return catalogue.with_message(catalogues.edit(catalogue.messages[0], ["Nul."]))

    catalogues.update(path, change, locks=tmp_path / "locks")
    after = catalogues.read(path)
    assert after.messages[0].text == "Nul."
    assert after.messages[2].text.startswith("Zin 2.")


def test_many_writers_lose_no_edit(tmp_path: Path) -> None:
    """Four threads, twenty messages, one file."""
    path = tmp_path / "x.po"
    path.write_bytes(sample())

    def edit_every_fourth(first: int) -> None:
        for number in range(first, 20, 4):

            def change(catalogue: catalogues.Catalogue, n: int = number) -> catalogues.Catalogue:
                return catalogue.with_message(catalogues.edit(catalogue.messages[n], [f"t{n}"]))

            catalogues.update(path, change, locks=tmp_path / "locks")

    threads = [threading.Thread(target=edit_every_fourth, args=(n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [m.text for m in catalogues.read(path).messages[:20]] == [f"t{n}" for n in range(20)]


def test_a_fault_of_the_disk_leaves_the_old_file_or_the_new_one(tmp_path: Path) -> None:
    """At any write, flush or rename."""
    path = tmp_path / "x.po"
    old = sample()
    catalogue = catalogues.parse(old)
    new = catalogue.with_message(catalogues.edit(catalogue.messages[1], ["Nieuw."])).dump()

    def change(found: catalogues.Catalogue) -> catalogues.Catalogue:
        return found.with_message(catalogues.edit(found.messages[1], ["Nieuw."]))

    for fault in faults.everywhere(
        lambda: catalogues.update(path, change, locks=tmp_path / "locks"),
        before=lambda: path.write_bytes(old),
    ):
        assert path.read_bytes() in (old, new), str(fault)


def test_a_broken_file_is_left_untouched(tmp_path: Path) -> None:
    """The error comes before anything is written."""
    path = tmp_path / "x.po"
    broken = sample() + b"\n<<<<<<< ours\n"
    path.write_bytes(broken)
    with pytest.raises(CatalogueError):
        catalogues.update(path, lambda catalogue: catalogue, locks=tmp_path / "locks")
    assert path.read_bytes() == broken
