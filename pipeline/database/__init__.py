"""The state database: everything about work in progress; the catalogues stay the truth."""

from __future__ import annotations

from .connection import exclusive, insert_many, open_database

__all__ = ["exclusive", "insert_many", "open_database"]
