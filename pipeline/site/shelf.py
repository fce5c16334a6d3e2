"""The shelf: pages that workers have made ahead, beside the site, until a build publishes them.

A page lies there under the hash of what it is made of, so that several builds may want it, and
whoever publishes takes it only if it is whole.
"""

from __future__ import annotations

import os
import shutil
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from .. import files
from .publication import staged

SHELF = ".ready"


@dataclass(frozen=True, slots=True)
class Made:
    """A page on the shelf: its size in bytes and the hash of its contents."""

    size: int
    digest: str


def put(output: Path, made_of: str, data: bytes) -> Made:
    """Lay a page down, whole or not at all.

    Raises:
        OSError: It cannot be written.
    """
    files.write(output / SHELF / made_of, data, durable=False)
    return Made(len(data), files.digest(data))


def has(output: Path, made_of: str, made: Made) -> bool:
    """Whether a page is there, at least of the right size."""
    try:
        return (output / SHELF / made_of).stat().st_size == made.size
    except OSError:
        return False


def take(output: Path, made_of: str, made: Made, name: str) -> bool:
    """Put a page where `Publication.commit` finds it; False if it is not there, or not whole."""
    source, target = output / SHELF / made_of, staged(output, name)
    try:
        data = source.read_bytes()
        if files.digest(data) != made.digest:
            return False
        target.unlink(missing_ok=True)
        try:
            os.link(source, target)
        except OSError:  # a disk without hard links
            shutil.copyfile(source, target)
        return True
    except OSError:
        return False


def drop(output: Path, made_of: str) -> None:
    """Remove a page that was published; the published file is another name of it, and stays."""
    with suppress(OSError):
        (output / SHELF / made_of).unlink()


def clear(output: Path, *, older_than: float) -> None:
    """Remove what nobody has published, made over ``older_than`` seconds ago."""
    limit = time.time() - older_than
    with suppress(OSError):
        for entry in os.scandir(output / SHELF):
            with suppress(OSError):
                if entry.stat().st_mtime < limit:
                    Path(entry.path).unlink()
