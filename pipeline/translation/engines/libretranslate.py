"""LibreTranslate, self-hosted, through its HTTP API (deep-translator's own class has no Dutch)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ..engine import Capabilities, EngineSettings, Job
from ..web import get, post, texts_of


@dataclass(frozen=True, slots=True)
class LibreTranslate:
    """One server."""

    name: str
    url: str
    key: str
    timeout: float

    @property
    def capabilities(self) -> Capabilities:
        """Plain text only: its HTML mode gives back what was escaped as live markup."""
        return Capabilities(local=True, texts=20, characters=5000, price=0)

    def translate(self, texts: Sequence[str], job: Job) -> list[str]:
        """As `Engine.translate`."""
        data: dict[str, object] = {
            "q": list(texts),
            "source": job.source_locale.partition("_")[0],
            "target": job.locale.partition("_")[0],
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


def create(settings: EngineSettings) -> LibreTranslate:
    """The engine that a table describes: ``url``, and ``key_env`` where the server wants a key."""
    return LibreTranslate(
        settings.name, settings.url(), settings.key(), settings.number("timeout", 30)
    )
