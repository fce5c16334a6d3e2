"""The state database: everything about work in progress; the catalogues stay the truth."""

from __future__ import annotations

from .connection import (
    among,
    by_index,
    exclusive,
    insert_many,
    open_database,
    reading,
)

__all__ = [
    "among",
    "by_index",
    "exclusive",
    "insert_many",
    "open_database",
    "reading",
]
