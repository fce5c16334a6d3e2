"""Asking an engine over HTTP: deadlines, and failures told apart."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import httpx

from .engine import EngineFault, Trouble

_LONGEST_AFTER = 86400.0
"""Seconds; no engine is left alone for longer than a day."""

TIMEOUT = 30.0
"""Seconds for a whole answer; a connection has to stand after a fifth of them."""


def post(
    url: str,
    data: Mapping[str, Any],
    *,
    headers: Mapping[str, str] | None = None,
    timeout: float = TIMEOUT,
    form: bool = False,
) -> Any:
    """What an engine answers, as JSON.

    Raises:
        EngineFault: No answer, or one that says no; its message holds no key and no text.
    """
    sent: dict[str, Any] = {"data": data} if form else {"json": data}
    return _asked("POST", url, headers=headers, timeout=timeout, **sent)


def get(url: str, *, params: Mapping[str, str] | None = None, timeout: float = 10) -> Any:
    """What an engine says of itself, as JSON.

    Raises:
        EngineFault: As `post`.
    """
    return _asked("GET", url, params=params, timeout=timeout)


def _asked(method: str, url: str, *, timeout: float, **options: Any) -> Any:
    limits = httpx.Timeout(timeout, connect=max(timeout / 5, 1))
    try:
        with httpx.Client(timeout=limits, follow_redirects=False) as client:
            response = client.request(method, url, **options)
    except httpx.ConnectError:
        raise EngineFault(Trouble.BUSY, "cannot be reached") from None
    except httpx.TimeoutException:
        raise EngineFault(Trouble.BROKEN, f"did not answer within {timeout:g} s") from None
    except httpx.HTTPError as error:
        raise EngineFault(
            Trouble.BROKEN, f"broke the connection off ({type(error).__name__})"
        ) from None
    fault_of(response.status_code, response.headers.get("Retry-After", ""))
    try:
        return response.json()
    except ValueError:
        raise EngineFault(Trouble.BROKEN, "answered with something that is no JSON") from None


def fault_of(status: int, after: str = "") -> None:
    """Nothing for a status that says yes.

    Raises:
        EngineFault: For any other.
    """
    if 200 <= status < 300:
        return
    if status in (429, 503):
        raise EngineFault(Trouble.BUSY, f"is busy (status {status})", after=seconds_of(after))
    if status in (402, 456):
        raise EngineFault(Trouble.QUOTA, f"has no quota left (status {status})")
    if status in (400, 401, 403, 404, 405, 413, 422):
        raise EngineFault(Trouble.REFUSED, f"refuses the request (status {status})")
    raise EngineFault(Trouble.BROKEN, f"failed (status {status})")


def seconds_of(after: str) -> float:
    """The seconds of a Retry-After header: a number, or a date (RFC 9110 §10.2.3); 0 for none."""
    after = after.strip()
    if after.isdigit():
        return min(float(after), _LONGEST_AFTER)
    try:
        moment = parsedate_to_datetime(after)
    except ValueError:
        return 0
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return min(max(0.0, (moment - datetime.now(UTC)).total_seconds()), _LONGEST_AFTER)


def texts_of(found: object, count: int) -> list[str]:
    """The answers, if they are texts and as many as were asked for.

    Raises:
        EngineFault: They are not.
    """
    if not isinstance(found, list) or not all(isinstance(text, str) for text in found):
        raise EngineFault(Trouble.BROKEN, "answered with something that is no translation")
    if len(found) != count:
        raise EngineFault(Trouble.BROKEN, f"answered {len(found)} texts for {count}")
    return found
