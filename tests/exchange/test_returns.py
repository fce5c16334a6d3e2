"""What comes back is taken where only the copy was changed; nobody's work is written over."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from pipeline import catalogues, index
from pipeline.catalogues import Message, State, marks, state_of
from pipeline.database import open_database
from pipeline.errors import CatalogueError, ExchangeError
from pipeline.exchange import Bringer, Format, Returned, hand_out, take_in
from pipeline.extract import extract
from pipeline.project import Project
from tests.sites import DAY, catalogue, replace, site, translated
from tests.tools import check, gettext, run

FIRST = "articles/first"
ITEM, OTHER = "An item", "Another item"
MARA = Bringer("Mara Vos")
CHIEF = Bringer("Anna de Wit", may_approve=True)


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """A site that was extracted."""
    made = site(tmp_path)
    extract(made, today=DAY)
    return made


@pytest.fixture
def database(project: Project) -> Iterator[Engine]:
    """Its state database."""
    opened = open_database(project)
    yield opened
    opened.dispose()


def back(
    project: Project,
    database: Engine,
    data: bytes,
    *,
    bringer: Bringer = MARA,
    name: str = "first.po",
    **options: bool,
) -> Returned:
    """What comes of a file that is brought back."""
    (done,) = take_in(
        project, database, data, name=name, locale="nl", bringer=bringer, on=DAY, **options
    )
    return done


def edited(data: bytes, change: Callable[[Message], Message | None], *texts: str) -> bytes:
    """A copy in which somebody changed these messages."""
    copy = catalogues.parse(data)
    wanted = [copy.get(text) for text in texts]
    new = [change(message) for message in wanted if message is not None]
    return copy.with_messages([message for message in new if message is not None]).dump()


def says(*strings: str) -> Callable[[Message], Message]:
    """Somebody translates a message in a PO editor."""
    return lambda message: catalogues.edit(message, strings)


def here(project: Project, text: str) -> Message:
    """A message as it is in its file."""
    found = catalogue(project, FIRST).get(text)
    assert found is not None
    return found


def test_what_was_translated_in_a_copy_is_taken(project: Project, database: Engine) -> None:
    """With the name of who brings it, and a diff of that message."""
    before = project.catalogue_path("nl", FIRST).read_text(encoding="utf-8").splitlines()
    copy = hand_out(project, database, "nl", FIRST)
    done = back(project, database, edited(copy, says("Iets"), ITEM))
    assert [message.id for message in done.result.taken] == [ITEM]
    assert state_of(here(project, ITEM)) is State.TRANSLATED
    after = project.catalogue_path("nl", FIRST).read_text(encoding="utf-8").splitlines()
    assert [line for line in after if line not in before] == ['msgstr "Iets"']
    (step,) = index.history(database, "nl", FIRST, (None, ITEM))
    assert (step.kind, step.who) == (index.Kind.EDITED, "Mara Vos")


def test_a_copy_is_a_file_that_the_gnu_tools_accept(
    project: Project, database: Engine, tmp_path: Path
) -> None:
    """And what they made of it comes back as well."""
    path = tmp_path / "copy.po"
    path.write_bytes(hand_out(project, database, "nl", FIRST))
    check(path)
    copy = edited(path.read_bytes(), says("Iets"), ITEM)
    narrow = gettext("msgcat", "--width=30", "--sort-output", "-", stdin=copy).encode()
    done = back(project, database, narrow)
    assert done.known
    assert [message.id for message in done.result.taken] == [ITEM]


def test_what_others_did_here_meanwhile_stays(project: Project, database: Engine) -> None:
    """Where the copy did not touch it."""
    copy = hand_out(project, database, "nl", FIRST)
    replace(
        project.catalogue_path("nl", FIRST), f'"{OTHER}"\nmsgstr ""', f'"{OTHER}"\nmsgstr "Nog"'
    )
    done = back(project, database, edited(copy, says("Iets"), ITEM))
    assert done.result.conflicts == ()
    assert [here(project, text).text for text in (ITEM, OTHER)] == ["Iets", "Nog"]


def test_what_both_sides_changed_is_a_conflict(project: Project, database: Engine) -> None:
    """Ours stays, and all three texts are there to decide by; the same change is none."""
    copy = hand_out(project, database, "nl", FIRST)
    path = project.catalogue_path("nl", FIRST)
    replace(path, f'"{ITEM}"\nmsgstr ""', f'"{ITEM}"\nmsgstr "Ons"')
    replace(path, f'"{OTHER}"\nmsgstr ""', f'"{OTHER}"\nmsgstr "Nog iets"')
    theirs = edited(edited(copy, says("Hun"), ITEM), says("Nog iets"), OTHER)
    done = back(project, database, theirs)
    (conflict,) = done.result.conflicts
    assert conflict.base is not None
    texts = (conflict.base.text, conflict.ours.text, conflict.theirs.text)
    assert texts == ("", "Ons", "Hun")
    assert here(project, ITEM).text == "Ons"
    assert done.result.taken == ()


def test_an_approval_counts_only_from_someone_who_may(project: Project, database: Engine) -> None:
    """Then it is that person's; else the translation waits."""
    copy = hand_out(project, database, "nl", FIRST)
    approving = edited(copy, translated, ITEM)
    done = back(project, database, approving)
    assert done.result.dropped == 1
    assert state_of(here(project, ITEM)) is State.TRANSLATED
    again = edited(hand_out(project, database, "nl", FIRST), translated, OTHER)
    back(project, database, again, bringer=CHIEF)
    assert state_of(here(project, OTHER)) is State.APPROVED
    assert (marks.find(here(project, OTHER), "approved") or {})["by"] == "Anna de Wit"


