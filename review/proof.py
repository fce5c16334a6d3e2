"""Proofs: the page that a message is on, its passage marked; linked, for want of scripts."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from pipeline.catalogues import Key

from .desk import Desk
from .message import Place

_WHOLE = "script|style|title|textarea|option|svg"
_PIECE = re.compile(
    rf"<!--.*?-->|<(?:{_WHOLE})\b.*?</(?:{_WHOLE})\s*>"
    r"""|<[a-zA-Z/!](?:[^>"']|"[^"]*"|'[^']*')*>|[^<]+|<""",
    re.DOTALL | re.IGNORECASE,
)
_ENDS = re.compile(r"</a\s*>", re.IGNORECASE)
_ANCHOR = re.compile(r"<a(?=[\s>])", re.IGNORECASE)
_LEADS = re.compile(
    r"""\s(?:href|target|ping|download)(?:\s*=\s*(?:"[^"]*"|'[^']*'|[^\s>]*))?""", re.IGNORECASE
)
_PASSAGE = re.compile(r'<span data-message="([0-9a-f]{24})"')


def proof(desk: Desk, place: Place, texts: Mapping[Key, str]) -> str:
    """The page of a message with these texts on it; its passage is ``.desk-here``."""
    html = desk.galleys.of(place.locale, place.domain, texts)
    if not place.digest:
        return html
    mark = f'data-message="{place.digest}"'
    html = html.replace(mark, f'{mark} class="desk-here" id="desk-here"', 1)
    return html.replace(f"{mark}>", f'{mark} class="desk-here">')


def linked(html: str, address: Callable[[str], str]) -> str:
    """A proof in which every passage is a link to its editor, and nothing else is one.

    A link in a link is no HTML: so it is the runs of text that become links, the page's own
    links lead to the editor of the passage they are in or around, and those of no passage nowhere.

    Args:
        html: The proof.
        address: Where the message of a digest is edited.
    """
    pieces = [match[0] for match in _PIECE.finditer(html)]
    made: list[str] = []
    spans: list[str] = []
    anchored = False
    for number, piece in enumerate(pieces):
        tag = piece.lower()
        here = next((digest for digest in reversed(spans) if digest), "")
        if _ANCHOR.match(piece):
            anchored = True
            made.append(_led(piece, here or _ahead(pieces, number), address))
            continue
        if here and not anchored and not piece.startswith("<") and piece.strip():
            made.append(f'<a class="desk-go" href="{address(here)}" target="_top">{piece}</a>')
            continue
        made.append(piece)
        if _ENDS.match(piece):
            anchored = False
        elif tag.startswith("<span"):
            found = _PASSAGE.match(piece)
            spans.append(found[1] if found else "")
        elif tag.startswith("</span") and spans:
            spans.pop()
    return "".join(made)


def _ahead(pieces: list[str], number: int) -> str:
    """The passage inside of a link that begins at a piece."""
    for piece in pieces[number + 1 :]:
        if _ENDS.match(piece):
            return ""
        if found := _PASSAGE.match(piece):
            return found[1]
    return ""


def _led(tag: str, digest: str, address: Callable[[str], str]) -> str:
    """The start tag of a link that leads to a message now; nowhere without one."""
    bare = _LEADS.sub("", tag)
    return bare.replace("<a", f'<a href="{address(digest)}" target="_top"', 1) if digest else bare
