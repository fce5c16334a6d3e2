"""Catalogues: .po files read and written in place, merged with a changed source; message states."""

from __future__ import annotations

from . import kept
from .catalogue import Catalogue, new, parse, read, update, write
from .merge import Merged, merge
from .message import Key, Message, digest_of
from .state import (
    State,
    approval,
    approve,
    draft,
    edit,
    is_draft,
    markup_is_unsure,
    reject,
    stale_since,
    state_of,
    was_approved,
)

__all__ = [
    "Catalogue",
    "Key",
    "Merged",
    "Message",
    "State",
    "approval",
    "approve",
    "digest_of",
    "draft",
    "edit",
    "is_draft",
    "kept",
    "markup_is_unsure",
    "merge",
    "new",
    "parse",
    "read",
    "reject",
    "stale_since",
    "state_of",
    "update",
    "was_approved",
    "write",
]
