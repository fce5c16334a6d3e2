"""The clients of engines, each on a stand-in, with a key where it wants one."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from sqlalchemy import Engine as Database

from pipeline.translation import Engine, EngineSettings, Guarded
from pipeline.translation.engines import apertium, deep, deepl, libretranslate, openai
from tests.sites import DAY
from tests.translation.stand_in import KEY, StandIn

TIMEOUT = 1.5
"""Seconds; long for loopback, short for tests of what stalls."""

os.environ["STAND_IN_KEY"] = KEY


def settings(name: str, **values: object) -> EngineSettings:
    """An engine's table."""
    return EngineSettings(name, values, Path("pipeline.toml"))


def libre(server: StandIn) -> Engine:
    """LibreTranslate's client, on a server that wants a key."""
    table = settings("libre", url=server.url, timeout=TIMEOUT, key_env="STAND_IN_KEY")
    return libretranslate.create(table)


def google(server: StandIn) -> Engine:
    """Google's, through deep-translator."""
    return deep.google(settings("google", url=f"{server.url}/m", timeout=TIMEOUT))


def mymemory(server: StandIn) -> Engine:
    """MyMemory's, through deep-translator."""
    return deep.mymemory(settings("mymemory", url=f"{server.url}/get", timeout=TIMEOUT))


def microsoft(server: StandIn) -> Engine:
    """Microsoft's, through deep-translator."""
    url = f"{server.url}/microsoft?api-version=3.0"
    table = settings("microsoft", url=url, timeout=TIMEOUT, key_env="STAND_IN_KEY", region="here")
    return deep.microsoft(table)


def deepl_client(server: StandIn) -> Engine:
    """DeepL's, through its own client."""
    table = settings("deepl", url=server.url, timeout=TIMEOUT, key_env="STAND_IN_KEY")
    return deepl.create(table)


def chat(server: StandIn) -> Engine:
    """A model behind the chat API."""
    table = settings("chat", url=server.url, timeout=TIMEOUT, key_env="STAND_IN_KEY", model="m")
    return openai.create(table)


def rules(server: StandIn) -> Engine:
    """Apertium's client."""
    return apertium.create(settings("apertium", url=server.url, timeout=TIMEOUT))


Client = Callable[[StandIn], Engine]

CLIENTS: tuple[Client, ...] = (libre, google, mymemory, microsoft, deepl_client, chat, rules)


def guarded(engine: Engine, database: Database, **options: object) -> Guarded:
    """An engine with its guards, which do not really sleep."""
    chosen = {"today": DAY, "sleep": lambda seconds: None} | options
    return Guarded(engine, database, **chosen)  # type: ignore[arg-type]  # as its fields are
