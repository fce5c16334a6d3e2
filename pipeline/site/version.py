"""An article's versions: what it is in each language, as far as other pages need to know.

Lists, menus, switchers, links and feeds are all made from these records and from nothing else, so
that they cannot disagree.
"""

from __future__ import annotations

import datetime
import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ..articles import NO_LAYOUT, Article
from ..catalogues import Catalogue, Key, digest_of
from ..markup import plain
from .choice import Choice, Policy, Standing, choose, source_choice
from .typography import typeset

KEY, PASSAGE = 10, 16
"""How many signs of a message's digest tell which passage it is, and, with those that tell what is
shown for it, how many there are of each passage."""

_NOBODY = frozenset(("", "memory", "theme"))
"""What marks of approval say that no person gave."""


@dataclass(frozen=True, slots=True)
class Problem:
    """A translation that could not be shown, and where it stands (line 0: unknown)."""

    message: str
    line: int


@dataclass(frozen=True, slots=True)
class Version:
    """An article in one locale.

    Attributes:
        article, locale: Which article, in which locale.
        layout: The template the page is set in.
        live: Whether the page is published.
        fields: Title, slug, description and the like, as plain text.
        foreign: The names of those fields that are shown in the source's language.
        date, updated, author, tags, image, order: As in the article's metadata; tags by their
            names in the source.
        states: How many messages there are in each state.
        standings: How many segments stand in each way on the page.
        percent: The share of segments that count as covered, 0 to 100.
        stale_since: Since when the oldest stale passage has been so.
        until: The day from which the page would look different without anything being edited.
        approved: The day a person last approved something of it.
        reviewed: The day a person last approved something of it, if people approved all of it.
        translators: Who approved what it shows, those with most of it first.
        links: The relative addresses in the body.
        words: How many words the body has.
        problems: Translations that do not fit their source.
        digest: A hash of everything the page shows of this article.
        passages: For each segment, `PASSAGE` signs that tell whether it is shown as it was: see
            `passages_of`.
    """

    article: str
    locale: str
    layout: str
    live: bool
    fields: Mapping[str, str]
    foreign: tuple[str, ...] = ()
    date: datetime.date | None = None
    updated: datetime.date | None = None
    author: str = ""
    tags: tuple[str, ...] = ()
    image: str = ""
    order: int = 0
    states: Mapping[str, int] = field(default_factory=dict)
    standings: Mapping[str, int] = field(default_factory=dict)
    percent: int = 100
    stale_since: datetime.date | None = None
    until: datetime.date | None = None
    approved: datetime.date | None = None
    reviewed: datetime.date | None = None
    translators: tuple[str, ...] = ()
    links: tuple[str, ...] = ()
    words: int = 0
    problems: tuple[Problem, ...] = ()
    digest: str = ""
    passages: str = ""

    @property
    def title(self) -> str:
        """The title, in the locale or (see ``foreign``) in the source's language."""
        return self.fields.get("title", "")

    @property
    def slug(self) -> str:
        """The last part of the page's address."""
        return self.fields.get("slug", "")

    @property
    def modified(self) -> datetime.date | None:
        """The last day that is known on which it changed: by its author, a reviewer, or in that
        its source did."""
        days = (self.date, self.updated, self.approved, self.stale_since)
        return max((day for day in days if day), default=None)


def choices_for(
    article: Article, catalogue: Catalogue | None, policy: Policy | None
) -> dict[tuple[str | None, str], Choice]:
    """What is shown for each segment of an article, by their keys; the source without a policy."""
    if policy is None:
        return {segment.key: source_choice(segment) for segment in article.segments}
    find = catalogue.get if catalogue is not None else (lambda text, context: None)
    return {
        segment.key: choose(segment, find(segment.text, segment.context), policy)
        for segment in article.segments
    }


