"""OpenID Connect: the code flow with PKCE, state and nonce, and an ID token that is looked at well.

OpenID Connect Core 1.0 §3.1, Discovery 1.0, RFC 7636 (PKCE), RFC 9207 (``iss``). Signatures are
those of joserfc; only asymmetric ones count, so that neither ``none`` nor a shared secret does.
"""

from __future__ import annotations

import base64
import hashlib
import secrets
import threading
import time
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

import httpx

from pipeline.desk import OpenId
from pipeline.errors import SettingsError
from pipeline.variables import variable

ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512")
"""The signatures that count."""

_TIMEOUT = 8.0
_LASTS = 3600.0
"""Seconds for which what a provider says of itself is taken to be so."""

_LEEWAY = 60
"""Seconds by which clocks may differ."""


class Unwelcome(Exception):
    """Somebody cannot come in this way; the text says why, for them."""


@dataclass(frozen=True, slots=True)
class Claims:
    """Who a provider says that somebody is."""

    issuer: str
    subject: str
    email: str = ""
    verified: bool = False
    name: str = ""


@dataclass(frozen=True, slots=True)
class Departure:
    """What has to be remembered of somebody until they come back."""

    state: str
    nonce: str
    verifier: str

    @classmethod
    def new(cls) -> Departure:
        """Three words that nobody guesses."""
        return cls(*(secrets.token_urlsafe(32) for _ in range(3)))


@dataclass(slots=True)
class _Known:
    """What is known of a provider, and since when."""

    said: dict[str, Any]
    since: float
    keys: list[Any] = field(default_factory=list)


_known: dict[str, _Known] = {}
_asking = threading.Lock()


def address(settings: OpenId, departure: Departure, back: str) -> str:
    """Where somebody is sent to say who they are.

    Raises:
        Unwelcome: The provider does not answer, or not as it has to.
    """
    digest = hashlib.sha256(departure.verifier.encode()).digest()
    asked = {
        "response_type": "code",
        "client_id": settings.client_id,
        "redirect_uri": back,
        "scope": "openid email profile",
        "state": departure.state,
        "nonce": departure.nonce,
        "code_challenge": base64.urlsafe_b64encode(digest).decode().rstrip("="),
        "code_challenge_method": "S256",
    }
    place = _endpoint(_provider(settings), "authorization_endpoint")
    return f"{place}{'&' if '?' in place else '?'}{urlencode(asked)}"


def claims(settings: OpenId, departure: Departure, code: str, back: str) -> Claims:
    """Who somebody is that came back with a code.

    Raises:
        Unwelcome: The provider does not stand up for them.
        SettingsError: The variable with the secret is not set, or the extra is not installed.
    """
    known = _provider(settings)
    answer = _exchange(settings, known, departure, code, back)
    said = _verified(settings, known, str(answer.get("id_token", "")), departure.nonce)
    if not said.get("email"):
        said = {**_user(known, answer, said["sub"]), **said}
    verified = said.get("email_verified") in (True, "true")
    name = said.get("name") or said.get("preferred_username") or ""
    email = str(said.get("email") or "")
    return Claims(settings.issuer, str(said["sub"]), email, verified, str(name))


def _exchange(
    settings: OpenId, known: _Known, departure: Departure, code: str, back: str
) -> dict[str, Any]:
    """What the provider gives for a code."""
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": back,
        "code_verifier": departure.verifier,
    }
    secret = _secret(settings)
    methods = known.said.get("token_endpoint_auth_methods_supported", ["client_secret_basic"])
    headers = {"Accept": "application/json"}
    if secret and "client_secret_basic" in methods:
        pair = f"{quote(settings.client_id, safe='')}:{quote(secret, safe='')}"
        headers["Authorization"] = f"Basic {base64.b64encode(pair.encode()).decode()}"
    else:
        form["client_id"] = settings.client_id
        form |= {"client_secret": secret} if secret else {}
    place = _endpoint(known, "token_endpoint")
    return _asked("POST", place, data=form, headers=headers)


