"""Working: what a worker does with a message, and what is due from time to time."""

from __future__ import annotations

import time
from collections.abc import Sequence

from ..database.clock import new_owner
from ..errors import QueueError
from . import webhook
from .broker import BEING_DONE, Broker
from .kinds import do
from .place import Place
from .sending import send
from .steps import advance
from .units import DECLINED, DONE

_STUCK = 3600.0
_PATIENCE = 0.5
"""Seconds before what this worker cannot do is offered to others again."""


def work(place: Place, broker: Broker, keys: Sequence[str]) -> int:
    """Do the units of a message that nobody does yet, and let their builds go on; how many.

    Raises:
        QueueError: All is written down, but the broker could not be told how to go on.
    """
    place.look()
    ledger, batch = place.ledger, place.project.settings.queue.batch
    if place.is_resting:
        time.sleep(_PATIENCE)
        ledger.units.decline(keys)
        send(ledger, broker, ledger.units.pending(keys), batch=batch)
        return 0
    owner = new_owner()
    units = ledger.units.claim(keys, owner)
    with ledger.holding(lambda: ledger.units.renew(owner)):
        try:
            outcomes = do(place, units)
            ledger.units.settle(owner, outcomes)
        except BaseException:
            ledger.units.release(owner)
            raise
    if any(outcome.state == DECLINED for outcome in outcomes.values()):
        time.sleep(_PATIENCE)
    if len(units) < len(keys) or any(outcome.state != DONE for outcome in outcomes.values()):
        send(ledger, broker, ledger.units.pending(keys), batch=batch)
    for name in ledger.units.waited_for(keys):
        broker.advance(name, ledger.builds.get(name).priority)
    return len(units)


def reconcile(place: Place, broker: Broker) -> int:
    """Queue again what is overdue; how many messages that took.

    Raises:
        QueueError: The broker cannot be reached.
    """
    ledger = place.ledger
    there = sum(count for queue, count in broker.lengths().items() if queue != BEING_DONE)
    ledger.units.overdue(missing=ledger.units.on_their_way() - there)
    ledger.builds.stuck(seconds=_STUCK)
    sent = 0
    for build in ledger.builds.resting():
        if ledger.units.is_open(build.id, build.step):
            units = ledger.units.to_send(build.id, build.step)
            sent += send(ledger, broker, units, batch=place.project.settings.queue.batch)
        else:
            ledger.builds.remind(build.id)
            broker.advance(build.id, build.priority)
            sent += 1
    return sent + webhook.tell_all(place)


def take_step(place: Place, broker: Broker, build: str) -> None:
    """Take the next step of a build, and tell whoever wants to know once it has ended."""
    place.look()
    if place.is_resting:
        time.sleep(_PATIENCE)
        broker.advance(build, place.ledger.builds.get(build).priority)
        return
    advance(place, broker, build)
    if place.ledger.builds.get(build).has_ended:
        webhook.tell(place, build)


def begin(place: Place, broker: Broker, build: str) -> bool:
    """Have a build begun; False if the broker is down, and it waits until it is back."""
    try:
        broker.advance(build, place.ledger.builds.get(build).priority)
    except QueueError:
        return False
    return True
