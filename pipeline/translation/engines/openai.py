"""Any server that speaks the OpenAI chat API: a model with a prompt, strict JSON out."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from babel import Locale

from ..engine import Capabilities, EngineFault, EngineSettings, Job, Trouble
from ..web import get, post, texts_of


@dataclass(frozen=True, slots=True)
class ChatModel:
    """One model on one server."""

    name: str
    url: str
    model: str
    key: str
    timeout: float
    local: bool
    price: float | None

    @property
    def capabilities(self) -> Capabilities:
        """A few texts at once, so that one strange answer costs little."""
        return Capabilities(html=True, local=self.local, texts=8, characters=6000, price=self.price)

    def translate(self, texts: Sequence[str], job: Job) -> list[str]:
        """As `Engine.translate`."""
        data = {
            "model": self.model,
            "temperature": 0,
            "response_format": {"type": "json_object"},
            "messages": [
                {"role": "system", "content": prompt(job)},
                {"role": "user", "content": json.dumps({"texts": list(texts)}, ensure_ascii=False)},
            ],
        }
        headers = {"Authorization": f"Bearer {self.key}"} if self.key else {}
        answer = post(f"{self.url}/chat/completions", data, headers=headers, timeout=self.timeout)
        try:
            said = json.loads(answer["choices"][0]["message"]["content"])
            return texts_of(said["translations"], len(texts))
        except (KeyError, IndexError, TypeError, ValueError):
            raise EngineFault(
                Trouble.BROKEN, "did not answer in the form it was asked for"
            ) from None

    def health(self) -> str:
        """As `Engine.health`."""
        found = get(f"{self.url}/models")
        models = found.get("data", []) if isinstance(found, dict) else []
        return f"{len(models)} models"


def prompt(job: Job) -> str:
    """What the model is told: languages, form of address, terms, notes, and how to answer."""
    english = Locale("en").languages
    source, target = (english[code[:2]] for code in (job.source_locale, job.locale))
    lines = [
        f"You translate texts of a website from {source} into idiomatic {target}.",
        'Keep every tag such as <span id="a1">…</span> once, and everything in it that is code.',
        "Translate nothing that is not in the text, and leave nothing out.",
    ]
    if job.address:
        lines.append(f"Readers are spoken to in the {job.address} form.")
    for term in job.terms:
        said = f"stays “{term.term}”" if term.keep else f"is “{' or '.join(term.translations)}”"
        lines.append(f"“{term.term}” {said}.")
    lines += [f"Note: {note}" for note in job.notes]
    lines.append('Answer with JSON alone: {"translations": [one string for each text, in order]}.')
    return "\n".join(lines)


def create(settings: EngineSettings) -> ChatModel:
    """The engine that a table describes: ``url``, ``model``, and ``key_env`` if one is needed."""
    url = settings.url("https://api.openai.com/v1")
    model = settings.text("model")
    if not model:
        raise settings.error("“model” is missing")
    local = any(host in url for host in ("//127.0.0.1", "//localhost", "//[::1]"))
    price = settings.values.get("price")
    return ChatModel(
        settings.name,
        url,
        model,
        settings.key(needed=not local),
        settings.number("timeout", 120),
        local,
        float(price) if isinstance(price, int | float) else (0 if local else None),
    )
