"""SMTP: hand a letter to the server that the settings name, encrypted and logged in as they say."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Callable
from contextlib import suppress
from email.message import EmailMessage

from pipeline.desk import Mail
from pipeline.errors import SettingsError
from pipeline.variables import variable

_TIMEOUT = 20.0
"""Seconds for each step of the conversation."""


class NotSent(Exception):
    """The server does not take a letter; ``for_good`` if it says that it never will."""

    def __init__(self, why: str, *, for_good: bool = False) -> None:
        super().__init__(why)
        self.for_good = for_good


def send(mail: Mail, letter: EmailMessage, accepted: Callable[[], None]) -> None:
    """Send a letter; ``accepted`` is called as soon as the server has it.

    Raises:
        NotSent: The server does not have it.
        SettingsError: The variable with the password is not set.
    """
    password = _password(mail)
    try:
        server = _connected(mail)
    except (OSError, smtplib.SMTPException) as error:
        raise NotSent(f"{mail.host}: {_said(error)}") from None
    try:
        if password:
            server.login(mail.user, password)
        server.send_message(letter)
    except smtplib.SMTPRecipientsRefused as error:
        code, said = next(iter(error.recipients.values()))
        raise NotSent(_plain(code, said), for_good=code >= 500) from None
    except smtplib.SMTPAuthenticationError as error:  # it is the desk that is refused
        raise NotSent(f"the log-in is refused ({error.smtp_code})") from None
    except (smtplib.SMTPSenderRefused, smtplib.SMTPDataError) as error:
        for_good = error.smtp_code >= 500 and isinstance(error, smtplib.SMTPDataError)
        raise NotSent(_plain(error.smtp_code, error.smtp_error), for_good=for_good) from None
    except (OSError, ValueError, smtplib.SMTPException) as error:
        raise NotSent(f"{mail.host}: {_said(error)}") from None
    else:
        accepted()
    finally:
        with suppress(OSError, smtplib.SMTPException):
            server.quit()
        server.close()


def _password(mail: Mail) -> str:
    if not mail.password_env:
        return ""
    password = variable(mail.password_env)
    if not password:
        raise SettingsError(
            f"the variable {mail.password_env} holds no password",
            hint=f"Set it, or {mail.password_env}_FILE, where the desk runs.",
        )
    return password


def _connected(mail: Mail) -> smtplib.SMTP:
    """A conversation that is encrypted as asked, with a server whose certificate is good."""
    if mail.tls == "tls":
        context = ssl.create_default_context()
        return smtplib.SMTP_SSL(mail.host, mail.port, timeout=_TIMEOUT, context=context)
    server = smtplib.SMTP(mail.host, mail.port, timeout=_TIMEOUT)
    if mail.tls == "starttls":
        try:
            server.starttls(context=ssl.create_default_context())
        except BaseException:
            server.close()
            raise
    return server


def _plain(code: int, said: bytes | str) -> str:
    text = said.decode(errors="replace") if isinstance(said, bytes) else said
    return f"the server says {code} {' '.join(text.split())}"[:200]


def _said(error: Exception) -> str:
    """What went wrong, without what was sent."""
    if isinstance(error, smtplib.SMTPResponseException):
        return f"the server answers {error.smtp_code}"
    return getattr(error, "strerror", None) or type(error).__name__
