"""Settings of the review desk: ``[review]`` of ``pipeline.toml``, and its tables."""

from __future__ import annotations

import re
from dataclasses import dataclass
from email.errors import HeaderParseError
from email.headerregistry import Address
from typing import Literal, cast
from urllib.parse import urlsplit

from .tables import Table, folder, web_address

Tls = Literal["starttls", "tls", "none"]


LETTERS = ("en", "nl")
"""The languages that the desk's letters are in."""


@dataclass(frozen=True, slots=True)
class Mail:
    """``[review.mail]``: the server that sends the desk's letters; none without a ``host``.

    ``sender`` is whom they are from; the password is in the variable ``password_env`` names;
    ``language`` is what they are in, for those who did not choose.
    """

    host: str = ""
    port: int = 587
    tls: Tls = "starttls"
    sender: str = ""
    user: str = ""
    password_env: str = ""
    language: str = "en"


@dataclass(frozen=True, slots=True)
class Webhook:
    """``[review.webhook]``: a program that is told things, signed; none without a ``url``."""

    url: str = ""
    secret_env: str = ""


@dataclass(frozen=True, slots=True)
class OpenId:
    """``[review.oidc]``: people who log in with an OpenID provider; none without an ``issuer``.

    ``name`` stands on the button. With ``create`` true, whoever has a verified address in one of
    ``domains`` comes in without an invitation, with ``role`` in ``languages`` (all, if none).
    """

    issuer: str = ""
    client_id: str = ""
    client_secret_env: str = ""
    name: str = "OpenID"
    create: bool = False
    role: str = "translator"
    languages: tuple[str, ...] = ()
    domains: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Review:
    """``[review]``: the review desk, and what each language asks of those who approve there.

    ``url`` is the address that people open it by, where that is not this machine's own;
    ``four_eyes`` has the languages in which who translated cannot approve; ``passwords`` is whether
    people may log in with one; ``views`` is the file that says how often each page is read, if
    there is one.
    """

    url: str = ""
    four_eyes: frozenset[str] = frozenset()
    passwords: bool = True
    views: str = "views.tsv"
    mail: Mail = Mail()
    webhook: Webhook = Webhook()
    oidc: OpenId = OpenId()


def review_of(table: Table, locales: Table) -> Review:
    """What ``[review]`` says, and ``four_eyes`` of each language."""
    table.only(("url", "passwords", "views", "mail", "webhook", "oidc"))
    careful = {name for name, inner in locales.tables() if inner.truth("four_eyes", False)}
    url = web_address(table, required=False)
    mail, oidc = _mail(table.table("mail")), _oidc(table.table("oidc"), list(locales.data))
    if (mail.host or oidc.issuer) and not url:
        what = "mail" if mail.host else "oidc"
        hint = 'Write the address of the desk, such as url = "https://desk.example.org".'
        table.wrong(what, "needs the address of the desk, in url of [review]", hint)
    passwords = table.truth("passwords", True)
    if not passwords and not oidc.issuer:
        hint = "Add [review.oidc], or remove the line."
        table.wrong("passwords", "is false, and nobody can log in in another way", hint)
    views = folder(table, "views", "views.tsv")
    webhook = _webhook(table.table("webhook"))
    return Review(url, frozenset(careful), passwords, views, mail, webhook, oidc)


def _mail(table: Table) -> Mail:
    table.only(Mail.__dataclass_fields__)
    tls = cast(Tls, table.choice("tls", ("starttls", "tls", "none"), "starttls"))
    mail = Mail(
        table.text("host"),
        table.number("port", 465 if tls == "tls" else 587, minimum=1, maximum=65535),
        tls,
        table.text("sender"),
        table.text("user"),
        table.text("password_env"),
        table.choice("language", LETTERS, "en"),
    )
    if table.data and not mail.host:
        table.wrong("host", "is missing", 'Name the server: host = "smtp.example.org"')
    if mail.host and not _is_address(mail.sender):
        hint = 'Such as sender = "desk@example.org".'
        table.wrong("sender", f"is no e-mail address: {mail.sender!r}", hint)
    if bool(mail.user) is not bool(mail.password_env):
        hint = 'Write both, such as user = "desk", password_env = "MAIL_PASSWORD".'
        table.wrong("user", "and password_env belong together", hint)
    if mail.user and tls == "none" and mail.host not in ("127.0.0.1", "::1", "localhost"):
        hint = 'Use tls = "starttls" or "tls".'
        table.wrong("tls", "is none, and a password would be readable on its way", hint)
    return mail


def _is_address(text: str) -> bool:
    try:
        return bool(text and "@" in text and Address(addr_spec=text).domain)
    except (ValueError, IndexError, HeaderParseError):
        return False


def _webhook(table: Table) -> Webhook:
    table.only(Webhook.__dataclass_fields__)
    found = Webhook(table.text("url"), table.text("secret_env"))
    if found.url and not re.match(r"https?://[^/@\s]+(/|$)", found.url):
        table.wrong("url", f"is no http(s) address without a password: {found.url!r}", "")
    if found.url and not found.secret_env:
        hint = 'Add secret_env = "NAME" (a variable that holds the secret).'
        table.wrong("url", "has no secret to be signed with", hint)
    if table.data and not found.url:
        table.wrong("url", "is missing", 'Such as url = "https://example.org/hook".')
    return found


def _oidc(table: Table, locales: list[str]) -> OpenId:
    table.only(OpenId.__dataclass_fields__)
    found = OpenId(
        table.text("issuer"),
        table.text("client_id"),
        table.text("client_secret_env"),
        table.text("name", "OpenID"),
        table.truth("create", False),
        table.choice("role", ("translator", "reviewer", "manager"), "translator"),
        table.texts("languages"),
        tuple(domain.lower() for domain in table.texts("domains")),
    )
    if table.data and not (found.issuer and found.client_id):
        hint = "Both are what the provider says of this desk."
        table.wrong("issuer", "and client_id are needed", hint)
    if found.issuer and not _is_safe(found.issuer):
        hint = "A provider is at https, except on this machine."
        table.wrong("issuer", f"is no https address: {found.issuer!r}", hint)
    for language in found.languages:
        if language not in locales:
            table.wrong("languages", f"has {language!r}, which is no [locales.…]", "Name another.")
    if found.create and not found.domains:
        hint = 'Add domains = ["example.org"]: whose addresses are let in without an invitation.'
        table.wrong("create", "is true for anybody in the world", hint)
    return found


def _is_safe(issuer: str) -> bool:
    try:
        parts = urlsplit(issuer)
        local = parts.hostname in ("127.0.0.1", "::1", "localhost")
    except ValueError:
        return False
    whole = bool(parts.hostname) and not parts.query and not parts.fragment and "@" not in issuer
    return whole and (parts.scheme == "https" or (parts.scheme == "http" and local))
