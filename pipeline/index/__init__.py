"""The index: what the catalogues say, as rows that can be asked, and what became of each message.

The files are the truth. `sync` makes the index of them, as often as wanted and whoever wrote them;
`update` is for those who change a catalogue and want it known that it was they.
"""

from __future__ import annotations

from .change import Change, Kind
from .history import history
from .mirror import Synced, lock_name, sync
from .together import update

__all__ = ["Change", "Kind", "Synced", "history", "lock_name", "sync", "update"]
