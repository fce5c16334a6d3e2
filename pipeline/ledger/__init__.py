"""The ledger: builds as rows of the state database, that end whatever dies on the way.

A build waits for units of work. Each unit is one row by the hash of its input, however many builds
want it; whoever works on it holds it for a while, and what nobody holds any more is given to
others. Nothing here knows how work is carried to workers: a `Broker` does.
"""

from __future__ import annotations

from .broker import Broker, broker_of
from .builds import Asked, Build, Builds, Progress
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
