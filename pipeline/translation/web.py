"""Asking an engine over HTTP: one deadline for the whole of an answer, and failures told apart.

Every engine that is asked over a network is asked through here, also by the clients of others. What
is raised says nothing of what was sent: no key, no text, no address.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import cache
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import httpx

from .engine import EngineFault, Trouble

if TYPE_CHECKING:
    from ssl import SSLContext

TIMEOUT = 30.0
"""Seconds for a whole answer; a connection has to stand after a fifth of them."""

_LONGEST_AFTER = 86400.0
"""Seconds; no engine is left alone for longer than a day."""

_LARGEST = 16_000_000
"""Bytes; no answer to what is asked is larger."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back, whatever its status. Its names are those of other clients' answers."""

    status_code: int
    headers: Mapping[str, str]
    content: bytes

    @property
    def text(self) -> str:
        """The body as text."""
        return self.content.decode(errors="replace")

    def json(self) -> Any:
        """The body as JSON.

        Raises:
            EngineFault: It is none.
        """
        try:
            return json.loads(self.content)
        except ValueError:
            raise EngineFault(Trouble.BROKEN, "answered with something that is no JSON") from None

    def close(self) -> None:
        """Nothing: it is all here."""

    def checked(self) -> Answer:
        """This answer, if its status says yes.

        Raises:
            EngineFault: It says no.
        """
        fault_of(self.status_code, self.headers.get("Retry-After", ""))
        return self


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
    return request("POST", url, headers=headers, timeout=timeout, **sent).checked().json()


def get(url: str, *, headers: Mapping[str, str] | None = None, timeout: float = 10) -> Any:
    """What an engine says of itself, as JSON.

    Raises:
        EngineFault: As `post`.
    """
    return request("GET", url, headers=headers, timeout=timeout).checked().json()


def request(method: str, url: str, *, timeout: float, **options: Any) -> Answer:
    """The answer to a request, whole before the time is over; redirects are not followed.

    Raises:
        EngineFault: BUSY if nothing was sent, since it cannot be reached; BROKEN if what was sent
            may have been done, but no whole answer came.
    """
    try:
        return asyncio.run(_answer(method, url, timeout, options))
    except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout):
        raise EngineFault(Trouble.BUSY, "cannot be reached") from None
    except (TimeoutError, httpx.TimeoutException):
        raise EngineFault(Trouble.BROKEN, f"did not answer within {timeout:g} s") from None
    except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError) as error:
        kind = type(error).__name__
        raise EngineFault(Trouble.BROKEN, f"broke the connection off ({kind})") from None


async def _answer(method: str, url: str, seconds: float, options: dict[str, Any]) -> Answer:
    """One answer. The time-outs of httpx are for each read: a server may send a byte in each."""
    limits = httpx.Timeout(seconds, connect=max(seconds / 5, 1))
    verify = _certificates() if url.startswith("https:") else False
    async with (
        asyncio.timeout(seconds),
        httpx.AsyncClient(timeout=limits, verify=verify, follow_redirects=False) as client,
        client.stream(method, url, **options) as response,
    ):
        body = bytearray()
        async for piece in response.aiter_bytes():
            body += piece
            if len(body) > _LARGEST:
                raise httpx.StreamError("too much")
        return Answer(response.status_code, response.headers, bytes(body))


@cache
def _certificates() -> SSLContext:
    """Read once: it takes longer than many an answer."""
    return httpx.create_ssl_context()


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
    if after.isdecimal():
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


def is_near(url: str) -> bool:
    """Whether an address is on this machine or in its own network."""
    host = urlsplit(url).hostname or ""
    try:
        found = ip_address(host)
    except ValueError:
        return host == "localhost" or "." not in host or host.endswith((".local", ".internal"))
    return found.is_loopback or found.is_private or found.is_link_local
