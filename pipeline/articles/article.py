"""An article: what an author wrote, as its metadata, its texts and the skeleton around them."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from ..markup import Segment, Skeleton

HOME = "index"
"""The id of the article that is the home page."""


@dataclass(frozen=True, slots=True)
class Source:
    """A file with an article in it.

    Attributes:
        id: Its path below the sources, without its ending: ``articles/first-session``.
        path: Where it is.
        name: Its path below the sources: ``articles/first-session.md``.
    """

    id: str
    path: Path
    name: str


@dataclass(frozen=True, slots=True)
class Metadata:
    """What an author says about an article.

    Attributes:
        title: Its title, as plain text.
        slug: The last part of its address.
        description: What it is about, in one or two sentences, for lists and search engines.
        date, updated: When it was published, and last revised in substance.
        author: Who wrote it.
        tags: What it belongs to.
        image: A picture, as an address relative to the article's file.
        image_alt, image_caption: The picture in words, and what stands below it.
        order: Its place among articles of the same date, the least first.
        layout: The template it is set in; empty for the folder's, or ``article``.
        draft: Whether only a preview shows it.
    """

    title: str = ""
    slug: str = ""
    description: str = ""
    date: datetime.date | None = None
    updated: datetime.date | None = None
    author: str = ""
    tags: tuple[str, ...] = ()
    image: str = ""
    image_alt: str = ""
    image_caption: str = ""
    order: int = 0
    layout: str = ""
    draft: bool = False


@dataclass(frozen=True, slots=True)
class Article:
    """A source article, parsed.

    Attributes:
        id: As of its source.
        path: Its file.
        layout: The template it is set in; ``none`` for a page that is published as it is.
        metadata: What its author says about it.
        fields: The metadata that are translated: title, slug, description and the picture's texts.
        skeleton: Its body.
        digest: A hash of the file and of what else it was made of.
    """

    id: str
    path: Path
    layout: str
    metadata: Metadata
    fields: Mapping[str, Segment]
    skeleton: Skeleton
    digest: str

    @property
    def segments(self) -> tuple[Segment, ...]:
        """Its texts: metadata, then body; one that stands in several places comes once."""
        found = {segment.key: segment for segment in self.fields.values()}
        for segment in self.skeleton.segments:
            found.setdefault(segment.key, segment)
        return tuple(found.values())
