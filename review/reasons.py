"""Reasons: causes in the words of people, with the messages that they are about, and who did it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Engine, select

from pipeline.causes import Cause, Causes, Why, from_plain
from pipeline.database.tables import change as change_table
from pipeline.database.tables import message as message_table
from pipeline.index import Kind
from pipeline.site.version import KEY

from .runs import Run

_WORDS = {
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
_DID = {
    Kind.APPROVED: "approved",
    Kind.REJECTED: "rejected",
    Kind.DRAFTED: "drafted",
    Kind.EDITED: "translated",
    Kind.OUTSIDE: "translated outside the desk",
    Kind.SOURCE: "source changed",
    Kind.NEW: "new in the source",
    Kind.GONE: "gone from the source",
}
_MOST = 12


@dataclass(frozen=True, slots=True)
class Passage:
    """A message that a cause is about.

    Attributes:
        sign: ``+`` if the page has it now, ``-`` if it had it, empty if it is shown otherwise.
        number: Its place in its catalogue, from 1; 0 if it is in none.
        text: Its source.
        digest: By what the editor finds it; empty if it is in no catalogue.
        did, who: What was last done to it, and by whom.
    """

    sign: str
    number: int
    text: str
    digest: str
    did: str = ""
    who: str = ""


@dataclass(frozen=True, slots=True)
class Reason:
    """A cause in words."""

    words: str
    things: tuple[str, ...] = ()
    passages: tuple[Passage, ...] = ()
    more: int = 0


@dataclass(frozen=True, slots=True)
class Address:
    """A file that a run changed, or would change: ``file``, and the page's article and locale."""

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


def addresses_of(database: Engine, run: Run, files: Sequence[str]) -> list[Address]:
    """Files of a run's report, each with its reasons."""
    causes = from_plain({f: run.report.get("causes", {}).get(f, []) for f in files})
    owners = {
        file: tuple(run.report.get("owners", {}).get(file, "\t").split("\t")) for file in files
    }
    wanted: dict[tuple[str, str], set[str]] = {}
    for file, found in causes.items():
        keys = {what.lstrip("+-") for cause in found if _is_of_texts(cause) for what in cause.what}
        article, locale = owners[file]
        if keys and article:
            wanted.setdefault((locale, article), set()).update(keys)
    known = {
        place: _passages(database, *place, keys, until=run.until or run.at)
        for place, keys in wanted.items()
    }
    return [_address(file, owners[file], causes, known) for file in files]


def _address(
    file: str,
    owner: tuple[str, ...],
    causes: Causes,
    known: Mapping[tuple[str, str], Mapping[str, Passage]],
) -> Address:
    article, locale = owner
    passages = known.get((locale, article), {})
    return Address(file, article, locale, tuple(_reason(one, passages) for one in causes[file]))


def _reason(cause: Cause, passages: Mapping[str, Passage]) -> Reason:
    if _is_of_texts(cause):
        met = [
            Passage(what[0] if what[0] in "+-" else "", p.number, p.text, p.digest, p.did, p.who)
            for what in cause.what
            if (p := passages.get(what.lstrip("+-"))) is not None
        ]
        return Reason(_WORDS[cause.why], (), tuple(met[:_MOST]), len(cause.what) - len(met[:_MOST]))
    things = tuple(_thing(what) for what in cause.what[:_MOST])
    return Reason(_WORDS[cause.why], things, (), max(0, len(cause.what) - _MOST))


def _is_of_texts(cause: Cause) -> bool:
    return cause.why in (Why.TEXT, Why.SOURCE)


def _thing(what: str) -> str:
    sign = _SIGNS.get(what[:1])
    return f"{what[1:]} ({sign})" if sign else what


def _passages(
    database: Engine, locale: str, domain: str, keys: Iterable[str], *, until: float
) -> dict[str, Passage]:
    """The messages of a catalogue by the starts of their digests, with what was last done."""
    keys = set(keys)
    query = select(message_table.c.digest, message_table.c.place, message_table.c.source)
    query = query.where(message_table.c.locale == locale, message_table.c.domain == domain)
    history = select(change_table.c.digest, change_table.c.kind, change_table.c.who)
    history = history.where(
        change_table.c.locale == locale,
        change_table.c.domain == domain,
        change_table.c.at <= until,
    ).order_by(change_table.c.id)
    with database.connect() as connection:
        rows = [row for row in connection.execute(query) if row.digest[:KEY] in keys]
        digests = [row.digest for row in rows]
        latest = {
            row.digest: row
            for row in connection.execute(history.where(change_table.c.digest.in_(digests)))
        }
    found = {}
    for row in sorted(rows, key=lambda one: int(one.place)):
        last = latest.get(row.digest)
        did, who = (_DID[Kind(last.kind)], last.who) if last else ("", "")
        found[row.digest[:KEY]] = Passage("", row.place + 1, row.source, row.digest, did, who)
    return found