def version_of(
    article: Article,
    locale: str,
    choices: Mapping[tuple[str | None, str], Choice],
    policy: Policy | None,
) -> Version:
    """The record of an article in a locale, made from what is shown for its segments."""
    shown = choices.values()
    counted = [choice for key, choice in choices.items() if key[0] != "slug"]
    covered = sum(choice.covered for choice in counted)
    percent = 100 * covered // len(counted) if counted else 100
    fields = {name: choices[segment.key] for name, segment in article.fields.items()}
    title = fields.get("title")
    metadata = article.metadata
    good = policy is None or (
        percent >= policy.minimum_percent and (title is None or title.covered)
    )
    preview = policy is not None and policy.preview
    live = preview or (good and not metadata.draft)
    return Version(
        article=article.id,
        locale=locale,
        layout=article.layout,
        live=live,
        fields=_texts(article, fields, locale, policy),
        foreign=tuple(n for n, choice in fields.items() if choice.standing is Standing.SOURCE),
        date=metadata.date,
        updated=metadata.updated,
        author=metadata.author,
        tags=metadata.tags,
        image=metadata.image,
        order=metadata.order,
        states=dict(Counter(choice.state.value for choice in shown)),
        standings=dict(Counter(choice.standing.value for choice in counted)),
        percent=percent,
        stale_since=_first(choice.since for choice in shown),
        until=_first(choice.until for choice in shown),
        approved=max(_approvals(counted), default=None),
        reviewed=_reviewed(counted) if policy is not None else None,
        translators=_translators(counted),
        links=tuple(sorted({link.value for link in article.skeleton.links})),
        words=sum(
            len(plain(choices[segment.key].text).split()) for segment in article.skeleton.segments
        ),
        problems=tuple(
            Problem(problem, choice.line) for choice in shown for problem in choice.problems
        ),
        digest=content_of(article, choices),
        passages="".join(_passage(key, choice) for key, choice in choices.items()),
    )


def passages_of(version: Version) -> dict[str, str]:
    """What tells how each passage is shown, by the first `KEY` signs of its message's digest."""
    said = version.passages
    return {
        said[start : start + KEY]: said[start + KEY : start + PASSAGE]
        for start in range(0, len(said), PASSAGE)
    }


def _passage(key: Key, choice: Choice) -> str:
    shown = hashlib.sha256(f"{choice.standing}\0{choice.text}".encode()).hexdigest()
    return digest_of(key)[:KEY] + shown[: PASSAGE - KEY]


def _texts(
    article: Article, fields: Mapping[str, Choice], locale: str, policy: Policy | None
) -> dict[str, str]:
    """The fields as plain text, set as their language is."""
    source = locale if policy is None else policy.source_locale
    found = {}
    for name, choice in fields.items():
        spoken = source if choice.standing is Standing.SOURCE else locale
        text = plain(choice.text)
        as_it_is = name == "slug" or article.layout == NO_LAYOUT
        found[name] = text if as_it_is else typeset(text, spoken)
    return found


def _reviewed(counted: Sequence[Choice]) -> datetime.date | None:
    """The last day of approval if people approved every passage."""
    days = _approvals(counted)
    return max(days) if days and len(days) == len(counted) else None


def _approvals(counted: Iterable[Choice]) -> list[datetime.date]:
    """The days on which people approved what is shown."""
    return [choice.on for choice in counted if choice.on and choice.by not in _NOBODY]


def _translators(counted: Iterable[Choice]) -> tuple[str, ...]:
    names = Counter(choice.by for choice in counted if choice.by not in _NOBODY)
    return tuple(sorted(names, key=lambda name: (-names[name], name)))


def _first(days: Any) -> datetime.date | None:
    return min((day for day in days if day), default=None)


def content_of(article: Article, choices: Mapping[tuple[str | None, str], Choice]) -> str:
    """A hash of all that a page shows of an article."""
    hashed = hashlib.sha256(article.digest.encode())
    for choice in choices.values():
        hashed.update(f"\0{choice.standing}\0{choice.text}".encode())
    return hashed.hexdigest()[:24]
