"""A page saved from a browser, with its pictures beside it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from ..document import Document
from ..nodes import parse_page
from ..page import document_in, page_text
from .registry import importable

_SAVED_FROM = re.compile(r"<!-- saved from url=\(\d+\)(https?://\S+?)\s*-->")


@importable("saved page", ".html", ".htm", ".xhtml")
def read_page(path: Path) -> Iterator[Document]:
    """The article of a page.

    Raises:
        ImportingError: It cannot be read, is no text, or is nested beyond measure.
    """
    html = page_text(path)
    saved = _SAVED_FROM.search(html[:4096])
    tree = parse_page(html, path=path)
    yield document_in(tree, html, path, saved_from=saved[1] if saved else "")
