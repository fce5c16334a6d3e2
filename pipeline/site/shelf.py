"""The shelf: pages that workers have made ahead, beside the site, until a build publishes them.

What was made together lies there as one file, a parcel, since a file for each page and each of its
compressed forms would cost as much as making them. Several builds may want a page of it, and
whoever publishes takes it only if it is whole.
"""

from __future__ import annotations

import os
import secrets
import time
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from .. import files
from .compression import names_of
from .publication import stage

SHELF = ".ready"


@dataclass(frozen=True, slots=True)
class Made:
    """A page on the shelf.

    Attributes:
        parcel: What it lies in.
        start: Where, in bytes.
        sizes: Of the page and of its compressed forms, in bytes, one after the other.
        digest: The hash of all of that.
    """

    parcel: str
    start: int
    sizes: tuple[int, ...]
    digest: str

    @property
    def end(self) -> int:
        """The byte after it."""
        return self.start + sum(self.sizes)


class Parcel:
    """Pages that are made together, to lie on the shelf below ``output``."""

    def __init__(self, output: Path) -> None:
        self._output = output
        self._name = secrets.token_hex(16)
        self._data = bytearray()

    def add(self, forms: Mapping[str, bytes]) -> Made:
        """Put a page and its compressed forms in; they are there once the parcel is laid down."""
        start, data = len(self._data), b"".join(forms.values())
        self._data += data
        return Made(self._name, start, tuple(map(len, forms.values())), files.digest(data))

    def lay(self) -> None:
        """Lay it down, whole or not at all; nothing if it is empty.

        Raises:
            OSError: It cannot be written.
        """
        if self._data:
            files.write(self._output / SHELF / self._name, bytes(self._data), durable=False)


def has(output: Path, made: Made) -> bool:
    """Whether a page is there, or at least something of its size."""
    try:
        return (output / SHELF / made.parcel).stat().st_size >= made.end
    except OSError:
        return False


def take(output: Path, made: Made, name: str) -> dict[str, int] | None:
    """Put a page where `Publication.commit` finds it.

    Returns:
        The sizes of it and its compressed forms by their names; None if it is not there, or not
        whole.
    """
    forms = names_of(name)[: len(made.sizes)]
    try:
        descriptor = os.open(output / SHELF / made.parcel, os.O_RDONLY | os.O_CLOEXEC)
        try:
            data = os.pread(descriptor, made.end - made.start, made.start)
        finally:
            os.close(descriptor)
        if files.digest(data) != made.digest:
            return None
        start = 0
        for form, size in zip(forms, made.sizes, strict=True):
            stage(output, form, data[start : start + size])
            start += size
    except (OSError, ValueError):
        return None
    return dict(zip(forms, made.sizes, strict=True))


def drop(output: Path, parcels: Iterable[str]) -> None:
    """Remove parcels whose pages were published."""
    for parcel in parcels:
        with suppress(OSError):
            (output / SHELF / parcel).unlink()


def clear(output: Path, *, older_than: float) -> None:
    """Remove what nobody has published, made over ``older_than`` seconds ago."""
    limit = time.time() - older_than
    with suppress(OSError):
        for entry in os.scandir(output / SHELF):
            with suppress(OSError):
                if entry.stat().st_mtime < limit:
                    Path(entry.path).unlink()
