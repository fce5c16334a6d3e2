"""A page saved as one file (MHTML, ``.mhtml`` or ``.mht``), as Chrome, Edge and Word write it.

It is a message of MIME (RFC 2557): the page is its root, and pictures are parts that are named by
where they were published or by a number of their own (``cid:``).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from email import message_from_bytes
from email.message import Message
from pathlib import Path

from ...errors import ImportingError
from ..archive import MOST, Archive, Resource, document_of, joined
from ..document import Document, contents
from .registry import importable

LARGEST = 64 << 20
"""Bytes of one file."""


def _is_mime(head: bytes) -> bool:
    return re.search(rb"^mime-version:|^content-type:", head, re.IGNORECASE | re.M) is not None


@importable("page in one file (MHTML)", ".mhtml", ".mht", recognises=_is_mime)
def read_mhtml(path: Path) -> Iterator[Document]:
    """The article of a page in one file.

    Raises:
        ImportingError: It cannot be read, is damaged, or has no page in it.
    """
    try:
        message = message_from_bytes(contents(path, most=LARGEST))
        parts = [part for part in message.walk() if not part.is_multipart()]
    except RecursionError:
        raise _broken(path, "its parts stand in one another without end") from None
    if len(parts) > MOST:
        raise _broken(path, f"it has more than {MOST} parts")
    root = _root(message, parts)
    if root is None:
        raise _broken(path, "there is no page in it")
    base = _header(root, "Content-Location") or _header(message, "Snapshot-Content-Location")
    files: dict[str, Resource] = {}
    for part in parts:
        if part is root:
            continue
        resource = _resource(part, base)
        for name in (resource.address, f"cid:{_name(_header(part, 'Content-ID'))}"):
            if name not in ("", "cid:"):
                files.setdefault(name, resource)
    page = _resource(root, base)
    yield document_of(Archive(path, page, files))


def _root(message: Message, parts: Sequence[Message]) -> Message | None:
    """The page: the part that the message names as its start, else its first page."""
    start = _name(str(message.get_param("start") or ""))
    pages = [part for part in parts if part.get_content_type() in _PAGES]
    named = [page for page in pages if start and _name(_header(page, "Content-ID")) == start]
    return next(iter([*named, *pages]), None)


_PAGES = frozenset(("text/html", "application/xhtml+xml"))


def _resource(part: Message, base: str) -> Resource:
    data = part.get_payload(decode=True)
    location = _header(part, "Content-Location")
    return Resource(
        "" if location.startswith("cid:") else joined(base, location) if location else "",
        part.get_content_type(),
        data if isinstance(data, bytes) else b"",
        str(part.get_param("charset") or ""),
    )


def _header(part: Message, name: str) -> str:
    """A header in one piece: long addresses are folded."""
    return re.sub(r"\s+", "", str(part.get(name) or ""))


def _name(said: str) -> str:
    return said.strip().removeprefix("<").removesuffix(">")


def _broken(path: Path, why: str) -> ImportingError:
    hint = "Open the page again and save it as a single file."
    return ImportingError(f"the file is no saved page: {why}", path=path, hint=hint)
