"""Archives: many files handed out as one zip, and taken out of one that somebody brings.

A zip from elsewhere may mean harm: it is read entry by entry up to fixed limits, and no entry's
name is ever a path.
"""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath

from ..errors import ExchangeError

SUFFIXES = (".po", ".xlf", ".xliff")
_ENTRIES = 5_000
_ONE = 20 << 20
_ALL = 200 << 20
"""Bytes, unpacked."""

_KNOWN = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
"""How entries may be packed: other ways ask for as much memory as an entry says."""

_BROKEN = (zipfile.BadZipFile, zlib.error, RuntimeError, EOFError, OSError, ValueError)

_STAMP = (1980, 1, 1, 0, 0, 0)
"""The time of every entry: the same files are the same archive."""


def pack(files: Mapping[str, bytes]) -> bytes:
    """A zip of files by their names."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(zipfile.ZipInfo(name, _STAMP), data, zipfile.ZIP_DEFLATED)
    return packed.getvalue()


def is_archive(data: bytes) -> bool:
    """Whether it begins as a zip does."""
    return data.startswith((b"PK\x03\x04", b"PK\x05\x06"))


def unpack(data: bytes) -> Iterator[tuple[str, bytes]]:
    """The .po and XLIFF files of a zip with their names; whatever else is in it is left out.

    Raises:
        ExchangeError: It is broken, encrypted, or larger than any set of catalogues.
    """
    total = 0
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = archive.infolist()
            if len(entries) > _ENTRIES:
                raise _too_much(f"{len(entries)} entries")
            for entry in entries:
                name = PurePosixPath(entry.filename.replace("\\", "/"))
                if name.suffix.lower() not in SUFFIXES or "__MACOSX" in name.parts:
                    continue
                if entry.flag_bits & 1:
                    raise zipfile.BadZipFile(f"{name.name} has a password")
                if entry.compress_type not in _KNOWN:
                    raise zipfile.BadZipFile(f"{name.name} is packed in an unusual way")
                with archive.open(entry) as file:
                    content = file.read(_ONE + 1)  # whatever size the entry claims to have
                total += len(content)
                if len(content) > _ONE or total > _ALL:
                    raise _too_much(
                        f"more than {(_ONE if len(content) > _ONE else _ALL) >> 20} MiB"
                    )
                yield "/".join(part for part in name.parts if part not in ("..", "/")), content
    except _BROKEN as error:
        raise ExchangeError(
            f"this zip cannot be read: {error}", hint="Pack the files anew, without a password."
        ) from None


def _too_much(what: str) -> ExchangeError:
    return ExchangeError(
        f"this zip has {what}: no set of catalogues is that large",
        hint="Bring fewer files at once.",
    )
