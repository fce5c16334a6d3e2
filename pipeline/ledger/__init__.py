"""The ledger: builds as rows of the state database, that end whatever dies on the way.

A build waits for units of work. Each unit is one row by the hash of its input, however many builds
want it; whoever works on it holds it for a while, and what nobody holds any more is given to
others. Nothing here knows how work is carried to workers: a `Broker` does.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .broker import Broker, broker_of
    from .build import Asked, Build, Progress
    from .builds import Builds
    from .ledger import Ledger, ledger_of
    from .units import DONE, FAILED, ISOLATED, Outcome, Unit, Units, Wanted

__all__ = [
    "DONE",
    "FAILED",
    "ISOLATED",
    "Asked",
    "Broker",
    "Build",
    "Builds",
    "Ledger",
    "Outcome",
    "Progress",
    "Unit",
    "Units",
    "Wanted",
    "broker_of",
    "ledger_of",
]

_PLACES = {
    "broker": ("Broker", "broker_of"),
    "build": ("Asked", "Build", "Progress"),
    "builds": ("Builds",),
    "ledger": ("Ledger", "ledger_of"),
    "units": ("DONE", "FAILED", "ISOLATED", "Outcome", "Unit", "Units", "Wanted"),
}


def __getattr__(name: str) -> object:
    """Each is loaded when it is asked for: who asks only who is alive needs no database."""
    for module, names in _PLACES.items():
        if name in names:
            return getattr(import_module(f".{module}", __name__), name)
    raise AttributeError(name)
