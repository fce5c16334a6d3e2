"""States are read from the file alone, and an approval is bound to the words it was given for."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import polib
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline import catalogues
from pipeline.catalogues import Message, State, state_of
from tests.tools import check, gettext

DAY = date(2026, 11, 24)
PLAIN = Message("Do I feel heard?", strings=("Voel ik me gehoord?",))
APPROVED = catalogues.approve(PLAIN, by="anna", on=DAY)


def test_each_state_is_told_by_what_the_file_says() -> None:
    """The table of the design."""
    stale = replace(PLAIN, flags=("fuzzy",), previous_id="Do I feel safe?")
    states = {
        State.UNTRANSLATED: Message("a"),
        State.DRAFT: catalogues.draft(Message("a"), ["b"], engine="opus", on=DAY),
        State.STALE: stale,
        State.REJECTED: catalogues.reject(PLAIN, by="bert", reason="too formal"),
        State.TRANSLATED: PLAIN,
        State.APPROVED: APPROVED,
    }
    assert {state: state_of(message) for state, message in states.items()} == {s: s for s in states}


def test_a_translation_that_lacks_a_plural_form_is_none() -> None:
    """As gettext sees it."""
    assert state_of(Message("a", None, "b", ("x", ""))) is State.UNTRANSLATED


def test_fuzzy_alone_is_a_draft() -> None:
    """Somebody marked it as needing work."""
    assert state_of(replace(APPROVED, flags=("fuzzy",))) is State.DRAFT


@pytest.mark.parametrize(
    "change",
    [
        {"strings": ("Voel ik mij gehoord?",)},
        {"id": "Am I heard?"},
        {"context": "fit"},
        {"context": ""},
    ],
)
def test_an_approval_dies_when_a_text_changes(change: dict[str, object]) -> None:
    """By itself, whoever changed it."""
    assert state_of(replace(APPROVED, **change)) is State.TRANSLATED  # type: ignore[arg-type]


def test_who_edits_or_rejects_takes_the_approval_back() -> None:
    """And the marks of machines go when a person has written."""
    assert state_of(catalogues.edit(APPROVED, ["Anders"])) is State.TRANSLATED
    assert catalogues.edit(APPROVED, ["Anders"]).comments == ()
    assert state_of(catalogues.reject(APPROVED, by="b", reason="r")) is State.REJECTED
    drafted = catalogues.draft(Message("a"), ["b"], engine="x", on=DAY)
    assert catalogues.edit(drafted, ["c"]).comments == ()
    assert state_of(catalogues.approve(drafted, by="anna", on=DAY)) is State.APPROVED


def test_a_rejected_translation_that_was_mended_elsewhere_is_translated() -> None:
    """Poedit clears “fuzzy” when somebody types."""
    rejected = catalogues.reject(PLAIN, by="bert", reason="too formal")
    mended = replace(rejected, strings=("Beter",), flags=())
    assert state_of(mended) is State.TRANSLATED
    assert rejected.strings == PLAIN.strings


@given(st.text(max_size=60), st.text(max_size=200))
def test_a_mark_is_one_short_line_whatever_people_are_called(by: str, reason: str) -> None:
    """Under 76 columns, as tools wrap longer ones."""
    for message in (
        catalogues.approve(PLAIN, by=by, on=DAY),
        catalogues.reject(PLAIN, by=by, reason=reason),
    ):
        (mark,) = message.comments
        assert len(f"# {mark}") < 76
        assert len(mark.splitlines()) == 1
    assert state_of(catalogues.approve(PLAIN, by=by, on=DAY)) is State.APPROVED
    assert state_of(catalogues.reject(PLAIN, by=by, reason=reason)) is State.REJECTED


def written(folder: Path, *messages: Message) -> Path:
    """A catalogue with these messages."""
    path = folder / "nl.po"
    empty = catalogues.new(locale="nl", domain="x", project="A site", on=DAY)
    path.write_bytes(empty.with_messages(messages).dump())
    check(path)
    return path


@pytest.mark.parametrize("command", ["msgcat", "msgattrib", "msguniq", "msgconv -t UTF-8"])
def test_an_approval_survives_the_tools(command: str, tmp_path: Path) -> None:
    """They keep translators' comments."""
    path = written(tmp_path, APPROVED)
    tool, *options = command.split()
    (after,) = catalogues.parse(gettext(tool, *options, path).encode()).messages
    assert state_of(after) is State.APPROVED


def test_an_approval_survives_polib(tmp_path: Path) -> None:
    """Which wraps comments at 78 columns."""
    path = written(tmp_path, catalogues.approve(PLAIN, by="a long name, " * 9, on=DAY))
    polib.pofile(str(path)).save(str(path))
    assert state_of(catalogues.read(path).messages[0]) is State.APPROVED


def test_an_approval_survives_msgmerge_and_does_not_spread(tmp_path: Path) -> None:
    """``msgmerge`` copies comments to messages that it fuzzy-matches."""
    path = written(tmp_path, APPROVED)
    template = tmp_path / "x.pot"
    empty = catalogues.new(locale=None, domain="x", project="A site")
    texts = [PLAIN.id, "Do I feel really heard?"]
    template.write_bytes(empty.with_messages([Message(text) for text in texts]).dump())
    merged = catalogues.parse(gettext("msgmerge", "--quiet", path, template).encode())
    assert {m.id: state_of(m) for m in merged.messages} == {
        texts[0]: State.APPROVED,
        texts[1]: State.DRAFT,
    }
    other = merged.messages[1]
    assert other.comments == APPROVED.comments
    assert state_of(replace(other, flags=())) is State.TRANSLATED


def test_a_stale_message_is_known_to_have_been_approved() -> None:
    """By a mark that fits its previous text; of any other it is not."""
    stale = replace(APPROVED, id="Do I feel heard here?", flags=("fuzzy",), previous_id=APPROVED.id)
    assert catalogues.was_approved(stale)
    assert not catalogues.was_approved(replace(stale, previous_id="Something else"))
    assert not catalogues.was_approved(replace(stale, strings=("Anders",)))
    assert not catalogues.was_approved(APPROVED)
