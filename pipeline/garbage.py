"""Garbage: not looked for while very many lasting objects are made at once.

Python looks at all objects again and again as their number grows, which doubles the time that it
takes to read ten thousand versions or to plan as many pages.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

OFTEN = 256
"""After how many articles or pages garbage is looked for among what they left."""


@contextmanager
def kept() -> Iterator[None]:
    """No garbage is looked for as long as the block takes."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


def sweep() -> None:
    """Look for garbage among what was made lately, while none is looked for otherwise."""
    gc.collect(1)


def settled() -> None:
    """Leave all that is there out of every look for garbage: it stays as long as the process."""
    gc.freeze()
    gc.enable()
