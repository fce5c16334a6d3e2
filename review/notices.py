"""Notices: what people are told of, as it happens, in the transaction in which it does."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any
from urllib.parse import quote, urlencode

from sqlalchemy import Connection, select

from pipeline.catalogues import State
from pipeline.database.tables import message as messages
from pipeline.desk import Review

from . import outbox, subscriptions
from .authors import authors
from .outbox import Channel
from .subscriptions import Mode
from .tables import assignment
from .tables import person as table

_LONGEST = 600
"""Characters of a comment or reason that go into a letter."""


class Kind(StrEnum):
    """What somebody is told of. BUILD and DIGEST are not told by a person's act."""

    MENTION = "mention"
    QUESTION = "question"
    REJECTION = "rejection"
    ASSIGNMENT = "assignment"
    BUILD = "build"
    DIGEST = "digest"


@dataclass(frozen=True, slots=True)
class Notice:
    """Something that somebody is told of.

    Attributes:
        kind: What it is.
        who: Who did it.
        locale: In which language.
        domain: Which article; empty for several.
        digest: Which text of it; empty for all.
        text: What was said: a comment, or a reason. Never what an article says.
        count: How many texts it is about.
    """

    kind: Kind
    who: str
    locale: str
    domain: str = ""
    digest: str = ""
    text: str = ""
    count: int = 1

    @property
    def path(self) -> str:
        """Where on the desk it is seen."""
        if self.digest:
            return f"/{self.locale}/message/{self.digest}?in={quote(self.domain, safe='')}"
        asked = {"state": State.REJECTED} if self.kind is Kind.REJECTION else {}
        article = {"article": self.domain} if self.domain else {}
        return f"/{self.locale}/queue?{urlencode({**asked, **article})}"


def tell(
    connection: Connection, review: Review, notice: Notice, to: Collection[int], *, by: int
) -> None:
    """Have people told who want to be; whoever did it is not.

    Args:
        connection: That of the transaction in which it happens.
        review: The settings of the desk.
        notice: What happens.
        to: Whom it is about.
        by: Who does it.
    """
    query = select(table).where(table.c.id.in_(set(to) - {by}), table.c.active)
    folk = connection.execute(query.order_by(table.c.id)).all()
    if not folk:
        return
    if review.mail.host:
        for one in folk:
            mode = subscriptions.of(connection, one.id).mode
            if one.address and mode is not Mode.NEVER:
                channel = Channel.MAIL if mode is Mode.AT_ONCE else Channel.HELD
                outbox.put(connection, channel, notice.kind, _said(notice), person=one.id)
    if review.webhook.url:
        said = event(notice, review.url, [one.name for one in folk])
        outbox.put(connection, Channel.HOOK, notice.kind, said)


def commented(
    connection: Connection,
    review: Review,
    at: tuple[str, str, str],
    *,
    by: tuple[int, str],
    text: str,
    called: Collection[int],
) -> None:
    """Somebody said something about a text, and called people by name.

    A question that calls nobody is for the author of the translation and whoever has the article.
    """
    locale, domain, digest = at
    is_question = "?" in text
    to = set(called)
    if is_question and not to:
        place = (messages.c.domain == domain, messages.c.digest == digest)
        wrote = [author for *_, author in authors(connection, locale, *place)]
        to = {*_numbers(connection, wrote).values(), *_assigned(connection, locale, domain)}
    kind = Kind.QUESTION if is_question else Kind.MENTION
    notice = Notice(kind, by[1], locale, domain, digest, _short(text))
    tell(connection, review, notice, to, by=by[0])


def rejected(
    connection: Connection,
    review: Review,
    locale: str,
    places: Sequence[tuple[str, str]],
    *,
    by: tuple[int, str],
    reason: str,
) -> None:
    """Somebody rejected texts, by domain and digest: their authors are told, each once."""
    counts: dict[str, Counter[tuple[str, str]]] = {}
    for domain, digests in _by_domain(places).items():
        where = (messages.c.domain == domain, messages.c.digest.in_(digests))
        for _, digest, author in authors(connection, locale, *where):
            counts.setdefault(author, Counter())[domain, digest] += 1
    numbers = _numbers(connection, counts)
    for author, own in counts.items():
        domains = {domain for domain, _ in own}
        domain = domains.pop() if len(domains) == 1 else ""
        digest = next(iter(own))[1] if len(own) == 1 else ""
        said = Notice(Kind.REJECTION, by[1], locale, domain, digest, _short(reason), len(own))
        if author.lower() in numbers:
            tell(connection, review, said, {numbers[author.lower()]}, by=by[0])


def assigned(
    connection: Connection,
    review: Review,
    locale: str,
    domain: str,
    *,
    by: tuple[int, str],
    to: int,
) -> None:
    """Somebody is to work on an article."""
    notice = Notice(Kind.ASSIGNMENT, by[1], locale, domain)
    tell(connection, review, notice, {to}, by=by[0])


def event(notice: Notice, url: str, to: Sequence[str], *, at: float | None = None) -> Any:
    """What the webhook says: as Standard Webhooks has it, and no text that anybody wrote."""
    happened = datetime.fromtimestamp(at or time.time(), UTC).isoformat(timespec="seconds")
    data = {
        "by": notice.who,
        "to": list(to),
        "locale": notice.locale,
        "article": notice.domain or None,
        "message": notice.digest or None,
        "messages": notice.count,
        "url": f"{url}{notice.path}",
    }
    return {"type": f"review.{notice.kind}", "timestamp": happened, "data": data}


def notice_of(kind: str, data: dict[str, Any]) -> Notice:
    """What `tell` put into the outbox."""
    return Notice(Kind(kind), **data)


def _said(notice: Notice) -> dict[str, Any]:
    names = ("who", "locale", "domain", "digest", "text", "count")
    return {name: getattr(notice, name) for name in names}


def _short(text: str) -> str:
    text = text.strip()
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST].rstrip()}…"


def _numbers(connection: Connection, names: Iterable[str]) -> dict[str, int]:
    """The numbers of people by their names in small letters."""
    wanted = {name.lower() for name in names if name}
    rows = connection.execute(select(table.c.name, table.c.id)).all() if wanted else ()
    return {row.name.lower(): row.id for row in rows if row.name.lower() in wanted}


def _assigned(connection: Connection, locale: str, domain: str) -> set[int]:
    own = (assignment.c.locale == locale, assignment.c.domain == domain)
    return set(connection.execute(select(assignment.c.person).where(*own)).scalars())


def _by_domain(places: Sequence[tuple[str, str]]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for domain, digest in places:
        found.setdefault(domain, []).append(digest)
    return found