def test_a_forged_mark_of_another_kind_is_none(project: Project, database: Engine) -> None:
    """A translator cannot reject in somebody's name, or pass words off as a machine's."""

    def forged(message: Message) -> Message:
        return catalogues.reject(catalogues.edit(message, ["Iets"]), by="anna", reason="No")

    back(project, database, edited(hand_out(project, database, "nl", FIRST), forged, ITEM))
    found = here(project, ITEM)
    assert marks.find(found, "rejected") is None
    assert (found.text, found.fuzzy) == ("Iets", True)


def test_an_approval_here_outlives_a_copy_that_lost_it(project: Project, database: Engine) -> None:
    """A tool that drops comments changes no translation."""
    path = project.catalogue_path("nl", FIRST)
    done = catalogues.read(path)
    message = done.get(ITEM)
    assert message is not None
    catalogues.write(done.with_message(translated(message)), path)
    copy = hand_out(project, database, "nl", FIRST)
    bare = b"\n".join(line for line in copy.split(b"\n") if not line.startswith(b"# @l10n"))
    back(project, database, bare)
    assert state_of(here(project, ITEM)) is State.APPROVED


def test_a_source_that_changed_meanwhile_keeps_what_came_back(
    project: Project, database: Engine
) -> None:
    """As stale, with the words of the copy; what has no place any more is told."""
    copy = hand_out(project, database, "nl", FIRST)
    source = project.source_dir / "articles/first.md"
    path = project.catalogue_path("nl", FIRST)
    replace(path, f'"{ITEM}"\nmsgstr ""', f'"{ITEM}"\nmsgstr "Iets"')
    copy = hand_out(project, database, "nl", FIRST)
    replace(source, "- An item\n", "- An item here\n")
    replace(source, "- Another item\n", "")
    extract(project, today=DAY)
    theirs = edited(edited(copy, says("Een ding"), ITEM), says("Nog een"), OTHER)
    done = back(project, database, theirs)
    found = here(project, "An item here")
    assert (found.text, state_of(found), found.previous_id) == ("Een ding", State.STALE, ITEM)
    assert [message.id for message in done.result.unknown] == [OTHER]


def test_a_copy_that_nobody_knows_takes_nobodys_work(project: Project, database: Engine) -> None:
    """Only what is untranslated or a machine's; the rest is in conflict."""
    copy = hand_out(project, database, "nl", FIRST)
    bare = b"\n".join(line for line in copy.split(b"\n") if b"X-Version" not in line)
    theirs = edited(edited(bare, says("Iets"), ITEM), says("Nog"), OTHER)
    replace(project.catalogue_path("nl", FIRST), f'"{ITEM}"\nmsgstr ""', f'"{ITEM}"\nmsgstr "Ons"')
    done = back(project, database, theirs)
    assert not done.known
    assert [conflict.key for conflict in done.result.conflicts] == [(None, ITEM)]
    assert [here(project, text).text for text in (ITEM, OTHER)] == ["Ons", "Nog"]


