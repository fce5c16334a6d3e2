"""Skeletons as plain lists that JSON can hold, and back: what the cache of articles is made of."""

from __future__ import annotations

from typing import Any

from .skeleton import Link, PageLanguage, Part, Parts, Place, Segment, Skeleton, Slot
from .tokens import Shape, Token

# JSON is the one place where a type checker cannot follow: hence Any, here and nowhere else.


def to_json(skeleton: Skeleton) -> list[Any]:
    """Plain lists that `from_json` understands."""
    return [
        _parts(skeleton.parts),
        [segment_to_json(segment) for segment in skeleton.segments],
        [
            [
                [*slot.place],
                {name: [_parts(o), _parts(c)] for name, (o, c) in slot.markup.items()},
                sorted(slot.protected),
            ]
            for slot in skeleton.slots
        ],
    ]


def from_json(data: list[Any]) -> Skeleton:
    """The skeleton that `to_json` described.

    Raises:
        ValueError, TypeError, KeyError: For anything else.
    """
    parts, segments, slots = data
    return Skeleton(
        _from_parts(parts),
        tuple([segment_from_json(segment) for segment in segments]),
        tuple(
            [
                Slot(
                    Place(*place),
                    {n: (_from_parts(o), _from_parts(c)) for n, (o, c) in markup.items()},
                    frozenset(protected),
                )
                for place, markup, protected in slots
            ]
        ),
    )


def segment_to_json(segment: Segment) -> list[Any]:
    """One segment as a plain list."""
    return [
        segment.text,
        segment.context,
        [*segment.notes],
        segment.line,
        [[t.name, t.element, t.shape.value, t.parent] for t in segment.tokens],
    ]


def segment_from_json(data: list[Any]) -> Segment:
    """The segment that `segment_to_json` described."""
    text, context, notes, line, tokens = data
    return Segment(
        text,
        context,
        tuple(notes),
        line,
        tuple(
            [Token(name, element, Shape(shape), parent) for name, element, shape, parent in tokens]
        ),
    )


def _parts(parts: Parts) -> list[Any]:
    return [_part(part) for part in parts]


def _part(part: Part) -> Any:
    if isinstance(part, Link):
        return ["link", *part]
    if isinstance(part, PageLanguage):
        return ["lang", *part]
    return part


def _from_parts(parts: list[Any]) -> Parts:
    return tuple([_from_part(part) if type(part) is list else part for part in parts])


def _from_part(data: list[Any]) -> Part:
    kind, *values = data
    return Link(*values) if kind == "link" else PageLanguage(*values)
