"""A segment in the making: its text, with a token for each element in it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from . import tokens
from .rules import ATOMIC, PRESERVED
from .run import Item, texts_in
from .scan import Kind
from .skeleton import Part, Parts
from .text import of_attribute, of_element
from .tokens import Shape, Token
from .tree import Node

if TYPE_CHECKING:
    from .parse import Parsing

_NOT_A_NAME = re.compile(r"[^a-z-]")


class Inline:
    """A segment's text and tokens, built up item by item."""

    def __init__(self, parsing: Parsing, *, preserve: bool) -> None:
        self.parsing = parsing
        self.preserve = preserve
        self.pieces: list[str] = []
        self.tokens: list[Token] = []
        self.markup: dict[str, tuple[Parts, Parts]] = {}
        self.notes: tuple[str, ...] = ()
        self.nested: list[str] = []

    @property
    def text(self) -> str:
        return "".join(self.pieces)

    def add(self, item: Item) -> None:
        kind, node = item
        html = self.parsing.html
        if kind == "text":
            raw = html[node.start : node.end]
            self.pieces.append(tokens.escape(of_element(raw, preserve=self.preserve)))
        elif kind == "open":
            name = self.name(node, Shape.PAIR)
            self.markup[name] = (self.opening(node), (html[node.inner_end : node.end],))
            self.nested.append(name)
            self.pieces.append(f"<{name}>")
        elif kind == "close":
            self.pieces.append(f"</{self.nested.pop()}>")
        elif kind == "protected":
            self.protected(node)
        else:
            self.single(node)

    def name(self, node: Node, shape: Shape) -> str:
        element = _NOT_A_NAME.sub("", node.name).strip("-") or "x"
        name = f"{element}{len(self.tokens) + 1}"
        parent = self.nested[-1] if self.nested else ""
        self.tokens.append(Token(name, node.name, shape, parent))
        return name

    def opening(self, node: Node) -> Parts:
        name = self.tokens[-1].name
        parts: list[Part] = []
        self.parsing.start_tag(node, parts, label=name)
        href = of_attribute(node.attribute("href") or "") if node.name == "a" else ""
        if href:
            self.notes += (f"<{name}> links to {href}",)
        return joined(parts)

    def protected(self, node: Node) -> None:
        name = self.name(node, Shape.PROTECTED)
        parts: list[Part] = []
        self.parsing.literal(node, parts)
        self.markup[name] = (joined(parts), ())
        shown = "".join(texts_in(self.parsing.html, node))
        inner = tokens.escape(of_element(shown, preserve=self.preserve))
        self.pieces.append(f"<{name}>{inner}</{name}>")

    def single(self, node: Node) -> None:
        name = self.name(node, Shape.SINGLE)
        parts: list[Part] = []
        if node.kind is not Kind.START:
            parts.append(self.parsing.html[node.start : node.end])
        elif node.name in ATOMIC:
            self.parsing.start_tag(node, parts, label=name)
            self.parsing.flow(node, parts, preserve=node.name in PRESERVED)
            parts.append(self.parsing.html[node.inner_end : node.end])
        else:
            self.parsing.literal(node, parts)
        self.markup[name] = (joined(parts), ())
        self.pieces.append(f"<{name}/>")


def joined(parts: list[Part]) -> Parts:
    """The parts with neighbouring literals made one."""
    joined: list[Part] = []
    for part in parts:
        if part == "":
            continue
        if joined and isinstance(part, str) and isinstance(joined[-1], str):
            joined[-1] += part
        else:
            joined.append(part)
    return tuple(joined)
