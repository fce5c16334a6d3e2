"""Galleys: one page as it would be, with texts that nobody has saved yet, and each passage marked.

A page is rendered as a preview renders it. What marks a passage goes through the rendering as
private characters around its text, and becomes an element where the page has room for one.
"""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from . import articles
from .articles import HOME, Article
from .catalogues import Key, digest_of
from .errors import ProjectError
from .making import Making
from .project import Project
from .record import Record
from .site.choice import Choice, Standing
from .site.page import Page, render
from .site.plan import Plan
from .site.survey import read_choices
from .site.theme import Theme
from .site.version import version_of

_FRESH = 30.0
"""Seconds for which what other pages say (menus, lists) is taken for granted."""

_OPEN, _NAMED, _CLOSE = "\U0010f000", "\U0010f001", "\U0010f002"
_MARK = re.compile(f"{_OPEN}([0-9a-f]+){_NAMED}|{_CLOSE}")
_MARKUP = re.compile(
    r"<!--.*?-->|<(script|style|title|textarea|option)\b.*?</\1\s*>"
    r"""|<[a-zA-Z/!](?:[^>"']|"[^"]*"|'[^']*')*>""",
    re.DOTALL | re.IGNORECASE,
)
_ADDRESS = re.compile(r"""\b(href|src|poster|data)=("|')/(?!/)""")
_SRCSET = re.compile(r"""\bsrcset="([^"]*)\"""")


@dataclass(frozen=True, slots=True)
class _Planned:
    """What was known of the whole site at a moment."""

    at: float
    sources: Mapping[str, articles.Source]
    making: Making
    plan: Plan
    pages: Mapping[str, Page]


@dataclass(slots=True)
class Galleys:
    """Makes galleys of a site's pages.

    Attributes:
        project: The site.
        below: What every address on a galley begins with, where it is served: ``/site``.
        head: Markup for the head of each galley.
    """

    project: Project
    below: str = ""
    head: str = ""
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _known: _Planned | None = None

    def of(self, locale: str, domain: str, texts: Mapping[Key, str] | None = None) -> str:
        """The page of an article, each passage in an element with its digest.

        The site's own words have no page: the home page shows most of them.

        Args:
            locale: The language.
            domain: The article, or the domain of the site's own words.
            texts: What stands for some of its texts; one that does not fit is not shown.

        Raises:
            ProjectError: There is no such article.
            PipelineError: It or its catalogue cannot be read.
        """
        known = self._planned()
        source = known.sources.get(domain) or known.sources.get(HOME)
        if source is None:
            raise ProjectError(f"there is no article “{domain}”", hint="It was removed, perhaps.")
        article = articles.load(self.project, source)
        policy = known.making.policies[locale]
        choices = dict(read_choices(self.project, article, locale, policy))
        if source.id == domain:
            _put_in(article, choices, texts or {})
        marked = {key: _marked(key, choice) for key, choice in choices.items()}
        page = known.plan.article(version_of(article, locale, marked, policy))
        setting = known.making.job.settings[locale]
        html = render(page, setting, article=article, choices=marked, policy=policy)
        return finished(html, below=self.below, head=self.head)

    def at(self, path: str) -> str | bytes | None:
        """What a preview has at an address: a page, or a file that pages show; None if nothing."""
        known = self._planned()
        page = known.pages.get(path)
        if page is not None and page.article is not None:
            return self.of(page.locale, page.article)
        if page is not None:
            html = render(page, known.making.job.settings[page.locale])
            return finished(html, below=self.below, head=self.head)
        theme: Theme = known.making.theme
        name = path.lstrip("/")
        data = (
            theme.assets.get(name.removeprefix("assets/")) if name.startswith("assets/") else None
        )
        if data is not None:
            return data.replace(b'url("/', f'url("{self.below}/'.encode())
        found = dict(known.making.found.assets).get(name)
        return found.read_bytes() if found is not None else None

    def _planned(self) -> _Planned:
        with self._lock:
            if self._known is None or time.monotonic() - self._known.at > _FRESH:
                self._known = self._plan()
            return self._known

    def _plan(self) -> _Planned:
        record = Record.of(self.project, preview=True)
        locales = self.project.all_locales
        making = Making(
            self.project, record, locales, date.today(), False, lambda step, done, total: None
        )
        plan = making.plan()
        sources = {source.id: source for source in making.found.sources}
        pages = {page.path: page for page in plan.pages(locales)}
        return _Planned(time.monotonic(), sources, making, plan, pages)


def finished(html: str, *, below: str = "", head: str = "") -> str:
    """A page with its marks as elements, its addresses below another, and more in its head."""

    def markup(match: re.Match[str]) -> str:
        tag = _MARK.sub("", match[0])
        if not below or match[1] or tag.startswith(("</", "<!")):
            return tag
        tag = _ADDRESS.sub(lambda found: f"{found[1]}={found[2]}{below}/", tag)
        return _SRCSET.sub(lambda found: f'srcset="{_moved(found[1], below)}"', tag)

    pieces: list[str] = []
    position = 0
    for match in _MARKUP.finditer(html):
        pieces += (_MARK.sub(_element, html[position : match.start()]), markup(match))
        position = match.end()
    pieces.append(_MARK.sub(_element, html[position:]))
    return re.sub("(?i)(?=</head>)", lambda _: head, "".join(pieces), count=1)


def _element(match: re.Match[str]) -> str:
    return f'<span data-message="{match[1]}">' if match[1] else "</span>"


def _moved(candidates: str, below: str) -> str:
    return re.sub(r"(^|,\s*)/(?!/)", lambda found: f"{found[1]}{below}/", candidates)


def _put_in(article: Article, choices: dict[Key, Choice], texts: Mapping[Key, str]) -> None:
    """Show these texts, where their tokens fit."""
    for segment in article.segments:
        text = texts.get(segment.key)
        if text and not segment.problems(text):
            standing = Standing.DRAFT
            choices[segment.key] = replace(choices[segment.key], text=text, standing=standing)


def _marked(key: Key, choice: Choice) -> Choice:
    """A choice that can be found again on the page; an address cannot be marked."""
    if key[0] == "slug":
        return choice
    return replace(choice, text=f"{_OPEN}{digest_of(key)}{_NAMED}{choice.text}{_CLOSE}")
