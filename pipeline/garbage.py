"""Garbage: not looked for while very many lasting objects are made at once.

Python looks at all objects again and again as their number grows, which doubles the time that it
takes to read ten thousand versions or to plan as many pages.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


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
