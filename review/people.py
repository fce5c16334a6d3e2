"""People: who may come in, what they may do in which language, and how they are invited."""

from __future__ import annotations

import re
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from email.errors import HeaderParseError
from email.headerregistry import Address

from sqlalchemy import Connection, Engine, Row, delete, func, insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from . import secrets
from .audit import note
from .rights import EVERYWHERE, Right, Role, grants
from .tables import bearer, identity, invitation, session
from .tables import person as table
from .tables import role as roles_table

_NAME = re.compile(r"[^\W_](?:[\w.’'-]| (?=\S)){0,20}[\w.]|[^\W_]")
"""Names fit into a mark of approval, which has room for 22 characters."""

_INVITATION_LASTS = 7 * 24 * 3600
_FIRST_LASTS = 24 * 3600


class Refused(Exception):
    """What a person asked for cannot be done; the text says why, for them."""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who works here.

    Attributes:
        id: Their number.
        name: What they log in with, and what stands in catalogues.
        address: Their e-mail address, or nothing.
        active: Whether they may come in.
        roles: What they are in each language; ``*`` for every one.
        invited: Whether they have not been here yet.
    """

    id: int
    name: str
    address: str = ""
    active: bool = True
    roles: Mapping[str, Role] | None = None
    invited: bool = False

    def may(self, right: Right, locale: str | None = None) -> bool:
        """Whether they have a right in a language, or in any."""
        return self.active and grants(self.roles or {}, right, locale)


def find(database: Engine, *, id: int) -> Person | None:
    """The person of a number."""
    with database.connect() as connection:
        return _one(connection, table.c.id == id)


def everybody(database: Engine) -> list[Person]:
    """Everybody, by name."""
    with database.connect() as connection:
        rows = connection.execute(select(table).order_by(func.lower(table.c.name))).all()
        roles = _roles(connection)
        elsewhere = set(connection.execute(select(identity.c.person)).scalars())
        folk = [_person(row, roles.get(row.id, {})) for row in rows]
    return [replace(one, invited=one.invited and one.id not in elsewhere) for one in folk]


def is_empty(database: Engine) -> bool:
    """Whether there is nobody yet."""
    with database.connect() as connection:
        return connection.execute(select(table.c.id).limit(1)).first() is None


def authenticate(database: Engine, name: str, password: str) -> Person | None:
    """The person whose name and password these are, if they may come in."""
    with database.connect() as connection:
        row = connection.execute(
            select(table).where(func.lower(table.c.name) == name.strip().lower())
        ).first()
        good = secrets.fits(password, row.password if row else "")
        if row is None or not good or not row.active:
            return None
        return _person(row, roles_of(connection, row.id))


def add(connection: Connection, name: str, address: str, roles: Mapping[str, Role]) -> int:
    """Add somebody who needs no password; their number.

    Raises:
        Refused: The name cannot be used.
    """
    name = _proper(name)
    _refuse_double(connection, name)
    number = _add(connection, name, _deliverable(address), "")
    _set_roles(connection, number, roles)
    return number


def first_link(database: Engine) -> str | None:
    """The secret of a link that makes the first manager; None if there is somebody already."""
    if not is_empty(database):
        return None
    secret = secrets.new_secret()
    with database.begin() as connection:
        connection.execute(delete(invitation).where(invitation.c.person.is_(None)))
        _invite(connection, secret, None, _FIRST_LASTS)
    return secret


def invite(
    database: Engine, name: str, address: str, roles: Mapping[str, Role], *, by: Person
) -> str:
    """Add a person; the secret of a link by which they choose a password.

    Raises:
        Refused: The name or the address cannot be used.
    """
    name, address = _proper(name), _deliverable(address)
    secret = secrets.new_secret()
    try:
        with database.begin() as connection:
            _refuse_double(connection, name)
            id = _add(connection, name, address, "")
            _set_roles(connection, id, roles)
            _invite(connection, secret, id, _INVITATION_LASTS)
            said = _said(roles)
            note(connection, "invite", person=by.id, who=by.name, subject=name, detail=said)
    except IntegrityError:
        raise Refused(f"There is a “{name}” already.") from None
    return secret


def invite_again(database: Engine, id: int, *, by: Person) -> str:
    """A new link for somebody who lost theirs or their password; the old one stops working."""
    secret = secrets.new_secret()
    with database.begin() as connection:
        person = _one(connection, table.c.id == id)
        if person is None:
            raise Refused("There is nobody of that number.")
        connection.execute(delete(invitation).where(invitation.c.person == id))
        _invite(connection, secret, id, _INVITATION_LASTS)
        note(connection, "invite again", person=by.id, who=by.name, subject=person.name)
    return secret


def invited(database: Engine, secret: str) -> Person | None:
    """Whom a link is for; without a number, the first manager. None if it does not work."""
    with database.connect() as connection:
        row = _invitation(connection, secret)
        if row is None:
            return None
        if row.person is None:
            return Person(0, "") if is_empty(database) else None
        return _one(connection, table.c.id == row.person)


def accept(database: Engine, secret: str, password: str, *, name: str = "") -> Person:
    """Use a link: choose a password, and for the first manager a name.

    Raises:
        Refused: The link does not work (any more), or the name or password will not do.
    """
    with database.begin() as connection:
        row = _invitation(connection, secret)
        used = (
            update(invitation)
            .where(invitation.c.id == secrets.digest(secret), invitation.c.used.is_(None))
            .values(used=time.time())
        )
        if row is None or connection.execute(used).rowcount != 1:
            raise Refused("This link was used already, or is too old. Ask for a new one.")
        known = _one(connection, table.c.id == row.person) if row.person else None
        name = known.name if known else _proper(name)
        weak = secrets.weakness(password, name)
        if weak:
            raise Refused(weak)
        if known is None:
            if connection.execute(select(table.c.id).limit(1)).first():
                raise Refused("There is a manager already. Ask them to invite you.")
            id = _add(connection, name, "", secrets.hashed(password))
            _set_roles(connection, id, {EVERYWHERE: Role.MANAGER})
        else:
            id = known.id
            connection.execute(
                update(table).where(table.c.id == id).values(password=secrets.hashed(password))
            )
            connection.execute(delete(session).where(session.c.person == id))
        note(connection, "join", person=id, who=name, subject=name)
        person = _one(connection, table.c.id == id)
    assert person is not None  # noqa: S101 - it was written a line above
    return person


def change(
    database: Engine,
    id: int,
    roles: Mapping[str, Role],
    *,
    active: bool,
    by: Person,
    address: str | None = None,
) -> None:
    """Give a person other roles or another address, or switch them off and on; off, they are out.

    Raises:
        Refused: Nobody would be left who can manage people, or the address is none.
    """
    address = None if address is None else _deliverable(address)
    with database.begin() as connection:
        person = _one(connection, table.c.id == id)
        if person is None:
            raise Refused("There is nobody of that number.")
        rules = active and roles.get(EVERYWHERE) is Role.MANAGER
        if not rules and not _others_rule(connection, id):
            raise Refused("Somebody has to be a manager of every language; make another one first.")
        known = person.address if address is None else address
        own = update(table).where(table.c.id == id)
        connection.execute(own.values(active=active, address=known))
        _set_roles(connection, id, roles)
        if not active:
            connection.execute(delete(session).where(session.c.person == id))
            connection.execute(delete(bearer).where(bearer.c.person == id))
        detail = _said(roles) if active else "switched off"
        detail += f", address {known or 'none'}" if known != person.address else ""
        note(connection, "roles", person=by.id, who=by.name, subject=person.name, detail=detail)


def _others_rule(connection: Connection, id: int) -> bool:
    query = select(table.c.id).join(roles_table, roles_table.c.person == table.c.id)
    query = query.where(
        table.c.id != id,
        table.c.active,
        or_(table.c.password != "", table.c.id.in_(select(identity.c.person))),
        roles_table.c.locale == EVERYWHERE,
        roles_table.c.role == Role.MANAGER,
    )
    return connection.execute(query.limit(1)).first() is not None


def _proper(name: str) -> str:
    name = " ".join(name.split())
    if not _NAME.fullmatch(name):
        raise Refused("A name has letters and digits, and at most 22 characters.")
    return name


def _deliverable(address: str) -> str:
    """An e-mail address, or nothing."""
    address = address.strip()
    try:
        good = not address or (bool(Address(addr_spec=address).domain) and len(address) <= 254)
    except (ValueError, IndexError, HeaderParseError):
        good = False
    if not good:
        raise Refused(f"“{address[:80]}” is no e-mail address.")
    return address


def _refuse_double(connection: Connection, name: str) -> None:
    if connection.execute(
        select(table.c.id).where(func.lower(table.c.name) == name.lower())
    ).first():
        raise Refused(f"There is a “{name}” already.")


def _add(connection: Connection, name: str, address: str, password: str) -> int:
    values = {
        "name": name,
        "address": address,
        "password": password,
        "active": True,
        "since": time.time(),
    }
    key = connection.execute(insert(table).values(**values)).inserted_primary_key
    assert key is not None  # noqa: S101 - the table has one
    return int(key[0])


def _set_roles(connection: Connection, id: int, roles: Mapping[str, Role]) -> None:
    connection.execute(delete(roles_table).where(roles_table.c.person == id))
    rows = [{"person": id, "locale": locale, "role": str(role)} for locale, role in roles.items()]
    if rows:
        connection.execute(insert(roles_table), rows)


def _invite(connection: Connection, secret: str, person: int | None, lasts: float) -> None:
    row = {"id": secrets.digest(secret), "person": person, "until": time.time() + lasts}
    connection.execute(insert(invitation).values(**row))


def _invitation(connection: Connection, secret: str) -> Row[tuple[object, ...]] | None:
    return connection.execute(
        select(invitation).where(
            invitation.c.id == secrets.digest(secret),
            invitation.c.used.is_(None),
            invitation.c.until > time.time(),
        )
    ).first()


def _one(connection: Connection, where: object) -> Person | None:
    row = connection.execute(select(table).where(where)).first()  # type: ignore[arg-type]  # a clause
    return _person(row, roles_of(connection, row.id)) if row else None


def roles_of(connection: Connection, number: int) -> Mapping[str, Role]:
    """What somebody is in each language."""
    return _roles(connection, number).get(number, {})


def _roles(connection: Connection, id: int | None = None) -> dict[int, dict[str, Role]]:
    query = select(roles_table).order_by(roles_table.c.locale)
    if id is not None:
        query = query.where(roles_table.c.person == id)
    found: dict[int, dict[str, Role]] = {}
    for row in connection.execute(query):
        found.setdefault(row.person, {})[row.locale] = Role(row.role)
    return found


def _person(row: Row[tuple[object, ...]], roles: Mapping[str, Role]) -> Person:
    return Person(row.id, row.name, row.address, row.active, roles, not row.password)


def _said(roles: Mapping[str, Role]) -> str:
    return ", ".join(f"{role} of {locale}" for locale, role in sorted(roles.items())) or "no role"
