"""Reasons: causes in the words of people, with the passages that they are about."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from . import articles, catalogues
from .catalogues import digest_of
from .causes import Cause, Causes, Why, from_plain
from .errors import PipelineError
from .project import Project
from .site.version import KEY

WORDS = {
    Why.TEXT: "What is shown for a text changed",
    Why.SOURCE: "The article itself changed",
    Why.DETAILS: "What is stated of the article changed",
    Why.LIST: "It lists other articles, or others than it did",
    Why.MENU: "The menu changed",
    Why.TOPICS: "Topics changed",
    Why.LANGUAGES: "The languages that it is in changed",
    Why.LINKS: "Links lead elsewhere",
    Why.PICTURES: "A picture of it changed",
    Why.FILES: "A file beside the articles changed",
    Why.THEME: "The theme changed",
    Why.WORDS: "The site’s own words changed",
    Why.SETTINGS: "The settings changed",
    Why.SOFTWARE: "The software is another version",
    Why.PAGES: "It is made of the pages",
    Why.NEW: "It is new",
    Why.READY: "It may go live since",
    Why.MOVED: "Its address changed",
    Why.WITHDRAWN: "It may not be live any more",
    Why.GONE: "The article is gone",
    Why.FORCED: "Everything was to be made anew",
    Why.MENDED: "The file on the disk was not what had been published",
    Why.UNKNOWN: "What else the page before was made of is not remembered",
}
_SIGNS = {"+": "now", "-": "no longer", "~": "changed"}

MOST = 12
"""How many things or passages of a cause are named, unless more are asked for."""


@dataclass(frozen=True, slots=True)
class Passage:
    """A passage that a cause is about.

    Attributes:
        sign: ``+`` if the page has it now, ``-`` if it had it, empty if it is shown otherwise.
        number: Its place in its catalogue or article, from 1; 0 if it is there no longer.
        text: Its source.
        digest: That of its message, which a translator can open; empty if there is none.
        did, who: What was last done to it, and by whom, where somebody keeps that.
    """

    sign: str
    number: int
    text: str
    digest: str
    did: str = ""
    who: str = ""


@dataclass(frozen=True, slots=True)
class Reason:
    """A cause in words; ``more`` things or passages than those are not named."""

    why: Why
    words: str
    things: tuple[str, ...] = ()
    passages: tuple[Passage, ...] = ()
    more: int = 0


@dataclass(frozen=True, slots=True)
class Address:
    """A file that a build changed, or would change: ``file``, and the page's article and locale."""

    file: str
    article: str
    locale: str
    reasons: tuple[Reason, ...]

    @property
    def path(self) -> str:
        """As readers know it."""
        return f"/{self.file.removesuffix('index.html')}"

    @property
    def is_page(self) -> bool:
        """Whether it can be looked at."""
        return self.file.endswith(".html")


def addresses_of(
    project: Project, report: Mapping[str, Any], files: Sequence[str], *, most: int = MOST
) -> list[Address]:
    """Files of a build's report, each with its reasons.

    Args:
        project: The site, which knows the texts.
        report: The report as plain data, as `plain_of` makes it.
        files: Those that are asked for.
        most: How many things or passages of a cause are named.
    """
    causes = from_plain({file: report.get("causes", {}).get(file, []) for file in files})
    owners = {file: _owner(report, file) for file in files}
    wanted: dict[tuple[str, str], set[str]] = {}
    for file, found in causes.items():
        keys = {what.lstrip("+-") for cause in found if is_of_texts(cause) for what in cause.what}
        if keys and owners[file][0]:
            wanted.setdefault(owners[file], set()).update(keys)
    known = {place: passages_of(project, *place, keys) for place, keys in wanted.items()}
    return [_address(file, owners[file], causes, known, most) for file in files]


def is_of_texts(cause: Cause) -> bool:
    """Whether what a cause names are passages."""
    return cause.why in (Why.TEXT, Why.SOURCE)


def things_of(cause: Cause) -> tuple[str, ...]:
    """What a cause names that is no passage, in words."""
    return tuple(_thing(what) for what in cause.what)


def passages_of(
    project: Project, article: str, locale: str, keys: Iterable[str]
) -> dict[str, Passage]:
    """Passages of a page by the starts of their digests, in their order.

    On a page in the source's language they are those of the article. What is in it no longer is
    still in a catalogue, as what translators may need again.
    """
    left, found = set(keys), {}
    for passage in _passages(project, article, locale):
        key = passage.digest[:KEY]
        if key in left:
            left.remove(key)
            is_open = passage.number and locale != project.source_locale
            digest = passage.digest if is_open else ""
            found[key] = Passage("", passage.number, passage.text, digest)
        if not left:
            break
    return found


def _passages(project: Project, article: str, locale: str) -> Iterator[Passage]:
    """All passages that an article has or had, those of the page first, as long as one asks."""
    if locale == project.source_locale:
        yield from _in_article(project, article)
        others = list(project.locales)
    else:
        others = [locale]
    read = [one for code in others if (one := _read(project, code, article)) is not None]
    for catalogue in read:
        for place, message in enumerate(catalogue.messages, 1):
            number = place if locale != project.source_locale else 0
            yield Passage("", number, message.id, digest_of(message.key))
    for catalogue in read:
        for message in catalogue.obsolete:
            yield Passage("", 0, message.id, digest_of(message.key))
        for message in catalogue.messages:
            if former := message.previous_key:  # another text took its translation over
                yield Passage("", 0, former[1], digest_of(former))


def _in_article(project: Project, article: str) -> Iterator[Passage]:
    try:
        source = articles.find_one(project, article)
        segments = articles.load(project, source).segments if source else ()
    except PipelineError:  # it is told where it is built
        return
    for number, segment in enumerate(segments, 1):
        yield Passage("", number, segment.text, digest_of(segment.key))


def _read(project: Project, locale: str, domain: str) -> catalogues.Catalogue | None:
    path = project.catalogue_path(locale, domain)
    try:
        return catalogues.kept.read(path) if path.exists() else None
    except PipelineError:
        return None


def _owner(report: Mapping[str, Any], file: str) -> tuple[str, str]:
    article, _, locale = report.get("owners", {}).get(file, "").partition("\t")
    return article, locale


def _address(
    file: str,
    owner: tuple[str, str],
    causes: Causes,
    known: Mapping[tuple[str, str], Mapping[str, Passage]],
    most: int,
) -> Address:
    passages = known.get(owner, {})
    return Address(file, *owner, tuple(_reason(one, passages, most) for one in causes[file]))


def _reason(cause: Cause, passages: Mapping[str, Passage], most: int) -> Reason:
    if is_of_texts(cause):
        met = [
            Passage(what[0] if what[0] in "+-" else "", one.number, one.text, one.digest)
            for what in cause.what
            if (one := passages.get(what.lstrip("+-"))) is not None
        ][:most]
        more = len(cause.what) - len(met)
        return Reason(cause.why, WORDS[cause.why], (), tuple(met), more)
    things = things_of(cause)[:most]
    return Reason(cause.why, WORDS[cause.why], things, (), len(cause.what) - len(things))


def _thing(what: str) -> str:
    sign = _SIGNS.get(what[:1])
    return f"{what[1:]} ({sign})" if sign else what
