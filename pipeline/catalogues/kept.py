"""Catalogues kept as they were parsed, for as long as their files say the same, byte for byte.

For whoever asks again and again for a few of many: a file is read every time, which takes a
hundredth of what parsing it takes, so that nothing is missed that was written elsewhere, whatever
its time says.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from pathlib import Path

from .catalogue import Catalogue, data_of, parse

_MOST = 64
_BYTES = 16 << 20
"""What is kept at most: so many catalogues, of files of so many bytes together."""

_lock = threading.Lock()
_kept: OrderedDict[Path, Catalogue] = OrderedDict()


def read(path: Path) -> Catalogue:
    """The catalogue in a file; the one of the last time if the file has not changed.

    The lines of its messages may be those of an earlier version of the file.

    Raises:
        CatalogueError: It cannot be read, or is no .po file; the error has the line.
    """
    data = data_of(path)
    with _lock:
        found = _kept.get(path)
        if found is not None and found.original == data:
            _kept.move_to_end(path)
            return found
    fresh = parse(data, path)
    keep(fresh)
    return fresh


def keep(catalogue: Catalogue) -> None:
    """Keep a catalogue that was parsed, or written; what was not asked for longest is let go."""
    if catalogue.path is None:
        return
    with _lock:
        _kept[catalogue.path] = catalogue
        _kept.move_to_end(catalogue.path)
        while len(_kept) > _MOST or sum(map(_size, _kept.values())) > _BYTES:
            _kept.popitem(last=False)


def _size(catalogue: Catalogue) -> int:
    return len(catalogue.original or b"")
