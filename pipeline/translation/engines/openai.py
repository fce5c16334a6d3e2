"""Any server that speaks the OpenAI chat API: a model with a prompt, strict JSON out."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from babel import Locale

from ..engine import Capabilities, EngineFault, EngineSettings, Job, Trouble
from ..web import get, is_near, post, texts_of


@dataclass(frozen=True, slots=True)
class ChatModel:
    """One model on one server."""

    name: str
    url: str
    model: str
    key: str = field(repr=False)
    timeout: float
    local: bool
    price: float | None

    @property
    def capabilities(self) -> Capabilities:
        """A few texts at once, so that one strange answer costs little."""
        return Capabilities(html=True, local=self.local, texts=8, characters=6000, price=self.price)

    def translate(self, texts: Sequence[str], job: Job) -> list[str]:
        """As `Engine.translate`."""
        asked = {"texts": {str(n): text for n, text in enumerate(texts, 1)}}
        around = {"before": list(job.before), "after": list(job.after)}
        said = json.dumps(asked | {k: v for k, v in around.items() if v}, ensure_ascii=False)
        data = {
            "model": self.model,
            "temperature": 0,
            "response_format": {"type": "json_object"},
            "messages": [
                {"role": "system", "content": prompt(job)},
                {"role": "user", "content": said},
            ],
        }
        answer = post(
            f"{self.url}/chat/completions", data, headers=self._headers(), timeout=self.timeout
        )
        return texts_of(_by_number(answer, len(texts)), len(texts))

    def health(self) -> str:
        """As `Engine.health`."""
        found = get(f"{self.url}/models", headers=self._headers())
        models = found.get("data", []) if isinstance(found, dict) else []
        return f"{len(models)} models"

    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.key}"} if self.key else {}


def _by_number(answer: Any, count: int) -> list[object]:
    """The translations by the numbers of their texts, in whatever order the model gave them.

    Raises:
        EngineFault: They are not what was asked for, each number once and no other.
    """
    try:
        said = json.loads(
            answer["choices"][0]["message"]["content"], object_pairs_hook=_without_doubles
        )["translations"]
        if len(said) != count:
            raise EngineFault(Trouble.BROKEN, f"answered {len(said)} texts for {count}")
        return [said[str(n)] for n in range(1, count + 1)]
    except (KeyError, IndexError, TypeError, ValueError):
        raise EngineFault(Trouble.BROKEN, "did not answer in the form it was asked for") from None


def _without_doubles(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name stands twice")
    return found


def prompt(job: Job) -> str:
    """What the model is told: languages, form of address, terms, notes, and how to answer."""
    source, target = (_named(code) for code in (job.source_locale, job.locale))
    kept = '<x id="1"></x>' if job.html else "⟦1⟧, (1), {1} or <1>"
    lines = [
        f"You translate texts of a website from {source} into idiomatic {target}.",
        f"Signs such as {kept} stand for markup: keep each of them once, where its words are.",
        "Translate nothing that is not in the text, and leave nothing out.",
    ]
    if job.address:
        lines.append(f"Readers are spoken to in the {job.address} form.")
    for term in job.terms:
        said = f"stays “{term.term}”" if term.keep else f"is “{' or '.join(term.translations)}”"
        lines.append(f"“{term.term}” {said}.")
    lines += [f"Note: {note}" for note in job.notes]
    if job.before or job.after:
        lines.append("“before” and “after” are what stands around: do not translate them.")
    lines.append(
        'Answer with JSON alone, by the numbers of the texts: {"translations": {"1": "…", …}}.'
    )
    return "\n".join(lines)


def _named(locale: str) -> str:
    """A language in English, with its territory or script where it has one."""
    return str(Locale.parse(locale).get_display_name("en"))


def create(settings: EngineSettings) -> ChatModel:
    """The engine that a table describes: ``url``, ``model``, and ``key_env`` if one is needed."""
    url = settings.url("https://api.openai.com/v1")
    model = settings.text("model")
    if not model:
        raise settings.error("“model” is missing")
    local = is_near(url)
    return ChatModel(
        settings.name,
        url,
        model,
        settings.key(needed=not local),
        settings.number("timeout", 120),
        local,
        settings.price(0 if local else None),
    )
