"""Secrets: passwords, and the random words of cookies, links and tokens, kept as hashes only."""

from __future__ import annotations

import hashlib
import secrets
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

SHORTEST = 10
"""Characters of a password (NIST SP 800-63B asks for eight at least)."""

LONGEST = 200

_hasher = PasswordHasher()


def new_secret() -> str:
    """A random word that nobody guesses, for an address or a cookie."""
    return secrets.token_urlsafe(32)


def digest(secret: str) -> str:
    """What is kept of such a word."""
    return hashlib.sha256(secret.encode(errors="surrogatepass")).hexdigest()


def hashed(password: str) -> str:
    """What is kept of a password (argon2id)."""
    return _hasher.hash(password)


def fits(password: str, kept: str) -> bool:
    """Whether a password is the one that was kept; takes as long where none was."""
    try:
        return _hasher.verify(kept or _nobodys(), password) and bool(kept)
    except (VerificationError, InvalidHashError):
        return False


def weakness(password: str, name: str) -> str:
    """Why a password will not do, in words; empty if it will."""
    if len(password) < SHORTEST:
        return f"A password has at least {SHORTEST} characters."
    if len(password) > LONGEST:
        return f"A password has at most {LONGEST} characters."
    if len(set(password)) < 4 or name.lower() in password.lower():
        return "That password is too easy to guess."
    return ""


@cache
def _nobodys() -> str:
    return _hasher.hash(secrets.token_hex(16))
