"""How the engines of a site's settings are: asked, and told in a line each."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain

from ..errors import EngineError
from ..project import Project
from .engine import EngineFault, engine_of


@dataclass(frozen=True, slots=True)
class Health:
    """An engine, whether it is well, what it says, and whether texts leave this machine for it."""

    name: str
    well: bool
    said: str
    local: bool = False


def health_of(project: Project) -> list[Health]:
    """Each configured engine, asked; none of them stops the others."""
    found = []
    every = (policy.engines for policy in project.settings.drafting.values())
    names = dict.fromkeys(chain(project.settings.translation.engines, *every))
    for name in names:
        try:
            engine = engine_of(project, name)
            found.append(Health(name, True, engine.health(), engine.capabilities.local))
        except EngineFault as fault:
            found.append(Health(name, False, fault.message))
        except EngineError as error:
            found.append(Health(name, False, error.message))
    return found
