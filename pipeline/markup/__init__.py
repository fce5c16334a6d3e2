"""Markup: between an article's HTML and the texts that people translate.

`parse` makes a `Skeleton` of a page or fragment; its segments go to catalogues; `Skeleton.render`
fills it again. What is between the texts is never interpreted twice, and never by a browser first.
"""

from __future__ import annotations

from .parse import parse
from .skeleton import Link, Segment, Shown, Skeleton, Target
from .tokens import Shape, Token, plain

__all__ = [
    "Link",
    "Segment",
    "Shape",
    "Shown",
    "Skeleton",
    "Target",
    "Token",
    "parse",
    "plain",
]
