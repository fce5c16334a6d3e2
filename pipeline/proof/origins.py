"""Origins: from a text on a page back to the message, or the source, in which to mend it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from rapidfuzz import fuzz, process

from .. import articles, catalogues
from ..checks import VARIABLE
from ..errors import PipelineError
from ..inspection import ignored_in
from ..markup import plain
from ..project import Project
from ..site.language import language
from ..site.publication import Entry, read_manifest
from ..site.strings import DOMAIN
from .document import Head

_FOLDED = str.maketrans(
    {
        **dict.fromkeys("\u00ad\u200b\u200c\u200d\u200e\u200f\u061c\ufeff", ""),
        **dict.fromkeys('‘’“”„‚«»‹›"', "'"),
        **dict.fromkeys("‐‑–—", "-"),
        "…": "...",
    }
)
_SHORTEST = 4
_ENOUGH = 12
_ALIKE = 60.0
_PARTLY = 80.0


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a text comes from.

    Attributes:
        path, line: The catalogue and the line of the message in it; on pages in the source's
            language the article itself, or the template of the site's words.
        text: The msgid.
        source: What a reader of the msgid reads.
        of_article: Whether an author wrote it, and not a theme.
        ignored: The checks that a person has looked at there (``@l10n ignore``).
    """

    path: Path
    line: int
    text: str
    source: str
    of_article: bool
    ignored: frozenset[str] = frozenset()


@dataclass(slots=True)
class _Texts:
    """The texts of one domain in one language."""

    exact: dict[str, Origin] = field(default_factory=dict)
    patterns: list[tuple[re.Pattern[str], Origin]] = field(default_factory=list)

    def add(self, text: str, origin: Origin) -> None:
        """A text as a page may show it; with variables in it, whatever may stand for them."""
        if not origin.of_article and VARIABLE.search(text):
            pieces = (re.escape(_key(piece)) for piece in VARIABLE.split(text))
            self.patterns.append((re.compile(".{1,40}?".join(pieces)), origin))
            text = VARIABLE.sub("", text)
        self.exact.setdefault(_key(plain(text)), origin)

    def of(self, key: str) -> Origin | None:
        """The message that says just this."""
        found = self.exact.get(key)
        if found is not None:
            return found
        return next((origin for shape, origin in self.patterns if shape.fullmatch(key)), None)

    def near(self, key: str) -> tuple[float, Origin] | None:
        """The message that says most nearly this, and how near, up to 100."""
        inside = [known for known in self.exact if len(known) >= _SHORTEST and known in key]
        if inside:
            longest = max(inside, key=len)
            return 90.0 + 10 * len(longest) / len(key), self.exact[longest]
        around = [known for known in self.exact if len(key) >= _SHORTEST and key in known]
        if around:
            return 95.0, self.exact[min(around, key=len)]
        best = process.extractOne(key, self.exact.keys(), scorer=fuzz.ratio, score_cutoff=_ALIKE)
        if best is None and len(key) >= _ENOUGH:
            known = [one for one in self.exact if len(one) >= _ENOUGH]
            best = process.extractOne(key, known, scorer=fuzz.partial_ratio, score_cutoff=_PARTLY)
        return None if best is None else (best[1], self.exact[best[0]])


class Origins:
    """Where the texts of a project's pages come from, read as they are asked for."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self._locales = {language(code).lang: code for code in project.all_locales}
        self._domains: dict[tuple[str, str], _Texts] = {}
        self._found: dict[tuple[str, str, str, bool], Origin | None] = {}

    def of(self, text: str, head: Head, *, near: bool = False) -> Origin | None:
        """The message or source that a text of a page comes from.

        Args:
            text: As it stands on the page.
            head: The page.
            near: Whether a message that merely resembles the text, or is a part of it, will do.
        """
        locale, owner = self._locales.get(head.lang), self._owner(head)
        if locale is None or not text:
            return None
        asked = (text, owner, locale, near)
        if asked not in self._found:
            self._found[asked] = self._find(_key(text), owner, locale, near=near)
        return self._found[asked]

    def _find(self, key: str, owner: str, locale: str, *, near: bool) -> Origin | None:
        mine = [name for name in (owner, DOMAIN) if name]
        others = [name for name in self._sources if name not in mine]
        for domain in (*mine, *others):
            found = self._texts(locale, domain).of(key)
            if found is not None:
                return found
        if not near:
            return None
        for domains in (mine, others):
            likely = [self._texts(locale, name).near(key) for name in domains]
            best = max((one for one in likely if one), key=lambda one: one[0], default=None)
            if best is not None:
                return best[1]
        return None

    def _owner(self, head: Head) -> str:
        """The article that a page shows, empty for lists and the like."""
        entry = self._manifest.get(head.file)
        return entry.owner.partition("\t")[0] if entry else ""

    @cached_property
    def _manifest(self) -> dict[str, Entry]:
        return dict(read_manifest(self.project.output_dir))

    @cached_property
    def _sources(self) -> dict[str, articles.Source]:
        return {source.id: source for source in articles.find(self.project).sources}

    def _texts(self, locale: str, domain: str) -> _Texts:
        """The texts of a domain; none where it cannot be read, which `inspect` reports."""
        if (locale, domain) not in self._domains:
            texts = _Texts()
            try:
                for text, origin in self._read(locale, domain):
                    texts.add(text, origin)
            except PipelineError:
                texts = _Texts()
            self._domains[locale, domain] = texts
        return self._domains[locale, domain]

    def _read(self, locale: str, domain: str) -> Iterator[tuple[str, Origin]]:
        """Every text of a domain with its origin, translations first."""
        translated = locale != self.project.source_locale
        path = self.project.template_path(domain)
        if translated:
            path = self.project.catalogue_path(locale, domain)
        elif domain in self._sources:
            yield from self._read_article(self._sources[domain])
            return
        if not path.exists():
            return
        messages = [m for m in catalogues.read(path).messages if m.context != "slug"]
        shown = self.project.relative(path)
        for message in messages:
            origin = Origin(
                shown,
                message.line,
                message.id,
                plain(message.id),
                domain != DOMAIN,
                ignored_in(message),
            )
            for string in filter(None, (*message.strings, message.id, message.plural)):
                yield string, origin

    def _read_article(self, source: articles.Source) -> Iterator[tuple[str, Origin]]:
        lines = source.path.read_text(encoding="utf-8", errors="replace").splitlines()
        shown = self.project.relative(source.path)
        for segment in articles.load(self.project, source).segments:
            if segment.context != "slug":
                words = plain(segment.text)
                line = _line_of(words, lines)
                yield segment.text, Origin(shown, line, segment.text, words, of_article=True)


def _line_of(words: str, lines: list[str]) -> int:
    """The line on which a text begins in its source, by its first words; 0 if they are not there.

    In the source they may have markup among them, so fewer and fewer words are looked for.
    """
    known = words.split()[:5]
    for count in range(len(known), 0, -1):
        beginning = " ".join(known[:count])
        for number, line in enumerate(lines, 1):
            if beginning in line:
                return number
    return 0


def _key(text: str) -> str:
    """A text without what a page's typography may have changed: white space, quotes, dashes."""
    return "".join(text.translate(_FOLDED).split())
