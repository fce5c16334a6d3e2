"""Pictures: their sizes, so that a page need not jump when they load, and their localised versions.

``photo.nl.svg`` beside ``photo.svg`` is what Dutch pages show instead of it.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Callable, Container, Iterable, Mapping
from html import unescape
from pathlib import Path
from typing import TypeAlias

from .language import language

Size: TypeAlias = tuple[int | None, int | None]

_SVG_SIZE = re.compile(rb'(?<![\w-])(width|height)\s*=\s*["\']\s*([\d.]+)(?:px)?\s*["\']')
_SVG_BOX = re.compile(rb'\bviewBox\s*=\s*["\']\s*[-\d.]+[\s,]+[-\d.]+[\s,]+([\d.]+)[\s,]+([\d.]+)')
_IMG = re.compile(r"""<img\b(?:[^>"']|"[^"]*"|'[^']*')*>""", re.IGNORECASE)
_SRC = re.compile(r"""\ssrc=["']([^"']+)["']""", re.IGNORECASE)
_SIZED = re.compile(r"\s(?:width|height)\s*=", re.IGNORECASE)


def size_of(path: Path) -> Size:
    """Width and height in CSS pixels of an SVG, PNG, GIF, JPEG, WebP or AVIF; else (None, None)."""
    with path.open("rb") as file:
        head = file.read(65536)
    if path.suffix.lower() == ".svg":
        return _svg(head)
    for mark, read in _READERS:
        if mark.match(head):
            return read(head)
    return None, None


def sizes_of(files: Iterable[tuple[str, Path]]) -> dict[str, Size]:
    """The sizes of those files that are pictures, by their names."""
    return {name: size_of(path) for name, path in files if is_picture(name)}


def is_picture(name: str) -> bool:
    """Whether a file is a picture, by its name."""
    return name.lower().endswith((".svg", ".png", ".jpg", ".jpeg", ".gif", ".webp", ".avif"))


def localised(name: str, locale: str, known: Container[str]) -> str:
    """The file to show in a locale instead of ``name``, if there is one, and else ``name``.

    Args:
        name: A path below the sources, such as ``images/photo.svg``.
        locale: For ``pt_BR``, ``photo.pt-BR.svg`` comes before ``photo.pt.svg``.
        known: The paths of all files below the sources.
    """
    stem, dot, suffix = name.rpartition(".")
    if not dot or not locale:
        return name
    lang = language(locale).lang
    for tag in dict.fromkeys((lang, lang.partition("-")[0])):
        if f"{stem}.{tag}.{suffix}" in known:
            return f"{stem}.{tag}.{suffix}"
    return name


def with_sizes(html: str, sizes: Mapping[str, Size]) -> str:
    """A body whose pictures say how large they are; what an author said of one is left.

    Args:
        html: The body of a page.
        sizes: By the addresses that stand in it.
    """
    if not sizes or "<img" not in html:
        return html

    def sized(match: re.Match[str]) -> str:
        said = match[0]
        source = _SRC.search(said)
        if source is None or _SIZED.search(said):
            return said
        width, height = sizes.get(unescape(source[1]), (None, None))
        if not width or not height:
            return said
        return f'<img width="{width}" height="{height}"{said[4:]}'

    return _IMG.sub(sized, html)


def _svg(head: bytes) -> Size:
    tag = re.search(rb"<svg\b[^>]*>", head)
    if tag is None:
        return None, None
    said = {name: round(float(value)) for name, value in _SVG_SIZE.findall(tag[0])}
    if len(said) == 2:
        return said[b"width"], said[b"height"]
    box = _SVG_BOX.search(tag[0])
    return (round(float(box[1])), round(float(box[2]))) if box else (None, None)


def _png(head: bytes) -> Size:
    width, height = struct.unpack(">II", head[16:24])
    return width, height


def _gif(head: bytes) -> Size:
    width, height = struct.unpack("<HH", head[6:10])
    return width, height


def _jpeg(head: bytes) -> Size:
    """The frame header's size (ITU T.81 §B.2.2)."""
    position = 2
    while position + 9 < len(head) and head[position] == 0xFF:
        marker, length = (
            head[position + 1],
            int.from_bytes(head[position + 2 : position + 4], "big"),
        )
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            height, width = struct.unpack(">HH", head[position + 5 : position + 9])
            return width, height
        position += 2 + length
    return None, None


def _webp(head: bytes) -> Size:
    """The canvas of any of the three kinds (RFC 9649 §2.5 to §2.7)."""
    kind = head[12:16]
    if kind == b"VP8X" and len(head) >= 30:
        width = int.from_bytes(head[24:27], "little") + 1
        return width, int.from_bytes(head[27:30], "little") + 1
    if kind == b"VP8L" and len(head) >= 25:
        bits = int.from_bytes(head[21:25], "little")
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    if kind == b"VP8 " and len(head) >= 30:
        width, height = struct.unpack("<HH", head[26:30])
        return width & 0x3FFF, height & 0x3FFF
    return None, None


def _avif(head: bytes) -> Size:
    """The first property ``ispe``, image spatial extents (ISO/IEC 23008-12 §6.5.3)."""
    at = head.find(b"ispe")
    if at < 0 or at + 16 > len(head):
        return None, None
    width, height = struct.unpack(">II", head[at + 8 : at + 16])
    return width, height


_READERS: tuple[tuple[re.Pattern[bytes], Callable[[bytes], Size]], ...] = (
    (re.compile(rb"\x89PNG\r\n\x1a\n.{16}", re.DOTALL), _png),
    (re.compile(rb"GIF8[79]a.{4}", re.DOTALL), _gif),
    (re.compile(rb"\xff\xd8"), _jpeg),
    (re.compile(rb"RIFF.{4}WEBP", re.DOTALL), _webp),
    (re.compile(rb".{4}ftypavi[fs]", re.DOTALL), _avif),
)
