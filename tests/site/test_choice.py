"""What a page shows for a segment: by its state, the locale's policy, and the day."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from pipeline import catalogues
from pipeline.catalogues import Message, State
from pipeline.markup import Segment
from pipeline.settings import Publish
from pipeline.site.choice import Policy, Standing, choose
from pipeline.site.grace import is_harmless
from tests.sites import DAY

SEGMENT = Segment("We meet every week here.")
PLAIN = Message(SEGMENT.text, strings=("We zien elkaar hier elke week.",))
EARLIER = "We meet each week here."


def stale(message: Message) -> Message:
    """A message whose source has changed a little."""
    old = catalogues.parse(
        catalogues.new(locale="nl", domain="x", project="x", on=DAY)
        .with_message(replace(message, id=EARLIER))
        .dump()
    )
    merged = catalogues.merge(old, [Message(SEGMENT.text)], on=DAY).catalogue
    return merged.messages[0]


def approved(message: Message) -> Message:
    """With a person's word for it."""
    return catalogues.approve(message, by="anna", on=DAY)


MESSAGES = {
    State.UNTRANSLATED: Message(SEGMENT.text),
    State.DRAFT: catalogues.draft(PLAIN, PLAIN.strings, engine="x", on=DAY),
    State.REJECTED: catalogues.reject(PLAIN, by="bert", reason="no"),
    State.TRANSLATED: PLAIN,
    State.APPROVED: approved(PLAIN),
    State.STALE: stale(approved(replace(PLAIN, id=EARLIER))),
}
LIVE, SOURCE, OLDER, DRAFT = Standing.LIVE, Standing.SOURCE, Standing.STALE, Standing.DRAFT
TABLE = {
    Publish.APPROVED: {State.APPROVED: LIVE, State.STALE: OLDER},
    Publish.TRANSLATED: {State.APPROVED: LIVE, State.STALE: OLDER, State.TRANSLATED: LIVE},
    Publish.DRAFT: {
        State.APPROVED: LIVE,
        State.STALE: OLDER,
        State.TRANSLATED: LIVE,
        State.DRAFT: DRAFT,
    },
}


def policy(publish: Publish = Publish.APPROVED, *, grace: int = 30, days: int = 0) -> Policy:
    """What may go live, so many days after the source changed."""
    return Policy(publish, grace, 80, "en", DAY + timedelta(days=days))


@pytest.mark.parametrize("publish", Publish)
@pytest.mark.parametrize("state", State)
def test_each_state_stands_as_the_policy_says(publish: Publish, state: State) -> None:
    """The table of the design; whatever is not in it shows the source."""
    choice = choose(SEGMENT, MESSAGES[state], policy(publish))
    assert choice.state is state
    assert choice.standing is TABLE[publish].get(state, SOURCE)
    assert choice.text == (SEGMENT.text if choice.standing is SOURCE else PLAIN.text)


@pytest.mark.parametrize("publish", [Publish.APPROVED, Publish.TRANSLATED])
def test_a_machines_draft_never_goes_live_by_getting_stale(publish: Publish) -> None:
    """Nor does what was rejected."""
    for message in (MESSAGES[State.DRAFT], MESSAGES[State.REJECTED]):
        assert choose(SEGMENT, stale(message), policy(publish)).standing is SOURCE


def test_an_unapproved_translation_that_got_stale_is_not_shown_as_approved() -> None:
    """Only where what is translated goes live."""
    assert choose(SEGMENT, stale(PLAIN), policy()).standing is SOURCE
    assert choose(SEGMENT, stale(PLAIN), policy(Publish.TRANSLATED)).standing is OLDER


def test_the_earlier_text_is_shown_for_the_days_of_grace() -> None:
    """Not on the day after; not at all where there are none."""
    message = MESSAGES[State.STALE]
    assert choose(SEGMENT, message, policy(days=29)).standing is OLDER
    assert choose(SEGMENT, message, policy(days=29)).until == DAY + timedelta(days=30)
    assert choose(SEGMENT, message, policy(days=30)).standing is SOURCE
    assert choose(SEGMENT, message, policy(grace=0)).standing is SOURCE
    assert choose(SEGMENT, message, policy(days=30)).covered, "the page does not vanish for it"


@pytest.mark.parametrize(
    ("before", "after", "harmless"),
    [
        ("We meet every week.", "We meet each week.", True),
        ("Take 2 of them.", "Take 3 of them.", False),
        ("It costs € 1,250.00 a year.", "It costs € 1,350.00 a year.", False),
        ("You can come alone.", "You cannot come alone.", False),
        ("You should wait.", "You shouldn’t wait.", False),
        ("It is never too late.", "It is too late.", False),
        ("We accept new clients.", "Rain is expected tomorrow.", False),
        ("Not now, not here.", "Not here, not now.", True),
    ],
)
def test_where_facts_changed_there_is_no_grace(before: str, after: str, harmless: bool) -> None:
    """Numbers, negations, and most of the words."""
    assert is_harmless(before, after, locale="en") is harmless


@pytest.mark.parametrize(
    ("outcome", "standing"),
    [
        ("repaired", Standing.DRAFT),
        ("other style", Standing.SOURCE),
        ("looked up", Standing.SOURCE),
        ("to place", Standing.SOURCE),
    ],
)
def test_a_draft_whose_markup_is_unsure_waits_for_a_person(
    outcome: str, standing: Standing
) -> None:
    """Also where drafts go live; a preview shows it."""
    draft = catalogues.draft(PLAIN, PLAIN.strings, engine="x", on=DAY)
    message = catalogues.marks.marked(draft, "markup", outcome=outcome)
    live = Policy(Publish.DRAFT, 30, 80, "en", DAY)
    assert choose(SEGMENT, message, live).standing is standing
    assert choose(SEGMENT, message, replace(live, preview=True)).standing is Standing.DRAFT
    edited = catalogues.edit(message, ["Iets anders."])
    assert catalogues.marks.find(edited, "markup") is None
