"""A catalogue follows its source, and nothing that a person wrote is dropped."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline import catalogues
from pipeline.catalogues import Catalogue, Merged, Message, State, state_of
from tests.tools import check

DAY = date(2026, 11, 24)
LATER = date(2026, 12, 1)
ALLIANCE = "The alliance is the working relationship between client and therapist."
FIT = "Ask yourself whether you feel heard."
TRUST = "Trust grows slowly, and it can be repaired."
HOURS = "We are open on weekdays from nine to five."
OTHER = "Rain is expected in the west of the country."


def catalogue_of(*texts: str, approved: bool = True) -> Catalogue:
    """A catalogue of these texts, translated and, unless told otherwise, approved."""
    empty = catalogues.new(locale="nl", domain="x", project="A site", on=DAY)
    catalogue = merged(empty, *texts).catalogue
    done = [catalogues.edit(m, [dutch(m.id)]) for m in catalogue.messages]
    if approved:
        done = [catalogues.approve(m, by="anna", on=DAY) for m in done]
    return catalogues.parse(catalogue.with_messages(done).dump())


def merged(catalogue: Catalogue, *texts: str, on: date = DAY) -> Merged:
    """The catalogue after its source has come to consist of these texts."""
    return catalogues.merge(catalogue, [Message(text) for text in texts], on=on)


def dutch(text: str) -> str:
    """Something that only this text is translated as."""
    return f"NL {text}"


def message(catalogue: Catalogue, text: str) -> Message:
    """The message of a text; it must be there."""
    found = catalogue.get(text)
    assert found is not None
    return found


def test_a_source_that_did_not_change_changes_nothing() -> None:
    """Not a byte."""
    catalogue = catalogue_of(ALLIANCE, FIT)
    result = merged(catalogue, ALLIANCE, FIT)
    assert result.catalogue is catalogue
    assert (result.kept, result.added, result.stale, result.obsolete) == (2, 0, 0, 0)


def test_a_changed_text_takes_over_the_translation_as_stale() -> None:
    """With the text it was made for, the day, and the mark of its approval."""
    changed = FIT.replace("heard", "safe")
    result = merged(catalogue_of(ALLIANCE, FIT, TRUST), ALLIANCE, changed, TRUST)
    stale = message(result.catalogue, changed)
    assert (result.kept, result.stale, result.obsolete) == (2, 1, 0)
    assert state_of(stale) is State.STALE
    assert (stale.text, stale.previous_id) == (dutch(FIT), FIT)
    assert catalogues.was_approved(stale)
    assert catalogues.stale_since(stale) == DAY


def test_a_text_that_changes_twice_remembers_what_its_translation_was_made_for() -> None:
    """And since when it has been stale."""
    once, twice = FIT.replace("heard", "safe"), FIT.replace("heard", "welcome")
    first = merged(catalogue_of(ALLIANCE, FIT), ALLIANCE, once).catalogue
    stale = message(merged(first, ALLIANCE, twice, on=LATER).catalogue, twice)
    assert (stale.previous_id, catalogues.stale_since(stale)) == (FIT, DAY)
    assert catalogues.was_approved(stale)


@pytest.mark.parametrize("approved", [True, False])
def test_a_text_that_goes_back_gets_everything_back(approved: bool) -> None:
    """The file is what it was, byte for byte, approvals included."""
    before = catalogue_of(ALLIANCE, FIT, TRUST, approved=approved)
    away = merged(before, OTHER, FIT.replace("heard", "safe"), HOURS).catalogue
    back = merged(catalogues.parse(away.dump()), ALLIANCE, FIT, TRUST, on=LATER)
    assert back.catalogue.dump() == before.dump()


def test_a_draft_that_became_stale_is_a_draft_when_its_text_is_back() -> None:
    """Nobody had stood up for it."""
    before = catalogue_of(ALLIANCE, FIT)
    draft = catalogues.draft(message(before, FIT), ["machine"], engine="x", on=DAY)
    before = before.with_message(draft)
    away = merged(before, ALLIANCE, FIT.replace("heard", "safe")).catalogue
    assert catalogues.is_draft(message(away, FIT.replace("heard", "safe")))
    assert state_of(message(merged(away, ALLIANCE, FIT).catalogue, FIT)) is State.DRAFT


def test_what_a_person_made_of_a_draft_is_theirs_when_it_gets_stale() -> None:
    """Poedit clears “fuzzy” and leaves the mark of the machine."""
    catalogue = catalogue_of(ALLIANCE, FIT)
    draft = catalogues.draft(message(catalogue, FIT), ["machine"], engine="x", on=DAY)
    mended = Message(FIT, strings=("van een mens",), comments=draft.comments)
    away = merged(catalogue.with_message(mended), ALLIANCE, FIT + "!").catalogue
    assert not catalogues.is_draft(message(away, FIT + "!"))


def test_a_removed_text_becomes_obsolete_and_comes_back_approved() -> None:
    """Its comments, too."""
    before = catalogue_of(ALLIANCE, FIT)
    result = merged(before, ALLIANCE)
    (gone,) = result.catalogue.obsolete
    assert (result.obsolete, gone.text) == (1, dutch(FIT))
    back = merged(catalogues.parse(result.catalogue.dump()), ALLIANCE, FIT)
    assert (back.revived, back.added) == (1, 0)
    assert state_of(message(back.catalogue, FIT)) is State.APPROVED


def test_a_text_in_the_place_of_another_takes_over_its_translation() -> None:
    """Between two that stayed, also where it says it quite differently."""
    result = merged(catalogue_of(ALLIANCE, FIT, TRUST), ALLIANCE, OTHER, TRUST)
    assert message(result.catalogue, OTHER).previous_id == FIT


def test_a_text_that_moved_and_changed_is_known_by_its_resemblance() -> None:
    """The best pair wins."""
    moved = FIT.replace("heard", "really heard")
    result = merged(catalogue_of(FIT, ALLIANCE, TRUST, HOURS), ALLIANCE, OTHER, TRUST, HOURS, moved)
    assert message(result.catalogue, moved).previous_id == FIT
    assert state_of(message(result.catalogue, OTHER)) is State.UNTRANSLATED


def test_a_slug_never_takes_over_a_paragraph() -> None:
    """Nor a heading a list item: what kind of text it is decides, before its place."""
    catalogue = catalogue_of(ALLIANCE, FIT)
    wanted = [Message(ALLIANCE), Message("do-i-feel-heard", "slug")]
    result = catalogues.merge(catalogue, wanted, on=DAY)
    assert state_of(result.catalogue.messages[1]) is State.UNTRANSLATED
    assert result.obsolete == 1


def test_messages_stand_in_the_order_of_the_source() -> None:
    """New ones where they are read."""
    result = merged(catalogue_of(ALLIANCE, TRUST), HOURS, TRUST, OTHER, ALLIANCE)
    assert [m.id for m in result.catalogue.messages] == [HOURS, TRUST, OTHER, ALLIANCE]


def test_notes_follow_the_source_and_comments_stay() -> None:
    """The first are the author's, the second the translators'."""
    before = catalogue_of(ALLIANCE)
    commented = before.with_message(
        Message(ALLIANCE, strings=("x",), comments=("mine",), notes=("old",), flags=("no-wrap",))
    )
    result = catalogues.merge(commented, [Message(ALLIANCE, notes=("heading 2",))], on=DAY)
    after = message(result.catalogue, ALLIANCE)
    assert (after.notes, after.comments, after.flags) == (("heading 2",), ("mine",), ("no-wrap",))


def test_an_untranslated_text_that_is_gone_leaves_nothing_behind() -> None:
    """Unless somebody wrote a comment."""
    empty = catalogues.new(locale="nl", domain="x", project="A site", on=DAY)
    catalogue = merged(empty, ALLIANCE, FIT).catalogue
    catalogue = catalogue.with_message(Message(FIT, comments=("unclear",)))
    (gone,) = merged(catalogue).catalogue.obsolete
    assert gone.comments == ("unclear",)


def test_a_text_that_gets_plural_forms_keeps_its_translation() -> None:
    """Stale, in each form."""
    catalogue = catalogue_of("a minute")
    wanted = [Message("a minute", None, "minutes", ("", ""))]
    stale = catalogues.merge(catalogue, wanted, on=DAY).catalogue.messages[0]
    assert state_of(stale) is State.STALE
    assert stale.strings == (dutch("a minute"),) * 2


SENTENCES = st.lists(
    st.sampled_from(
        [ALLIANCE, FIT, TRUST, HOURS, OTHER, FIT + "!", TRUST + " Ask.", "Fees", "Fee"]
    ),
    unique=True,
    max_size=8,
)


@given(SENTENCES, st.lists(SENTENCES, min_size=1, max_size=4))
@settings(max_examples=150, deadline=None)
def test_nothing_a_person_wrote_is_ever_dropped(
    first: list[str], versions: list[list[str]]
) -> None:
    """Whatever the source becomes, and comes to be again; what is approved was written for it."""
    catalogue = catalogue_of(*first)
    for texts in versions:
        catalogue = catalogues.parse(merged(catalogue, *texts).catalogue.dump())
        assert [m.id for m in catalogue.messages] == texts
        everything = catalogue.dump().decode().replace('"\n"', "").replace('"\n#~ "', "")
        for text in first:
            assert dutch(text) in everything
        for m in catalogue.messages:
            if state_of(m) is State.APPROVED:
                assert m.text == dutch(m.id)


@given(SENTENCES, SENTENCES.filter(bool))
@settings(max_examples=20, deadline=None)
def test_every_merged_file_is_one_that_gettext_would_write(
    tmp_path_factory: pytest.TempPathFactory, first: list[str], second: list[str]
) -> None:
    """``msgfmt -c`` accepts it without a word, ``msgcat`` changes nothing."""
    path = tmp_path_factory.mktemp("merged") / "nl.po"
    path.write_bytes(merged(catalogue_of(*first), *second).catalogue.dump())
    check(Path(path))
