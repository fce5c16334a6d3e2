"""The plan of an import: the articles and pictures to be made of documents, none written yet."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from .. import articles
from ..articles.formats import READERS
from ..errors import ImportingError, PipelineError
from ..project import Project
from ..slug import slugify
from .document import Document, Kind, Left
from .links import Addresses, Linking, changed, link_between, names_in
from .nodes import Child, Node, nodes_of, parse_page, text_of, words_in
from .pictures import Gallery, Picture, Refused, full_size
from .tidy import tidy
from .wording import front_matter, html_of, markdown_of

_SHOWN = 5
_HEADINGS = frozenset("h1 h2 h3 h4 h5 h6".split())


@dataclass(frozen=True, slots=True)
class Arrival:
    """An article to be written.

    Attributes:
        id, name: As of an article, and its file below the sources.
        origin, line: The file it comes from, and where it stands there.
        text: What is to be written.
        words, images: How much was taken.
        pictures: The pictures it needs.
        left: What was left out.
        notes: What a person should look at.
        present: Empty, ``same`` if it is there already, ``other`` if another file is.
    """

    id: str
    name: str
    title: str
    origin: Path
    line: int
    text: str
    words: int
    images: int
    pictures: tuple[Picture, ...] = ()
    left: tuple[Left, ...] = ()
    notes: tuple[str, ...] = ()
    present: str = ""


@dataclass(frozen=True, slots=True)
class Plan:
    """What an import would write, and what it cannot."""

    arrivals: tuple[Arrival, ...] = ()
    errors: tuple[PipelineError, ...] = ()

    @property
    def new(self) -> tuple[Arrival, ...]:
        """The articles that are not there yet."""
        return tuple(one for one in self.arrivals if not one.present)

    @property
    def pictures(self) -> tuple[Picture, ...]:
        """The pictures that the new articles need and that are not there yet."""
        needed = {p.name: p for one in self.new for p in one.pictures if p.is_new}
        return tuple(needed.values())


def plan(
    project: Project,
    documents: Iterable[Document],
    *,
    folders: Sequence[Path],
    media: Sequence[Path] = (),
    into: str | None = None,
) -> Plan:
    """What would be written for documents.

    Args:
        folders: Where pictures beside a document may come from.
        media: Where pictures of other addresses are looked for.
        into: The folder below the sources for all of them; by their kind if left out.
    """
    planning = _Planning(project, Gallery(project.source_dir, folders, media), into)
    for document in documents:
        planning.take(document)
    planning.number()
    return Plan(tuple(planning.arrivals()), tuple(planning.errors))


@dataclass(slots=True)
class _Draft:
    """A document whose blocks are known, and whose links are not."""

    document: Document
    id: str
    title: str
    blocks: list[Node]
    left: tuple[Left, ...]


@dataclass(slots=True)
class _Planning:
    project: Project
    gallery: Gallery
    into: str | None
    drafts: list[_Draft] = field(default_factory=list)
    errors: list[PipelineError] = field(default_factory=list)
    addresses: Addresses = field(default_factory=Addresses)
    names: dict[str, str] = field(default_factory=dict)

    def take(self, document: Document) -> None:
        """Tidy a document, and find the id of its article."""
        body = parse_page(document.html, path=document.path).find("body")
        tidied = tidy(nodes_of(body, path=document.path), lines=document.lines)
        title, blocks = titled(document, tidied.blocks)
        if not blocks:
            said = f"there is no text in “{title}”" if title else "there is no text in it"
            hint = "Nothing was taken of it."
            self.errors.append(
                ImportingError(said, path=document.path, line=document.line or None, hint=hint)
            )
            return
        left = (*document.left, *tidied.left)
        self.drafts.append(_Draft(document, self.id_for(document, title), title, blocks, left))

    def id_for(self, document: Document, title: str) -> str:
        """The id of an article: its folder by its kind, its name by its slug."""
        if document.kind is Kind.HOME and self.into is None:
            return articles.HOME
        name = slugify(document.slug)[:100] or slugify(title)[:80] or slugify(document.path.stem)
        folder = (
            ("articles" if document.kind is Kind.ARTICLE else "")
            if self.into is None
            else self.into
        )
        name = name or "article"
        return f"{folder}/{name}" if folder else name

    def number(self) -> None:
        """Give each article a name of its own, and remember where it was."""
        taken: set[str] = set()
        counts: dict[Path, int] = {}
        for draft in self.drafts:
            counts[draft.document.path] = counts.get(draft.document.path, 0) + 1
        for draft in self.drafts:
            plain, number = draft.id, 1
            while draft.id in taken or draft.id == "site":
                number += 1
                draft.id = f"{plain}-{number}"
            taken.add(draft.id)
            ending = ".html" if markdown_of(draft.blocks) is None else ".md"
            self.names[draft.id] = f"{draft.id}{ending}"
            alone = counts[draft.document.path] == 1
            self.addresses.add(draft.document, draft.id, is_alone=alone)

    def arrivals(self) -> Iterator[Arrival]:
        """The articles with their links and pictures."""
        for draft in self.drafts:
            yield self.arrival(draft)

    def arrival(self, draft: _Draft) -> Arrival:
        document, name = draft.document, self.names[draft.id]
        own = names_in(draft.blocks)
        linking = Linking(document, draft.id, self.addresses, self.names, own)
        showing = _Showing(document, name, self.gallery)
        blocks = _nodes(changed(changed(draft.blocks, linking.change), showing.change))
        values, blocks = self.values(draft, showing, blocks)
        text = markdown_of(blocks) if name.endswith(".md") else None
        if text is None:
            text, name = html_of(blocks), f"{draft.id}.html"
        whole = front_matter(values) + text
        return Arrival(
            draft.id,
            name,
            draft.title,
            document.path,
            document.line,
            whole,
            words_in(" ".join(text_of(block) for block in blocks)),
            showing.count,
            tuple(showing.pictures.values()),
            (*draft.left, *showing.left),
            (*document.notes, *self.notes(document, linking, showing)),
            self.present(draft.id, name, whole),
        )

    def values(
        self, draft: _Draft, showing: _Showing, blocks: list[Node]
    ) -> tuple[dict[str, object], list[Node]]:
        """The front matter, and the blocks without the picture that it names."""
        document = draft.document
        image, alt, caption, blocks = showing.head(blocks)
        is_page = document.kind is Kind.PAGE and self.into is None
        slug = slugify(document.slug)[:100] if draft.id != articles.HOME else ""
        values: dict[str, object] = {
            "title": draft.title,
            "slug": slug,
            "description": document.description,
            "date": document.date,
            "updated": document.updated,
            "author": document.author,
            "tags": list(document.tags),
            "image": image,
            "image_alt": alt,
            "image_caption": caption,
            "layout": "page" if is_page else "",
            "draft": document.draft,
        }
        return values, blocks

    def notes(self, document: Document, linking: Linking, showing: _Showing) -> Iterator[str]:
        lost = list(dict.fromkeys(linking.lost))
        if lost:
            shown = ", ".join(lost[:_SHOWN]) + (", …" if len(lost) > _SHOWN else "")
            yield f"of links that lead nowhere only the text was taken: {shown}"
        yield from showing.notes
        language = document.language.replace("_", "-").lower().partition("-")[0]
        source = self.project.source_locale.partition("_")[0].lower()
        if language and language != source:
            yield (
                f"it says that it is in “{language}”, and the sources are in “{source}”;"
                " a translation is taken with --align"
            )

    def present(self, id_: str, name: str, text: str) -> str:
        """What is there already: nothing, the same, or something else."""
        sources = self.project.source_dir
        for ending in READERS:
            path = sources / f"{id_}{ending}"
            if path.exists() or path.is_symlink():
                same = path == sources / name and path.is_file()
                return "same" if same and path.read_bytes() == text.encode() else "other"
        return ""


@dataclass(slots=True)
class _Showing:
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


def titled(document: Document, blocks: list[Node]) -> tuple[str, list[Node]]:
    """The title, and the blocks without the heading that says it, their first level the second."""
    heads = [n for n, block in enumerate(blocks) if block.name == "h1"]
    title = document.title
    said = next((n for n in heads if title and text_of(blocks[n]).lower() == title.lower()), None)
    if said is None and heads and (heads[0] == 0 or not title):
        said = heads[0]
        title = title or text_of(blocks[said])
        said = said if text_of(blocks[said]) == title else None
    rest = [block for n, block in enumerate(blocks) if n != said]
    if not title:
        title = next((text_of(b) for b in rest if b.name in ("h2", "h3")), "")
        title = title or document.path.stem.replace("-", " ").replace("_", " ").strip().capitalize()
    return title, _levelled(rest)


def _levelled(blocks: list[Node]) -> list[Node]:
    """The blocks with headings from the second level on, and no level left out.

    The title is the first; builders choose levels for their size.
    """
    found = [node for block in blocks for node in (block, *block.below())]
    levels = sorted({node.name for node in found if node.name in _HEADINGS})
    names = {name: f"h{number}" for number, name in enumerate(levels, start=2)}

    def change(node: Node) -> list[Child] | None:
        if node.name not in names:
            return None
        return [Node(min(names[node.name], "h6"), node.attributes, node.children)]

    return [n for n in changed(blocks, change) if isinstance(n, Node)]


def _only_picture(block: Node) -> Node | None:
    """The picture of a block that holds one and nothing else but its caption."""
    rest = [c for c in block.children if not (isinstance(c, Node) and c.name == "figcaption")]
    if block.name not in ("p", "figure") or len(rest) != 1 or block.attributes:
        return None
    only = rest[0]
    return only if isinstance(only, Node) and only.name == "img" else None


def _nodes(children: Iterable[Child]) -> list[Node]:
    """Blocks, without those that a picture was all of."""
    return [n for n in children if isinstance(n, Node) and (n.children or n.name == "hr")]
