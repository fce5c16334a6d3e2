"""A stand-in for an OpenID provider: on loopback, with real keys, and as wrong as a test wants."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

from joserfc import jwt
from joserfc.jwk import ECKey, OctKey, RSAKey

from tests.loopback import Handler, answering

CLIENT, SECRET = "desk", "the provider’s secret"


@dataclass(slots=True)
class Provider:
    """What it says of somebody, and what is wrong with it.

    Attributes:
        claims: What a token says besides, or instead.
        missing: What a token does not say.
        keys: Those it publishes; it signs with the last.
        algorithm: The signature; ``none`` and ``HS256`` are lies.
        said: What it says of itself besides, or instead.
        user: What it says of somebody at another address.
        down: Whether it answers nothing but 503.
        basic: Whether a client has to log in by header.
    """

    issuer: str = ""
    claims: dict[str, Any] = field(default_factory=dict)
    missing: tuple[str, ...] = ()
    keys: list[Any] = field(default_factory=lambda: [rsa("one")])
    algorithm: str = "RS256"
    said: dict[str, Any] = field(default_factory=dict)
    user: dict[str, Any] = field(default_factory=dict)
    down: bool = False
    signer: Any = None
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def let_in(self, address: str) -> str:
        """Somebody says who they are: where they are sent back to."""
        query = {name: found[0] for name, found in parse_qs(urlsplit(address).query).items()}
        assert query["response_type"] == "code" and query["client_id"] == CLIENT
        assert query["code_challenge_method"] == "S256" and "openid" in query["scope"].split()
        code = secrets.token_urlsafe(16)
        self.codes[code] = query
        state, issuer = quote(query["state"]), quote(self.issuer, safe="")
        return f"{query['redirect_uri']}?code={code}&state={state}&iss={issuer}"

    def discovery(self) -> dict[str, Any]:
        """What it says of itself."""
        said = {"issuer": self.issuer, "authorization_endpoint": f"{self.issuer}/authorize"}
        said |= {"token_endpoint": f"{self.issuer}/token", "jwks_uri": f"{self.issuer}/keys"}
        said["userinfo_endpoint"] = f"{self.issuer}/me"
        signatures = ["RS256", "ES256", "HS256", "none"]
        return {**said, "id_token_signing_alg_values_supported": signatures, **self.said}

    def token(self, form: dict[str, str], header: str) -> dict[str, Any] | None:
        """What it gives for a code, once, to who can prove to have asked for it."""
        query = self.codes.pop(form.get("code", ""), None)
        pair = base64.b64decode(header.removeprefix("Basic ")).decode()
        good = pair == f"{CLIENT}:{quote(SECRET, safe='')}"
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).decode().rstrip("=")
        if query is None or not good or challenge != query["code_challenge"]:
            return None
        if form.get("redirect_uri") != query["redirect_uri"]:
            return None
        return {
            "id_token": self.signed(query["nonce"]),
            "access_token": "a",
            "token_type": "Bearer",
        }

    def signed(self, nonce: str) -> str:
        """An ID token."""
        at = int(time.time())
        said: dict[str, Any] = {"iss": self.issuer, "sub": "4711", "aud": CLIENT, "nonce": nonce}
        said |= {"iat": at, "exp": at + 300, "email": "tess@example.org", "email_verified": True}
        said = {k: v for k, v in {**said, **self.claims}.items() if k not in self.missing}
        key = self.signer or self.keys[-1]
        if self.algorithm == "none":
            parts = [{"alg": "none"}, said]
            return ".".join(_base64(json.dumps(part)) for part in parts) + "."
        if self.algorithm == "HS256":  # signed with what everybody can read
            shared = OctKey.import_key(self.keys[-1].as_pem(private=False))
            return jwt.encode({"alg": "HS256", "kid": key.kid}, said, shared)
        return jwt.encode({"alg": self.algorithm, "kid": key.kid}, said, key)


def rsa(name: str) -> RSAKey:
    """A key."""
    return RSAKey.generate_key(2048, {"kid": name})


def elliptic(name: str) -> ECKey:
    """A key of another kind."""
    return ECKey.generate_key("P-256", {"kid": name})


def _base64(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


@contextmanager
def provider() -> Iterator[Provider]:
    """A provider as long as the block takes."""
    made = Provider()

    class Answers(Handler):
        def do_GET(self) -> None:
            made.asked.append(self.path)
            if self.path.endswith("/openid-configuration"):
                self._say(made.discovery())
            elif self.path == "/keys":
                self._say({"keys": [key.as_dict(private=False) for key in made.keys]})
            else:
                self._say(made.user if self.headers["Authorization"] == "Bearer a" else None)

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            form = {name: found[0] for name, found in parse_qs(body).items()}
            self._say(made.token(form, self.headers.get("Authorization", "")))

        def _say(self, said: Any) -> None:
            status = 503 if made.down else 200 if said is not None else 400
            self.answer(status, json.dumps(said).encode())

    with answering(Answers) as made.issuer:
        yield made
