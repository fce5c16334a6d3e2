"""History: every address that pages of a locale have had, so that none of them ever ends dead.

It is a file beside the locale's catalogues, ``locales/nl/addresses.tsv``, and belongs under version
control with them: losing ``.pipeline`` or building on another machine loses no redirect. A build
adds to it and removes nothing; a person may let an address lead elsewhere by another name in the
second column.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import quote

from .. import files
from ..errors import OutputError, SiteError
from ..project import Project
from .addresses import Addresses

ARTICLES = "#articles"
TAGS = "#tags"
TAG = "#tag "
"""What leads to a list, or to a tag, in the second column; an article is named by its id."""

_HEAD = """\
# Every address that pages have had, and the article that each leads to: old ones redirect.
# A build adds to this file. Keep it under version control.
"""

HISTORY = "addresses.tsv"
"""The name of the file, in the folder of a locale."""


@dataclass(frozen=True, slots=True)
class Redirect:
    """An address that was a page's, and where it leads now.

    Attributes:
        old: The path as people read it.
        new: The path as it stands in a link.
        locale: The locale of ``old``, or the source's if the site has that one no longer.
        lasting: Whether its page has moved; else it is gone for now, and may come back.
    """

    old: str
    new: str
    locale: str
    lasting: bool

    @property
    def status(self) -> int:
        """The HTTP status."""
        return 301 if self.lasting else 302


@dataclass(frozen=True, slots=True)
class History:
    """The paths of one locale: what each leads to, and what of that is on disk already."""

    path: Path
    owners: Mapping[str, str]
    written: Mapping[str, str]

    @classmethod
    def read(cls, project: Project, locale: str) -> History:
        """The history as it is on disk; empty if there is none yet.

        Raises:
            SiteError: A line is none.
        """
        path = history_path(project, locale)
        try:
            text = path.read_text(encoding="utf-8")
        except FileNotFoundError:
            return cls(path, {}, {})
        except (OSError, ValueError) as error:
            raise _broken(project, path, None) from error
        owners = {}
        for number, line in enumerate(text.splitlines(), 1):
            if not line.strip() or line.startswith("#"):
                continue
            old, tab, owner = line.partition("\t")
            if not tab or not owner.strip() or not (old.startswith("/") and old.endswith("/")):
                raise _broken(project, path, number)
            owners[old] = owner.strip()
        return cls(path, owners, owners)

    def preceded_by(self, earlier: Mapping[str, str]) -> History:
        """The history with paths that were published before they were written down."""
        return replace(self, owners={**earlier, **self.owners}, written=self.owners)

    def write(self, current: Mapping[str, str]) -> None:
        """Add the paths that pages have now; nothing is written if they are known.

        Raises:
            OutputError: The disk said no.
        """
        after = {**self.owners, **current}
        if after == self.written:
            return
        lines = "".join(f"{old}\t{owner}\n" for old, owner in sorted(after.items()))
        try:
            files.write(self.path, (_HEAD + lines).encode())
        except OSError as error:
            raise OutputError(
                f"the history of addresses cannot be written: {error.strerror or error}",
                path=self.path,
                hint="What is live has stayed; mend the cause and build again.",
            ) from error

    def redirects(self, addresses: Addresses, locale: str) -> Iterator[Redirect]:
        """Where each path leads that is no page's any more."""
        taken = {*current_paths(addresses, locale)}
        if addresses.search and locale in addresses.locales:
            taken.add(addresses.search_path(locale))
        for old, owner in sorted(self.owners.items()):
            if old in taken:
                continue
            new = _path(addresses, owner, locale)
            if new is not None:
                yield Redirect(old, quote(new), locale, True)
                continue
            there = _path(addresses, owner, addresses.source_locale)
            home = addresses.home(locale) or addresses.home(addresses.source_locale)
            yield Redirect(old, quote(there or home or "/"), locale, False)


@dataclass(frozen=True, slots=True)
class Histories:
    """Those of all locales; of one whose file is broken there is none, and nothing is written.

    Attributes:
        found: By locale.
        former: Locales that the site had once: their addresses lead to the originals.
        errors: What could not be read.
    """

    found: Mapping[str, History]
    former: frozenset[str] = frozenset()
    errors: tuple[SiteError, ...] = ()

    @classmethod
    def read(
        cls, project: Project, locales: Iterable[str], owners: Iterable[tuple[str, str]]
    ) -> Histories:
        """The histories on disk, and the paths of what is published (name and owner of files)."""
        found: dict[str, History] = {}
        errors: list[SiteError] = []
        owners, present = tuple(owners), tuple(locales)
        kept = {path.parent.name for path in project.catalogues_dir.glob(f"*/{HISTORY}")}
        former = frozenset(kept.difference(present))
        for locale in (*present, *sorted(former)):
            try:
                history = History.read(project, locale)
            except SiteError as error:
                errors.append(error)
                continue
            found[locale] = history.preceded_by(published_paths(owners, locale))
        return cls(found, former, tuple(errors))

    def redirects(self, addresses: Addresses) -> Iterator[Redirect]:
        """Every redirect of the site."""
        for locale, history in self.found.items():
            for one in history.redirects(addresses, locale):
                is_former = locale in self.former
                yield replace(one, locale=addresses.source_locale) if is_former else one

    def write(self, addresses: Addresses, locales: Iterable[str]) -> None:
        """Add the paths that pages have now; before they are published, so that none is live and
        not remembered.

        Raises:
            OutputError: The disk said no.
        """
        for locale in locales:
            if locale in self.found:
                self.found[locale].write(current_paths(addresses, locale))


def history_path(project: Project, locale: str) -> Path:
    """``locales/nl/addresses.tsv`` for ``nl``; the source's own locale has one, too."""
    return project.catalogues_dir / locale / HISTORY


def current_paths(addresses: Addresses, locale: str) -> dict[str, str]:
    """Every path that is a page's now, and what of."""
    if locale not in addresses.locales:
        return {}
    found = {path: article for article, path in addresses.paths(locale)}
    found[addresses.articles_path(locale)] = ARTICLES
    tags = addresses.tags(locale)
    if tags:
        found[addresses.tags_path(locale)] = TAGS
    found |= {tag.path: TAG + tag.source for tag in tags.values()}
    return found


def published_paths(owners: Iterable[tuple[str, str]], locale: str) -> dict[str, str]:
    """The paths of articles' pages in a manifest: of a site that was built before this file was."""
    found = {}
    for name, owner in owners:
        article, _, code = owner.partition("\t")
        if article and code == locale and name.endswith("/index.html"):
            found[f"/{name.removesuffix('index.html')}"] = article
    return found


def _path(addresses: Addresses, owner: str, locale: str) -> str | None:
    if locale not in addresses.locales:
        return None
    if owner == ARTICLES:
        return addresses.articles_path(locale)
    if owner == TAGS or owner.startswith(TAG):
        tags = addresses.tags(locale)
        tag = tags.get(owner.removeprefix(TAG))
        fallback = addresses.tags_path(locale) if tags else addresses.articles_path(locale)
        return tag.path if tag else fallback
    return addresses.path(owner, locale)


def _broken(project: Project, path: Path, line: int | None) -> SiteError:
    return SiteError(
        "this is no line of an address, a tab and the id of an article",
        path=project.relative(path),
        line=line,
        hint="Correct it, or restore the file; no address is added until then.",
    )
