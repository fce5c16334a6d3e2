"""Causes: why a page is another than the one that is live, told from what both are made of."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from enum import StrEnum

from .site.page import Page
from .site.version import Version, passages_of


class Why(StrEnum):
    """What it is that changed."""

    TEXT = "text"
    """What is shown for passages; `Cause.what` are the starts of their messages' digests."""
    SOURCE = "source"
    """The article itself; of passages that it has now, and of those that it has no longer."""
    DETAILS = "details"
    """What is stated of an article; the names of it."""
    LIST = "list"
    """Other articles that the page lists."""
    MENU = "menu"
    TOPICS = "topics"
    LANGUAGES = "languages"
    """The languages that it is in, and its addresses in them."""
    LINKS = "links"
    """Where its links lead."""
    PICTURES = "pictures"
    FILES = "files"
    """Pictures and files beside articles."""
    THEME = "theme"
    WORDS = "words"
    """The site's own words."""
    SETTINGS = "settings"
    SOFTWARE = "software"
    PAGES = "pages"
    """What follows from the pages: sitemaps, feeds, what servers are told."""
    NEW = "new"
    READY = "ready"
    """It may go live since, or is no longer a draft; with what became of its passages."""
    MOVED = "moved"
    """Its address is another; which it was, or is now."""
    WITHDRAWN = "withdrawn"
    """It may not be live any more; with what became of its passages."""
    GONE = "gone"
    """There is no such article any more."""
    FORCED = "forced"
    MENDED = "mended"
    """The file on the disk was not what had been published."""
    UNKNOWN = "unknown"
    """What the live page was made of is not remembered, or not all of it."""


SHARED = (Why.THEME, Why.WORDS, Why.SETTINGS, Why.SOFTWARE, Why.FILES)
"""What all pages of a locale have in common, in the order of an era."""


@dataclass(frozen=True, slots=True)
class Cause:
    """One cause: what changed, and of that what; names with ``+``, ``-`` or ``~`` before them are
    those that are there now, there no longer, or others than they were."""

    why: Why
    what: tuple[str, ...] = ()


Causes = Mapping[str, tuple[Cause, ...]]
"""Why files of the site changed, by their names."""

_COLLECTIONS = {
    Why.LIST: "articles",
    Why.MENU: "menu",
    Why.TOPICS: "topics",
    Why.LANGUAGES: "languages",
    Why.LINKS: "links",
}
_FOLLOW = frozenset(
    "title description words modified translators notices title_lang description_lang".split()
)
"""What follows from an article's texts, and is a cause only where they are the same."""

_ELSEWHERE = frozenset(
    "path kind locale article content crumbs editions home articles_url tags_url feed search"
    " preview tags sizes image".split()
) | frozenset(_COLLECTIONS.values())


def of_versions(old: Version, new: Version) -> list[Cause]:
    """Why an article shows something else than it did, from its passages alone."""
    before, after = passages_of(old), passages_of(new)
    found = []
    shown = tuple(key for key, said in after.items() if key in before and before[key] != said)
    if shown:
        found.append(Cause(Why.TEXT, shown))
    written = (
        *(f"+{key}" for key in after if key not in before),
        *(f"-{key}" for key in before if key not in after),
    )
    if written or (old.digest != new.digest and not shown):
        found.append(Cause(Why.SOURCE, written))
    return found


def of_pages(old: Page, new: Page) -> list[Cause]:
    """Why a page is another, from everything that it is made of besides an article's texts."""
    found = []
    for why, name in _COLLECTIONS.items():
        what = _difference(_named(getattr(old, name)), _named(getattr(new, name)))
        if what:
            found.append(Cause(why, what))
    if old.editions != new.editions and not any(one.why is Why.LANGUAGES for one in found):
        found.append(Cause(Why.LANGUAGES))
    if old.tags != new.tags:
        what = _difference(_named(old.tags), _named(new.tags))
        found.append(Cause(Why.TOPICS, what))
    if old.image != new.image or old.sizes != new.sizes:
        found.append(Cause(Why.PICTURES))
    same = old.content == new.content
    names = [one.name for one in fields(Page) if one.name not in _ELSEWHERE]
    changed = [name for name in names if getattr(old, name) != getattr(new, name)]
    details = tuple(name for name in changed if same or name not in _FOLLOW)
    if details:
        found.append(Cause(Why.DETAILS, details))
    around = ("crumbs", "home", "articles_url", "tags_url", "feed", "search")
    if any(getattr(old, name) != getattr(new, name) for name in around) and not found and same:
        found.append(Cause(Why.MENU))
    return found


def plain(causes: Causes, *, most: int = 50) -> dict[str, list[list[object]]]:
    """As JSON has them; of each, the first so many things."""
    return {name: [[c.why, list(c.what[:most])] for c in own] for name, own in causes.items()}


def from_plain(data: Mapping[str, Sequence[Sequence[object]]]) -> Causes:
    """What `plain` wrote."""
    return {
        name: tuple(Cause(Why(str(why)), tuple(map(str, _list(what)))) for why, what in own)
        for name, own in data.items()
    }


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def _named(items: object) -> dict[str, tuple[str, object]]:
    """Things by their addresses: what they are called, and all that there is of them."""
    if isinstance(items, Mapping):
        return {str(name): (str(name), value) for name, value in items.items()}
    found: dict[str, tuple[str, object]] = {}
    for item in items if isinstance(items, Iterable) else ():
        thing = item[0] if isinstance(item, tuple) else item
        name = getattr(thing, "title", "") or getattr(thing, "locale", "") or thing.name
        known = getattr(thing, "locale", "") or getattr(thing, "url", "") or name
        found[known] = (name, item)
    return found


def _difference(
    before: Mapping[str, tuple[str, object]], after: Mapping[str, tuple[str, object]]
) -> tuple[str, ...]:
    return (
        *(f"+{name}" for key, (name, _) in after.items() if key not in before),
        *(f"-{name}" for key, (name, _) in before.items() if key not in after),
        *(
            f"~{name}"
            for key, (name, item) in after.items()
            if key in before and before[key][1] != item
        ),
    )
