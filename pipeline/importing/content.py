"""The main content of a saved page, without what its site puts around it.

trafilatura says which texts are the article's; the element that holds them is taken whole, so that
nothing of its markup, order or pictures is lost.
"""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from typing import TYPE_CHECKING

from .builders import ANY, SIDE_BAR, Builder
from .document import Left
from .extra import need
from .nodes import words_in

if TYPE_CHECKING:
    from lxml.html import HtmlElement

_NEARLY_ALL = 0.9
_MOST = 0.6
_SIDE_BARS = 2
_QUIET = frozenset(("script", "space"))
_MARKS = ("top of page", "bottom of page", "back to top", "skip to content", "skip to main content")


def main_content(tree: HtmlElement, builder: Builder) -> tuple[HtmlElement, list[Left]]:
    """The element with the article, and what was left out; takes that out of the tree.

    Raises:
        ImportingError: trafilatura is not installed.
    """
    need("lxml", "cssselect", "trafilatura")
    left = list(_leave(tree, builder))
    if builder is not ANY:
        left += _leave(tree, ANY)
    left += _leave_marks(tree)
    body = tree.find("body")
    weights = _weights(body, _main_texts(tree))
    content = _container(body, builder, weights)
    left += _around(body, content)
    return content, left


def _leave(tree: HtmlElement, builder: Builder) -> Iterator[Left]:
    for selector, what in builder.leave.items():
        found = tree.cssselect(selector)
        if what == SIDE_BAR and len(found) > _SIDE_BARS:
            continue  # a site has one or two; many are boxes in the text
        gone: set[HtmlElement] = set()
        for element in found:
            if element.getparent() is None or _holds_the_article(element):
                continue
            if not gone.isdisjoint(element.iterancestors()):
                continue
            gone.add(element)
            words = _words(element)
            element.drop_tree()
            if what not in _QUIET and words:
                yield Left(what, words_in(words), words[:60])


def _words(element: HtmlElement) -> str:
    return " ".join(" ".join(element.itertext()).split())


def _holds_the_article(element: HtmlElement) -> bool:
    """Whether too much is in an element to leave it out: a name of a class may mean anything."""
    if element.tag in ("html", "head", "body", "main", "article"):
        return True
    return any(element.find(f".//{name}") is not None for name in ("main", "article"))


def _leave_marks(tree: HtmlElement) -> Iterator[Left]:
    """Take out the words that builders put before and after a page for screen readers."""
    for element in list(tree.iter()):
        if not isinstance(element.tag, str) or len(element) or element.getparent() is None:
            continue
        words = " ".join((element.text or "").split())
        if words.lower() in _MARKS:
            element.drop_tree()
            yield Left(f"“{words}”", words_in(words), words)


def _main_texts(tree: HtmlElement) -> set[str]:
    """The texts that trafilatura takes for the article's."""
    from trafilatura import bare_extraction  # noqa: PLC0415 - an extra

    found = bare_extraction(
        deepcopy(tree),
        include_comments=False,
        include_tables=True,
        include_links=True,
        include_formatting=True,
        favor_recall=True,
        with_metadata=False,
    )
    body = getattr(found, "body", None)
    if body is None:
        return set()
    return {" ".join(text.split()) for text in body.itertext() if text.strip()}


def _weights(body: HtmlElement, texts: set[str]) -> dict[HtmlElement, int]:
    """For each element, how many letters of the article's texts are in it."""
    weights: dict[HtmlElement, int] = {}
    for element in body.iter():
        own = [child.tail for child in element if child.tail]
        if isinstance(element.tag, str) and element.text:
            own.append(element.text)
        weight = sum(len(text) for text in map(_plain, own) if text in texts)
        if weight:
            for holder in (element, *element.iterancestors()):
                weights[holder] = weights.get(holder, 0) + weight
    return weights


def _plain(text: str) -> str:
    return " ".join(text.split())


def _container(body: HtmlElement, builder: Builder, weights: dict[HtmlElement, int]) -> HtmlElement:
    """The element that holds the article and little else."""
    whole = weights.get(body, 0)
    for selector in (*builder.content, *ANY.content):
        same = set(body.cssselect(selector))
        found = [one for one in same if same.isdisjoint(one.iterancestors())]
        if len(found) == 1 and (not whole or weights.get(found[0], 0) >= whole * _MOST):
            return found[0]
    content = body
    while True:
        inner = [c for c in content if weights.get(c, 0) >= max(1, whole * _NEARLY_ALL)]
        if len(inner) != 1 or inner[0].tag in ("p", "ul", "ol", "table", "h1"):
            return content
        content = inner[0]


def _around(body: HtmlElement, content: HtmlElement) -> list[Left]:
    """What else is in the page, outside of the content."""
    found: list[str] = []
    inside = content
    while inside is not body:
        holder = inside.getparent()
        found += [holder.text or "", *(child.tail or "" for child in holder)]
        for child in holder:
            if child is not inside:  # the heading is the article's title
                found += child.xpath("descendant-or-self::text()[not(ancestor::h1)]")
        inside = holder
    words = " ".join(" ".join(found).split())
    return [Left("around the article", words_in(words), words[:60])] if words else []
