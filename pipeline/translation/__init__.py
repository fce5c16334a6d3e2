"""Machine translation: engines, guards around them, protection of markup, and drafting."""

from __future__ import annotations

from .draft import Draft, Drafted, Waiting, translate
from .engine import (
    Capabilities,
    Engine,
    EngineFault,
    EngineSettings,
    Job,
    Trouble,
    engine_of,
    known,
)
from .guard import Guarded

__all__ = [
    "Capabilities",
    "Draft",
    "Drafted",
    "Engine",
    "EngineFault",
    "EngineSettings",
    "Guarded",
    "Job",
    "Trouble",
    "Waiting",
    "engine_of",
    "known",
    "translate",
]
