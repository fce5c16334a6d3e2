"""A page saved by Safari (``.webarchive``): a property list of the page and all that it shows."""

from __future__ import annotations

import plistlib
from collections.abc import Iterator
from pathlib import Path
from xml.parsers.expat import ExpatError

from ...errors import ImportingError
from ..archive import MOST, Archive, Resource, document_of
from ..document import Document, contents
from .registry import importable

LARGEST = 64 << 20
"""Bytes of one file."""

_DEEPEST = 5


def _is_list(head: bytes) -> bool:
    return head.startswith(b"bplist") or b"<plist" in head


@importable("Safari web archive", ".webarchive", recognises=_is_list)
def read_webarchive(path: Path) -> Iterator[Document]:
    """The article of a page that Safari saved.

    Raises:
        ImportingError: It cannot be read, is damaged, or has no page in it.
    """
    data = contents(path, most=LARGEST)
    try:
        said = plistlib.loads(data)
    except _DAMAGED as error:
        raise _broken(path, str(error) or type(error).__name__) from None
    page = _resource(said.get("WebMainResource")) if isinstance(said, dict) else None
    if page is None or not page.is_page:
        raise _broken(path, "there is no page in it")
    files: dict[str, Resource] = {}
    for number, resource in enumerate(_files(said, 0)):
        if number >= MOST:
            raise _broken(path, f"it has more than {MOST} files")
        files.setdefault(resource.address, resource)
    yield document_of(Archive(path, page, files))


_DAMAGED = (
    plistlib.InvalidFileException, ExpatError, ValueError, KeyError, IndexError, TypeError,
    AttributeError, OverflowError, RecursionError, MemoryError,
)  # fmt: skip


def _files(archive: dict[str, object], depth: int) -> Iterator[Resource]:
    """What the page shows, and the pages of its frames with what they show."""
    for said in _list(archive.get("WebSubresources")):
        resource = _resource(said)
        if resource is not None:
            yield resource
    for inner in _list(archive.get("WebSubframeArchives")) if depth < _DEEPEST else ():
        if isinstance(inner, dict):
            page = _resource(inner.get("WebMainResource"))
            if page is not None:
                yield page
            yield from _files(inner, depth + 1)


def _list(said: object) -> list[object]:
    return said if isinstance(said, list) else []


def _resource(said: object) -> Resource | None:
    if not isinstance(said, dict) or not isinstance(said.get("WebResourceData"), bytes):
        return None
    names = ("WebResourceURL", "WebResourceMIMEType", "WebResourceTextEncodingName")
    address, kind, charset = (str(said.get(name) or "") for name in names)
    return Resource(address, kind.lower(), said["WebResourceData"], charset)


def _broken(path: Path, why: str) -> ImportingError:
    hint = "Open the page in Safari and save it again as a web archive."
    return ImportingError(f"the file is no web archive: {why}", path=path, hint=hint)
