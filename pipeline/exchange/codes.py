"""Inline codes: a msgid or msgstr as the content of an XLIFF ``source`` or ``target``, and back.

A pair of tokens is a ``pc``, a single one a ``ph`` (XLIFF 2.1 §4.3.1); their ids are the tokens'
names. What an element's text must stay is in a ``mrk`` that says so (``translate="no"``).
Characters that XML cannot hold are ``cp`` (§4.3.1.1).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape, quoteattr

from ..markup.tokens import TOKEN

if TYPE_CHECKING:
    from lxml.etree import _Element

_INVALID = re.compile("[\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_PROTECTED = re.compile(r"(?:code|kbd|samp|var)\d+")
_TYPES = {"a": "link", "img": "image", "q": "quote"}
_NAME = re.compile(r"[a-z][a-z-]*\d+")


def coded(text: str) -> str:
    """The content of a ``source`` or ``target``; text alone where its tokens do not nest."""
    matches = list(TOKEN.finditer(text))
    if not _nests(text):
        return _text(text)
    pieces: list[str] = []
    position = 0
    for match in matches:
        pieces.append(_text(text[position : match.start()]))
        pieces.append(_code(match))
        position = match.end()
    return "".join([*pieces, _text(text[position:])])


def _code(match: re.Match[str]) -> str:
    closing, name, single = match.groups()
    if closing:
        return "</mrk></pc>" if _PROTECTED.fullmatch(name) else "</pc>"
    kind = _TYPES.get(name.rstrip("0123456789"), "fmt")
    shown = quoteattr(match[0])
    fixed = f'id="{name}" type="{kind}" canCopy="no" canDelete="no"'
    if single:
        return f"<ph {fixed} disp={shown}/>"
    end = quoteattr(f"</{name}>")
    opened = f"<pc {fixed} dispStart={shown} dispEnd={end}>"
    marked = f'<mrk id="m-{name}" translate="no">'
    return opened + marked if _PROTECTED.fullmatch(name) else opened


def _nests(text: str) -> bool:
    """Whether its tokens can be elements: pairs nest, and no name stands twice."""
    open_: list[str] = []
    seen: set[str] = set()
    for match in TOKEN.finditer(text):
        closing, name, single = match.groups()
        if closing:
            if single or not open_ or open_.pop() != name:
                return False
        elif name in seen:
            return False
        else:
            seen.add(name)
            if not single:
                open_.append(name)
    return not open_


def _text(text: str) -> str:
    escaped = escape(text).replace("\r", "&#13;")
    return _INVALID.sub(lambda match: f'<cp hex="{ord(match[0]):04X}"/>', escaped)


def text_of(element: _Element) -> str:
    """The msgid or msgstr that the content of a ``source`` or ``target`` is.

    Raises:
        ValueError: It has a code that is none of ours.
    """
    return "".join(_pieces(element))


def _pieces(element: _Element) -> Iterator[str]:
    yield element.text or ""
    for child in element:
        yield from _piece(child)
        yield child.tail or ""


def _piece(child: _Element) -> Iterator[str]:
    if not isinstance(child.tag, str):  # a comment, an instruction
        return
    kind = child.tag.rpartition("}")[2]
    if kind == "cp":
        yield chr(int(child.get("hex", ""), 16))
    elif kind in ("ph", "pc", "sc", "ec"):
        name = child.get("id") or child.get("startRef") or ""
        if kind == "ec":
            name = child.get("startRef") or name
        if not _NAME.fullmatch(name):
            raise ValueError(f"<{kind} id={name!r}>")
        if kind == "pc":
            yield f"<{name}>"
            yield from _pieces(child)
            yield f"</{name}>"
        else:
            yield {"ph": f"<{name}/>", "sc": f"<{name}>", "ec": f"</{name}>"}[kind]
    else:  # an annotation
        yield from _pieces(child)
