"""Versions: what a message said when somebody looked at it, as an ``ETag`` (RFC 9110 §8.8, §13)."""

from __future__ import annotations

import re
from typing import Annotated

from fastapi import Header

from .problems import Problem

_TAG = re.compile(r'(W/)?"([\x21\x23-\x7e]*)"')

IfMatch = Annotated[
    str | None,
    Header(
        description="The `ETag` of the message as you saw it, or `*` for whatever it is now."
        " Required: without it the answer is 428; if it has changed since, 412.",
        examples=['"4f2c9a30b1d5e6f7a8b9c0d1"'],
        max_length=200,
    ),
]


def tag_of(version: str) -> str:
    """A version as the header says it."""
    return f'"{version}"'


def wanted(if_match: str | None) -> frozenset[str] | None:
    """The versions of which one must still be there; None for any.

    Raises:
        Problem: The header is missing, or is none.
    """
    if if_match is None:
        raise Problem(428, "Say in If-Match which version you decide on: the ETag of the message.")
    said = if_match.strip()
    if said == "*":
        return None
    found = [match for match in _TAG.finditer(said) if not match[1]]
    if not found or _TAG.sub("", said).strip(" ,"):
        raise Problem(400, 'If-Match is * or an ETag as it was given, such as "4f2c9a30".')
    return frozenset(match[2] for match in found)
