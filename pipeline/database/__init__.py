"""The state database: everything about work in progress; the catalogues stay the truth."""

from __future__ import annotations

from .connection import (
    TookTooLong,
    among,
    by_index,
    exclusive,
    insert_many,
    open_database,
    reading,
    within,
)

__all__ = [
    "TookTooLong",
    "among",
    "by_index",
    "exclusive",
    "insert_many",
    "open_database",
    "reading",
    "within",
]
