"""Markdown with YAML front matter: CommonMark with tables, footnotes, attributes and anchors."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from .formats import Content, article_format
from .metadata import front_matter
from .text import text_of

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.renderer import RendererHTML
    from markdown_it.token import Token


@article_format(".md", ".markdown")
def read_markdown(data: bytes, path: Path) -> Content:
    """The content of a Markdown file.

    Raises:
        EncodingError, FrontMatterError: It cannot be read.
    """
    values, body, first = front_matter(text_of(data, path), path)
    html, lines = _rendered(body, first)
    return Content(values, html, first, lines)


def _rendered(body: str, first: int) -> tuple[str, list[int]]:
    """The HTML of a Markdown text, and for each of its lines the line of the source."""
    markdown = _markdown()
    env: dict[str, Any] = {}
    tokens = markdown.parse(body, env)
    pieces: list[str] = []
    lines: list[int] = [0]
    begin, end = 0, 1
    for index, token in enumerate(tokens):
        if token.map:
            begin, end = token.map
        html = _piece(markdown, tokens, index, env)
        pieces.append(html)
        # A line of the HTML comes from where its first piece comes from.
        lines[-1] = lines[-1] or first + begin
        rest = html.count("\n")
        lines += [first + min(begin + n, max(begin, end - 1)) for n in range(1, rest + 1)]
        if html.endswith("\n"):
            lines[-1] = 0
    lines[-1] = lines[-1] or first + end
    return "".join(pieces), lines


def _piece(markdown: MarkdownIt, tokens: Sequence[Token], index: int, env: dict[str, Any]) -> str:
    """The HTML of one token, as the renderer makes it of all of them."""
    renderer = cast("RendererHTML", markdown.renderer)
    token = tokens[index]
    if token.type == "inline":
        return renderer.renderInline(token.children or [], markdown.options, env)
    if token.type in renderer.rules:
        return str(renderer.rules[token.type](tokens, index, markdown.options, env))
    return renderer.renderToken(tokens, index, markdown.options, env)


@cache
def _markdown() -> MarkdownIt:
    from markdown_it import MarkdownIt  # noqa: PLC0415 - slow, for changed articles only
    from mdit_py_plugins.anchors import anchors_plugin  # noqa: PLC0415
    from mdit_py_plugins.attrs import attrs_block_plugin, attrs_plugin  # noqa: PLC0415
    from mdit_py_plugins.footnote import footnote_plugin  # noqa: PLC0415

    markdown = MarkdownIt("commonmark").enable(["table", "strikethrough"])
    markdown.use(footnote_plugin).use(attrs_plugin, spans=True).use(attrs_block_plugin)
    markdown.use(anchors_plugin, max_level=4)
    markdown.add_render_rule("footnote_block_open", _footnotes_open)
    markdown.add_render_rule("footnote_block_close", _footnotes_close)
    markdown.add_render_rule("footnote_anchor", _footnote_anchor)
    return markdown


def _footnotes_open(
    self: RendererHTML, tokens: Sequence[Token], index: int, options: object, env: object
) -> str:
    """A division: a section would want a heading."""
    return '<div class="footnotes" role="doc-endnotes">\n<hr>\n<ol>\n'


def _footnotes_close(
    self: RendererHTML, tokens: Sequence[Token], index: int, options: object, env: object
) -> str:
    return "</ol>\n</div>\n"


def _footnote_anchor(
    self: RendererHTML, tokens: Sequence[Token], index: int, options: object, env: Any
) -> str:
    """The way back from a footnote: a sign, nothing to translate."""
    number = tokens[index].meta["id"] + 1
    again = tokens[index].meta["subId"]
    name = f"{number}:{again}" if again > 0 else f"{number}"
    return f' <a href="#fnref{name}" class="footnote-backref" translate="no">\u21a9\ufe0e</a>'
