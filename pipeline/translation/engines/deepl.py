"""DeepL, through its official client: HTML tags, form of address, the glossary.

The key is sent in a header and nowhere else.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from ..engine import Capabilities, EngineFault, EngineSettings, Job, Trouble

_TARGETS = {"en": "EN-GB", "pt": "PT-PT", "zh": "ZH-HANS"}
"""Languages that DeepL wants to know more of, as a target."""

_FORMALITY = {"informal": "prefer_less", "formal": "prefer_more"}


@dataclass(frozen=True, slots=True)
class DeepL:
    """One account."""

    name: str
    key: str
    url: str | None
    timeout: float
    price: float | None
    glossaries: dict[str, str | None] = field(default_factory=dict)

    @property
    def capabilities(self) -> Capabilities:
        """Fifty texts at once."""
        return Capabilities(html=True, texts=50, characters=30000, price=self.price)

    def translate(self, texts: Sequence[str], job: Job) -> list[str]:
        """As `Engine.translate`."""
        client = self._client()
        options: dict[str, Any] = {"formality": _FORMALITY[job.address]} if job.address else {}
        if job.html:
            options |= {"tag_handling": "html", "ignore_tags": ["x"]}
        if job.notes:
            options["context"] = "\n".join(job.notes)
        target = job.locale.partition("_")[0]
        try:
            if glossary := self._glossary(client, job):
                options["glossary"] = glossary
            found = client.translate_text(
                list(texts),
                source_lang=job.source_locale.partition("_")[0].upper(),
                target_lang=_TARGETS.get(target, job.locale.replace("_", "-").upper()),
                **options,
            )
        except Exception as error:
            raise _fault(error) from None
        finally:
            client.close()
        return [result.text for result in found]

    def _glossary(self, client: Any, job: Job) -> str | None:
        """The number of our glossary at DeepL, which is made anew whenever a term changes.

        It is known there by a name with a hash of its terms; None if there are none, or DeepL has
        no glossaries for these languages: the terms are checked afterwards all the same.
        """
        entries = {t.term: t.term if t.keep else t.translations[0] for t in job.glossary
                   if t.keep or t.translations}  # fmt: skip
        if not entries:
            return None
        pair = [code.partition("_")[0].upper() for code in (job.source_locale, job.locale)]
        said = json.dumps(sorted(entries.items()), ensure_ascii=False)
        prefix = f"pipeline {'-'.join(pair)} "
        name = prefix + hashlib.sha256(said.encode()).hexdigest()[:16]
        if name not in self.glossaries:
            self.glossaries[name] = self._made(client, name, prefix, pair, entries)
        return self.glossaries[name]

    def _made(
        self, client: Any, name: str, prefix: str, pair: list[str], entries: dict[str, str]
    ) -> str | None:
        from deepl import exceptions  # noqa: PLC0415

        try:
            found = client.list_glossaries()
            for old in found:
                if old.name == name:
                    return str(old.glossary_id)
            made = client.create_glossary(name, *pair, entries)
            for old in found:
                if old.name.startswith(prefix):
                    client.delete_glossary(old)
        except (exceptions.QuotaExceededException, exceptions.TooManyRequestsException):
            raise
        except exceptions.DeepLException as error:
            if error.http_status_code in (400, 404, 501):
                return None
            raise
        return str(made.glossary_id)

    def health(self) -> str:
        """As `Engine.health`: how much of the quota is left."""
        client = self._client()
        try:
            used = client.get_usage().character
        except Exception as error:
            raise _fault(error) from None
        finally:
            client.close()
        if used is None or used.limit is None or used.count is None:
            return "answers"
        return f"{used.limit - used.count:,} characters left"

    def _client(self) -> Any:
        import deepl  # noqa: PLC0415 - for those who use it
        from deepl import http_client  # noqa: PLC0415

        # Retries are the guard's: what was sent may have been paid for.
        http_client.max_network_retries = 0
        http_client.min_connection_timeout = self.timeout
        return deepl.DeepLClient(self.key, server_url=self.url, send_platform_info=False)


def _fault(error: Exception) -> EngineFault:
    """What the client raised, without its words, which may hold the text or the key."""
    from deepl import exceptions  # noqa: PLC0415

    kinds: tuple[tuple[type[Exception], Trouble, str], ...] = (
        (exceptions.QuotaExceededException, Trouble.QUOTA, "has no quota left"),
        (exceptions.TooManyRequestsException, Trouble.BUSY, "is busy"),
        (exceptions.AuthorizationException, Trouble.REFUSED, "does not accept the key"),
        (exceptions.ConnectionException, Trouble.BROKEN, "broke the connection off"),
    )
    for kind, trouble, message in kinds:
        if isinstance(error, kind):
            return EngineFault(trouble, message)
    status = getattr(error, "http_status_code", None)
    if status == 503:
        return EngineFault(Trouble.BUSY, "is busy (status 503)")
    return EngineFault(Trouble.BROKEN, f"failed ({status or type(error).__name__})")


def create(settings: EngineSettings) -> DeepL:
    """The engine that a table describes: ``key_env``; ``url`` only for a server of one's own."""
    url = settings.url("https://api.deepl.com") if "url" in settings.values else None
    price = settings.values.get("price", 20)
    return DeepL(
        settings.name,
        settings.key(needed=True),
        url,
        settings.number("timeout", 30),
        float(price) if isinstance(price, int | float) else None,
    )
