"""DeepL, through its official client: HTML tags, form of address, the glossary.

The key is sent in a header and nowhere else.
"""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import requests

from .. import web
from ..engine import Capabilities, EngineFault, EngineSettings, Job, Trouble

_TARGETS = {"en": "EN-GB", "pt": "PT-PT", "zh": "ZH-HANS", "nn": "NB", "no": "NB",
            "en_US": "EN-US", "en_CA": "EN-US", "pt_BR": "PT-BR", "zh_TW": "ZH-HANT",
            "zh_HK": "ZH-HANT", "zh_Hant": "ZH-HANT", "es_419": "ES-419"}  # fmt: skip
"""Targets by another name than their language's; DeepL knows no other territories."""

_FORMALITY = {"informal": "prefer_less", "formal": "prefer_more"}


@dataclass(frozen=True, slots=True)
class DeepL:
    """One account."""

    name: str
    key: str = field(repr=False)
    url: str | None
    timeout: float
    price: float | None
    site: str = ""
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
        if context := (*job.before, *job.notes, *job.after):
            options["context"] = "\n".join(context)
        try:
            if glossary := self._glossary(client, job):
                options["glossary"] = glossary
            found = client.translate_text(
                list(texts),
                source_lang=_target(job.source_locale)[:2],
                target_lang=_target(job.locale),
                **options,
            )
        except Exception as error:
            self.glossaries.clear()  # somebody may have removed it: look again
            raise _fault(error) from None
        finally:
            client.close()
        return web.texts_of([result.text for result in found], len(texts))

    def _glossary(self, client: Any, job: Job) -> str | None:
        """The number of our glossary at DeepL, which is made anew whenever a term changes.

        It is known there by a name with the site and a hash of its terms; None if there are none,
        or DeepL has no glossaries for these languages: the terms are checked afterwards all the
        same.
        """
        entries = {t.term: t.term if t.keep else t.translations[0] for t in job.glossary
                   if t.keep or t.translations}  # fmt: skip
        if not entries:
            return None
        pair = [_target(code)[:2] for code in (job.source_locale, job.locale)]
        said = json.dumps(sorted(entries.items()), ensure_ascii=False)
        prefix = f"{self.site or 'pipeline'} {'-'.join(pair)} "
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
        client = deepl.DeepLClient(self.key, server_url=self.url, send_platform_info=False)
        client._client._session = _Session(self.timeout)  # it has no public way
        return client


class _Session(requests.Session):
    """What the client sends with: our own way over HTTP, and its deadline."""

    def __init__(self, timeout: float) -> None:
        super().__init__()
        self.timeout = timeout

    def send(self, request: requests.PreparedRequest, **options: Any) -> requests.Response:
        """An answer, as the client expects it.

        Raises:
            EngineFault: There is none, or the engine wants to be asked later.
        """
        answer = web.request(
            str(request.method),
            str(request.url),
            timeout=self.timeout,
            headers=dict(request.headers),
            content=request.body or b"",
        )
        if answer.status_code in (429, 503):
            answer.checked()
        response = requests.Response()
        response.status_code = answer.status_code
        response.raw = io.BytesIO(answer.content)
        return response


def _target(locale: str) -> str:
    language = locale.partition("_")[0]
    return _TARGETS.get(locale) or _TARGETS.get(language) or language.upper()


def _fault(error: Exception) -> EngineFault:
    """What the client raised, without its words, which may hold the text or the key."""
    from deepl import exceptions  # noqa: PLC0415

    if isinstance(error.__cause__, EngineFault):  # of our session, wrapped by the client
        fault = error.__cause__
        return EngineFault(fault.trouble, fault.message, after=fault.after)
    if isinstance(error, exceptions.QuotaExceededException):
        return EngineFault(Trouble.QUOTA, "has no quota left")
    if isinstance(error, exceptions.AuthorizationException):
        return EngineFault(Trouble.REFUSED, "does not accept the key")
    status = getattr(error, "http_status_code", None)
    if status == 400:
        return EngineFault(Trouble.REFUSED, "refuses the request (status 400)")
    return EngineFault(Trouble.BROKEN, f"failed ({status or type(error).__name__})")


def create(settings: EngineSettings) -> DeepL:
    """The engine that a table describes: ``key_env``; ``url`` only for a server of one's own."""
    url = settings.url("https://api.deepl.com") if "url" in settings.values else None
    return DeepL(
        settings.name,
        settings.key(needed=True),
        url,
        settings.number("timeout", 30),
        settings.price(20),
        urlsplit(settings.site).netloc,
    )
