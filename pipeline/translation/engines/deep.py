"""Google, Microsoft and MyMemory through deep-translator, so that its faults are not felt.

deep-translator 1.11.4 passes no timeout, keeps what it is asked in its instances (threads that
share one get each other's texts), says ``None`` for “…”, gives a quota notice back as if it were a
translation, hides the status of an error, asks the network in a constructor, and lets errors of
requests through. So: one instance for each text, and under it, instead of `requests`, our own way
over HTTP, which knows deadlines and tells failures apart before deep-translator sees them.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import httpx
import requests

from ..engine import Capabilities, EngineFault, EngineSettings, Job, Trouble
from ..web import TIMEOUT, Answer, request

_URLS = {
    "google": "https://translate.google.com/m",
    "microsoft": "https://api.cognitive.microsofttranslator.com/translate?api-version=3.0",
    "mymemory": "https://api.mymemory.translated.net/get",
}
_CODES = {
    "google": {
        "zh": "zh-CN",
        "zh_TW": "zh-TW",
        "zh_Hant": "zh-TW",
        "nb": "no",
        "nn": "no",
        "he": "iw",
    },
    "microsoft": {"zh": "zh-Hans", "zh_TW": "zh-Hant", "zh_Hant": "zh-Hant", "pt_PT": "pt-pt"},
}
"""Languages that go by another name there."""

_CAPTCHA = re.compile(r"captcha|unusual traffic|/sorry/", re.IGNORECASE)
_STANDS_FOR_NOTHING = re.compile(r"[\W_]*")


class _Requests:
    """What deep-translator's modules know as ``requests``, with a deadline for each thread."""

    exceptions = requests.exceptions

    def __init__(self) -> None:
        self.local = threading.local()

    def get(self, url: str, **options: Any) -> Answer:
        return self._asked("GET", url, options)

    def post(self, url: str, **options: Any) -> Answer:
        return self._asked("POST", url, options)

    def _asked(self, method: str, url: str, options: dict[str, Any]) -> Answer:
        """An answer that says yes.

        Raises:
            EngineFault: Any other, or none; deep-translator lets it through.
        """
        options.pop("proxies", None)  # those of the environment are used all the same
        whole = str(httpx.URL(url).copy_merge_params(options.pop("params", None) or {}))
        answer = request(method, whole, timeout=getattr(self.local, "timeout", TIMEOUT), **options)
        if 300 <= answer.status_code < 400 or _is_captcha(answer):
            raise EngineFault(Trouble.QUOTA, "asks whether a person is there")
        return answer.checked()


def _is_captcha(answer: Answer) -> bool:
    """A page that asks for one, which has no translation in it."""
    if "html" not in answer.headers.get("Content-Type", "") or "result-container" in answer.text:
        return False
    return bool(_CAPTCHA.search(answer.text))


_requests = _Requests()


@dataclass(frozen=True, slots=True)
class DeepTranslator:
    """One service."""

    name: str
    service: str
    url: str
    timeout: float
    key: str = field(default="", repr=False)
    region: str = ""
    price: float | None = 0

    @property
    def capabilities(self) -> Capabilities:
        """One text at a time, and none of it private."""
        most = 450 if self.service == "mymemory" else 4500
        return Capabilities(texts=1, characters=most, price=self.price)

    def translate(self, texts: Sequence[str], job: Job) -> list[str]:
        """As `Engine.translate`."""
        return [self._one(text, job) for text in texts]

    def _one(self, text: str, job: Job) -> str:
        if _STANDS_FOR_NOTHING.fullmatch(text):
            return text
        _requests.local.timeout = self.timeout
        try:
            said = self._translator(job).translate(text)
        except EngineFault:
            raise
        except Exception as error:
            kind = type(error).__name__
            if kind == "LanguageNotSupportedException":
                pair = f"{job.source_locale} to {job.locale}"
                raise EngineFault(Trouble.REFUSED, f"does not translate from {pair}") from None
            raise EngineFault(Trouble.BROKEN, f"failed ({kind})") from None
        if not isinstance(said, str) or not said.strip():
            raise EngineFault(Trouble.BROKEN, "gave no answer")
        return said

    def _translator(self, job: Job) -> Any:
        # Slow, for those who use it.
        from deep_translator import google, microsoft, mymemory  # noqa: PLC0415

        google.requests = mymemory.requests = microsoft.requests = _requests
        codes = [_code(self.service, locale) for locale in (job.source_locale, job.locale)]
        if self.service == "google":
            translator = google.GoogleTranslator(*codes)
        elif self.service == "microsoft":
            # Its constructor asks the network which languages there are.
            languages = {code: code for code in codes}
            own = {"_get_supported_languages": lambda self: languages}
            kind = type("Microsoft", (microsoft.MicrosoftTranslator,), own)
            translator = kind(*codes, api_key=self.key, region=self.region or None)
        else:
            names = [_mymemory(code) for code in (job.source_locale, job.locale)]
            translator = mymemory.MyMemoryTranslator(*names)
        translator._base_url = self.url
        return translator

    def health(self) -> str:
        """As `Engine.health`: asks for a word."""
        self._one("Hello", Job("en", "nl"))
        return "answers"


def _code(service: str, locale: str) -> str:
    """A language as a service names it."""
    own = _CODES.get(service, {})
    language = locale.partition("_")[0]
    return own.get(locale) or own.get(language) or language


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


def microsoft(settings: EngineSettings) -> DeepTranslator:
    """Microsoft Translator: ``key_env``, ``region`` where the key is of one; ``price`` if known."""
    price = settings.price(10)
    return replace(
        _create(settings, "microsoft"),
        key=settings.key(needed=True),
        region=settings.text("region"),
        price=price,
    )


def _create(settings: EngineSettings, service: str) -> DeepTranslator:
    url = settings.url(_URLS[service])
    return DeepTranslator(settings.name, service, url, settings.number("timeout", 30))
