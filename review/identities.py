"""Identities: people on their way back from an OpenID provider, and who they are here."""

from __future__ import annotations

import re
import time
from contextlib import suppress

from sqlalchemy import Connection, Engine, delete, func, insert, select
from sqlalchemy.exc import IntegrityError

from pipeline.desk import OpenId

from . import people, secrets
from .audit import note
from .openid import Claims, Departure, Unwelcome
from .people import Person, Refused
from .rights import EVERYWHERE, Role
from .tables import arrival, invitation
from .tables import identity as table
from .tables import person as folk

LASTS = 600
"""Seconds that somebody may take at the provider."""


def depart(database: Engine, departure: Departure, following: str) -> None:
    """Remember somebody who was sent to the provider, and where they want to go afterwards."""
    now = time.time()
    with database.begin() as connection:
        connection.execute(delete(arrival).where(arrival.c.until < now))
        row = {"id": secrets.digest(departure.state), "nonce": departure.nonce}
        row |= {"verifier": departure.verifier, "next": following[:2000]}
        connection.execute(insert(arrival).values(**row, until=now + LASTS))


def arrive(database: Engine, state: str) -> tuple[Departure, str]:
    """Who comes back with a state, and where they want to go; it works once.

    Raises:
        Unwelcome: Nobody was sent with it, or they took too long, or came back before.
    """
    own = arrival.c.id == secrets.digest(state)
    with database.begin() as connection:
        row = connection.execute(select(arrival).where(own)).first()
        gone = connection.execute(delete(arrival).where(own)).rowcount
    if row is None or gone != 1 or row.until < time.time():
        raise Unwelcome("That took too long, or was done already. Try again.")
    return Departure(state, row.nonce, row.verifier), row.next


def person_of(database: Engine, settings: OpenId, claims: Claims) -> Person:
    """Who somebody is here: known by their subject, else by an address that the provider verified.

    Raises:
        Unwelcome: Nobody, or somebody who was switched off.
    """
    with database.connect() as connection:
        known = connection.execute(
            select(table.c.person).where(
                table.c.issuer == claims.issuer, table.c.subject == claims.subject
            )
        ).scalar()
    number = known if known is not None else _linked(database, settings, claims)
    person = people.find(database, id=number)
    if person is None or not person.active:
        raise Unwelcome("You may not come in any more. Ask a manager.")
    return person


def _linked(database: Engine, settings: OpenId, claims: Claims) -> int:
    if not claims.email or not claims.verified:
        raise Unwelcome("The provider does not vouch for your e-mail address. Ask a manager.")
    with database.begin() as connection:
        fitting = _by_address(connection, claims.email)
        if len(fitting) == 1:
            _link(connection, claims, fitting[0])
            return fitting[0]
    if fitting:
        raise Unwelcome(f"Several people here have the address {claims.email}. Ask a manager.")
    domain = claims.email.rpartition("@")[2].lower()
    if not settings.create or domain not in settings.domains:
        raise Unwelcome(f"Nobody here has the address {claims.email}. Ask a manager to invite you.")
    return _made(database, settings, claims)


def _by_address(connection: Connection, email: str) -> list[int]:
    rows = connection.execute(select(folk.c.id, folk.c.address).where(folk.c.active))
    return [row.id for row in rows if row.address and row.address.lower() == email.lower()]


def _link(connection: Connection, claims: Claims, number: int) -> None:
    row = {"issuer": claims.issuer, "subject": claims.subject}
    connection.execute(insert(table).values(**row, person=number, at=time.time()))
    connection.execute(delete(invitation).where(invitation.c.person == number))
    who = connection.execute(select(folk.c.name).where(folk.c.id == number)).scalar() or ""
    said = f"{claims.issuer}, {claims.email}"
    note(connection, "link identity", person=number, who=who, subject=who, detail=said)


def _made(database: Engine, settings: OpenId, claims: Claims) -> int:
    """Somebody new, as the settings allow."""
    roles = {language: Role(settings.role) for language in settings.languages or (EVERYWHERE,)}
    for name in _names(database, claims):
        with suppress(Refused, IntegrityError), database.begin() as connection:
            number = people.add(connection, name, claims.email, roles)
            _link(connection, claims, number)
            note(connection, "join", person=number, who=name, subject=name, detail="by OpenID")
            return number
    raise Unwelcome("No name could be found for you here. Ask a manager to invite you.")


def _names(database: Engine, claims: Claims) -> list[str]:
    """What somebody may be called: as the provider says, else with a number."""
    with database.connect() as connection:
        taken = {name.lower() for name in connection.execute(select(folk.c.name)).scalars()}
        count = connection.execute(select(func.count()).select_from(folk)).scalar() or 0
    local = claims.email.partition("@")[0]
    for said in (claims.name, local):
        name = re.sub(r"[^\w.’' -]|_", " ", said)
        name = " ".join(name.split())[:18].strip(" .-’'")
        if name:
            numbered = [name, *(f"{name} {n}" for n in range(2, count + 3))]
            return [one for one in numbered if one.lower() not in taken][:5]
    return []
