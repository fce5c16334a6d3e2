"""Negotiation: which language a reader is greeted in at ``/``, and how a choice is remembered.

nginx has no parser for Accept-Language, only regular expressions: so the rule is made of them, and
the server of `pipeline serve` follows the very same ones. Tags are looked at by tenths of their
quality, from 1 down (RFC 9110 §12.5.4), and by their place where that is the same; ``nl-BE`` is
content with ``nl``, and ``pt`` with ``pt-BR`` (RFC 4647 §3.4).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from urllib.parse import urlsplit

COOKIE = "language"
YEAR = 31536000


def tags(langs: Iterable[str]) -> dict[str, str]:
    """Every tag that leads to a language of the site, in lower case, and the folder of that."""
    found: dict[str, str] = {}
    langs = tuple(langs)
    for lang in langs:
        found.setdefault(lang.lower(), lang)
    for lang in langs:
        found.setdefault(lang.lower().partition("-")[0], lang)
    return found


def patterns(langs: Iterable[str]) -> tuple[str, ...]:
    """Regular expressions to try on the header, in this order; the group ``tag`` is the finding."""
    known = sorted(tags(langs), key=lambda tag: (-len(tag), tag))
    if not known:
        return ()
    one = rf"(?:^|,)[ \t]*(?<tag>{'|'.join(map(re.escape, known))})(?:-[a-z0-9-]+)?[ \t]*"
    end = r"[ \t]*(?:,|$)"
    qualities = [r"(?:;[ \t]*q=1(?:\.0*)?)?"]
    qualities += [rf";[ \t]*q=0?\.{tenth}\d*" for tenth in range(9, 0, -1)]
    qualities.append(r";[ \t]*q=0?\.0\d*[1-9]\d*")
    return tuple(one + quality + end for quality in qualities)


def negotiate(accepted: str, langs: Iterable[str]) -> str | None:
    """The folder of the language that an Accept-Language asks for; None if the site has none."""
    langs = tuple(langs)
    for pattern in patterns(langs):
        found = re.search(pattern.replace("(?<tag>", "(?P<tag>"), accepted, re.IGNORECASE)
        if found:
            return tags(langs)[found["tag"].lower()]
    return None


def chosen(cookies: str, langs: Iterable[str]) -> str | None:
    """The folder of the language that a reader has chosen before."""
    for pair in cookies.split(";"):
        name, _, value = pair.strip().partition("=")
        if name == COOKIE and value in tuple(langs):
            return value
    return None


def choice(headers: Mapping[str, str], path: str, langs: Iterable[str]) -> str | None:
    """The language that a reader chooses by coming to ``path``: by a link from a page of the same
    host that is in another one, or offers them all."""
    langs = tuple(langs)
    here = folder(path, langs)
    referrer = urlsplit(headers.get("Referer") or "")
    if here is None or referrer.netloc != (headers.get("Host") or ""):
        return None
    return here if folder(referrer.path, langs) != here else None


def folder(path: str, langs: Iterable[str]) -> str | None:
    """The language whose folder a path is in."""
    first = path.removeprefix("/").partition("/")[0]
    return first if first in tuple(langs) else None


def cookie(lang: str) -> str:
    """What remembers a choice for a year, and is sent to nobody else."""
    return f"{COOKIE}={lang}; Path=/; Max-Age={YEAR}; SameSite=Lax; HttpOnly"
