"""The state database: everything about work in progress; the catalogues stay the truth."""

from __future__ import annotations

from .connection import open_database

__all__ = ["open_database"]
