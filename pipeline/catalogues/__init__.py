"""Catalogues: .po files read and written in place, merged with a changed source; message states."""

from __future__ import annotations

from .catalogue import Catalogue, new, parse, read, update, write
from .merge import Merged, merge
from .message import Key, Message
from .state import (
    State,
    approval,
    approve,
    draft,
    edit,
    is_draft,
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
    "draft",
    "edit",
    "is_draft",
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
