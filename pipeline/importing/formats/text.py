"""Plain text: paragraphs between empty lines, a title in the first line."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import escape
from pathlib import Path

from ..document import Document
from ..page import page_text
from .registry import importable

_UNDERLINE = re.compile(r"[=\-~_*]{3,}")
_RULE = re.compile(r"(?:[*\-_=~#] ?){3,}")
_ADDRESS = re.compile(
    r"(https?://[^\s<>\"]+[^\s<>\".,;:!?)]|(?<![\w.+-])[\w.+-]{1,64}@[\w-]+(?:\.[\w-]+)+)"
)
_NUMBERED = re.compile(r"\s*(?:[•‣▪*–-]|\d{1,3}[.)])\s")


@importable("plain text", ".txt", ".text")
def read_text(path: Path) -> Iterator[Document]:
    """The text of a file as an article.

    Raises:
        ImportingError: It cannot be read, or is no text.
    """
    paragraphs = [p for p in re.split(r"\n[ \t]*\n", page_text(path).expandtabs(4)) if p.strip()]
    title, body = _titled(paragraphs)
    html = "".join(_paragraph(paragraph) for paragraph in body)
    yield Document(path=path, html=html, title=title)


def _titled(paragraphs: list[str]) -> tuple[str, list[str]]:
    """The title, if the first paragraph is one short line, and what follows it."""
    lines = paragraphs[0].strip().splitlines()
    if len(lines) == 2 and _UNDERLINE.fullmatch(lines[1].strip()):
        lines = lines[:1]
    one = lines[0].strip()
    if len(lines) == 1 and len(paragraphs) > 1 and len(one) <= 120 and one[-1] not in ".:;,":
        return one, paragraphs[1:]
    return "", paragraphs


def _paragraph(text: str) -> str:
    """A heading where it is underlined, items as lines of their own, else one run of text."""
    lines = [line.strip() for line in text.strip("\n").splitlines()]
    if all(line.startswith(">") for line in lines):
        quoted = " ".join(line.lstrip("> ") for line in lines)
        return f"<blockquote><p>{_said(quoted)}</p></blockquote>"
    if len(lines) == 1 and _RULE.fullmatch(lines[0]):
        return "<hr>"
    if len(lines) == 1 and _is_shouted(lines[0]):
        return f"<h2>{escape(lines[0], quote=False)}</h2>"
    if len(lines) == 2 and _UNDERLINE.fullmatch(lines[1]):
        return f"<h2>{escape(lines[0], quote=False)}</h2>"
    items: list[str] = []
    for line in lines:
        if items and not _NUMBERED.match(line):
            items[-1] += f" {line}"
        else:
            items.append(line)
    return "".join(f"<p>{_said(item)}</p>" for item in items)


def _is_shouted(line: str) -> bool:
    """Whether a line is a heading in capitals."""
    letters = sum(letter.isalpha() for letter in line)
    return line.isupper() and letters >= 4 and len(line) <= 80 and line[-1] not in ".:;,!"


def _said(text: str) -> str:
    """Text as HTML, with its addresses as links."""
    pieces = []
    for number, piece in enumerate(_ADDRESS.split(text)):
        said = escape(piece)
        if number % 2:
            href = said if "://" in piece else f"mailto:{said}"
            said = f'<a href="{href}">{said}</a>'
        pieces.append(said)
    return "".join(pieces)
