"""The size of a picture, read from its first bytes, so that a page need not jump when it loads."""

from __future__ import annotations

import re
import struct
from pathlib import Path
from typing import TypeAlias

Size: TypeAlias = tuple[int | None, int | None]

_SVG_SIZE = re.compile(rb'(?<![\w-])(width|height)\s*=\s*["\']\s*([\d.]+)(?:px)?\s*["\']')
_SVG_BOX = re.compile(rb'\bviewBox\s*=\s*["\']\s*[-\d.]+[\s,]+[-\d.]+[\s,]+([\d.]+)[\s,]+([\d.]+)')
_PNG = b"\x89PNG\r\n\x1a\n"


def size_of(path: Path) -> Size:
    """Width and height in CSS pixels of an SVG, PNG, GIF or JPEG; (None, None) of anything else."""
    with path.open("rb") as file:
        head = file.read(65536)
    if path.suffix.lower() == ".svg":
        return _svg(head)
    if head.startswith(_PNG) and len(head) >= 24:
        width, height = struct.unpack(">II", head[16:24])
        return width, height
    if head[:6] in (b"GIF87a", b"GIF89a"):
        width, height = struct.unpack("<HH", head[6:10])
        return width, height
    if head.startswith(b"\xff\xd8"):
        return _jpeg(head)
    return None, None


def _svg(head: bytes) -> Size:
    tag = re.search(rb"<svg\b[^>]*>", head)
    if tag is None:
        return None, None
    said = {name: round(float(value)) for name, value in _SVG_SIZE.findall(tag[0])}
    if len(said) == 2:
        return said[b"width"], said[b"height"]
    box = _SVG_BOX.search(tag[0])
    return (round(float(box[1])), round(float(box[2]))) if box else (None, None)


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
