"""Templates: what an article gives translators to translate."""

from __future__ import annotations

from .articles import Article
from .catalogues import Message


def messages_of(article: Article) -> list[Message]:
    """An article's messages, in the order they are read; a text that occurs twice is one."""
    return [
        Message(id=segment.text, context=segment.context, notes=segment.notes)
        for segment in article.segments
    ]
