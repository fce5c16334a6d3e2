"""The text of an article's file: Markdown where that loses nothing, HTML otherwise.

Whether it loses something is not guessed: the Markdown is read by the reader of articles, and what
comes of it is compared with what was to be said.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from ..articles.markdown import read_markdown
from .extra import need
from .nodes import Child, Node, inline_html, nodes_of, parse_page, write_html
from .tidy import tidy

_BEYOND_MARKDOWN = frozenset(
    "abbr bdi bdo caption cite dd del dfn details dl dt figcaption figure ins kbd mark q samp span"
    " sub summary sup tfoot time var".split()
)
"""Elements that Markdown has no sign for."""


_NAMED = frozenset(("h1", "h2", "h3", "h4"))
"""Headings that Markdown names by their text."""


def markdown_of(blocks: Sequence[Node]) -> str | None:
    """The blocks as Markdown; None where it cannot say all of them."""
    if any(n.name in _BEYOND_MARKDOWN for block in blocks for n in (block, *block.below())):
        return None
    pieces = [_piece(block) for block in blocks]
    if any(piece is None for piece in pieces):
        return None
    text = "\n".join(piece for piece in pieces if piece)
    return text if _says(text, blocks) else None


def _piece(block: Node) -> str | None:
    """One block as Markdown, with as few signs marked as possible."""
    if block.name == "hr":  # alone it divides nothing, and would be tidied away
        return "---\n"
    html = inline_html([block])
    texts = (_converter(careful)(html) for careful in (False, True))
    return next((text for text in texts if _says(text, [block])), None)


def anchors_in_markdown(text: str, blocks: Sequence[Node]) -> dict[str, str]:
    """What the names of headings in blocks are where their Markdown is read."""
    read = nodes_of(parse_page(_read(text)))
    own = [node for block in blocks for node in (block, *block.below()) if node.name in _NAMED]
    there = [node for node in read.below() if node.name in _NAMED]
    both = zip(own, there, strict=True)
    return {
        one.attributes["id"]: other.attributes.get("id", "")
        for one, other in both
        if "id" in one.attributes
    }


def _read(text: str) -> str:
    return read_markdown(f"\n{text}".encode(), Path("article.md")).html


def html_of(blocks: Sequence[Node]) -> str:
    """The blocks as HTML."""
    return write_html(blocks)


def front_matter(values: Mapping[str, object]) -> str:
    """Metadata as YAML between two lines ``---``; what is empty is left out."""
    said = {name: value for name, value in values.items() if value not in ("", None, (), [], False)}
    if not said:
        return ""
    text = yaml.safe_dump(said, sort_keys=False, allow_unicode=True, width=10_000)
    return f"---\n{text}---\n\n"


def _says(text: str, blocks: Sequence[Node]) -> bool:
    """Whether readers of this Markdown read these blocks."""
    if not text.strip():
        return False
    read = tidy(nodes_of(parse_page(_read(text)))).blocks
    return _compared(read) == _compared(blocks)


def _compared(children: Sequence[Child]) -> list[object]:
    """Blocks without what Markdown adds by itself: names of headings, empty parts of tables."""
    found: list[object] = []
    for child in children:
        if isinstance(child, str):
            found.append(child)
            continue
        skipped = ("id",) if child.name in _NAMED else ()
        said = {n: v for n, v in child.attributes.items() if n not in skipped}
        found.append((child.name, said, _compared(child.children)))
    return found


@cache
def _converter(careful: bool) -> Callable[[str], str]:
    """HTML to Markdown; ``careful`` also marks signs that seldom mean anything."""
    need("markdownify")
    from markdownify import MarkdownConverter  # noqa: PLC0415 - an extra

    options: dict[str, Any] = {
        "heading_style": "atx",
        "bullets": "-",
        "newline_style": "backslash",
        "escape_misc": careful,
        "keep_inline_images_in": ["td", "th", "h1", "h2", "h3", "h4", "h5", "h6", "a"],
    }
    converter = MarkdownConverter(**options)

    def convert(html: str) -> str:
        return str(converter.convert(html)).strip("\n") + "\n"

    return convert
