"""A page as a document: its main content, and what its head says."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from ..articles.text import text_of
from ..errors import ArticleError, ImportingError
from .builders import builder_of
from .content import main_content
from .document import Document, contents
from .head import Head, slug_of
from .nodes import inline_html, nodes_of

if TYPE_CHECKING:
    from lxml.html import HtmlElement

LARGEST = 16 << 20
"""Bytes of one page."""

_CONTROLS = bytes(set(range(32)) - {9, 10, 12, 13})


def document_in(tree: HtmlElement, html: str, path: Path, *, saved_from: str = "") -> Document:
    """The article in the tree of a page, which is cleared of all else.

    Args:
        html: The page as it was read: it says which builder it comes from.
        saved_from: Where it was published, if the page itself does not say.
    """
    head = Head(tree, saved_from)
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
    return replace(document, html=inline_html(node.children), left=tuple(left))


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
    return text_in(contents(path, most=LARGEST), path)


def text_in(data: bytes, path: Path) -> str:
    """The text of a page's bytes, in the encoding they state, without control characters.

    Raises:
        ImportingError: They are no text.
    """
    if not data.startswith((b"\xff\xfe", b"\xfe\xff")):
        data = data.translate(None, _CONTROLS)
    try:
        return text_of(data, path, declared=True)
    except ArticleError as error:
        raise ImportingError(error.message, path=path, line=error.line, hint=error.hint) from None
