"""Cursors: lists in pages, each page beginning after what the one before ended with.

A cursor holds the key of the last item, not a number of items: what comes and goes meanwhile
neither repeats nor hides anything else.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Annotated, Generic, TypeVar

from fastapi import Query
from pydantic import BaseModel, Field

from .problems import Problem

T = TypeVar("T")

MOST = 200
"""Items on a page at most."""

Cursor = Annotated[
    str | None,
    Query(
        max_length=1000,
        description="Where to go on: `next` of the page before. Nothing for the first page.",
    ),
]
Limit = Annotated[int, Query(ge=1, le=MOST, description="Items on the page at most.")]


class Page(BaseModel, Generic[T]):
    """One page of a list."""

    items: list[T]
    next: str | None = Field(
        description="The `cursor` of the next page; null on the last one.",
        examples=["WyJhcnRpY2xlcy9maXJzdCJd"],
    )


@dataclass(frozen=True, slots=True)
class Asked:
    """Which page somebody asks for: what comes after a key, and how many of it."""

    after: tuple[str | int, ...] | None
    limit: int


def asked(cursor: str | None, limit: int, *kinds: type[str] | type[int]) -> Asked:
    """Which page a cursor and a limit ask for.

    Args:
        cursor: As it came, if it did.
        limit: As it came.
        kinds: What the parts of a key are.

    Raises:
        Problem: The cursor is none of these.
    """
    if cursor is None:
        return Asked(None, limit)
    try:
        data = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        key = json.loads(data)
    except ValueError:
        key = None
    fits = isinstance(key, list) and len(key) == len(kinds)
    if not fits or any(type(part) is not kind for part, kind in zip(key, kinds, strict=True)):
        raise Problem(400, "This cursor does not belong to this list; begin with the first page.")
    if any(isinstance(part, str) and "\0" in part for part in key):
        raise Problem(400, "This cursor does not belong to this list; begin with the first page.")
    if any(isinstance(part, int) and abs(part) >= 1 << 31 for part in key):
        raise Problem(400, "This cursor does not belong to this list; begin with the first page.")
    return Asked(tuple(key), limit)


def page(
    found: Sequence[T], asked: Asked, key: Callable[[T], tuple[str | int, ...]]
) -> tuple[list[T], str | None]:
    """The items of a page and the cursor of the next one.

    Args:
        found: What comes after the key: one more than is wanted, if there is so much.
        asked: What was asked for.
        key: The key of an item.
    """
    shown = list(found[: asked.limit])
    if len(found) <= asked.limit:
        return shown, None
    data = json.dumps(key(shown[-1]), separators=(",", ":")).encode()
    return shown, base64.urlsafe_b64encode(data).decode().rstrip("=")


def page_of(
    everything: Sequence[T], asked: Asked, key: Callable[[T], tuple[str | int, ...]]
) -> tuple[list[T], str | None]:
    """The same of a list that is wholly at hand, in any order: by key."""
    ordered = sorted(everything, key=key)
    if asked.after is not None:
        ordered = [item for item in ordered if key(item) > asked.after]
    return page(ordered[: asked.limit + 1], asked, key)
