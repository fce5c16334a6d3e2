"""Apertium, rule-based, through the HTTP API of apertium-apy."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from babel import Locale

from ..engine import Capabilities, EngineFault, EngineSettings, Job, Trouble
from ..web import get, is_near, post

_THREE = {"en": "eng", "es": "spa", "nl": "nld", "fr": "fra", "de": "deu", "pt": "por", "ca": "cat",
          "it": "ita", "gl": "glg", "eu": "eus", "ro": "ron", "sv": "swe", "da": "dan", "nb": "nob",
          "nn": "nno", "is": "isl", "cy": "cym", "af": "afr", "oc": "oci"}  # fmt: skip
"""ISO 639-3 as Apertium names its pairs."""


@dataclass(frozen=True, slots=True)
class Apertium:
    """One server."""

    name: str
    url: str
    timeout: float

    @property
    def capabilities(self) -> Capabilities:
        """One text at a time."""
        return Capabilities(local=is_near(self.url), texts=1, characters=10000, price=0)

    def translate(self, texts: Sequence[str], job: Job) -> list[str]:
        """As `Engine.translate`."""
        pair = "|".join(_code(locale) for locale in (job.source_locale, job.locale))
        return [self._one(text, pair) for text in texts]

    def _one(self, text: str, pair: str) -> str:
        data = {"langpair": pair, "q": text, "markUnknown": "no", "deformat": "txt"}
        answer = post(f"{self.url}/translate", data, timeout=self.timeout, form=True)
        try:
            return str(answer["responseData"]["translatedText"])
        except (KeyError, TypeError):
            raise EngineFault(Trouble.BROKEN, "answered with no translation") from None

    def health(self) -> str:
        """As `Engine.health`."""
        found = get(f"{self.url}/listPairs")
        pairs = found.get("responseData", []) if isinstance(found, dict) else []
        return f"{len(pairs)} language pairs"


def _code(locale: str) -> str:
    language = Locale.parse(locale).language
    return _THREE.get(language, language)


def create(settings: EngineSettings) -> Apertium:
    """The engine that a table describes: ``url``."""
    return Apertium(settings.name, settings.url(), settings.number("timeout", 30))
