"""WordPress's shortcodes, ``[name key="value"]``: what they stand for where that is known."""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import escape

_ATTRIBUTE = r"""\s+[\w-]+\s*=\s*(?:"[^"\]]*"|'[^'\]]*'|[^\s\]"']+)"""
_CODE = re.compile(rf"\[(/?)([a-z][a-z0-9]*(?:[_-][a-z0-9]+)*)((?:{_ATTRIBUTE})*)\s*/?\]")
_CAPTION = re.compile(r"\[(?:wp_)?caption[^\]]*\]\s*(.*?)\[/(?:wp_)?caption\]", re.DOTALL)
_PICTURE = re.compile(r"\s*((?:<a\b[^>]*>\s*)?<img\b[^>]*>(?:\s*</a>)?)(.*)", re.DOTALL)
_EMBED = re.compile(r"\[embed[^\]]*\]\s*(\S+?)\s*\[/embed\]")
_PLAYER = re.compile(r"\[(?:youtube|vimeo|video|audio)\s+(https?://[^\[\]\s]+)[^\[\]]*\]")
_ADDRESS = re.compile(r"^[ \t]*(https?://[^\s<>\"']+)[ \t]*$", re.MULTILINE)
_LAYOUT = re.compile(r"(?:^|_)(?:row|column|section|text|container|group|module|block)s?(?:_|$)")
_GALLERY = re.compile(r"\[gallery\b([^\]]*)\]")
_IDS = re.compile(r"""\bids\s*=\s*["']?([\d,\s]+)""")
_BARE = frozenset("audio video playlist gallery embed caption".split())


def without_shortcodes(html: str, pictures: Mapping[str, str]) -> tuple[str, list[str]]:
    """The HTML with what shortcodes stand for, and the names of those that are not known.

    Args:
        pictures: The addresses of attachments, by their numbers, for galleries.
    """
    html = _CAPTION.sub(_figure, html)
    for addresses in (_EMBED, _PLAYER, _ADDRESS):
        html = addresses.sub(lambda match: _link(match[1]), html)
    html = _GALLERY.sub(lambda match: _gallery(match[1], pictures), html)
    unknown: list[str] = []
    closed = {name for closing, name, _ in _CODE.findall(html) if closing}

    def drop(match: re.Match[str]) -> str:
        _, name, attributes = match.groups()
        # Words in brackets are shortcodes only where something else about them says so.
        if not (attributes or name in closed or name in _BARE or "_" in name or "-" in name):
            return match[0]
        unknown.append(name)
        return "\n\n" if _LAYOUT.search(name) else ""

    html = _CODE.sub(drop, html)
    return html, list(dict.fromkeys(unknown))


def _figure(match: re.Match[str]) -> str:
    inner = _PICTURE.match(match[1])
    if inner is None:
        return match[1]
    caption = inner[2].strip()
    if not caption:
        return f"\n\n{inner[1]}\n\n"
    return f"\n\n<figure>{inner[1]}<figcaption>{caption}</figcaption></figure>\n\n"


def _link(address: str) -> str:
    said = escape(address, quote=True)
    return f'\n\n<a href="{said}">{said}</a>\n\n'


def _gallery(attributes: str, pictures: Mapping[str, str]) -> str:
    match = _IDS.search(attributes)
    numbers = [one.strip() for one in match[1].split(",")] if match else []
    addresses = [pictures[number] for number in numbers if number in pictures]
    return "".join(f'\n\n<img src="{escape(one, quote=True)}" alt="">\n\n' for one in addresses)
