"""The webhook of builds: tells a program elsewhere when one has ended, again until it hears."""

from __future__ import annotations

import json

from .. import webhook
from .build import Build
from .place import Place

_TRIES = 8


def tell_all(place: Place) -> int:
    """Tell of every build that ended and was not told of; how many were."""
    if not place.project.settings.queue.webhook:
        return 0
    return sum(tell(place, name) for name in place.ledger.builds.untold(most=_TRIES))


def tell(place: Place, name: str) -> bool:
    """Tell that a build has ended; False if there is nothing to tell, or nobody heard.

    Raises:
        SettingsError: The variable with the secret is not set.
    """
    queue = place.project.settings.queue
    if not queue.webhook:
        return False
    secret = webhook.secret_in(queue.webhook_secret_env)
    builds = place.ledger.builds
    build = builds.get(name)
    if not builds.telling(build):
        return False
    called = f"build_{build.id}_{build.ended:.3f}"
    heard = webhook.post(queue.webhook, secret, called, body_of(build))
    if heard:
        builds.told(name)
    return heard


def body_of(build: Build) -> bytes:
    """What is said of a build."""
    said = {"type": f"build.{build.state}", "build": build.id, "state": build.state}
    outcome = {key: build.outcome.get(key) for key in ("new", "changed", "removed", "unchanged")}
    errors = len(build.outcome.get("errors", ()))
    return json.dumps({**said, **outcome, "errors": errors}).encode()
