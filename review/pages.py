"""Pages and fragments of pages, set from templates; everything that anybody typed is escaped."""

from __future__ import annotations

import datetime
import time
from collections.abc import Mapping, Sequence
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

import jinja2
from fastapi.responses import HTMLResponse

from pipeline.markup import plain
from pipeline.site.language import language

from .access import Visit
from .hints import pieces
from .rights import EVERYWHERE, Right, Role

STATIC = Path(__file__).parent / "static"
_TEMPLATES = Path(__file__).parent / "templates"


def show(
    visit: Visit,
    template: str,
    *,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
    **values: Any,
) -> HTMLResponse:
    """A template as an answer."""
    html = render(visit, template, **values)
    return HTMLResponse(html, status, dict(headers or {}))


def render(visit: Visit, template: str, **values: Any) -> str:
    """A template as text."""
    return _environment().get_template(template).render(visit=visit, **values)


def template(name: str) -> jinja2.Template:
    """A template, for a page that has no visit."""
    return _environment().get_template(name)


@cache
def asset(name: str) -> str:
    """The address of a file in ``static``, which changes when the file does."""
    return f"/static/{name}?{sha256((STATIC / name).read_bytes()).hexdigest()[:8]}"


@cache
def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals.update(
        asset=asset, Right=Right, Role=Role, EVERYWHERE=EVERYWHERE, language=language
    )
    environment.filters.update(ago=ago, day=day, moment=moment, number=number, summed=summed)
    environment.filters.update(pieces=pieces, plain=plain)
    return environment


def ago(at: float) -> str:
    """How long something is ago, in the words that one says."""
    seconds = max(0, time.time() - at)
    for size, noun in ((86400 * 2, "day"), (3600 * 2, "hour"), (60 * 2, "minute")):
        if seconds >= size:
            return f"{int(seconds // (size / 2))} {noun}s ago"
    return "just now" if seconds < 60 else "a minute ago"


def day(at: float) -> str:
    """A moment's day: ``24 Nov 2026``."""
    return datetime.datetime.fromtimestamp(at).strftime("%-d %b %Y")


def moment(at: float) -> str:
    """A moment as HTML's ``datetime`` wants it."""
    return datetime.datetime.fromtimestamp(at, datetime.UTC).isoformat(timespec="seconds")


def summed(counts: Mapping[str, int], names: Sequence[str]) -> int:
    """How many there are of all these together."""
    return sum(counts[name] for name in names)


def number(value: float) -> str:
    """A whole number with thin spaces between thousands."""
    return f"{value:,.0f}".replace(",", "\u202f")
