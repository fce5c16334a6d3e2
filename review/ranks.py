"""Ranks: which text is needed next, by what readers see of it and what waits for it.

What keeps a page from going live comes first, then what is read most, and on each page its title
and beginning before the rest. A rank is one number, so that an index can have it; the lower, the
sooner.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import date

from pipeline import articles
from pipeline.articles import HOME, Article
from pipeline.catalogues import Catalogue, Key
from pipeline.errors import PipelineError
from pipeline.project import Project
from pipeline.site.choice import choose, policies_of
from pipeline.site.strings import DOMAIN
from pipeline.site.version import version_of

_BLOCKS = 10_000
_TITLE = 1_000
_EVERYWHERE = 500
_HEAD = 300
_BEGINNING = 200
_OPENING = 3
"""How many of the first passages count as the beginning of a page."""


def ranks_of(
    project: Project, locale: str, domain: str, catalogue: Catalogue, views: int
) -> dict[Key, int]:
    """The ranks of the messages of a catalogue.

    Args:
        project: The site.
        locale, domain: The catalogue.
        catalogue: What it says now.
        views: How often its article is read.
    """
    common = round(100 * math.log2(1 + views))
    common += _EVERYWHERE if domain in (HOME, DOMAIN) else 0
    ranks = {message.key: -common for message in catalogue.messages}
    try:
        source = articles.find_one(project, domain)
        article = articles.load(project, source) if source else None
    except PipelineError:
        article = None
    if article is None:
        return ranks
    fields = {segment.key for segment in article.fields.values()}
    passages = [one.key for one in article.segments if one.key not in fields]
    for keys, bonus in ((fields, _HEAD), (passages[:_OPENING], _BEGINNING)):
        for key in keys:
            if key in ranks:
                ranks[key] -= bonus
    for key, bonus in _blocking(project, locale, article, catalogue).items():
        if key in ranks:
            ranks[key] -= bonus
    return ranks


def reasons(rank: int, domain: str, views: int) -> list[str]:
    """Why a message comes where it does, in words."""
    found = []
    rest = -rank
    if rest >= _BLOCKS + _TITLE:
        found.append("without it the page cannot go live")
        rest -= _BLOCKS + _TITLE
    elif rest >= _BLOCKS:
        found.append("the page waits for it")
        rest -= _BLOCKS
    if domain == DOMAIN:
        found.append("on every page")
    elif domain == HOME:
        found.append("on the home page")
    rest -= _EVERYWHERE if domain in (HOME, DOMAIN) else 0
    rest -= round(100 * math.log2(1 + views))
    if rest >= _HEAD:
        found.append("title or summary")
    elif rest >= _BEGINNING:
        found.append("at the beginning")
    if views:
        found.append(f"read {views:,} times" if views > 1 else "read once")
    return found


def _blocking(
    project: Project, locale: str, article: Article, catalogue: Catalogue
) -> Mapping[Key, int]:
    """What keeps a page from going live: all that it shows in the source's language, if that is
    too much; its title always."""
    policy = policies_of(project, date.today(), preview=False).get(locale)
    if policy is None or article.metadata.draft:
        return {}
    choices = {
        one.key: choose(one, catalogue.get(one.text, one.context), policy)
        for one in article.segments
    }
    version = version_of(article, locale, choices, policy)
    if version.live:
        return {}
    open_ = [key for key, choice in choices.items() if not choice.covered and key[0] != "slug"]
    title = article.fields.get("title")
    found = dict.fromkeys(open_, _BLOCKS if version.percent < policy.minimum_percent else 0)
    if title is not None and title.key in found:
        found[title.key] = _BLOCKS + _TITLE
    return found
