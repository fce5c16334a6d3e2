"""LibreTranslate, self-hosted, through its HTTP API (deep-translator's own class has no Dutch)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from ..engine import Capabilities, EngineSettings, Job
from ..web import get, is_near, post, texts_of

_CODES = {"zh_TW": "zt", "zh_HK": "zt", "zh_Hant": "zt", "pt_BR": "pb"}
"""Languages that go by another name there."""


@dataclass(frozen=True, slots=True)
class LibreTranslate:
    """One server."""

    name: str
    url: str
    key: str = field(repr=False)
    timeout: float

    @property
    def capabilities(self) -> Capabilities:
        """Plain text only: its HTML mode gives back what was escaped as live markup."""
        return Capabilities(local=is_near(self.url), texts=20, characters=5000, price=0)

    def translate(self, texts: Sequence[str], job: Job) -> list[str]:
        """As `Engine.translate`."""
        data: dict[str, object] = {
            "q": list(texts),
            "source": _code(job.source_locale),
            "target": _code(job.locale),
            "format": "text",
        }
        if self.key:
            data["api_key"] = self.key
        answer = post(f"{self.url}/translate", data, timeout=self.timeout)
        return texts_of(
            answer.get("translatedText") if isinstance(answer, dict) else None, len(texts)
        )

    def health(self) -> str:
        """As `Engine.health`."""
        found = get(f"{self.url}/languages")
        return f"{len(found)} languages" if isinstance(found, list) else "answers"


def _code(locale: str) -> str:
    """A language as LibreTranslate names it."""
    return _CODES.get(locale) or locale.partition("_")[0]


def create(settings: EngineSettings) -> LibreTranslate:
    """The engine that a table describes: ``url``, and ``key_env`` where the server wants a key."""
    return LibreTranslate(
        settings.name, settings.url(), settings.key(), settings.number("timeout", 30)
    )
