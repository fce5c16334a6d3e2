"""Translated pages aligned with their source articles: what is sure goes into the memory.

Aligned units say where they come from, are never taken for approved, and never go into a catalogue
but as drafts.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from .. import articles
from ..articles import Article, Metadata
from ..errors import ImportingError, PipelineError
from ..markup import Segment, Skeleton, Token, parse
from ..markup.tokens import TOKEN, escape
from ..memory import ALIGNED, Unit, memory_of
from ..project import Project
from ..slug import is_slug
from .beads import Bead, Piece, beads, piece_of
from .document import Document
from .head import slug_of
from .headings import titled
from .illustration import Headed, headed
from .nodes import nodes_of, parse_page
from .tidy import tidy
from .wording import html_of

SURE = 80
"""Per cent; a pair of less confidence is shown and not taken."""

_NAMED = 95
_MOST_ALIKE = 0.5


@dataclass(frozen=True, slots=True)
class Pair:
    """A text and what is taken for its translation; one side is empty where there is none.

    Attributes:
        confidence: In per cent.
        why: Why it is not sure; empty if it is.
    """

    source: str
    target: str
    context: str
    confidence: int
    why: str = ""


@dataclass(frozen=True, slots=True)
class Aligned:
    """An article and a translated page of it, pair by pair.

    Attributes:
        segments: How many segments the article has.
    """

    article: str
    origin: Path
    segments: int
    pairs: tuple[Pair, ...]

    @property
    def sure(self) -> tuple[Pair, ...]:
        """The pairs that may go into the memory."""
        return tuple(pair for pair in self.pairs if not pair.why)

    @property
    def doubtful(self) -> tuple[Pair, ...]:
        """The others."""
        return tuple(pair for pair in self.pairs if pair.why)


@dataclass(frozen=True, slots=True)
class Alignments:
    """The aligned pages, and those that could not be."""

    aligned: tuple[Aligned, ...] = ()
    errors: tuple[PipelineError, ...] = ()


def align(project: Project, documents: Iterable[Document], *, article: str = "") -> Alignments:
    """Align translated documents with the articles that they are translations of.

    Args:
        article: The id of the article, where there is one document; found by its address otherwise.
    """
    found = list(documents)
    aligned: list[Aligned] = []
    errors: list[PipelineError] = []
    if article and len(found) > 1:
        hint = "Name one file, or leave --article out."
        raise ImportingError(f"there are {len(found)} texts for one article", hint=hint)
    sources = _Sources(project, errors)
    for document in found:
        try:
            aligned.append(_aligned(sources.of(document, article), document))
        except PipelineError as error:
            errors.append(error)
    return Alignments(tuple(aligned), tuple(errors))


def remember(project: Project, locale: str, aligned: Sequence[Aligned]) -> int:
    """Add the pairs that are sure to the memory; how many there were.

    Raises:
        MemoryStoreError: The memory cannot be used.
    """
    units = [
        Unit(pair.source, pair.target, pair.context, f"align:{one.article}", ALIGNED)
        for one in aligned
        for pair in one.sure
    ]
    return memory_of(project, locale).add(units)


class _Sources:
    """The articles of a site, found by what a translation says of its source."""

    def __init__(self, project: Project, errors: list[PipelineError]) -> None:
        self.language = project.source_locale.partition("_")[0].lower()
        self.articles: dict[str, Article] = {}
        self.project = project
        for source in articles.find(project).sources:
            try:
                self.articles[source.id] = articles.load(project, source)
            except PipelineError as error:
                errors.append(error)

    def of(self, document: Document, named: str) -> Article:
        """The article that a document is a translation of.

        Raises:
            ImportingError: There is none, or more than one.
        """
        if named:
            if named not in self.articles:
                hint = "Name one as pipeline status shows it."
                raise ImportingError(f"there is no article “{named}”", hint=hint)
            return self.articles[named]
        for name in self._names(document):
            found = [a for a in self.articles.values() if name in _names_of(a)]
            if len(found) == 1:
                return found[0]
        raise ImportingError(
            "it does not say which article it is a translation of",
            path=document.path,
            line=document.line or None,
            hint="Name the article with --article, or the file as the article's.",
        )

    def _names(self, document: Document) -> Iterator[str]:
        """What the article may be called, the surest first."""
        for tag, address in document.translations.items():
            if tag.lower().replace("_", "-").partition("-")[0] == self.language:
                # What says this need not be guessed at by other names.
                yield articles.HOME if _is_home(address) else slug_of(address)
                return
        stem = document.path.stem
        yield document.path.absolute().parent.name if stem == articles.HOME else stem
        yield document.slug


def _is_home(address: str) -> bool:
    """Whether an address has no part but a language."""
    return (
        re.fullmatch(r"/?(?:[a-z]{2,3}(?:[-_][A-Za-z]{2,4})?)?/?", urlsplit(address).path)
        is not None
    )


def _names_of(article: Article) -> set[str]:
    return {article.id, article.id.rpartition("/")[2], article.metadata.slug} - {""}


def _aligned(article: Article, document: Document) -> Aligned:
    body = parse_page(document.html, path=document.path).find("body")
    tidied = tidy(nodes_of(body, path=document.path), lines=document.lines)
    title, blocks = titled(document, tidied.blocks)
    picture = headed(blocks) if article.metadata.image else None
    blocks = blocks if picture is None else blocks[1:]
    skeleton = parse(html_of(blocks), path=document.path)
    source, target = list(_body(article.skeleton)), list(_body(skeleton))
    pairs = [
        *_fields(article, document, title, picture),
        *(pair for bead in beads(source, target) for pair in _pairs(bead, source, target)),
    ]
    _refuse_copies(pairs, document)
    return Aligned(article.id, document.path, len(article.segments), tuple(_unique(pairs)))


def _body(skeleton: Skeleton) -> Iterator[Piece]:
    both = zip(skeleton.segments, skeleton.slots, strict=True)
    return (piece_of(segment, slot) for segment, slot in both if segment.text)


def _fields(
    article: Article, document: Document, title: str, picture: Headed | None
) -> Iterator[Pair]:
    """The metadata, which have names and need no alignment."""
    said = Metadata(
        title=title,
        slug=document.slug if is_slug(document.slug) else "",
        description=document.description,
        image_alt=picture.alt if picture else document.image_alt,
        image_caption=picture.caption if picture else "",
    )
    for name, segment in article.fields.items():
        target = getattr(said, name, "")
        if target:
            yield Pair(segment.text, escape(target), segment.context or "", _NAMED)


def _pairs(bead: Bead, source: Sequence[Piece], target: Sequence[Piece]) -> Iterator[Pair]:
    own = [source[n].segment for n in bead.source]
    other = [target[n].segment for n in bead.target]
    percent = int(100 * bead.confidence)
    texts = " ⏎ ".join(s.text for s in own), " ⏎ ".join(s.text for s in other)
    context = own[0].context or "" if own else ""
    if not other:
        yield Pair(*texts, context, percent, "has no counterpart")
    elif not own:
        yield Pair(*texts, "", percent, "is in the translation alone")
    elif len(own) > 1 or len(other) > 1:
        why = "two texts became one" if len(own) > 1 else "one text became two"
        yield Pair(*texts, context, percent, why)
    else:
        fitted = fitted_to(own[0], other[0])
        why = "its markup differs" if fitted is None else "is not sure" if percent < SURE else ""
        yield Pair(own[0].text, fitted or other[0].text, context, percent, why)


def fitted_to(source: Segment, target: Segment) -> str | None:
    """The target's text with the tokens of the source; None if they do not fit each other.

    Tokens are numbered as they stand in a text, so that those of two languages may differ where
    links or emphasis changed places: each takes the name of its like in the source.
    """
    if not source.tokens:
        return re.sub(" {2,}", " ", TOKEN.sub("", target.text)).strip(" ")
    names: dict[str, str] = {}
    waiting: dict[tuple[str, str], list[Token]] = {}
    for token in source.tokens:
        waiting.setdefault((token.element, token.shape), []).append(token)
    for token in target.tokens:
        same = waiting.get((token.element, token.shape))
        if not same:
            return None
        names[token.name] = same.pop(0).name
    text = TOKEN.sub(lambda m: f"<{m[1]}{names.get(m[2], m[2])}{m[3]}>", target.text)
    return None if source.problems(text) else text


def _refuse_copies(pairs: Sequence[Pair], document: Document) -> None:
    """A page that says the same in the same words is no translation."""
    both = [pair for pair in pairs if len(pair.source) > 20 and pair.target]
    same = sum(pair.source == pair.target for pair in both)
    if both and same > len(both) * _MOST_ALIKE:
        raise ImportingError(
            f"{same} of {len(both)} texts have the same words as their source",
            path=document.path,
            line=document.line or None,
            hint="Name a page in the other language.",
        )


def _unique(pairs: Sequence[Pair]) -> Iterator[Pair]:
    """Each text once; one that was translated in two ways is not sure."""
    known: dict[tuple[str, str], str] = {}
    for pair in pairs:
        key = (pair.context, pair.source)
        if pair.why or key not in known:
            known.setdefault(key, pair.target)
            yield pair
        elif known[key] != pair.target:
            why = "was translated otherwise before"
            yield Pair(pair.source, pair.target, pair.context, pair.confidence, why)
