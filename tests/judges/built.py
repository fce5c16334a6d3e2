"""A site built for the judges: a copy of its sources, so that nothing of it is touched."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from pipeline.build import build
from pipeline.errors import PipelineError
from pipeline.extract import extract
from pipeline.project import Project, open_project
from pipeline.site.serve import serving

_KIND = re.compile(r'<html lang="([^"]*)".*?<body class="([^"]*)"', re.DOTALL)


@dataclass(frozen=True, slots=True)
class Built:
    """A built site.

    Attributes:
        name: What it is called in the report.
        project: Its copy.
        address: Where `pipeline serve` serves it.
        spare: A folder for what judges write.
    """

    name: str
    project: Project
    address: str
    spare: Path

    @property
    def output(self) -> Path:
        """The published folder."""
        return self.project.output_dir

    def pages(self) -> list[Path]:
        """Its pages."""
        return sorted(self.output.rglob("*.html"))

    def path_of(self, page: Path) -> str:
        """The path at which a page is asked for."""
        return f"/{page.relative_to(self.output).as_posix()}".removesuffix("index.html")

    def kinds(self) -> dict[tuple[str, str], str]:
        """The path of the longest page of each language and template."""
        found: dict[tuple[str, str], tuple[int, str]] = {}
        for page in self.pages():
            text = page.read_text(encoding="utf-8")
            match = _KIND.search(text)
            if match and 'http-equiv="refresh"' not in text:
                key = (match[1], match[2])
                found[key] = max(found.get(key, (0, "")), (len(text), self.path_of(page)))
        return {key: path for key, (_, path) in sorted(found.items())}


@contextmanager
def built(folders: Sequence[Path]) -> Iterator[list[Built]]:
    """The sites in these folders, built and served until the block ends.

    Raises:
        PipelineError: One cannot be built.
    """
    with TemporaryDirectory(prefix="judges-") as name:
        found: list[Built] = []
        with _served([], list(folders), Path(name), found):
            yield found


@contextmanager
def _served(done: list[str], left: list[Path], folder: Path, found: list[Built]) -> Iterator[None]:
    if not left:
        yield
        return
    first, *rest = left
    name = first.resolve().name if first.resolve().name not in done else f"site {len(done)}"
    project = _build(first, folder / f"{len(done)}")
    with serving(project, project.output_dir, port=0) as address:
        spare = folder / f"spare-{len(done)}"
        spare.mkdir()
        found.append(Built(name, project, address.rstrip("/"), spare))
        with _served([*done, name], rest, folder, found):
            yield


def _build(source: Path, target: Path) -> Project:
    """A copy of a site's sources, extracted and built."""
    whole = open_project(source)
    site = whole.settings.site
    target.mkdir()
    shutil.copy(whole.settings_path, target)
    for name in filter(None, (site.source, site.catalogues, site.theme, "glossary")):
        if (whole.root / name).is_dir():
            shutil.copytree(whole.root / name, target / name)
    project = open_project(target)
    extract(project, jobs=1)
    report = build(project, jobs=1)
    if not report.ok:
        raise report.errors[0] if report.errors else PipelineError("the site was not built")
    return project
