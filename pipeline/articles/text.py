"""The text of a file: its bytes in the encoding they are in."""

from __future__ import annotations

import codecs
import re
from pathlib import Path

from ..errors import ArticleError, EncodingError

_DECLARED = re.compile(
    rb"""<\?xml[^>]*encoding=["']([A-Za-z0-9._:-]+)|<meta[^>]+charset=["']?\s*([A-Za-z0-9._:-]+)""",
    re.IGNORECASE,
)
_MARKS = {
    codecs.BOM_UTF8: "utf-8",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
_FORBIDDEN = re.compile("[\0-\x08\x0b\x0e-\x1f\x7f\ufffe\uffff]")


def text_of(data: bytes, path: Path, *, declared: bool = False) -> str:
    """The text in a file, with a line feed at the end of each line.

    Args:
        data: Its contents.
        path: The file, for errors.
        declared: Whether the file may name its encoding, as HTML does; it is UTF-8 otherwise.

    Raises:
        EncodingError: The bytes are no text in the encoding they claim.
        ArticleError: There is nothing in the file.
    """
    if not data.strip():
        raise ArticleError("the article is empty", path=path, hint="Write it, or delete the file.")
    encoding = _encoding(data, declared=declared)
    try:
        text = data.decode(encoding)
    except LookupError:
        hint = "Save the file as UTF-8."
        raise EncodingError(f"{encoding} is no known encoding", path=path, hint=hint) from None
    except UnicodeDecodeError as error:
        raise EncodingError(
            f"byte 0x{data[error.start]:02x} is not text in {encoding.upper()}",
            path=path,
            line=data.count(b"\n", 0, error.start) + 1,
            hint="Save the file as UTF-8.",
        ) from None
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    forbidden = _FORBIDDEN.search(text)
    if forbidden:
        raise EncodingError(
            f"the character U+{ord(forbidden[0]):04X} cannot stand in a page",
            path=path,
            line=text.count("\n", 0, forbidden.start()) + 1,
            hint="Remove it; it is likely there by mistake.",
        )
    return text


def _encoding(data: bytes, *, declared: bool) -> str:
    for mark, encoding in _MARKS.items():
        if data.startswith(mark):
            return encoding
    match = _DECLARED.search(data, 0, 2048) if declared else None
    if match is None:
        return "utf-8"
    name = (match[1] or match[2]).decode().lower()
    # Browsers read these as Windows-1252 (WHATWG Encoding Standard §4.2).
    return "cp1252" if name in ("iso-8859-1", "latin1", "latin-1", "us-ascii", "ascii") else name
