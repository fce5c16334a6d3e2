"""What a page shows for each of its segments, and why.

A segment shows its translation when the state of that is good enough for the locale; when its
source has changed, the previous translation for a while, if that can do no harm; and otherwise the
source text, which the page then marks as being in another language.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from ..catalogues import (
    Message,
    State,
    approval,
    is_draft,
    markup_is_unsure,
    stale_since,
    state_of,
    was_approved,
)
from ..checks import Subject, blocking
from ..markup import Segment, Shown
from ..project import Project
from ..settings import LocaleSettings, Publish
from .grace import is_harmless
from .language import language


class Standing(StrEnum):
    """How a segment stands on a page."""

    LIVE = "live"
    STALE = "stale"
    DRAFT = "draft"
    SOURCE = "source"


@dataclass(frozen=True, slots=True)
class Policy:
    """What may go live in one locale on one day.

    Attributes:
        publish: The least state that goes live.
        grace_days: For how many days an older translation is shown; 0 for not at all.
        minimum_percent: The least share of segments for a page to be live.
        source_locale: The locale the articles are written in.
        today: The day the policy is applied.
        preview: Whether everything is shown, as a preview does, and nothing is published.
    """

    publish: Publish
    grace_days: int
    minimum_percent: int
    source_locale: str
    today: date
    preview: bool = False

    @classmethod
    def of(
        cls, settings: LocaleSettings, *, source_locale: str, today: date, preview: bool = False
    ) -> Policy:
        """The policy that a locale's settings state."""
        return cls(
            Publish.DRAFT if preview else settings.publish,
            settings.grace_days if settings.stale == "previous" else 0,
            settings.minimum_percent,
            source_locale,
            today,
            preview,
        )


Policies = Mapping[str, Policy | None]
"""What may go live in each locale; None for the source's own."""


def policies_of(project: Project, today: date, *, preview: bool) -> Policies:
    """What may go live in each locale on a day."""
    policies: dict[str, Policy | None] = {project.source_locale: None}
    for locale, settings in project.settings.locales.items():
        policies[locale] = Policy.of(
            settings, source_locale=project.source_locale, today=today, preview=preview
        )
    return policies


@dataclass(frozen=True, slots=True)
class Choice:
    """What is shown for one segment.

    Attributes:
        text: A msgid or msgstr whose tokens fit the segment.
        standing: How it stands on the page.
        state: The message's state in its catalogue.
        covered: Whether the translation counts towards the page's being live: a page does not
            vanish because its source changed or a token was mistyped.
        problems: Why the translation cannot be shown although its state would allow it.
        line: The message's line in its catalogue, 0 without a message.
        since, until: For stale texts, since when, and the day from which they are not shown.
        by, on: Who approved the translation that is shown, and when.
    """

    text: str
    standing: Standing
    state: State
    covered: bool = False
    problems: tuple[str, ...] = ()
    line: int = 0
    since: date | None = None
    until: date | None = None
    by: str = ""
    on: date | None = None

    def shown(self, policy: Policy) -> Shown:
        """The text with its language, if that is not the page's."""
        if self.standing is not Standing.SOURCE:
            return Shown(self.text)
        source = language(policy.source_locale)
        return Shown(self.text, source.lang, source.dir)


def choose(segment: Segment, message: Message | None, policy: Policy) -> Choice:
    """What a page shows for a segment under a policy.

    An address does not get old: a stale slug stays what it is until a person decides.
    """
    if message is None:
        return Choice(segment.text, Standing.SOURCE, State.UNTRANSLATED)
    state = state_of(message)
    wanted = _wanted(message, state, policy)
    if wanted is None:
        covered = state is State.STALE and _may_stand_in(message, policy)
        # A person who mistyped a token is told at once, and not when the text is approved.
        wrong = _problems(segment, message) if state is State.TRANSLATED else ()
        return Choice(segment.text, Standing.SOURCE, state, covered, wrong, message.line)
    problems = _problems(segment, message)
    since = (stale_since(message) or policy.today) if wanted is Standing.STALE else None
    if problems:
        return Choice(
            segment.text,
            Standing.SOURCE,
            state,
            True,
            () if wanted is Standing.STALE else problems,
            message.line,
            since,
        )
    if since is None or segment.context == "slug":
        wanted = Standing.LIVE if wanted is Standing.STALE else wanted
        by, on = approval(message) if state is State.APPROVED else ("", None)
        return Choice(message.text, wanted, state, True, line=message.line, by=by, on=on)
    return _stale(segment, message, policy, since)


def _problems(segment: Segment, message: Message) -> tuple[str, ...]:
    return tuple(blocking(Subject(segment.text, message.text, segment=segment)))


def source_choice(segment: Segment) -> Choice:
    """What a page in the source's own language shows."""
    return Choice(segment.text, Standing.LIVE, State.APPROVED, True)


def _wanted(message: Message, state: State, policy: Policy) -> Standing | None:
    """How the translation would stand if nothing else were in its way."""
    if state is State.APPROVED:
        return Standing.LIVE
    if state is State.TRANSLATED and policy.publish is not Publish.APPROVED:
        return Standing.LIVE if not policy.preview else Standing.DRAFT
    if state is State.DRAFT and policy.publish is Publish.DRAFT:
        waits = markup_is_unsure(message) and not policy.preview
        return None if waits else Standing.DRAFT
    shows_older = policy.grace_days > 0 or policy.preview
    if state is State.STALE and shows_older and _may_stand_in(message, policy):
        return Standing.STALE
    return None


def _may_stand_in(message: Message, policy: Policy) -> bool:
    """Whether a stale translation was good enough to go live before its source changed."""
    if was_approved(message):
        return True
    if is_draft(message):
        sure = policy.preview or not markup_is_unsure(message)
        return policy.publish is Publish.DRAFT and sure
    return policy.publish is not Publish.APPROVED


def _stale(segment: Segment, message: Message, policy: Policy, since: date) -> Choice:
    until = since + timedelta(days=policy.grace_days)
    harmless = is_harmless(message.previous_id or "", segment.text, locale=policy.source_locale)
    if policy.preview or (harmless and policy.today < until):
        return Choice(
            message.text, Standing.STALE, State.STALE, True, (), message.line, since, until
        )
    return Choice(segment.text, Standing.SOURCE, State.STALE, True, (), message.line, since)
