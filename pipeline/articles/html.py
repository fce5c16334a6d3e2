"""HTML: a whole page or a fragment, as it was written."""

from __future__ import annotations

from pathlib import Path

from .formats import Content, article_format
from .metadata import front_matter
from .text import text_of


@article_format(".html", ".htm", ".xhtml")
def read_html(data: bytes, path: Path) -> Content:
    """The content of an HTML file; one without a head may have front matter.

    Raises:
        EncodingError, FrontMatterError: It cannot be read.
    """
    values, html, first = front_matter(text_of(data, path, declared=True), path)
    return Content(values, html, first)
