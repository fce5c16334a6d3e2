"""The ``pipeline`` command: parses what was asked, calls the room that does it, prints what it did.

Every command takes ``--site``, and ends with status 0 only when all went well: 1 says that
something failed, 2 that the command line was not understood. Rooms are imported when they are
needed, so that ``--help`` is there at once.
"""

from __future__ import annotations

from . import site, importing, queue, drafts, memory, exchange, views  # isort: skip - as --help shows
from .door import app

__all__ = ["app", "drafts", "exchange", "importing", "main", "memory", "queue", "site", "views"]


def main() -> None:
    """The entry point of the ``pipeline`` command."""
    app(prog_name="pipeline")
