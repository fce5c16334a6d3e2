"""A page saved from a browser: its main content, and what its head says."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from ...articles.text import text_of
from ...errors import ArticleError, ImportingError
from ..builders import builder_of
from ..content import main_content
from ..document import Document, contents
from ..head import Head, slug_of
from ..nodes import inline_html, nodes_of, parse_page
from .registry import importable

if TYPE_CHECKING:
    from lxml.html import HtmlElement

LARGEST = 16 << 20
"""Bytes of one page."""

_CONTROLS = bytes(set(range(32)) - {9, 10, 12, 13})


@importable("saved page", ".html", ".htm", ".xhtml")
def read_page(path: Path) -> Iterator[Document]:
    """The article of a page.

    Raises:
        ImportingError: It cannot be read, is no text, or is nested beyond measure.
    """
    html = page_text(path)
    tree = parse_page(html, path=path)
    head = Head(tree)
    image, alt = _picture(tree, head)
    document = Document(
        path=path,
        html="",
        title=head.title,
        slug=slug_of(head.address),
        description=head.description,
        date=head.published,
        updated=head.updated,
        author=head.author,
        tags=head.tags,
        image=image,
        image_alt=alt,
        kind=head.kind,
        address=head.address,
        language=head.language,
        translations=head.translations,
    )
    # The head is read before the tree is cleared of what is not the article.
    content, left = main_content(tree, builder_of(html))
    node = nodes_of(content, path=path)
    yield replace(document, html=inline_html(node.children), left=tuple(left))


def _picture(tree: HtmlElement, head: Head) -> tuple[str, str]:
    """The picture of a page and its text; as it was saved beside the page, if it was."""
    said, alt = head.image, head.first("og:image:alt", "twitter:image:alt")
    name = urlsplit(said).path.rpartition("/")[2]
    for image in tree.iter("img"):
        address = image.get("src") or ""
        if name and urlsplit(address).path.rpartition("/")[2] == name:
            return address, alt or " ".join((image.get("alt") or "").split())
    return said, alt


def page_text(path: Path) -> str:
    """The text of a page, in the encoding it states, without control characters.

    Raises:
        ImportingError: It cannot be read, is too large, or is no text.
    """
    data = contents(path, most=LARGEST)
    if not data.startswith((b"\xff\xfe", b"\xfe\xff")):
        data = data.translate(None, _CONTROLS)
    try:
        return text_of(data, path, declared=True)
    except ArticleError as error:
        raise ImportingError(error.message, path=path, line=error.line, hint=error.hint) from None
