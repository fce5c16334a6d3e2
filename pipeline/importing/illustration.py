"""The pictures of one article: found, named, and set where the article has them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from .document import Document, Left
from .links import link_between
from .nodes import Child, Node, text_of
from .pictures import Gallery, Picture, Refused, full_size


@dataclass(slots=True)
class Illustration:
    """The pictures of one article being found."""

    document: Document
    name: str
    gallery: Gallery
    count: int = 0
    pictures: dict[str, Picture] = field(default_factory=dict)
    left: list[Left] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def change(self, node: Node) -> list[Child] | None:
        """What stands for a picture afterwards; None for what is none."""
        if node.name != "img":
            return None
        address = node.attributes["src"]
        found = self.find(address)
        if found is None:
            return [node.attributes["alt"]] if node.attributes["alt"] else []
        self.count += 1
        alt = node.attributes.get("alt", "") or self.document.alts.get(full_size(address), "")
        if not alt:
            self.notes.append(f"the picture {found} has no text (alt)")
        return [Node("img", {**node.attributes, "src": found, "alt": alt})]

    def find(self, address: str) -> str | None:
        """The address of a picture in the article; None if it was refused."""
        shown = address if len(address) <= 80 else f"{address[:60]}…"
        try:
            picture = self.gallery.picture(address, self.document.path.parent, self.document.files)
        except Refused as why:
            self.left.append(Left(f"picture {shown}, which {why}"))
            return None
        if picture is None:
            if address.startswith("//") or "://" in address:
                self.notes.append(
                    f"the picture {shown} is not on this machine; it stays where it is"
                    " (name a copy with --media)"
                )
                return address
            self.left.append(Left(f"picture {shown}, which is not there"))
            return None
        self.pictures[picture.name] = picture
        return link_between(self.name, picture.name)

    def head(self, blocks: list[Node]) -> tuple[str, str, str, list[Node]]:
        """The picture of the metadata with its texts, and the blocks without it.

        A picture that the text begins with goes to the metadata; one that stands further down stays
        there alone, so that readers see it once.
        """
        first = headed(blocks)
        if first is not None and "://" not in first.address:
            return first.address, first.alt, first.caption, blocks[1:]
        address = self.document.image
        if not address:
            return "", "", "", blocks
        notes, left = list(self.notes), list(self.left)
        found = self.find(address)
        self.notes[:], self.left[:] = notes, left
        if found is None or "://" in found or found.startswith("//"):
            self.notes.append(f"its picture {address} is not on this machine and was left out")
            return "", "", "", blocks
        shown = {n.attributes["src"] for b in blocks for n in b.below() if n.name == "img"}
        if found in shown:
            return "", "", "", blocks
        self.count += 1
        return found, self.document.image_alt, "", blocks


class Headed(NamedTuple):
    """A picture that a text begins with."""

    address: str
    alt: str
    caption: str


def headed(blocks: Sequence[Node]) -> Headed | None:
    """The picture that blocks begin with, if metadata can say all of it."""
    first = _only_picture(blocks[0]) if len(blocks) > 1 else None
    if first is None:
        return None
    caption = next((n for n in blocks[0].below() if n.name == "figcaption"), None)
    if caption is not None and any(isinstance(c, Node) for c in caption.children):
        return None
    said = text_of(caption) if caption is not None else ""
    return Headed(first.attributes["src"], first.attributes["alt"], said)


def _only_picture(block: Node) -> Node | None:
    """The picture of a block that holds one and nothing else but its caption."""
    rest = [c for c in block.children if not (isinstance(c, Node) and c.name == "figcaption")]
    if block.name not in ("p", "figure") or len(rest) != 1 or block.attributes:
        return None
    only = rest[0]
    return only if isinstance(only, Node) and only.name == "img" else None
