"""Checks of links: they stay in the reader's language, or say that they do not."""

from __future__ import annotations

from collections.abc import Iterator

from ..checks import Severity
from .document import Anchor, Head, base
from .registry import Hit, Subject, check


@check("links", severity=Severity.ERROR)
def links_stay_in_the_language(subject: Subject) -> Iterator[Hit]:
    """Where the page they lead to exists in it; a switch of language is one by its own name."""
    head, site = subject.page.head, subject.site
    for anchor in () if head.leads_on else subject.page.anchors:
        if anchor.href.startswith("#"):
            continue
        there = site.at(anchor.href, on=head.path)
        if there is None or there is head:
            continue
        if there.lang == head.lang:
            if anchor.hreflang and base(anchor.hreflang) != there.language:
                yield _hit(anchor, f"says hreflang={anchor.hreflang} and leads to {_said(there)}")
            continue
        yield from _abroad(subject, anchor, there)


def _abroad(subject: Subject, anchor: Anchor, there: Head) -> Iterator[Hit]:
    head, site = subject.page.head, subject.site
    if "x-default" in _names_of(head, there, subject):
        return  # the page on which a language is chosen is in none
    if base(anchor.hreflang) != there.language:
        says = f"says hreflang={anchor.hreflang} and" if anchor.hreflang else "without hreflang"
        yield _hit(anchor, f"{says} leads to {_said(there)}")
        return
    if anchor.text == site.names.get(there.language):
        return
    here = (page for _, address in there.alternates if (page := site.at(address)))
    own = next((page for page in here if page.lang == head.lang), None)
    if own is not None and own is not head:
        yield _hit(anchor, f"leads to {_said(there)}, which exists in “{head.lang}”: {own.path}")


def _names_of(head: Head, there: Head, subject: Subject) -> list[str]:
    """The languages for which a page, or this one, names a page as the one to choose in."""
    pairs = (*there.alternates, *head.alternates)
    found = [lang for lang, address in pairs if subject.site.at(address) is there]
    return found if there.path == "/" else []


def _hit(anchor: Anchor, said: str) -> Hit:
    return Hit(f"the link “{anchor.text}” {said}", anchor.at, anchor.around)


def _said(there: Head) -> str:
    return f"{there.path}, in “{there.lang}”"
