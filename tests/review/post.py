"""A real SMTP server on loopback: with STARTTLS, TLS and log-in, and one that refuses."""

from __future__ import annotations

import ssl
import threading
import time
from asyncio.base_events import Server
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

USER, PASSWORD = "desk", "a word for the server"


@dataclass
class PostOffice:
    """What the server was given, and how it answers.

    It has no slots: aiosmtpd asks for all members of it, which Python 3.11.2 cannot tell then.

    Attributes:
        letters: What it took, with the addresses of the envelope.
        answers: What it says after a letter, one for each, before it takes any: ``451 later``.
        refused: Addresses that it does not know.
        secret: Whether each letter came encrypted, and by whom.
    """

    port: int = 0
    letters: list[tuple[list[str], EmailMessage]] = field(default_factory=list)
    answers: list[str] = field(default_factory=list)
    refused: tuple[str, ...] = ()
    secret: list[tuple[bool, bool]] = field(default_factory=list)
    attempts: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    async def handle_RCPT(
        self, server: Any, session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        """Know an address, or not."""
        if address in self.refused:
            return "550 5.1.1 nobody of that name"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        """Take a letter, or not."""
        with self.lock:
            self.attempts += 1
            if self.answers:
                return self.answers.pop(0)
            letter = message_from_bytes(envelope.content, policy=default)
            self.letters.append((list(envelope.rcpt_tos), letter))
            sealed = server.transport.get_extra_info("ssl_object") is not None
            self.secret.append((sealed, bool(session.authenticated)))
        return "250 Taken"

    def wait(self, count: int, seconds: float = 20) -> None:
        """Wait until so many letters are there."""
        until = time.monotonic() + seconds
        while len(self.letters) < count:
            assert time.monotonic() < until, f"{len(self.letters)} of {count}"
            time.sleep(0.02)


def _authenticate(server: Any, session: Any, envelope: Any, kind: str, data: Any) -> AuthResult:
    good = isinstance(data, LoginPassword) and (data.login, data.password) == (
        USER.encode(),
        PASSWORD.encode(),
    )
    return AuthResult(success=good, handled=good)


class AnyPort(Controller):
    """A server at any port that is free."""

    def _trigger_server(self) -> None:
        assert isinstance(self.server, Server)
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()  # type: ignore[no-untyped-call]  # aiosmtpd's own


@contextmanager
def post_office(
    *, tls: ssl.SSLContext | None = None, log_in: bool = False, from_the_first: bool = False
) -> Iterator[PostOffice]:
    """A server as long as the block takes.

    Args:
        tls: What it encrypts with: it offers STARTTLS then, and asks for it.
        log_in: Whether one has to log in.
        from_the_first: Whether it is spoken to encrypted from the first word on instead.
    """
    office = PostOffice()
    later = tls if not from_the_first else None
    controller = AnyPort(
        office,
        hostname="127.0.0.1",
        port=0,
        ssl_context=tls if from_the_first else None,
        tls_context=later,
        require_starttls=later is not None,
        authenticator=_authenticate if log_in else None,
        auth_required=log_in,
        auth_require_tls=later is not None,
    )
    controller.start()
    office.port = controller.port
    try:
        yield office
    finally:
        controller.stop()


def certificate(folder: Path) -> tuple[Path, Path]:
    """A certificate of this machine that signed itself, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    at = datetime.now(UTC)
    names = x509.SubjectAlternativeName([x509.DNSName("localhost")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(at - timedelta(days=1))
        .not_valid_after(at + timedelta(days=1))
        .add_extension(names, critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    paths = folder / "cert.pem", folder / "key.pem"
    paths[0].write_bytes(made.public_bytes(serialization.Encoding.PEM))
    paths[1].write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return paths


def context(folder: Path) -> ssl.SSLContext:
    """What a server encrypts with."""
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    made.load_cert_chain(*certificate(folder))
    return made