def test_a_dry_run_writes_nothing(project: Project, database: Engine) -> None:
    """And says what would be taken."""
    copy = edited(hand_out(project, database, "nl", FIRST), says("Iets"), ITEM)
    before = project.catalogue_path("nl", FIRST).read_bytes()
    assert len(back(project, database, copy, dry_run=True).result.taken) == 1
    assert project.catalogue_path("nl", FIRST).read_bytes() == before


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"\x89PNG\r\n", "first.po"),
        (b"", "is empty"),
        (b"<html/>", "no XLIFF 2"),
        (b"<xliff", "well-formed"),
        (b'<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>', "document type"),
        (b'msgid "a"\nmsgstr "b"\n\nmsgid "a"\nmsgstr "c"\n', "twice|duplicate|again"),
    ],
)
def test_what_is_no_catalogue_is_refused(
    data: bytes, message: str, project: Project, database: Engine
) -> None:
    """In words, and with nothing written."""
    with pytest.raises((ExchangeError, CatalogueError), match=message):
        back(project, database, data)


def test_a_file_of_another_language_is_refused(project: Project, database: Engine) -> None:
    """Before anything is written."""
    copy = hand_out(project, database, "nl", FIRST).replace(b"Language: nl", b"Language: fr")
    with pytest.raises(ExchangeError, match="is in fr, not in nl"):
        back(project, database, copy)


def test_a_file_is_told_by_what_it_was_a_copy_of_or_by_its_name(
    project: Project, database: Engine
) -> None:
    """Whatever the browser called it."""
    copy = edited(hand_out(project, database, "nl", FIRST), says("Iets"), ITEM)
    assert back(project, database, copy, name="first (1).po").domain == FIRST
    bare = b"\n".join(line for line in copy.split(b"\n") if b"X-Version" not in line)
    assert back(project, database, bare, name="articles/first.po").domain == FIRST
    assert back(project, database, bare, name="first.po").domain == FIRST
    with pytest.raises(ExchangeError, match="cannot be told"):
        back(project, database, bare, name="first (1).po")


def with_target(copy: bytes, text: str, target: str, state: str) -> bytes:
    """An XLIFF file in which somebody translated a text, in a tool that knows XLIFF."""
    source = f"<source>{text}</source>"
    segment = re.compile(rf"<segment[^>]*>{source}(?:<target>.*?</target>)?</segment>")
    new = f'<segment state="{state}">{source}<target>{target}</target></segment>'
    changed, count = segment.subn(new, copy.decode())
    assert count == 1
    return changed.encode()


def test_xliff_goes_out_and_comes_back(project: Project, database: Engine) -> None:
    """A segment left at “initial” waits; a final one is an approval of who may approve."""
    for target, state, expected in (
        ("Iets", "initial", State.DRAFT),
        ("Iets hier", "translated", State.TRANSLATED),
        ("Iets daar", "final", State.APPROVED),
    ):
        copy = hand_out(project, database, "nl", FIRST, format=Format.XLIFF)
        theirs = with_target(copy, ITEM, target, state)
        done = back(project, database, theirs, name="first.xlf", bringer=CHIEF)
        assert done.known
        assert [message.id for message in done.result.taken] == [ITEM]
        found = here(project, ITEM)
        assert (found.text, state_of(found)) == (target, expected)


def test_what_comes_back_unchanged_changes_nothing(project: Project, database: Engine) -> None:
    """In either format, in every state; the file keeps its bytes."""
    path = project.catalogue_path("nl", FIRST)
    done = catalogues.read(path)
    item, other, heading = (done.get(text) for text in (ITEM, OTHER, "A heading"))
    assert item is not None
    assert other is not None
    assert heading is not None
    noted = catalogues.edit(other, ["Nog iets"])
    states = [
        translated(item),
        catalogues.reject(noted, by="anna", reason="Stiff"),
        catalogues.draft(heading, ["Kop"], engine="deepl", on=DAY),
    ]
    catalogues.write(done.with_messages(states), path)
    before = path.read_bytes()
    for format in Format:
        copy = hand_out(project, database, "nl", FIRST, format=format)
        result = back(project, database, copy, name=f"first.{format}").result
        assert (result.taken, result.conflicts, result.unknown) == ((), (), ())
        assert path.read_bytes() == before
    assert run("msgfmt", "-c", "-o", "/dev/null", path).returncode == 0
