"""Checks of what a page tells search engines: its address, its versions, its language."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator

from ..checks import Severity
from .document import Head, base
from .registry import Hit, Subject, check


@check("hreflang", severity=Severity.ERROR)
def versions_name_each_other(subject: Subject) -> Iterator[Hit]:
    """All of them the same set, whole addresses, each in the language it is said to be in."""
    head = subject.page.head
    if not head.alternates:
        return
    if head.hidden or head.leads_on:
        yield Hit("is not for search engines and names versions in other languages")
        return
    for lang, count in Counter(lang.lower() for lang, _ in head.alternates).items():
        if count > 1:
            yield Hit(f"names {count} versions for hreflang={lang}")
    if not any(subject.site.at(address) is head for _, address in head.alternates):
        yield Hit("is not itself among the versions that it names")
    for lang, address in head.alternates:
        yield from _version(subject, lang, address)


def _version(subject: Subject, lang: str, address: str) -> Iterator[Hit]:
    head, there = subject.page.head, subject.site.at(address)
    if not address.startswith(("https://", "http://")):
        yield Hit(f"the address for hreflang={lang} is not a whole one: {address}")
    elif there is None:
        yield Hit(f"hreflang={lang} leads to no page: {address}")
    elif there.hidden or there.leads_on:
        yield Hit(f"hreflang={lang} leads to {there.path}, which is not for search engines")
    elif lang != "x-default" and lang.lower() != there.lang.lower():
        yield Hit(f"hreflang={lang} leads to {there.path}, which is in “{there.lang}”")
    elif set(there.alternates) != set(head.alternates):
        yield Hit(f"names other versions than {there.path} does: {_difference(head, there)}")


def _difference(head: Head, there: Head) -> str:
    said = [f"{lang} → {a}" for lang, a in head.alternates if (lang, a) not in there.alternates]
    said += [
        f"not {lang} → {a}" for lang, a in there.alternates if (lang, a) not in head.alternates
    ]
    return "; ".join(said)


@check("canonical", severity=Severity.ERROR)
def the_address_is_its_own(subject: Subject) -> Iterator[Hit]:
    """One canonical address, in the page's own language."""
    head = subject.page.head
    if len(head.canonical) > 1:
        yield Hit(f"has {len(head.canonical)} canonical addresses")
    if not head.canonical and not head.hidden and not head.leads_on:
        yield Hit("has no canonical address", severity=Severity.WARNING)
    for address in head.canonical:
        there = subject.site.at(address)
        if there is None:
            yield Hit(f"the canonical address leads to no page: {address}")
        elif there.language != head.language and not head.leads_on:
            said = f"the canonical address leads to {there.path}, which is in “{there.lang}”"
            yield Hit(f"{said} and not in “{head.lang}”")
        elif there is not head and not head.leads_on:
            yield Hit(f"the canonical address is that of {there.path}", severity=Severity.WARNING)


@check("sitemap", severity=Severity.ERROR)
def the_sitemap_says_the_same(subject: Subject) -> Iterator[Hit]:
    """What search engines may show is in it, with the versions that the page names."""
    head, sitemap = subject.page.head, subject.site.sitemap
    if sitemap is None:
        return
    listed = sitemap.get(head.canonical[0] if head.canonical else "")
    if head.hidden or head.leads_on:
        if head.path in subject.site.mapped:
            yield Hit("is not for search engines and is in the sitemap")
    elif listed is None and head.canonical and not _offers_languages(subject):
        yield Hit("is not in the sitemap", severity=Severity.WARNING)
    elif listed and listed != set(head.alternates):
        yield Hit("names other versions than the sitemap does")


def _offers_languages(subject: Subject) -> bool:
    """Whether a page is the one on which a language is chosen: it is no version in any."""
    head, at = subject.page.head, subject.site.at
    named = {lang for lang, address in head.alternates if at(address) is head}
    return named == {"x-default"}


@check("claims", severity=Severity.ERROR)
def what_machines_read_is_in_the_same_language(subject: Subject) -> Iterator[Hit]:
    """Open Graph and JSON-LD speak of the language that the page is in."""
    head = subject.page.head
    if head.og_locale and base(head.og_locale) != head.language:
        yield Hit(f"og:locale says “{head.og_locale}” on a page in “{head.lang}”")
    for text, line in subject.page.data:
        try:
            data = json.loads(text)
        except ValueError as error:
            yield Hit(f"the JSON-LD cannot be read: {error}", line)
            continue
        yield from _claims(data, head, line)


def _claims(data: object, head: Head, line: int) -> Iterator[Hit]:
    """What a piece of JSON-LD says of this page; what it says of others is theirs."""
    if isinstance(data, list):
        for one in data:
            yield from _claims(one, head, line)
    elif isinstance(data, dict):
        said, about = data.get("inLanguage"), data.get("url") or data.get("@id") or ""
        mine = isinstance(about, str) and about.partition("#")[0] in head.canonical
        if isinstance(said, str) and mine and base(said) != head.language:
            yield Hit(f"the JSON-LD says inLanguage “{said}” on a page in “{head.lang}”", line)
        graph = data.get("@graph")
        if graph is not None:
            yield from _claims(graph, head, line)
