"""A receiver of webhooks on loopback: keeps what it hears, and may refuse to at first."""

from __future__ import annotations

import base64
import hashlib
import hmac
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from tests.loopback import Handler, answering


@dataclass(frozen=True, slots=True)
class Heard:
    """One request: what it is called, when it was sent, and its signature."""

    name: str
    at: str
    signature: str
    body: bytes

    def is_signed(self, secret: str) -> bool:
        """As Standard Webhooks 1.0 has it, reckoned here anew."""
        signed = f"{self.name}.{self.at}.".encode() + self.body
        digest = hmac.new(secret.encode(), signed, hashlib.sha256).digest()
        return self.signature == "v1," + base64.b64encode(digest).decode()


@dataclass(slots=True)
class Hook:
    """What was heard; the first ``refuse`` requests are answered with 503."""

    url: str = ""
    refuse: int = 0
    heard: list[Heard] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)

    def wait(self, count: int, seconds: float = 60) -> None:
        """Wait until so many requests were heard."""
        until = time.monotonic() + seconds
        while len(self.heard) < count:
            assert time.monotonic() < until, f"heard {len(self.heard)} of {count}"
            time.sleep(0.05)


@contextmanager
def hook(*, refuse: int = 0) -> Iterator[Hook]:
    """A receiver, as long as the block takes."""
    made = Hook(refuse=refuse)

    class Receiver(Handler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            name, at, signature = (
                self.headers.get(f"webhook-{part}", "") for part in ("id", "timestamp", "signature")
            )
            made.paths.append(self.path)
            made.heard.append(Heard(name, at, signature, body))
            self.answer(503 if len(made.heard) <= made.refuse else 200)

    with answering(Receiver) as address:
        made.url = f"{address}/"
        yield made
