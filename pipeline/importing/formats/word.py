"""A Word file (``.docx``), read by mammoth: headings, lists, tables, notes and pictures.

A ``.docx`` is a zip of XML. Before mammoth sees it, it is made sure that it unpacks to no more than
it should, names no file outside itself, and declares nothing that grows when it is read.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree
from xml.parsers import expat

from ...errors import ImportingError
from ..document import Document, Left, contents
from ..extra import need
from .registry import importable

LARGEST = 64 << 20
"""Bytes of one file."""

UNPACKED = 256 << 20
"""Bytes of all that is in it."""

LONGEST = 32 << 20
"""Bytes of one of its XML parts."""

_PARTS = 5_000
_STYLES = """
p[style-name='Title'] => h1:fresh
p[style-name='Subtitle'] => p:fresh
p[style-name='Quote'] => blockquote > p:fresh
p[style-name='Intense Quote'] => blockquote > p:fresh
p[style-name='Caption'] => figcaption:fresh
p[style-name='caption'] => figcaption:fresh
"""
_CAPTIONED = re.compile(r"<p>(<img\b[^>]*>)</p><figcaption>(.*?)</figcaption>")
_LOOSE = re.compile(r"(</(?:p|ul|ol|table|h[1-6]|figure)>|^)<figcaption>(.*?)</figcaption>")
_BOLD = re.compile(r"<p><strong>([^<]{1,80}(?<![.:;,!?]))</strong></p>")
_DC = "{http://purl.org/dc/elements/1.1/}"
_CORE = "{http://schemas.openxmlformats.org/package/2006/metadata/core-properties}"


@importable("Word document", ".docx")
def read_word(path: Path) -> Iterator[Document]:
    """The text of a Word file as an article.

    Raises:
        ImportingError: It is no Word file, is damaged, or means harm.
    """
    need("mammoth")
    data = contents(path, most=LARGEST)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            _refuse_harm(package, path)
            core = _core(package)
    except (zipfile.BadZipFile, zipfile.LargeZipFile, NotImplementedError, EOFError) as error:
        raise _broken(path, str(error)) from None
    html, files, messages = _converted(data, path)
    html, made = _with_headings(_with_figures(html))
    yield Document(
        path=path,
        html=html,
        # Templates leave titles behind; a heading of the text says it better.
        title="" if "<h1>" in html else _text(core, f"{_DC}title"),
        description=_text(core, f"{_DC}description"),
        author=_text(core, f"{_DC}creator"),
        tags=tuple(t.strip() for t in _text(core, f"{_CORE}keywords").split(",") if t.strip()),
        language=_text(core, f"{_DC}language"),
        files=files,
        left=tuple(Left(message) for message in messages),
        notes=(f"bold lines became headings, for there were none: {made}",) if made else (),
    )


def _converted(data: bytes, path: Path) -> tuple[str, dict[str, bytes], list[str]]:
    import mammoth  # noqa: PLC0415 - an extra

    files: dict[str, bytes] = {}

    def keep(image: Any) -> dict[str, str]:
        kind = str(image.content_type or "").rpartition("/")[2].partition("+")[0] or "png"
        name = f"{path.stem}-{len(files) + 1}.{kind}"
        with image.open() as file:
            files[name] = file.read()
        return {"src": name}

    try:
        result = mammoth.convert_to_html(
            io.BytesIO(data), style_map=_STYLES, convert_image=mammoth.images.img_element(keep)
        )
    except (KeyError, ValueError, AttributeError, OSError, RecursionError) as error:
        raise _broken(path, str(error) or type(error).__name__) from None
    messages = [m.message for m in result.messages if "style" not in m.message.lower()]
    return result.value, files, list(dict.fromkeys(messages))


def _with_figures(html: str) -> str:
    """Captions with the picture or table that they stand below; others as paragraphs."""
    html = _CAPTIONED.sub(r"<figure>\1<figcaption>\2</figcaption></figure>", html)
    return _LOOSE.sub(r"\1<p>\2</p>", html)


def _with_headings(html: str) -> tuple[str, int]:
    """Headings where people made lines bold instead, and how many; none if there are others."""
    if re.search(r"<h[1-6]\b", html):
        return html, 0
    first = _BOLD.match(html)
    rest, count = _BOLD.subn(r"<h2>\1</h2>", html[first.end() :] if first else html)
    return (f"<h1>{first[1]}</h1>{rest}", count + 1) if first else (rest, count)


def _refuse_harm(package: zipfile.ZipFile, path: Path) -> None:
    """Make sure that unpacking the file and reading its XML is harmless."""
    parts = package.infolist()
    names = {part.filename for part in parts}
    if "[Content_Types].xml" not in names:
        raise _broken(path, "it has no list of its parts")
    if len(parts) > _PARTS or sum(part.file_size for part in parts) > UNPACKED:
        raise _harmful(path, f"unpacks to more than {UNPACKED >> 20} MB or {_PARTS} parts")
    for part in parts:
        name = part.filename.replace("\\", "/")
        if name.startswith("/") or ".." in name.split("/") or ":" in name:
            raise _harmful(path, f"names a file outside itself: {part.filename!r}")
        if part.flag_bits & 1:
            hint = "Save it without a password."
            raise ImportingError("the file is encrypted", path=path, hint=hint)
        if name.endswith((".xml", ".rels")):
            if part.file_size > LONGEST:
                raise _harmful(path, f"has a part of more than {LONGEST >> 20} MB: {name}")
            _refuse_declarations(package.read(part), path, name)


def _refuse_declarations(xml: bytes, path: Path, name: str) -> None:
    """Office Open XML declares no document type (ECMA-376 part 2 §8.1.4)."""
    parser = expat.ParserCreate()

    def refuse(*said: object) -> None:
        raise _harmful(path, f"declares a document type in {name}")

    parser.StartDoctypeDeclHandler = refuse
    parser.EntityDeclHandler = refuse
    try:
        parser.Parse(xml, True)
    except expat.ExpatError as error:
        raise _broken(path, f"{name} is no well-formed XML ({error})") from None


def _core(package: zipfile.ZipFile) -> ElementTree.Element | None:
    """What the file says of itself; its XML has been looked at before."""
    if "docProps/core.xml" not in package.namelist():
        return None
    return ElementTree.fromstring(package.read("docProps/core.xml"))  # noqa: S314


def _text(core: ElementTree.Element | None, name: str) -> str:
    return " ".join((core.findtext(name) or "").split()) if core is not None else ""


def _broken(path: Path, why: str) -> ImportingError:
    hint = "Open it in Word and save it again as .docx."
    return ImportingError(f"the file is no Word document: {why}", path=path, hint=hint)


def _harmful(path: Path, why: str) -> ImportingError:
    hint = "No document for readers needs that; do not trust this file."
    return ImportingError(f"the file {why}", path=path, hint=hint)
