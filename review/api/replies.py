"""Replies: a request that is sent again with its ``Idempotency-Key`` is answered, not done, again.

The first request writes its key down before it is carried out, so that of two at once one waits for
the other. What was answered is kept for a day. (draft-ietf-httpapi-idempotency-key-header)
"""

from __future__ import annotations

import hashlib
import json
import secrets
import time
from dataclasses import dataclass

from fastapi import Request, Response
from sqlalchemy import ColumnElement, Connection, Engine, Row, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from ..tables import reply as table
from .problems import Problem

HEADER = "Idempotency-Key"
REPLAYED = "Idempotency-Replayed"
KEPT = 24 * 3600.0
"""Seconds that an answer is kept."""

DIED = 300.0
"""Seconds after which a request without an answer counts as one that died with its process."""

_LONGEST = 255
_HEADERS = ("content-type", "etag", "location")


@dataclass(frozen=True, slots=True)
class Claim:
    """The right to carry a request out, and the duty to say what came of it."""

    token: str
    key: str
    owner: str


def key_of(request: Request) -> str | None:
    """The key of a request, if it has one.

    Raises:
        Problem: It is empty or too long.
    """
    key = request.headers.get(HEADER)
    if key is not None and not (1 <= len(key) <= _LONGEST and key.isascii() and key.isprintable()):
        raise Problem(400, f"{HEADER} has between 1 and {_LONGEST} printable ASCII characters.")
    return key


def fingerprint(request: Request, body: bytes) -> str:
    """What a request asks for, as a hash."""
    condition = request.headers.get("if-match", "")
    head = f"{request.method} {request.url.path}?{request.url.query}\n{condition}\n"
    return hashlib.sha256(head.encode() + body).hexdigest()


def begin(database: Engine, token: str, key: str, asked: str) -> Claim | Response | None:
    """Carry a request out (a claim), or answer as before, or wait: somebody is at it (None).

    Raises:
        Problem: The key was used for another request.
    """
    claim, now = Claim(token, key, secrets.token_hex(8)), time.time()
    row = {"token": token, "key": key, "asked": asked, "owner": claim.owner, "at": now}
    try:
        with database.begin() as connection:
            connection.execute(delete(table).where(table.c.at < now - KEPT))
            connection.execute(insert(table), {**row, "status": 0, "headers": "", "body": b""})
        return claim
    except IntegrityError:
        pass
    with database.begin() as connection:
        found = connection.execute(select(table).where(*_own(claim))).first()
        if found is None:
            return None  # it was let go this moment
        if found.asked != asked:
            raise Problem(409, f"This {HEADER} was used for another request; make a new one.")
        if found.status:
            return _again(found)
        return claim if _take_over(connection, found, claim, now) else None


def finish(database: Engine, claim: Claim, response: Response) -> None:
    """Keep what was answered; what went wrong on this side may be tried again."""
    if response.status_code >= 500:
        forget(database, claim)
        return
    if response.headers.get("cache-control") == "no-store":  # a secret is never kept
        response = Problem(409, "This was done, and what came of it is shown once only.").response()
    headers = {name: response.headers[name] for name in _HEADERS if name in response.headers}
    values = {"status": response.status_code, "headers": json.dumps(headers)}
    mine = update(table).where(*_own(claim), table.c.owner == claim.owner)
    with database.begin() as connection:
        connection.execute(mine.values(**values, body=bytes(response.body)))


def forget(database: Engine, claim: Claim) -> None:
    """Nothing came of it: whoever sends it again has it carried out."""
    with database.begin() as connection:
        connection.execute(delete(table).where(*_own(claim), table.c.owner == claim.owner))


def _take_over(
    connection: Connection, found: Row[tuple[object, ...]], claim: Claim, now: float
) -> bool:
    """Carry out what another process began and never answered."""
    if found.at > now - DIED:
        return False
    stale = update(table).where(*_own(claim), table.c.owner == found.owner)
    return connection.execute(stale.values(owner=claim.owner, at=now)).rowcount == 1


def _again(found: Row[tuple[object, ...]]) -> Response:
    headers = {**json.loads(found.headers), REPLAYED: "true"}
    return Response(found.body, found.status, headers)


def _own(claim: Claim) -> tuple[ColumnElement[bool], ...]:
    return (table.c.token == claim.token, table.c.key == claim.key)
