"""Headers that go with every page: what it may load, who may frame it, how long it keeps."""

from __future__ import annotations

from collections.abc import Mapping

POLICY = {
    "default-src": "'none'",
    "base-uri": "'none'",
    "connect-src": "'self'",
    "font-src": "'self'",
    "frame-ancestors": "'none'",
    "img-src": "'self' data:",
    "manifest-src": "'self'",
    "media-src": "'self'",
    "script-src": "'self'",
    "style-src": "'self'",
}
"""The content security policy (CSP Level 3): what is not named may not be loaded.

``form-action`` is not named: a form may be sent to whatever service an author names.
"""

_PERMISSIONS = ("camera", "geolocation", "microphone", "payment", "usb")


def security(*, search: bool = False, secure: bool = True) -> Mapping[str, str]:
    """The security headers of every answer.

    Args:
        search: Whether the site has a search, whose index is read by WebAssembly.
        secure: Whether the site is served over HTTPS, which browsers are told to stay with.
    """
    policy = dict(POLICY)
    if search:
        policy["script-src"] += " 'wasm-unsafe-eval'"
    found = {
        "Content-Security-Policy": "; ".join(f"{name} {value}" for name, value in policy.items()),
        "Cross-Origin-Opener-Policy": "same-origin",
        "Permissions-Policy": ", ".join(f"{name}=()" for name in _PERMISSIONS),
        "Referrer-Policy": "strict-origin-when-cross-origin",
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
    }
    if secure:
        found["Strict-Transport-Security"] = "max-age=31536000"
    return found


LASTING = "public, max-age=31536000, immutable"
"""How long files keep whose names change with their contents."""

FRESH = "no-cache"
"""Pages are asked for again each time, and not sent again if they are the same."""


def caching(path: str) -> str:
    """The ``Cache-Control`` of what is at a path."""
    return LASTING if path.startswith("/assets/") else FRESH
