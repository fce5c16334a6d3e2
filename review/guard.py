"""The guard before every route: which host, whether a browser means it, and what it may load."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; "
    "connect-src 'self'; frame-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
"""What a page of the desk may load and do."""

PROOF_POLICY = (
    "sandbox allow-same-origin; default-src 'none'; style-src 'self'; img-src 'self'; "
    "font-src 'self'; media-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
)
"""What a proof of a page may do: be looked at; nothing in it runs, wherever it is opened."""

LINKED_PROOF_POLICY = PROOF_POLICY.replace(
    "allow-same-origin", "allow-same-origin allow-top-navigation-by-user-activation", 1
)
"""The same for a proof whose passages are links to their editors: a click may leave the frame."""

PROGRAMS = "/api/"
"""Below this, cookies count for nothing, and so no browser can be made to act by another site."""

SIGNED = "/unsubscribe/"
"""Below this, an address is proof by itself; mail programs post to it, and say nothing else."""

LARGEST = 64 << 20
"""Bytes of a request."""

_SAFE = frozenset(("GET", "HEAD", "OPTIONS"))
_LOOPBACK = frozenset(("127.0.0.1", "localhost", "[::1]"))
_HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Cache-Control": "no-store",
}


def means_it(method: str, headers: Headers) -> bool:
    """Whether a request that changes something was made by our own pages, or by no browser at all.

    ``Sec-Fetch-Site`` says so where a browser sends it, else ``Origin`` has to be our own host. A
    bearer token is proof by itself: no browser adds one by itself.
    """
    if method in _SAFE:
        return True
    if headers.get("authorization", "").lower().startswith("bearer ") and "cookie" not in headers:
        return True
    site = headers.get("sec-fetch-site")
    if site:
        return site == "same-origin"
    origin = headers.get("origin")
    return bool(origin) and urlsplit(origin or "").netloc == headers.get("host", "")


@dataclass(frozen=True, slots=True)
class Guard:
    """The outermost layer of the app; ``url`` says by which address the desk is opened just now."""

    app: ASGIApp
    url: Callable[[], str]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer what may not come in; hand on the rest, with headers on the way out."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers, url = Headers(scope=scope), self.url()
        if _name(headers.get("host", "")) not in {*_LOOPBACK, urlsplit(url).hostname}:
            text = "This desk does not answer to that name. Set url in [review] of pipeline.toml."
            await _refusal(scope, 421, text)(scope, receive, send)
            return
        for_programs = scope["path"].startswith(PROGRAMS)
        if not _is_proof(scope["path"]) and not means_it(scope["method"], headers):
            text = "This came from another site, and nothing was changed. Open the desk and retry."
            await _refusal(scope, 403, text)(scope, receive, send)
            return

        if not for_programs and scope["method"] not in _SAFE and not _fits(headers):
            text = f"That is more than {LARGEST >> 20} MB, or does not say how much it is."
            await PlainTextResponse(text, 413)(scope, receive, send)
            return

        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                given = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    given.setdefault(name, value)
                if url.startswith("https:"):
                    given.setdefault("Strict-Transport-Security", "max-age=31536000")
            await send(message)

        await self.app(scope, receive, sending)


def _refusal(scope: Scope, status: int, text: str) -> Response:
    """Why something may not come in, for a person or for a program."""
    if not scope["path"].startswith(PROGRAMS):
        return PlainTextResponse(text, status)
    said = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status}
    return JSONResponse({**said, "detail": text}, status, media_type="application/problem+json")


def _is_proof(path: str) -> bool:
    """Whether a request below an address is meant, whoever makes it."""
    return path.startswith((PROGRAMS, SIGNED))


def _fits(headers: Headers) -> bool:
    """Whether a body is said to be no larger than what people bring; servers hold it to that."""
    if "transfer-encoding" in headers:
        return False
    size = headers.get("content-length", "0")
    return size.isdecimal() and int(size) <= LARGEST


def _name(host: str) -> str:
    """A host without its port."""
    bare, colon, port = host.rpartition(":")
    return (bare if colon and port.isdigit() else host).lower()
