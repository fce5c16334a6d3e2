"""The webhook: tells a program elsewhere when a build has ended, signed, again until it hears.

As Standard Webhooks 1.0 has it: ``webhook-id`` (the same each time, so that a message that came
twice is known), ``webhook-timestamp``, and ``webhook-signature``, an HMAC with SHA-256 over both
and the body.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import os
import time

import httpx

from ..errors import SettingsError
from .build import Build
from .place import Place

_TRIES = 8
_TIMEOUT = 5.0


def signature(secret: str, name: str, at: int, body: bytes) -> str:
    """What stands in ``webhook-signature``."""
    signed = f"{name}.{at}.".encode() + body
    digest = hmac.new(secret.encode(), signed, hashlib.sha256).digest()
    return f"v1,{base64.b64encode(digest).decode()}"


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
    secret = os.environ.get(queue.webhook_secret_env, "")
    if not secret:
        raise SettingsError(
            f"the variable {queue.webhook_secret_env} holds no secret",
            hint="Set it where the workers run: a webhook is not sent unsigned.",
        )
    builds = place.ledger.builds
    build = builds.get(name)
    if not builds.telling(build):
        return False
    heard = _post(queue.webhook, secret, build)
    if heard:
        builds.told(name)
    return heard


def body_of(build: Build) -> bytes:
    """What is said of a build."""
    said = {"type": f"build.{build.state}", "build": build.id, "state": build.state}
    outcome = {key: build.outcome.get(key) for key in ("new", "changed", "removed", "unchanged")}
    errors = len(build.outcome.get("errors", ()))
    return json.dumps({**said, **outcome, "errors": errors}).encode()


def _post(url: str, secret: str, build: Build) -> bool:
    body, at, name = body_of(build), int(time.time()), f"build_{build.id}_{build.ended:.3f}"
    headers = {
        "content-type": "application/json",
        "webhook-id": name,
        "webhook-timestamp": str(at),
        "webhook-signature": signature(secret, name, at, body),
    }
    try:
        answer = httpx.post(url, content=body, headers=headers, timeout=_TIMEOUT)
    except (httpx.HTTPError, httpx.InvalidURL):
        return False
    return answer.is_success
