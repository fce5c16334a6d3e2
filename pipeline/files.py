"""Files written whole: a reader sees the old contents or the new ones, never something between.

Every file of a site that this project changes is written through :func:`write`, and whatever
reads, changes and writes a file does so under :func:`lock`.
"""

from __future__ import annotations

import hashlib
import os
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import quote

from .errors import ProjectError

TEMPORARY_PREFIX = ".~"
TEMPORARY_SUFFIX = ".tmp"


def write(path: Path, data: bytes, *, durable: bool = True) -> None:
    """Put ``data`` at ``path``: afterwards, also after a crash, the file is the old or the new one.

    Parents are created; an existing file keeps its mode, a symbolic link its name. ``durable``
    waits for the disk, so that the new file survives a power cut once this returns.

    Raises:
        OSError: Nothing was written beside, and the file is the old one; or, when only the folder
            could not be flushed, the new one.
    """
    target = path.resolve() if path.is_symlink() else path
    _make_folder(target.parent, durable=durable)
    temporary = target.parent / f"{TEMPORARY_PREFIX}{secrets.token_hex(8)}{TEMPORARY_SUFFIX}"
    try:
        _write_beside(temporary, data, like=target, durable=durable)
        os.replace(temporary, target)  # noqa: PTH105 - one name for every test that injects faults
    except BaseException:
        with suppress(OSError):
            temporary.unlink()
        raise
    if durable:
        _flush_folder(target.parent)


def digest(data: bytes) -> str:
    """A short hash of a file's contents, in hexadecimal digits."""
    return hashlib.sha256(data).hexdigest()[:24]


def is_temporary(path: Path) -> bool:
    """Whether ``path`` is named as :func:`write` names the file that it writes beside."""
    return path.name.startswith(TEMPORARY_PREFIX) and path.name.endswith(TEMPORARY_SUFFIX)


def sweep(folder: Path, *, older_than: float = 3600) -> None:
    """Remove what a killed :func:`write` left anywhere below ``folder``, ``older_than`` seconds."""
    limit = time.time() - older_than
    for leftover in folder.rglob(f"{TEMPORARY_PREFIX}*{TEMPORARY_SUFFIX}"):
        with suppress(OSError):
            if leftover.is_file() and leftover.stat().st_mtime < limit:
                leftover.unlink()


@contextmanager
def lock(name: str, folder: Path, *, timeout: float = 10) -> Iterator[None]:
    """Hold the lock ``name`` against every other thread and process that uses ``folder``.

    A process that dies lets go of it. Not to be taken twice by one thread.

    Raises:
        ProjectError: Somebody else still held it after ``timeout`` seconds.
    """
    from filelock import FileLock, Timeout  # noqa: PLC0415 - slow to import, not always needed

    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{_file_name(name)}.lock"
    held = FileLock(path)
    try:
        held.acquire(timeout=timeout)
    except Timeout:
        raise ProjectError(
            f"{name} is being changed by another process, for more than {timeout:g} s",
            path=path,
            hint="Wait until it is done, or end it if it hangs; nothing was changed here.",
        ) from None
    try:
        yield
    finally:
        held.release()


def _file_name(name: str) -> str:
    """``name`` as one file name; a long one by its hash."""
    quoted = quote(name, safe="").replace(".", "%2E")
    return quoted if len(quoted) <= 200 else hashlib.sha256(name.encode()).hexdigest()


def _write_beside(temporary: Path, data: bytes, *, like: Path, durable: bool) -> None:
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o666)
    try:
        with suppress(FileNotFoundError):
            os.fchmod(descriptor, like.stat().st_mode & 0o7777)
        rest = memoryview(data)
        while rest:
            rest = rest[os.write(descriptor, rest) :]
        if durable:
            os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _make_folder(folder: Path, *, durable: bool) -> None:
    """Create ``folder`` and its parents; ``durable`` flushes each new entry."""
    if folder.is_dir():
        return
    _make_folder(folder.parent, durable=durable)
    folder.mkdir(exist_ok=True)
    if durable:
        _flush_folder(folder.parent)


def _flush_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
