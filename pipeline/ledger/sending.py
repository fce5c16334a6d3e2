"""Sending: pending units go to workers in batches; what has died with its worker goes alone."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from .broker import Broker, Message
from .ledger import Ledger
from .units import Unit

_SHARES, _LARGEST = 32, 4
"""Of very many units, a message carries the thirty-second part, and at most four batches: since
a message costs as much as some pages do, and a click waits for one to end."""


def send(ledger: Ledger, broker: Broker, units: Sequence[Unit], *, batch: int) -> int:
    """Send pending units; how many messages that took.

    Raises:
        QueueError: The broker cannot be reached; the units stay pending.
    """
    messages = list(messages_of(units, batch=batch))
    if messages:
        broker.send(messages)
        ledger.units.sent({message.id: message.keys for message in messages})
    return len(messages)


def messages_of(units: Iterable[Unit], *, batch: int) -> Iterator[Message]:
    """Units of one kind and priority together, as many as go in a batch."""
    ordered = sorted(units, key=lambda unit: (unit.priority, unit.kind))
    for (priority, kind), group in groupby(ordered, key=lambda unit: (unit.priority, unit.kind)):
        some = list(group)
        fresh = [unit for unit in some if not unit.runs]
        size = 1 if kind == "draft" else min(max(batch, len(fresh) // _SHARES), _LARGEST * batch)
        parts = [fresh[start : start + size] for start in range(0, len(fresh), size)]
        parts += [[unit] for unit in some if unit.runs]
        for part in parts:
            keys = tuple(unit.key for unit in part)
            name = part[0].name + (f" and {len(part) - 1} more" if part[1:] else "")
            yield Message(secrets.token_hex(8), kind, name, keys, priority)
