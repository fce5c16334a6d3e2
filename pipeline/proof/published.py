"""The published site: the heads of all its pages, and what an address on one of them means."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit

from lxml import etree

from ..errors import OutputError
from ..project import Project
from ..site.language import language
from .document import Document, Head, base
from .reading import Reader, read_head

_BEYOND = re.compile("[?#]")
_SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
_XHTML = "{http://www.w3.org/1999/xhtml}"


@dataclass(frozen=True)
class Published:
    """A site as it is published.

    Attributes:
        folder: Where its files are.
        url: Its address, without a slash at its end.
        title: Its title, which is the same in every language.
        source, codes: The language it is written in, and all its languages.
        names: What each of them calls itself.
        heads: What its pages claim, by their paths.
    """

    folder: Path
    url: str
    title: str
    source: str
    codes: tuple[str, ...]
    names: Mapping[str, str]
    heads: Mapping[str, Head]
    _known: dict[str, Head | None] = field(default_factory=dict, repr=False)
    _reader: Reader = field(default_factory=Reader, repr=False)

    @classmethod
    def of(cls, project: Project) -> Published:
        """The site in a project's output folder.

        Raises:
            OutputError: There is none.
        """
        folder = project.output_dir
        heads = {head.path: head for head in _heads(folder)} if folder.is_dir() else {}
        if not heads:
            raise OutputError(
                "there is no published page",
                path=project.relative(folder),
                hint="Build the site first: pipeline build",
            )
        known = [language(locale) for locale in project.all_locales]
        site = project.settings.site
        codes = tuple(dict.fromkeys(base(one.lang) for one in known))
        names = {base(one.lang): one.name for one in known}
        return cls(folder, site.url, site.title, codes[0], codes, names, heads)

    def at(self, address: str, *, on: str = "/") -> Head | None:
        """The page that an address on another one leads to; None if to no page of this site."""
        everywhere = address.startswith(("/", "http"))
        if everywhere and address in self._known:
            return self._known[address]
        path = self.path(address, on=on)
        plain = "" if path is None else path.removesuffix("index.html")
        found = (self.heads.get(plain) or self.heads.get(f"{plain}/")) if plain else None
        if everywhere:
            self._known[address] = found
        return found

    def path(self, address: str, *, on: str = "/") -> str | None:
        """The path of an address on this site, or None if it leads elsewhere."""
        if address.startswith(f"{self.url}/"):
            address = address[len(self.url) :]
        if address.startswith("/") and not address.startswith("//"):
            path = _BEYOND.split(address, maxsplit=1)[0]
            return unquote(path) if "%" in path else path
        try:
            parts = urlsplit(urljoin(f"{self.url}{on}", address))
        except ValueError:
            return None
        if f"{parts.scheme}://{parts.netloc}" != self.url:
            return None
        return unquote(parts.path) or "/"

    def read(self, head: Head) -> Document:
        """A page, read whole."""
        return self._reader.read(head, (self.folder / head.file).read_bytes())

    def families(self) -> Iterator[list[Head]]:
        """Pages that are versions of one another, that in the source's language first."""
        found: dict[str, list[Head]] = {}
        for head in self.heads.values():
            named = (a for lang, a in head.alternates if base(lang) == self.source)
            first = next((page for a in named if (page := self.at(a))), head)
            found.setdefault(first.path, []).append(head)
        for family in found.values():
            yield sorted(family, key=lambda head: head.language != self.source)

    @cached_property
    def mapped(self) -> frozenset[str]:
        """The paths of pages that are in the sitemaps."""
        pages = (self.at(address) for address in self.sitemap or ())
        return frozenset(page.path for page in pages if page)

    @cached_property
    def sitemap(self) -> Mapping[str, frozenset[tuple[str, str]]] | None:
        """The pages in the sitemaps with their sets of languages; None without a sitemap."""
        found: dict[str, frozenset[tuple[str, str]]] = {}
        files = sorted(self.folder.rglob("sitemap*.xml"))
        for file in files:
            root = etree.fromstring(file.read_bytes(), etree.XMLParser(resolve_entities=False))
            for entry in root.iter(f"{_SITEMAP}url"):
                links = entry.iter(f"{_XHTML}link")
                pairs = frozenset(
                    (link.get("hreflang", ""), link.get("href", "")) for link in links
                )
                found[entry.findtext(f"{_SITEMAP}loc", "").strip()] = pairs
        return found if files else None


def _heads(folder: Path) -> Iterator[Head]:
    """The heads of all pages, in the order of their files; hidden folders are not published."""
    files: list[tuple[str, Path]] = []
    for place, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(".")]
        here = Path(place)
        below = "" if here == folder else f"{here.relative_to(folder).as_posix()}/"
        files += ((below + name, here / name) for name in names if _is_page(name))
    for name, file in sorted(files):
        yield read_head(name, f"/{name.removesuffix('index.html')}", file.read_bytes())


def _is_page(name: str) -> bool:
    return name.endswith(".html") and not name.startswith(".")
