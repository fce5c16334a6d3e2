"""The translation memory: units, their store, and TMX."""

from __future__ import annotations

from ..database import open_database
from ..project import Project
from .store import LEAST, Memory, Synced
from .tmx import export_tmx, import_tmx, read_tmx, write_tmx
from .unit import ALIGNED, Match, Unit, difference, score

__all__ = [
    "ALIGNED",
    "LEAST",
    "Match",
    "Memory",
    "Synced",
    "Unit",
    "difference",
    "export_tmx",
    "import_tmx",
    "memory_of",
    "read_tmx",
    "score",
    "write_tmx",
]


def memory_of(project: Project, locale: str) -> Memory:
    """The memory of a site in a language.

    Raises:
        MemoryStoreError: The database cannot be opened.
    """
    memory = Memory(open_database(project), project.source_locale, locale)
    memory.reindex()
    return memory
