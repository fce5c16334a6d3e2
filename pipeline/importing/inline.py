"""Lines of text as articles have them: what builders write in spans and styles, said in HTML."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from .images import EMBEDDED, embedded, image_of, is_safe
from .nodes import INLINE, Child, Node, text_of

WHITE = re.compile(r"[ \t\r\n\f]+")
_WIDE = re.compile(r"[ \t\r\n\f\xa0]*(?:[ \t\r\n\f]\xa0|\xa0[ \t\r\n\f])[ \t\r\n\f\xa0]*|\xa0{2,}")
_ZERO_WIDTH = re.compile("[\u200b\ufeff\u2060]")
_STRONG = re.compile(r"font-weight:\s*(?:bold|[6-9]00)", re.IGNORECASE)
_LIGHT = re.compile(r"font-weight:\s*(?:normal|[1-5]00)", re.IGNORECASE)
_ITALIC = re.compile(r"font-style:\s*(?:italic|oblique)", re.IGNORECASE)

ODD = frozenset("font strike tt big nobr picture acronym svg noscript wbr".split())
"""Elements of a line that no article has: what is in them stays."""

RENAMED = {"b": "strong", "i": "em", "s": "del", "strike": "del", "tt": "code"}
_KEPT = {
    "a": ("href", "hreflang", "title", "lang"),
    "abbr": ("title", "lang"),
    "bdi": ("dir",),
    "bdo": ("dir",),
    "br": (),
    "cite": ("lang",),
    "code": (),
    "del": (),
    "dfn": (),
    "em": ("lang",),
    "ins": (),
    "kbd": (),
    "mark": (),
    "q": ("cite", "lang"),
    "samp": (),
    "strong": ("lang",),
    "sub": (),
    "sup": (),
    "time": ("datetime",),
    "var": (),
}
_ONLY_WITH_LANGUAGE = frozenset(("span", "font", "small", "u"))
_MERGED = frozenset(("strong", "em", "del", "code", "sub", "sup", "mark"))


def line_of(children: Iterable[Child]) -> list[Child]:
    """The content of a block as one line: only what articles keep, without loose white space."""
    return _stripped(_joined(_kept(children)))


def has_content(children: Sequence[Child]) -> bool:
    """Whether a reader would see anything."""
    for child in children:
        if isinstance(child, str):
            if child.strip():
                return True
        elif child.name == "img" or has_content(child.children):
            return True
    return False


def _kept(children: Iterable[Child]) -> Iterator[Child]:
    for child in children:
        if isinstance(child, str):
            yield _WIDE.sub(" ", WHITE.sub(" ", _ZERO_WIDTH.sub("", child)))
        elif child.name == "img":
            image = image_of(child)
            if image is not None:
                yield image
        elif child.name in EMBEDDED:
            link = embedded(child)
            if link is not None:
                yield link
        elif child.name in INLINE or "-" in child.name or child.name in ODD:
            yield from _element(child)
        else:  # a block in a line: what is in it, apart from what is beside it
            yield " "
            yield from _kept(child.children)
            yield " "


def _element(node: Node) -> Iterator[Child]:
    name = RENAMED.get(node.name, node.name)
    inner = list(_kept(node.children))
    style = node.attributes.get("style", "")
    if name == "strong" and _LIGHT.search(style):
        name = "span"
    if name != "strong" and _STRONG.search(style) and name != "a":
        inner = [Node("strong", {}, inner)]
    if name != "em" and _ITALIC.search(style):
        inner = [Node("em", {}, inner)]
    language = node.attributes.get("lang", "")
    if name in _ONLY_WITH_LANGUAGE and language:
        yield Node("span", {"lang": language}, inner)
    elif name not in _KEPT or (name == "a" and not _leads(node)):
        yield from inner
    elif name == "br":
        yield Node("br")
    else:
        said = {n: node.attributes[n] for n in _KEPT[name] if node.attributes.get(n)}
        yield Node(name, said, inner)


def _leads(node: Node) -> bool:
    """Whether a link leads somewhere; one to its own picture only shows it larger."""
    address = node.attributes.get("href", "").strip()
    if not address or not is_safe(address):
        return False
    pictures = re.search(r"\.(?:jpe?g|png|gif|webp|avif|svg)(?:[?#].*)?$", address, re.IGNORECASE)
    alone = any(n.name == "img" for n in node.below()) and not text_of(node)
    return not (pictures and alone)


def _joined(children: Iterable[Child]) -> list[Child]:
    """With neighbours of one kind made one, and white space outside of what it is beside."""
    found: list[Child] = []
    for child in children:
        for piece in _outside(child):
            _join(found, piece)
    return found


def _join(found: list[Child], piece: Child) -> None:
    last = found[-1] if found else None
    if isinstance(piece, str):
        if isinstance(last, str):
            found[-1] = _spaced(last, piece)
        elif piece:
            found.append(piece)
        return
    same = isinstance(last, Node) and piece.name in _MERGED and last.name == piece.name
    if same and isinstance(last, Node) and last.attributes == piece.attributes:
        last.children = _joined([*last.children, *piece.children])
    else:
        found.append(piece)


def _outside(child: Child) -> Iterator[Child]:
    """A node without white space at its edges, which comes before and after it."""
    if isinstance(child, str):
        yield child
        return
    if child.name in ("br", "img"):
        yield child
        return
    inner = _joined(child.children)
    inner = [n for part in inner for n in _unnested(part, child.name)]
    before, after = "", ""
    if inner and isinstance(inner[0], str):
        before = " " * (inner[0] != inner[0].lstrip(" "))
        inner[0] = inner[0].lstrip(" ")
    if inner and isinstance(inner[-1], str):
        after = " " * (inner[-1] != inner[-1].rstrip(" "))
        inner[-1] = inner[-1].rstrip(" ")
    inner = [part for part in inner if part != ""]
    yield before
    breaks = [part for part in inner if isinstance(part, Node) and part.name == "br"]
    if has_content(inner):
        yield Node(child.name, child.attributes, inner)
    else:
        yield from breaks
    yield after


def _unnested(child: Child, name: str) -> Iterator[Child]:
    """What is in an element of the same name within another says nothing more."""
    if isinstance(child, Node) and child.name == name and name in (*_MERGED, "a"):
        yield from child.children
    else:
        yield child


def _spaced(one: str, other: str) -> str:
    return one + other.lstrip(" ") if one.endswith(" ") else one + other


def _stripped(children: list[Child]) -> list[Child]:
    """Without white space and breaks at the edges of a line, and white space beside a break."""
    found = list(children)
    for index, child in enumerate(found):
        if isinstance(child, str):
            before = found[index - 1] if index else None
            after = found[index + 1] if index + 1 < len(found) else None
            text = child.lstrip(" \xa0") if before is None or _is_break(before) else child
            found[index] = text.rstrip(" \xa0") if after is None or _is_break(after) else text
    found = [child for child in found if child != ""]
    while found and _is_break(found[0]):
        found.pop(0)
    while found and _is_break(found[-1]):
        found.pop()
    if len(found) != len(children):
        return _stripped(found)
    return found


def _is_break(child: Child) -> bool:
    return isinstance(child, Node) and child.name == "br"


def lines_of(children: Sequence[Child]) -> list[list[Child]]:
    """A line divided at its breaks."""
    found: list[list[Child]] = [[]]
    for child in children:
        if _is_break(child):
            found.append([])
        else:
            found[-1].append(child)
    return found
