"""Turns: within this process one after the other looks at a catalogue or changes it."""

from __future__ import annotations

import threading
from collections import deque
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import Engine as Database


@dataclass(frozen=True, slots=True)
class Turn:
    """Whose turn it is with one catalogue: the thread that holds ``lock``; and what others want."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    waiting: deque[Any] = field(default_factory=deque)

    def all_who_wait(self) -> list[Any]:
        """What is wanted by now, which waits no longer."""
        return [self.waiting.popleft() for _ in range(len(self.waiting))]


_lock = threading.Lock()
_turns: WeakKeyDictionary[Database, dict[Path, Turn]] = WeakKeyDictionary()


def turn_of(database: Database, path: Path) -> Turn:
    """The turn of a catalogue."""
    with _lock:
        return _turns.setdefault(database, {}).setdefault(path, Turn())
