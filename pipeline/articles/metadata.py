"""Metadata: what stands in an article's front matter or head, read and checked."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from ..errors import FrontMatterError
from ..markup import Segment
from ..markup.tokens import escape
from ..tables import nearest
from .article import Metadata

_FRONT_MATTER = re.compile(r"---[ \t]*\n(.*?)^(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL | re.M)
_WHITE = re.compile(r"[ \t\r\n\f]+")

NOTES = {
    "title": "title of the article",
    "slug": "last part of the page's address: lower case, words joined by hyphens",
    "description": "description, for lists and search engines",
    "image_alt": "alt text of the article's picture",
    "image_caption": "caption of the article's picture",
}
"""The metadata that are translated, and what translators are told of each."""


class Value(NamedTuple):
    """What a file says for one name, and the line it says it in."""

    value: object
    line: int


def front_matter(text: str, path: Path) -> tuple[dict[str, Value], str, int]:
    """The values of the front matter, the text below it, and the line that text begins in.

    Raises:
        FrontMatterError: It is no YAML, or no mapping.
    """
    if not text.startswith("---"):
        return {}, text, 1
    match = _FRONT_MATTER.match(text)
    if match is None:
        if re.match(r"---[ \t]*\n", text):
            raise FrontMatterError(
                "the front matter does not end", path=path, line=1, hint="End it with a line “---”."
            )
        return {}, text, 1
    return _yaml(match[1], path), text[match.end() :], text.count("\n", 0, match.end()) + 1


def _yaml(text: str, path: Path) -> dict[str, Value]:
    loader = yaml.SafeLoader(text)
    try:
        node = loader.get_single_node()
        if node is None:
            return {}
        if not isinstance(node, yaml.MappingNode):
            hint = "Write lines such as “title: A first session”."
            raise FrontMatterError("the front matter has no names", path=path, line=2, hint=hint)
        found: dict[str, Value] = {}
        for key, value in node.value:
            line = key.start_mark.line + 2
            name = str(loader.construct_object(key, deep=True))
            if name in found:
                hint = "Keep one of the two."
                raise FrontMatterError(f"“{name}” stands twice", path=path, line=line, hint=hint)
            try:
                said = loader.construct_object(value, deep=True)
            except ValueError as error:
                raise FrontMatterError(
                    f"“{name}” cannot be read: {error}", path=path, line=line, hint="Correct it."
                ) from None
            found[name] = Value(said, line)
        return found
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise FrontMatterError(
            f"the front matter is no YAML: {error.problem or error.context}",
            path=path,
            line=mark.line + 2 if mark else 1,
            hint="A text with a colon or a quotation mark in it needs quotation marks around it.",
        ) from None
    except yaml.YAMLError as error:
        raise FrontMatterError(
            f"the front matter is no YAML: {error}", path=path, line=1, hint="Correct it."
        ) from None
    finally:
        loader.dispose()


def metadata_of(values: Mapping[str, Value], path: Path) -> Metadata:
    """The metadata that the values of a file say.

    Raises:
        FrontMatterError: A name that does not exist, or a value of the wrong kind.
    """
    metadata = Metadata()
    for name, (value, line) in values.items():
        read = _READERS.get(name)
        if read is None:
            hint = nearest(name, _READERS)
            raise FrontMatterError(f"“{name}” means nothing here", path=path, line=line, hint=hint)
        if value is None:
            continue
        try:
            said: Any = read(value)
        except (ValueError, TypeError) as error:
            raise FrontMatterError(
                f"“{name}” is {error}", path=path, line=line, hint="Correct it."
            ) from None
        metadata = replace(metadata, **{name: said})
    return metadata


def fields_of(metadata: Metadata, lines: Mapping[str, int]) -> dict[str, Segment]:
    """The segments of the metadata that are translated; what is empty has none."""
    fields = {}
    for name, note in NOTES.items():
        text = getattr(metadata, name)
        if text:
            context = "slug" if name == "slug" else None
            fields[name] = Segment(escape(text), context, (note,), lines.get(name, 1))
    return fields


def _text(value: object) -> str:
    if isinstance(value, (list, dict, bool)):
        raise TypeError("no text")
    return _WHITE.sub(" ", str(value)).strip(" ")


def _day(value: object) -> date:
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(str(value).strip()[:10])
    except ValueError:
        raise ValueError(f"no date such as 2026-11-23: {value!r}") from None


def _tags(value: object) -> tuple[str, ...]:
    found = value.split(",") if isinstance(value, str) else value
    if not isinstance(found, list):
        raise TypeError("no list of tags")
    tags = [_text(tag) for tag in found]
    return tuple(dict.fromkeys(tag for tag in tags if tag))


def _number(value: object) -> int:
    if isinstance(value, bool):
        raise TypeError("no whole number")
    try:
        return int(str(value))
    except ValueError:
        raise ValueError(f"no whole number: {value!r}") from None


def _layout(value: object) -> str:
    text = _text(value)
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_-]*", text):
        raise ValueError(f"no name of a template: {text!r}")
    return text


def _truth(value: object) -> bool:
    if isinstance(value, bool):
        return value
    text = str(value).strip().lower()
    if text not in ("true", "false"):
        raise ValueError("neither true nor false")
    return text == "true"


_READERS: Mapping[str, Callable[[object], object]] = {
    "title": _text,
    "slug": _text,
    "description": _text,
    "date": _day,
    "updated": _day,
    "author": _text,
    "tags": _tags,
    "image": _text,
    "image_alt": _text,
    "image_caption": _text,
    "order": _number,
    "layout": _layout,
    "draft": _truth,
}
