"""Google and MyMemory through deep-translator, wrapped so that its faults are not felt.

deep-translator 1.11.4 passes no timeout, keeps what it is asked in its instances (threads that
share one get each other's texts), says ``None`` for “…”, gives a quota notice back as if it were a
translation, hides the status of an error, and lets errors of requests through. So: one instance for
each text, a session of our own under it that knows deadlines and remembers the answer, and a look
at what came back.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import requests

from ..engine import Capabilities, EngineFault, EngineSettings, Job, Trouble
from ..web import fault_of

_URLS = {
    "google": "https://translate.google.com/m",
    "mymemory": "https://api.mymemory.translated.net/get",
}
_NOTICE = re.compile(
    r"MYMEMORY WARNING|YOU USED ALL AVAILABLE FREE TRANSLATIONS|QUERY LENGTH LIMIT|INVALID LANGUAGE"
    r"|unusual traffic|captcha",
    re.IGNORECASE,
)
_CAPTCHA = re.compile(r"captcha|unusual traffic|/sorry/", re.IGNORECASE)
_STANDS_FOR_NOTHING = re.compile(r"[\W_]*")


class _Requests:
    """What deep-translator's modules know as ``requests``, with a deadline for each thread."""

    def __init__(self) -> None:
        self.local = threading.local()

    def get(self, url: str, **options: Any) -> requests.Response:
        options["timeout"] = (5, getattr(self.local, "timeout", 30))
        options["allow_redirects"] = False
        self.local.response = None
        self.local.response = response = requests.get(url, **options)  # noqa: S113 - above
        return response

    def __getattr__(self, name: str) -> Any:
        return getattr(requests, name)


_requests = _Requests()


@dataclass(frozen=True, slots=True)
class DeepTranslator:
    """One service."""

    name: str
    service: str
    url: str
    timeout: float

    @property
    def capabilities(self) -> Capabilities:
        """One text at a time, and none of it private."""
        most = 4500 if self.service == "google" else 450
        return Capabilities(texts=1, characters=most, price=0)

    def translate(self, texts: Sequence[str], job: Job) -> list[str]:
        """As `Engine.translate`."""
        return [self._one(text, job) for text in texts]

    def _one(self, text: str, job: Job) -> str:
        if _STANDS_FOR_NOTHING.fullmatch(text):
            return text
        _requests.local.timeout = self.timeout
        _requests.local.response = None
        try:
            said = self._translator(job).translate(text)
        except requests.ConnectionError:
            raise EngineFault(Trouble.BUSY, "cannot be reached") from None
        except requests.Timeout:
            raise EngineFault(Trouble.BROKEN, f"did not answer within {self.timeout:g} s") from None
        except Exception as error:
            self._look(_requests.local.response)
            raise EngineFault(Trouble.BROKEN, f"failed ({type(error).__name__})") from None
        self._look(_requests.local.response)
        if not isinstance(said, str) or not said.strip():
            raise EngineFault(Trouble.BROKEN, "gave no answer")
        if _NOTICE.search(said):
            raise EngineFault(Trouble.QUOTA, "answered with a notice instead of a translation")
        return said

    def _translator(self, job: Job) -> Any:
        from deep_translator import google, mymemory  # noqa: PLC0415 - slow, for those who use it

        google.requests = mymemory.requests = _requests
        codes = (job.source_locale.partition("_")[0], job.locale.partition("_")[0])
        if self.service == "google":
            translator = google.GoogleTranslator(*codes)
        else:
            names = [_mymemory(code) for code in (job.source_locale, job.locale)]
            translator = mymemory.MyMemoryTranslator(*names)
        translator._base_url = self.url
        return translator

    def _look(self, response: requests.Response | None) -> None:
        """What the answer was, which deep-translator does not tell."""
        if response is None:
            return
        if 300 <= response.status_code < 400 or _CAPTCHA.search(response.text[:5000]):
            raise EngineFault(Trouble.QUOTA, "asks whether a person is there")
        fault_of(response.status_code, response.headers.get("Retry-After", ""))

    def health(self) -> str:
        """As `Engine.health`: asks for a word."""
        self._one("Hello", Job("en", "nl"))
        return "answers"


def _mymemory(locale: str) -> str:
    """MyMemory wants a territory: the likeliest."""
    from babel.core import get_global  # noqa: PLC0415

    language, _, territory = locale.partition("_")
    likely = str(get_global("likely_subtags").get(language, f"{language}_US"))
    return f"{language}-{territory or likely.rpartition('_')[2]}"


def google(settings: EngineSettings) -> DeepTranslator:
    """Google Translate's public page."""
    return _create(settings, "google")


def mymemory(settings: EngineSettings) -> DeepTranslator:
    """MyMemory's public service."""
    return _create(settings, "mymemory")


def _create(settings: EngineSettings, service: str) -> DeepTranslator:
    url = settings.url(_URLS[service])
    return DeepTranslator(settings.name, service, url, settings.number("timeout", 30))
