"""Views: how often each page is read, so that what many read is translated first.

A file of two columns, a path or an article and a number, is all that is kept: nothing in it is
about anybody. `count` makes it of a web server's log.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path
from urllib.parse import unquote, urlsplit

from .errors import ProjectError
from .files import write as write_file
from .project import Project, output_of
from .site.publication import MANIFEST, read_manifest

_LINE = re.compile(r'"GET ([^ "]+) HTTP/[0-9.]+" (?:200|304) ')
"""A page that was read, in the formats of nginx and Apache (common and combined)."""


def count(lines: Iterable[str]) -> Counter[str]:
    """How often each page was read, by a log of nginx or Apache; all else in it is left."""
    found: Counter[str] = Counter()
    for line in lines:
        match = _LINE.search(line)
        if match is None:
            continue
        path = unquote(urlsplit(match[1]).path, errors="replace")
        if path.endswith(("/", ".html")) and path.isprintable():
            found[path.removesuffix("index.html")] += 1
    return found


def write(project: Project, views: Mapping[str, int]) -> Path:
    """Put views into the file of a site, the most first; which one it is."""
    path = project.root / project.settings.review.views
    lines = sorted(views.items(), key=lambda one: (-one[1], one[0]))
    write_file(path, "".join(f"{name}\t{number}\n" for name, number in lines).encode())
    return path


def read(project: Project) -> Mapping[str, int]:
    """How often each article is read, in all its languages; nothing if there is no file.

    Raises:
        ProjectError: A line is none; the error has which.
    """
    path = project.root / project.settings.review.views
    output = output_of(project)
    shown = project.relative(path)
    return _read(path, shown, _stamp(path), output, _stamp(output / MANIFEST))


@lru_cache(maxsize=4)
def _read(
    path: Path, shown: Path, stamp: object, output: Path, published: object
) -> Mapping[str, int]:
    if stamp is None:
        return {}
    found: Counter[str] = Counter()
    articles: dict[str, str] = {}
    for name, entry in read_manifest(output).items():
        article, tab, _ = entry.owner.partition("\t")
        if tab and name.endswith("index.html"):
            articles["/" + name.removesuffix("index.html")] = article
    for number, line in enumerate(path.read_text(encoding="utf-8-sig").splitlines(), 1):
        name, tab, views = line.partition("\t")
        if not line.strip() or line.startswith("#"):
            continue
        if not tab or not views.strip().isdecimal():
            raise ProjectError(
                "this is no line of views",
                path=shown,
                line=number,
                hint="Write a path or an article, a tab, and how often it was read.",
            )
        found[articles.get(name, name.strip("/"))] += int(views)
    return found


def _stamp(path: Path) -> tuple[int, int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return (found.st_mtime_ns, found.st_size, found.st_ino)
