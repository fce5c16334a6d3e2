"""The plan of an import: the articles and pictures to be made of documents, none written yet."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from .. import articles
from ..articles.formats import READERS
from ..errors import ImportingError, PipelineError
from ..project import Project
from ..slug import slugify
from .anchors import fragments_in, keep_names, links_in, names_in, rename
from .document import Document, Kind, Left
from .headings import titled
from .illustration import Illustration
from .links import Addresses, Linking, changed
from .nodes import Child, Node, nodes_of, parse_page, text_of, words_in
from .pictures import Gallery, Picture
from .tidy import tidy
from .wording import anchors_in_markdown, front_matter, html_of, markdown_of

_SHOWN = 5


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
    known = list(documents)
    wanted = frozenset(name for one in known for name in fragments_in(one.html))
    planning = _Planning(project, Gallery(project.source_dir, folders, media), into, wanted)
    for document in known:
        planning.take(document)
    planning.number()
    planning.settle()
    return Plan(tuple(planning.arrivals()), tuple(planning.errors))


@dataclass(slots=True)
class _Draft:
    """A document whose blocks are known, and whose links are not.

    Attributes:
        places: What the names of places in the document are in the blocks; empty for the title.
    """

    document: Document
    id: str
    title: str
    blocks: list[Node]
    left: tuple[Left, ...]
    places: dict[str, str]


@dataclass(slots=True)
class _Planning:
    project: Project
    gallery: Gallery
    into: str | None
    wanted: frozenset[str]
    drafts: list[_Draft] = field(default_factory=list)
    errors: list[PipelineError] = field(default_factory=list)
    addresses: Addresses = field(default_factory=Addresses)
    names: dict[str, str] = field(default_factory=dict)
    places: dict[str, dict[str, str]] = field(default_factory=dict)

    def take(self, document: Document) -> None:
        """Tidy a document, and find the id of its article."""
        body = parse_page(document.html, path=document.path).find("body")
        node = nodes_of(body, path=document.path)
        tidied = tidy(node, lines=document.lines, wanted=self.wanted)
        title, blocks = titled(document, tidied.blocks)
        if not blocks:
            said = f"there is no text in “{title}”" if title else "there is no text in it"
            hint = "Nothing was taken of it."
            self.errors.append(
                ImportingError(said, path=document.path, line=document.line or None, hint=hint)
            )
            return
        left = (*document.left, *tidied.left)
        own = names_in(blocks)
        places = {name: name if name in own else "" for name in names_in(tidied.blocks)}
        places |= {name: places[now] for name, now in tidied.names.items() if now in places}
        id_ = self.id_for(document, title)
        self.drafts.append(_Draft(document, id_, title, blocks, left, places))

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
            alone = counts[draft.document.path] == 1
            self.addresses.add(draft.document, draft.id, is_alone=alone)

    def settle(self) -> None:
        """Find what each article can be written in, and what its places are called then."""
        led_to: dict[str, set[str]] = {draft.id: set() for draft in self.drafts}
        for draft in self.drafts:
            self.names[draft.id] = f"{draft.id}.md"
            self.places[draft.id] = draft.places
        for draft in self.drafts:
            linking = self.linking(draft)
            for href in links_in(draft.blocks):
                target, place, _ = linking.target(href.strip())
                if target is not None:
                    led_to[target].add(self.places[target].get(place, ""))
        trials = {}
        for draft in self.drafts:
            keep_names(draft.blocks, led_to[draft.id])
            trials[draft.id] = _nodes(changed(draft.blocks, self.linking(draft).change))
        for draft in self.drafts:
            text = markdown_of(trials[draft.id])
            if text is None:
                self.names[draft.id] = f"{draft.id}.html"
                continue
            now = anchors_in_markdown(text, draft.blocks)
            rename(draft.blocks, now)
            self.places[draft.id] = {name: now.get(p, p) for name, p in draft.places.items()}

    def linking(self, draft: _Draft) -> Linking:
        """The links of an article, to be rewritten."""
        return Linking(draft.document, draft.id, self.addresses, self.names, self.places)

    def arrivals(self) -> Iterator[Arrival]:
        """The articles with their links and pictures."""
        for draft in self.drafts:
            yield self.arrival(draft)

    def arrival(self, draft: _Draft) -> Arrival:
        document, name = draft.document, self.names[draft.id]
        linking = self.linking(draft)
        showing = Illustration(document, name, self.gallery)
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
        self, draft: _Draft, showing: Illustration, blocks: list[Node]
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

    def notes(self, document: Document, linking: Linking, showing: Illustration) -> Iterator[str]:
        if linking.lost:
            yield f"of links that lead nowhere only the text was taken: {_some(linking.lost)}"
        if linking.displaced:
            yield (
                "links lead to an article and no longer to a place in it, for there is none of"
                f" that name: {_some(linking.displaced)}"
            )
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


def _some(links: Sequence[str]) -> str:
    shown = list(dict.fromkeys(links))
    return ", ".join(shown[:_SHOWN]) + (", …" if len(shown) > _SHOWN else "")


def _nodes(children: Iterable[Child]) -> list[Node]:
    """Blocks, without those that a picture was all of."""
    return [n for n in children if isinstance(n, Node) and (n.children or n.name == "hr")]
