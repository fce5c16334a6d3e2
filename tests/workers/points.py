"""Points of the code at which something happens to a worker, once for all of them."""

from __future__ import annotations

from pathlib import Path

_AT = """
import sys

if "worker" in sys.argv:
    import os, pkgutil, signal, time
    from pathlib import Path

    where, name = pkgutil.resolve_name({place!r}), {name!r}
    act = getattr(where, name)
    folder = Path({folder!r})

    def happens(*given, **more):
        number = 1
        while True:
            try:
                (folder / str(number)).touch(exist_ok=False)
                break
            except FileExistsError:
                number += 1
        if number == {number}:
            {code}
        return act(*given, **more)

    setattr(where, name, happens)
"""

KILL = "os.kill(os.getpid(), signal.SIGKILL)"
STOP = "os.kill(os.getpid(), signal.SIGSTOP)"


def at(point: str, folder: Path, code: str = KILL, *, number: int = 1) -> str:
    """Code for workers' processes, in which something happens before a function does anything.

    Args:
        point: The function, as ``module:Class.name`` or ``module:name``.
        folder: Where its calls are counted, those of all processes.
        code: What happens.
        number: Before which of the calls.
    """
    folder.mkdir(exist_ok=True)
    module, _, path = point.partition(":")
    inside, _, name = path.rpartition(".")
    place = f"{module}:{inside}" if inside else module
    return _AT.format(place=place, name=name, folder=str(folder), code=code, number=number)


def happened(folder: Path, number: int = 1) -> bool:
    """Whether it has."""
    return (folder / str(number)).exists()
