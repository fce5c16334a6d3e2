"""Webhooks: a message to a program elsewhere, signed so that it can be believed.

As Standard Webhooks 1.0 has it: ``webhook-id`` (the same each time, so that a message that came
twice is known), ``webhook-timestamp``, and ``webhook-signature``, an HMAC with SHA-256 over both
and the body.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import time

import httpx

from .errors import SettingsError
from .variables import variable

_TIMEOUT = 5.0
_PREFIX = "whsec_"
"""What a secret begins with that is written in base64, as Standard Webhooks hands them out."""


def signature(secret: str, name: str, at: int, body: bytes) -> str:
    """What stands in ``webhook-signature``."""
    signed = f"{name}.{at}.".encode() + body
    digest = hmac.new(_key(secret), signed, hashlib.sha256).digest()
    return f"v1,{base64.b64encode(digest).decode()}"


def secret_in(name: str) -> str:
    """The secret that a variable holds.

    Raises:
        SettingsError: It holds none.
    """
    secret = variable(name)
    if not secret:
        raise SettingsError(
            f"the variable {name} holds no secret",
            hint=f"Set it, or {name}_FILE, where this runs: a webhook is not sent unsigned.",
        )
    return secret


def post(url: str, secret: str, name: str, body: bytes) -> bool:
    """Send a message by its name; whether it was heard."""
    at = int(time.time())
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


def _key(secret: str) -> bytes:
    if secret.startswith(_PREFIX):
        try:
            return base64.b64decode(secret.removeprefix(_PREFIX), validate=True)
        except binascii.Error:  # it only looks like one
            return secret.encode()
    return secret.encode()
