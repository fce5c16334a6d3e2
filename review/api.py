"""What the API says and is told, as types; and its description of itself."""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import time
from typing import Annotated, Any

from fastapi import FastAPI, HTTPException
from fastapi.openapi.utils import get_openapi
from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from sqlalchemy import Engine, insert, select
from sqlalchemy.exc import IntegrityError

from pipeline.catalogues import State

from .decisions import Action
from .people import Person
from .queue import Position
from .tables import reply

BASE = "/api/v1"
PROBLEM = "application/problem+json"

Text = Annotated[str, StringConstraints(max_length=20_000)]
Digest = Annotated[str, StringConstraints(pattern="^[0-9a-f]{24}$")]
Domain = Annotated[str, StringConstraints(min_length=1, max_length=250)]


class Said(BaseModel):
    """What somebody sends: nothing that is not known."""

    model_config = ConfigDict(extra="forbid")


class MessageIn(BaseModel):
    """A message in a list."""

    domain: str
    id: str
    context: str | None
    state: State
    source: str
    target: str
    checks: list[str]
    risk: int
    version: str


class Messages(BaseModel):
    """A page of messages; ``next`` leads to the next one."""

    items: list[MessageIn]
    next: str | None


class FindingOut(BaseModel):
    """What a check found."""

    check: str
    severity: str
    message: str


class MessageOut(BaseModel):
    """A message with all that is needed to decide about it."""

    domain: str
    id: str
    context: str | None
    state: State
    source: str
    previous: str | None
    strings: list[str]
    notes: list[str]
    findings: list[FindingOut]
    version: str


class DecisionIn(Said):
    """A decision about a version of a message."""

    domain: Domain
    id: Digest
    version: Digest
    action: Action
    strings: list[Text] = Field(default_factory=list, max_length=6)
    reason: Annotated[str, StringConstraints(max_length=200)] = ""


class BuildIn(Said):
    """What is to be built."""

    locales: list[Annotated[str, StringConstraints(max_length=16)]] = Field(
        default_factory=list, max_length=100
    )
    force: bool = False
    preview: bool = False


class BuildOut(BaseModel):
    """A build or drafting, and how far it is."""

    id: int
    kind: str
    stage: str
    who: str
    what: dict[str, Any]
    step: str
    done: int
    total: int
    report: dict[str, Any]


class Builds(BaseModel):
    """A page of builds."""

    items: list[BuildOut]
    next: str | None


class CataloguesOut(BaseModel):
    """The catalogues of a language."""

    items: list[str]


class MatchOut(BaseModel):
    """A match of the memory."""

    source: str
    target: str
    domain: str
    score: float


class Matches(BaseModel):
    """The matches for a text, the best first."""

    items: list[MatchOut]


def cursor_of(position: Position) -> str:
    """A position as an opaque word."""
    said = json.dumps([str(position[0]), position[1], position[2]])
    return base64.urlsafe_b64encode(said.encode()).decode().rstrip("=")


def position_of(cursor: str) -> Position | None:
    """The position of a word; none for the beginning.

    Raises:
        HTTPException: It is no cursor.
    """
    if not cursor:
        return None
    try:
        said = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        state, domain, place = json.loads(said)
        if not isinstance(domain, str) or not isinstance(place, int) or abs(place) > 1 << 31:
            raise ValueError
        return State(state), domain.replace("\0", ""), place
    except (ValueError, TypeError, binascii.Error):
        raise HTTPException(404, "That is no cursor of this list.") from None


def answered(database: Engine, person: Person, key: str, asked: BaseModel) -> Any:
    """What was answered to the same request before; None if there was none.

    Raises:
        HTTPException: The key was used for another request.
    """
    if not key:
        return None
    where = (reply.c.person == person.id, reply.c.key == key)
    with database.connect() as connection:
        row = connection.execute(select(reply).where(*where)).first()
    if row is None:
        return None
    if row.asked != _hash(asked):
        raise HTTPException(409, "This idempotency key was used for another request.")
    return json.loads(row.body)


def remember(database: Engine, person: Person, key: str, asked: BaseModel, answer: Any) -> None:
    """Keep an answer, so that the same request is not carried out twice."""
    if not key:
        return
    values = {"person": person.id, "key": key, "asked": _hash(asked), "status": 200}
    try:
        with database.begin() as connection:
            body = json.dumps(answer)
            connection.execute(insert(reply).values(**values, body=body, at=time.time()))
    except IntegrityError:
        pass  # another request with the same key was a moment faster, and did the same


def _hash(asked: BaseModel) -> str:
    said = f"{type(asked).__name__}{asked.model_dump_json()}"
    return hashlib.sha256(said.encode(errors="surrogatepass")).hexdigest()


def description(app: FastAPI, routes: Any) -> dict[str, Any]:
    """The API in OpenAPI's words."""
    said = get_openapi(title=app.title, version=app.version, routes=routes)
    parts = said.setdefault("components", {})
    parts.setdefault("schemas", {})["Problem"] = {
        "type": "object",
        "required": ["type", "title", "status"],
        "properties": {
            "type": {"type": "string"},
            "title": {"type": "string"},
            "status": {"type": "integer"},
            "detail": {"type": "string"},
        },
    }
    parts["securitySchemes"] = {"bearer": {"type": "http", "scheme": "bearer"}}
    said["security"] = [{"bearer": []}]
    return said


def problems(*codes: int) -> dict[int | str, dict[str, Any]]:
    """The errors that a route may answer with, for its description."""
    schema = {"schema": {"$ref": "#/components/schemas/Problem"}}
    words = {401: "No token", 403: "Not allowed", 404: "Not there", 409: "Changed meanwhile"}
    return {
        code: {"description": words.get(code, "Not understood"), "content": {PROBLEM: schema}}
        for code in (400, 401, 403, 422, *codes)
    }
