"""Agreement: what a page says of its languages is what the record of its editions says.

A theme may be anybody's, and a whole page may bring links of its own; so every page is read again
once it is rendered. One that says something else is an error and is not published.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from html import unescape
from pathlib import Path

from ..errors import AgreementError
from .page import Page

_TAG = re.compile(r"<(link|meta|html)\b([^>]*)>", re.IGNORECASE)
_SWITCH = re.compile(r"<a\b([^>]*\brel=[\"']?alternate\b[^>]*)>", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"([a-zA-Z:-]+)\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'>]+))")
_DATA = re.compile(
    r"<script type=\"application/ld\+json\">(.*?)</script>", re.IGNORECASE | re.DOTALL
)
_HINT = "Let the theme include “_head.html” in its head, or remove what the page says itself."


def assert_agreement(page: Page, html: str, *, path: Callable[[], Path]) -> None:
    """Compare a rendered page with its record; ``path`` says which file to mend.

    Raises:
        AgreementError: Something in it says otherwise; the error names the page.
    """
    for problem in _problems(page, html):
        raise AgreementError(f"{page.path} {problem}", path=path(), hint=_HINT)


def _problems(page: Page, html: str) -> Iterator[str]:
    head = html.partition("</head>")[0]
    tags = [(m[1].lower(), _attributes(m[2])) for m in _TAG.finditer(head)]
    links = [said for name, said in tags if name == "link"]
    metas = [said for name, said in tags if name == "meta"]
    yield from _languages(page, tags)
    canonical = [said.get("href", "") for said in links if said.get("rel") == "canonical"]
    alternates = [
        (said["hreflang"], said.get("href", ""))
        for said in links
        if said.get("rel") == "alternate" and "hreflang" in said and "type" not in said
    ]
    hidden = any(s.get("name") == "robots" and "noindex" in s.get("content", "") for s in metas)
    if hidden is not page.is_hidden:
        yield "is hidden from search engines" if hidden else "is not marked as “noindex”"
    if page.is_hidden:
        if alternates:
            yield "has no place among others, and yet says hreflang"
        if page.kind != "moved" and canonical:
            yield "is not meant to be found, and yet says what is canonical"
        return
    if canonical != [page.canonical]:
        yield f"says its canonical address is {_list(canonical)}, and it is {page.canonical}"
    yield from _same_set(alternates, page.editions.hreflang)
    yield from _open_graph(page, metas)
    yield from _switcher(page, html)
    yield from _structured(page, html)


def _languages(page: Page, tags: Iterable[tuple[str, Mapping[str, str]]]) -> Iterator[str]:
    said = next((said for name, said in tags if name == "html"), {})
    if said.get("lang") != page.language.lang:
        yield f"says lang={said.get('lang', '')!r} and is in {page.language.lang!r}"


def _same_set(said: list[tuple[str, str]], meant: Iterable[tuple[str, str]]) -> Iterator[str]:
    expected = sorted(meant)
    if sorted(said) == expected:
        return
    for lang, url in expected:
        if (lang, url) not in said:
            yield f"does not say that it is at {url} for hreflang={lang}"
            return
    extra = next((one for one in said if one not in expected), said[0])
    yield f"says hreflang={extra[0]} for {extra[1]}, once too often"


def _open_graph(page: Page, metas: Iterable[Mapping[str, str]]) -> Iterator[str]:
    found: dict[str, list[str]] = {}
    for meta in metas:
        found.setdefault(meta.get("property", ""), []).append(meta.get("content", ""))
    others = [edition.language.og for edition in page.editions.others(page.locale)]
    said = {"og:url": [page.canonical], "og:locale": [page.language.og]}
    if page.kind != "root":
        said["og:locale:alternate"] = others
    for name, meant in said.items():
        if name in found and found[name] != meant:
            yield f"says {name} is {_list(found[name])}, and it is {_list(meant)}"


def _switcher(page: Page, html: str) -> Iterator[str]:
    """Links of the body that say they lead to the same page in another language."""
    for match in _SWITCH.finditer(html):
        said = _attributes(match[1])
        lang, address = said.get("hreflang", ""), said.get("href", "")
        if lang and not any(
            e.language.lang == lang and e.address == address for e in page.editions.all
        ):
            yield f"leads to {address} for hreflang={lang}, where it is not live"


def _structured(page: Page, html: str) -> Iterator[str]:
    for match in _DATA.finditer(html):
        try:
            thing = json.loads(match[1])
        except ValueError:
            yield "has JSON-LD that is no JSON"
            continue
        if not isinstance(thing, dict) or thing.get("@type") not in ("BlogPosting", "WebPage"):
            continue
        if thing.get("url", page.canonical) != page.canonical:
            yield f"says in JSON-LD that its address is {thing['url']}"
        if thing.get("inLanguage", page.language.lang) != page.language.lang:
            yield f"says in JSON-LD that it is in {thing['inLanguage']!r}"


def _attributes(text: str) -> dict[str, str]:
    return {m[1].lower(): unescape(m[2] or m[3] or m[4] or "") for m in _ATTRIBUTE.finditer(text)}


def _list(values: Iterable[str]) -> str:
    return ", ".join(values) or "nothing"
