"""Articles: what authors write, in any of the registered formats, found and parsed."""

from __future__ import annotations

from . import html, markdown
from .article import HOME, Article, Metadata, Source
from .find import Found, find, find_one
from .reader import NO_LAYOUT, load

__all__ = [
    "HOME",
    "NO_LAYOUT",
    "Article",
    "Found",
    "Metadata",
    "Source",
    "find",
    "find_one",
    "html",
    "load",
    "markdown",
]
