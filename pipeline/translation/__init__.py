"""Machine translation: engines, guards around them, protection of markup, and drafting."""

from __future__ import annotations

from .asking import Draft
from .draft import Drafted, Planned, Waiting, translate
from .engine import (
    Capabilities,
    Engine,
    EngineFault,
    EngineSettings,
    Fetching,
    Job,
    Trouble,
    engine_of,
    known,
)
from .guard import Guarded
from .suggestions import Suggestion, suggestions

__all__ = [
    "Capabilities",
    "Draft",
    "Drafted",
    "Engine",
    "EngineFault",
    "EngineSettings",
    "Fetching",
    "Guarded",
    "Job",
    "Planned",
    "Suggestion",
    "Trouble",
    "Waiting",
    "engine_of",
    "known",
    "suggestions",
    "translate",
]