def _verified(settings: OpenId, known: _Known, token: str, nonce: str) -> dict[str, Any]:
    """What an ID token says, if its signature, receiver, time and nonce are right."""
    try:
        from joserfc import jwt  # noqa: PLC0415 - an extra
        from joserfc.errors import JoseError  # noqa: PLC0415
    except ImportError:
        raise SettingsError(
            "[review.oidc] needs joserfc", hint="pip install 'solacium-pipeline[oidc]'"
        ) from None
    supported = known.said.get("id_token_signing_alg_values_supported", ["RS256"])
    allowed = [name for name in ALGORITHMS if name in supported]
    wanted = jwt.JWTClaimsRegistry(
        leeway=_LEEWAY,
        iss={"essential": True, "value": settings.issuer},
        aud={"essential": True, "value": settings.client_id},
        nonce={"essential": True, "value": nonce},
        sub={"essential": True},
        exp={"essential": True},
        iat={"essential": True},
    )
    try:
        said = dict(_decoded(known, token, allowed))
        wanted.validate(said)
    except (JoseError, ValueError, TypeError, KeyError):
        raise Unwelcome("The provider’s answer is not to be trusted. Try again.") from None
    receivers = said["aud"] if isinstance(said["aud"], list) else [said["aud"]]
    party = said.get("azp", settings.client_id if len(receivers) == 1 else None)
    if party != settings.client_id or not isinstance(said["sub"], str) or not said["sub"]:
        raise Unwelcome("The provider’s answer is for somebody else. Try again.")
    return said


def _decoded(known: _Known, token: str, allowed: list[str]) -> dict[str, Any]:
    """What a token says that one of the provider's keys signed; new ones are asked for once."""
    from joserfc import jws, jwt  # noqa: PLC0415
    from joserfc.errors import BadSignatureError, JoseError  # noqa: PLC0415

    header = jws.extract_compact(token.encode()).headers()
    name = header.get("kid")
    for fresh in (False, True):
        if fresh or not known.keys:
            known.keys = _keys(known)
        for key in known.keys:
            if name is not None and key.kid != name:
                continue
            try:
                return jwt.decode(token, key, algorithms=allowed).claims
            except (BadSignatureError, ValueError, TypeError):
                continue  # another key, or one that is of no use for this signature
            except JoseError:
                if fresh:
                    raise
    raise BadSignatureError


def _keys(known: _Known) -> list[Any]:
    from joserfc.errors import JoseError  # noqa: PLC0415
    from joserfc.jwk import ECKey, RSAKey  # noqa: PLC0415

    kinds: dict[str, Any] = {"RSA": RSAKey, "EC": ECKey}
    found = []
    for said in _asked("GET", _endpoint(known, "jwks_uri")).get("keys", []):
        if said.get("use", "sig") != "sig" or said.get("kty") not in kinds:
            continue
        try:
            found.append(kinds[said["kty"]].import_key(said))
        except (JoseError, ValueError, KeyError):
            continue  # a key of a kind that is not known here
    return found


def _user(known: _Known, answer: dict[str, Any], subject: str) -> dict[str, Any]:
    """What the provider says of somebody besides, where the token does not have it."""
    if not known.said.get("userinfo_endpoint") or not answer.get("access_token"):
        return {}
    bearer = {"Authorization": f"Bearer {answer['access_token']}"}
    said = _asked("GET", _endpoint(known, "userinfo_endpoint"), headers=bearer)
    if said.get("sub") != subject:
        raise Unwelcome("The provider’s answers do not fit together. Try again.")
    return said


def _provider(settings: OpenId) -> _Known:
    """What a provider says of itself."""
    with _asking:
        known = _known.get(settings.issuer)
        if known is None or time.monotonic() - known.since > _LASTS:
            place = f"{settings.issuer.rstrip('/')}/.well-known/openid-configuration"
            said = _asked("GET", place)
            if said.get("issuer") != settings.issuer:
                raise Unwelcome("The provider says that it is another one; tell a manager.")
            known = _known[settings.issuer] = _Known(said, time.monotonic())
        return known


def _endpoint(known: _Known, name: str) -> str:
    """An address of the provider, which nobody on the way reads."""
    place = str(known.said.get(name, ""))
    parts = urlsplit(place)
    local = parts.hostname in ("127.0.0.1", "::1", "localhost")
    if not (parts.scheme == "https" or (parts.scheme == "http" and local)):
        raise Unwelcome("The provider is not set up as it has to be; tell a manager.")
    return place


def _secret(settings: OpenId) -> str:
    if not settings.client_secret_env:
        return ""
    secret = variable(settings.client_secret_env)
    if not secret:
        raise SettingsError(
            f"the variable {settings.client_secret_env} holds no secret",
            hint=f"Set it, or {settings.client_secret_env}_FILE, where the desk runs.",
        )
    return secret


def _asked(method: str, place: str, **options: Any) -> dict[str, Any]:
    """What the provider answers, as JSON."""
    try:
        answer = httpx.request(method, place, timeout=_TIMEOUT, **options)
        said = answer.json() if answer.is_success else None
    except (httpx.HTTPError, httpx.InvalidURL, ValueError):
        said = None
    if not isinstance(said, dict):
        raise Unwelcome("The provider does not answer as it should. Try again in a while.")
    return said
