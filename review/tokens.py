"""Tokens of the API: words by which a program may do some of what the person may that it is for.

A token is shown once, and kept as a hash. It ends at a day, when it is revoked, and when its person
is switched off.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import Engine, Row, delete, insert, select, update

from . import secrets
from .audit import note
from .people import Person, Refused, find
from .rights import EVERYWHERE, Right
from .tables import bearer as table

PREFIX = "l10n_"
"""What tokens begin with, so that they are known for what they are where they should not be."""

LONGEST = 366
"""Days that a token may last."""

_SHOWN = 16
"""Digits of the hash by which people and addresses name a token."""

_NOTED = 60
"""Seconds between two notes that a token was used."""

_MOST = 100
"""Tokens that one person may have."""


class Scope(StrEnum):
    """What a token may be for; whichever it has, it may read.

    TRANSLATE writes translations and brings catalogues; REVIEW approves and rejects; BUILD starts
    builds and drafting by machines; MANAGE makes and revokes tokens and fills the memory.
    """

    READ = "read"
    TRANSLATE = "translate"
    REVIEW = "review"
    BUILD = "build"
    MANAGE = "manage"


class TooMany(Refused):
    """Somebody has as many tokens as anybody may."""


@dataclass(frozen=True, slots=True)
class Token:
    """A token, without the word itself.

    Attributes:
        id: What it is named by; of no use to get in.
        person: The number of the one it is for.
        label: What somebody called it.
        scopes: What it may do.
        locales: The languages that it may do it in; ``*`` for every one.
        since, until: When it was made and when it ends, in seconds of the epoch.
        used: When it was last used, roughly.
        made_by: Who made it.
    """

    id: str
    person: int
    label: str
    scopes: tuple[Scope, ...]
    locales: tuple[str, ...]
    since: float
    until: float
    used: float | None = None
    made_by: str = ""

    def has(self, scope: Scope) -> bool:
        """Whether it may be used for something."""
        return scope in self.scopes or (scope is Scope.READ and bool(self.scopes))

    def covers(self, locale: str) -> bool:
        """Whether it may be used in a language."""
        return EVERYWHERE in self.locales or locale in self.locales


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody wants a token to be."""

    label: str
    scopes: Sequence[Scope]
    locales: Sequence[str] = (EVERYWHERE,)
    days: int = 90


def make(
    database: Engine, person: Person, wish: Wish, *, by: Person, within: Token | None = None
) -> tuple[str, Token]:
    """A new token: the word, which is never seen again, and what is kept of it.

    Args:
        database: The state database.
        person: Whom it is for.
        wish: What it is to be.
        by: Who makes it.
        within: The token by which it is made; the new one may do no more, and lasts no longer.

    Raises:
        Refused: It would be for more than its maker may give, for nothing, or for nobody.
    """
    label = " ".join("".join(c if c.isprintable() else " " for c in wish.label).split())
    _refuse(person, wish, label, by, within)
    secret, now = PREFIX + secrets.new_secret(), time.time()
    until = now + wish.days * 86400
    if within is not None:
        until = min(until, within.until)
    scopes = [scope for scope in Scope if scope in wish.scopes]
    row = {
        "id": secrets.digest(secret),
        "person": person.id,
        "label": label,
        "scopes": " ".join(scopes),
        "locales": " ".join(dict.fromkeys(wish.locales)),
        "since": now,
        "until": until,
        "made_by": by.name,
    }
    with database.begin() as connection:
        connection.execute(delete(table).where(table.c.until < now))
        own = select(table.c.id).where(table.c.person == person.id).limit(_MOST)
        if len(connection.execute(own).all()) == _MOST:
            raise TooMany(f"{person.name} has {_MOST} tokens already; revoke some first.")
        connection.execute(insert(table).values(**row))
        saved = connection.execute(select(table).where(table.c.id == row["id"])).one()
        note(
            connection,
            "make token",
            person=by.id,
            who=by.name,
            subject=f"{person.name}: {label}",
            detail=f"{', '.join(scopes)} in {row['locales']} for {wish.days} days",
            token=within.label if within else "",
        )
    return secret, _token(saved)


def authenticate(database: Engine, secret: str) -> tuple[Token, Person] | None:
    """The token that a word is, and its person; None if it lets nobody in."""
    if not secret.startswith(PREFIX) or len(secret) > 200:
        return None
    now = time.time()
    with database.connect() as connection:
        row = connection.execute(
            select(table).where(table.c.id == secrets.digest(secret), table.c.until > now)
        ).first()
    if row is None:
        return None
    person = find(database, id=row.person)
    if person is None or not person.active:
        return None
    if (row.used or 0) < now - _NOTED:
        with database.begin() as connection:
            connection.execute(update(table).where(table.c.id == row.id).values(used=now))
    return _token(row), person


def listed(database: Engine, *, person: Person | None = None) -> list[Token]:
    """The tokens that work, the latest first: somebody's, or everybody's."""
    query = select(table).where(table.c.until > time.time())
    if person is not None:
        query = query.where(table.c.person == person.id)
    with database.connect() as connection:
        rows = connection.execute(query.order_by(table.c.since.desc(), table.c.id))
        return [_token(row) for row in rows]


def revoke(
    database: Engine, id: str, *, by: Person, token: Token | None = None, anybodys: bool
) -> bool:
    """End a token; False if there is none.

    Args:
        database: The state database.
        id: Which.
        by: Who ends it.
        token: The token by which it is ended, if by one.
        anybodys: Whether it may be anybody's, or has to be one's own.
    """
    query = select(table).where(table.c.id.startswith(id, autoescape=True))
    if not anybodys:
        query = query.where(table.c.person == by.id)
    with database.begin() as connection:
        rows = connection.execute(query.limit(2)).all() if len(id) == _SHOWN else []
        if len(rows) != 1:
            return False
        connection.execute(delete(table).where(table.c.id == rows[0].id))
        note(
            connection,
            "revoke token",
            person=by.id,
            who=by.name,
            subject=rows[0].label,
            token=token.label if token else "",
        )
    return True


def _refuse(person: Person, wish: Wish, label: str, by: Person, within: Token | None) -> None:
    """Refuse what must not be made.

    Who manages a language may make tokens for themselves; who manages every one, for anybody: they
    can give anybody a new password, too. What a token may never exceeds what its person may.
    """
    if not by.may(Right.MANAGE):
        raise Refused("Only managers make tokens.")
    if person.id != by.id and not by.may(Right.RULE):
        raise Refused("A token for somebody else is made by a manager of every language.")
    if not person.active:
        raise Refused(f"{person.name} is switched off.")
    if not 1 <= len(label) <= 60:
        raise Refused("Give the token a name of at most 60 characters, to know it by.")
    if not wish.scopes:
        raise Refused("Choose what the token is for.")
    if not wish.locales:
        raise Refused("Choose the languages that the token is for.")
    if not 1 <= wish.days <= LONGEST:
        raise Refused(f"A token lasts between 1 and {LONGEST} days.")
    if within is not None:
        more = [str(scope) for scope in wish.scopes if not within.has(scope)]
        more += [locale for locale in wish.locales if not within.covers(locale)]
        if more:
            raise Refused(f"The token that you use has no “{more[0]}” to give.")


def _token(row: Row[tuple[object, ...]]) -> Token:
    return Token(
        row.id[:_SHOWN],
        row.person,
        row.label,
        tuple(Scope(one) for one in row.scopes.split()),
        tuple(row.locales.split()),
        row.since,
        row.until,
        row.used,
        row.made_by,
    )
