"""Pictures of imported articles: found on this machine, looked into, and named anew.

Nothing is fetched, and no file is opened outside of the folders that were named. What a picture is
follows from its bytes, not its name; an SVG that runs scripts is none.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path, PurePosixPath
from urllib.parse import unquote, unquote_to_bytes, urlsplit
from xml.parsers import expat

from .. import files
from ..slug import slugify

LARGEST = 32 << 20
"""Bytes of one picture."""

FOLDER = "images"
"""Where pictures are put, below the sources."""

_SIGNS = (
    (b"\x89PNG\r\n\x1a\n", ".png"),
    (b"\xff\xd8\xff", ".jpg"),
    (b"GIF87a", ".gif"),
    (b"GIF89a", ".gif"),
)
_SIZE = re.compile(r"-\d+x\d+(?=\.\w+$)|-scaled(?=\.\w+$)")
_LIVE = frozenset("script foreignobject iframe embed object handler listener".split())


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture to be put below the sources.

    Attributes:
        name: ``images/lamp.jpg``.
        data: Its bytes.
        is_new: Whether it is not there yet.
    """

    name: str
    data: bytes
    is_new: bool = True


class Refused(ValueError):
    """Why something is not taken as a picture, in words."""


@dataclass
class Gallery:
    """Finds pictures by the addresses that pages have for them, and gives each one name.

    Attributes:
        sources: The folder of the site's sources.
        folders: Where pictures may come from: the folders that were named.
        media: Folders in which pictures of other addresses are looked for.
    """

    sources: Path
    folders: Sequence[Path]
    media: Sequence[Path] = ()
    taken: dict[str, str] = field(default_factory=dict)

    def picture(self, address: str, beside: Path, given: Mapping[str, bytes]) -> Picture | None:
        """The picture of an address; None if it is on no folder of this machine.

        Args:
            beside: The folder of the file that names it.
            given: Pictures that came with the document.

        Raises:
            Refused: It is no picture, or one that must not be published.
        """
        if address in given:
            whole = urlsplit(address) if "://" in address else None
            return self._named(unquote(whole.path) if whole else address, given[address])
        if address.startswith("data:"):
            return self._named("picture", _of_data(address))
        parts = urlsplit(address)
        if not parts.scheme and not parts.netloc:
            local = self._beside(beside, unquote(parts.path))
            if local is not None:
                return self._named(local.name, _read(local))
        found = self._in_media(unquote(parts.path))
        return None if found is None else self._named(found.name, _read(found))

    def _beside(self, folder: Path, name: str) -> Path | None:
        if not name or "\0" in name or name.startswith("/"):
            return None
        path = (folder / name).resolve()
        if not any(path.is_relative_to(one.resolve()) for one in self.folders):
            raise Refused("is outside of the folder that was named")
        return path if path.is_file() else None

    def _in_media(self, name: str) -> Path | None:
        """The file whose path ends most like an address does."""
        wanted = [part for part in PurePosixPath(name).parts if part not in ("/", "..", ".")]
        names = [wanted[-1], _SIZE.sub("", wanted[-1])] if wanted else []
        # Wix puts the file's own name before what it does to it, and a title after it.
        names += [part for part in wanted if "~mv2" in part]
        for one in dict.fromkeys(names):
            found = self._files.get(one.lower(), [])
            if found:
                return max(found, key=lambda path: _shared(path.parts[:-1], wanted[:-1]))
        return None

    @cached_property
    def _files(self) -> dict[str, list[Path]]:
        known: dict[str, list[Path]] = {}
        for folder in self.media:
            top = folder.resolve()
            for path in sorted(top.rglob("*")):
                if path.is_file() and path.resolve().is_relative_to(top):
                    known.setdefault(path.name.lower(), []).append(path)
        return known

    def _named(self, name: str, data: bytes) -> Picture:
        ending = kind_of(data)
        digest = files.digest(data)
        stem = slugify(Path(_SIZE.sub("", name)).stem)[:80] or "picture"
        for candidate in _names(stem, ending):
            if self.taken.setdefault(candidate, digest) != digest:
                continue
            path = self.sources / candidate
            if not path.exists():
                return Picture(candidate, data)
            if path.is_file() and path.read_bytes() == data:
                return Picture(candidate, data, is_new=False)
            self.taken[candidate] = ""
        raise AssertionError("names do not end")


def full_size(address: str) -> str:
    """The address of the picture that WordPress made a smaller one of."""
    return _SIZE.sub("", address)


def kind_of(data: bytes) -> str:
    """The ending for a picture's bytes.

    Raises:
        Refused: They are no picture that browsers show, or one that means harm.
    """
    for sign, ending in _SIGNS:
        if data.startswith(sign):
            return ending
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return ".webp"
    if data[4:12] in (b"ftypavif", b"ftypavis"):
        return ".avif"
    if b"<svg" in data[:4096]:
        _refuse_live(data)
        return ".svg"
    raise Refused("is no picture that browsers show")


def _refuse_live(data: bytes) -> None:
    """Make sure that an SVG only draws."""
    parser = expat.ParserCreate()

    def entity(*said: object) -> None:
        raise Refused("declares entities")

    def start(name: str, attributes: dict[str, str]) -> None:
        local = name.rpartition(":")[2].lower()
        said = " ".join(attributes.values()).replace(" ", "").lower()
        handlers = any(key.rpartition(":")[2].lower().startswith("on") for key in attributes)
        if local in _LIVE or handlers or "javascript:" in said or "data:text" in said:
            raise Refused("runs scripts")

    parser.EntityDeclHandler = entity
    parser.StartElementHandler = start
    try:
        parser.Parse(data, True)
    except expat.ExpatError:
        raise Refused("is a broken SVG") from None


def _read(path: Path) -> bytes:
    try:
        if path.stat().st_size > LARGEST:
            raise Refused(f"is larger than {LARGEST >> 20} MB")
        return path.read_bytes()
    except OSError as error:
        raise Refused(f"cannot be read: {error.strerror or error}") from None


def _of_data(address: str) -> bytes:
    head, _, body = address.partition(",")
    if len(body) > LARGEST * 4 // 3:
        raise Refused(f"is larger than {LARGEST >> 20} MB")
    try:
        if head.endswith(";base64"):
            return base64.b64decode(unquote(body), validate=False)
        return unquote_to_bytes(body)
    except (binascii.Error, ValueError):
        raise Refused("is a broken data: address") from None


def _shared(one: Sequence[str], other: Sequence[str]) -> int:
    """How many parts two paths share at their ends."""
    count = 0
    for a, b in zip(reversed(one), reversed(other), strict=False):
        if a.lower() != b.lower():
            break
        count += 1
    return count


def _names(stem: str, ending: str) -> Iterator[str]:
    yield f"{FOLDER}/{stem}{ending}"
    number = 2
    while True:
        yield f"{FOLDER}/{stem}-{number}{ending}"
        number += 1
