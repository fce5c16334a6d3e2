"""Loading an article: parsed once for each version of its file, and remembered."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from datetime import date
from pathlib import Path
from typing import Any

from .. import __version__, files
from ..errors import ArticleError, FrontMatterError, MarkupError
from ..markup import parse
from ..markup.scan import BrokenMarkup
from ..markup.storage import from_json, segment_from_json, segment_to_json, to_json
from ..markup.tree import build
from ..project import Project
from ..slug import slugify
from .article import HOME, Article, Metadata, Source
from .formats import READERS, Content
from .metadata import Value, fields_of, metadata_of
from .page import body_of, head_values, take_heading, text_in

_FORMAT = 2
NO_LAYOUT = "none"
"""The layout of a page that is published as the page it is."""


_last: Article | None = None


def load(project: Project, source: Source) -> Article:
    """The article in a file.

    Raises:
        ArticleError: It cannot be read; the error has file and line.
    """
    shown = project.relative(source.path)
    try:
        data = source.path.read_bytes()
    except OSError as error:
        reason = error.strerror or str(error)
        hint = "Mend the cause; what is live of it stays."
        raise ArticleError(f"cannot be read: {reason}", path=shown, hint=hint) from error
    layout = project.settings.layout_for(source.id) or ""
    digest = files.digest(data + f"\0{_FORMAT}\0{__version__}\0{layout}".encode())
    global _last  # noqa: PLW0603 - an article is asked for once for each of its languages
    if _last is not None and _last.digest == digest and _last.path == source.path:
        return _last
    kept = project.cache_dir / "articles" / f"{source.id}.json"
    article = _remembered(kept, source, digest)
    if article is None:
        article = _read(source, data, layout, digest, shown)
        files.write(kept, json.dumps(_to_json(article)).encode(), durable=False)
    _last = article
    return article


def _read(source: Source, data: bytes, layout: str, digest: str, shown: Path) -> Article:
    content = READERS[source.path.suffix.lower()](data, shown)
    try:
        return _article(source, content, layout, digest, shown)
    except BrokenMarkup as broken:
        line = _line(content, broken.offset)
        raise MarkupError(broken.message, path=shown, line=line, hint=broken.hint) from None


def _article(source: Source, content: Content, layout: str, digest: str, shown: Path) -> Article:
    html = content.html
    tree = build(html)
    values = head_values(html, tree, content.first_line) | dict(content.values)
    metadata = metadata_of(values, shown)
    layout = metadata.layout or layout or ("home" if source.id == HOME else "article")
    root = tree if layout == NO_LAYOUT else body_of(tree)
    if layout != NO_LAYOUT:
        heading = take_heading(html, root, metadata.title)
        if heading is not None and not metadata.title:
            metadata = replace(metadata, title=text_in(html, heading))
            values["title"] = Value(metadata.title, _line(content, heading.start))
    metadata = _completed(metadata, source, shown)
    if layout != "home" and not any(html[n.start : n.end].strip() for n in root.children):
        hint = "Write it below its metadata, or delete the file."
        raise ArticleError("the article has no text", path=shown, hint=hint)
    skeleton = parse(
        html, path=shown, first_line=content.first_line, lines=content.lines, root=root
    )
    fields = fields_of(metadata, {name: value.line for name, value in values.items()})
    return Article(source.id, source.path, layout, metadata, fields, skeleton, digest)


def _completed(metadata: Metadata, source: Source, shown: Path) -> Metadata:
    """The metadata with what follows from the name of the file."""
    if not metadata.title:
        raise FrontMatterError(
            "the article has no title",
            path=shown,
            line=1,
            hint="Write “title: …” in its front matter, or begin with a heading “# …”.",
        )
    if source.id == HOME:
        return replace(metadata, slug="")
    name = source.id.removesuffix(f"/{HOME}").rpartition("/")[2]
    return replace(metadata, slug=metadata.slug or slugify(name) or name)


def _line(content: Content, offset: int) -> int:
    number = content.html.count("\n", 0, offset)
    if content.lines:
        return content.lines[min(number, len(content.lines) - 1)]
    return content.first_line + number


# The memory of parsed articles


def _remembered(path: Path, source: Source, digest: str) -> Article | None:
    try:
        data = json.loads(path.read_bytes())
        if data["digest"] != digest:
            return None
        metadata = dict(data["metadata"], tags=tuple(data["metadata"]["tags"]))
        for name in ("date", "updated"):
            metadata[name] = date.fromisoformat(metadata[name]) if metadata[name] else None
        return Article(
            source.id,
            source.path,
            data["layout"],
            Metadata(**metadata),
            {name: segment_from_json(said) for name, said in data["fields"].items()},
            from_json(data["skeleton"]),
            digest,
        )
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _to_json(article: Article) -> dict[str, Any]:
    metadata = asdict(article.metadata)
    for name in ("date", "updated"):
        metadata[name] = metadata[name].isoformat() if metadata[name] else None
    return {
        "digest": article.digest,
        "layout": article.layout,
        "metadata": metadata,
        "fields": {name: segment_to_json(said) for name, said in article.fields.items()},
        "skeleton": to_json(article.skeleton),
    }
