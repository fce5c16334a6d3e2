"""Importing: what people have (saved pages, exports, feeds, Word files, texts) becomes articles.

A format reads a file into documents; :func:`plan` makes articles of them and says what was left
out; :func:`write` writes what is not there yet. Nothing is fetched, and nothing is overwritten.
"""

from __future__ import annotations

from .document import Document, Kind, Left
from .find import documents, found_in
from .plan import Arrival, Plan, plan
from .write import write

__all__ = [
    "Arrival",
    "Document",
    "Kind",
    "Left",
    "Plan",
    "documents",
    "found_in",
    "plan",
    "write",
]
