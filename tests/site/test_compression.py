"""Compressed files beside every text: of the same bytes each time, and only where it changed."""

from __future__ import annotations

import gzip
from pathlib import Path

import brotli

from pipeline.build import build
from pipeline.site.compression import is_variant, variants
from tests.site.published import published
from tests.sites import DAY, replace


def test_every_text_has_two_compressed_forms_that_say_the_same(tmp_path: Path) -> None:
    """Pages, styles, drawings, sitemaps, feeds; pictures and fonts have none."""
    project = published(tmp_path)
    texts = {".html", ".css", ".js", ".svg", ".xml", ".atom", ".txt"}
    seen = set()
    for path in project.output_dir.rglob("*"):
        if path.name.startswith(".") or ".nginx" in path.parts or not path.is_file():
            continue
        if is_variant(path.name):
            continue
        seen.add(path.suffix)
        both = [path.with_name(path.name + suffix) for suffix in (".br", ".gz")]
        if path.suffix in texts:
            assert brotli.decompress(both[0].read_bytes()) == path.read_bytes()
            assert gzip.decompress(both[1].read_bytes()) == path.read_bytes()
        else:
            assert not any(one.exists() for one in both), path
    assert seen >= texts | {".woff2"}


def test_the_same_text_is_the_same_bytes() -> None:
    """On any day: no time and no name is in them."""
    found = variants("a.html", b"<p>text</p>")
    assert found == variants("a.html", b"<p>text</p>")
    assert found["a.html.gz"][3:10] == bytes((0, 0, 0, 0, 0, 2, 3))


def test_only_what_changed_is_compressed_again(tmp_path: Path) -> None:
    """The others are not touched."""
    project = published(tmp_path)
    before = {path: path.stat().st_mtime_ns for path in project.output_dir.rglob("*.br")}
    replace(project.source_dir / "articles/first.md", "# A heading", "# Another heading")
    build(project, today=DAY, jobs=1)
    after = {path: path.stat().st_mtime_ns for path in project.output_dir.rglob("*.br")}
    changed = {path.parent.name for path in before if before[path] != after[path]}
    assert changed == {"first", "nl-first"}


def test_a_compressed_form_that_is_lost_comes_back(tmp_path: Path) -> None:
    """And goes when its page goes."""
    project = published(tmp_path)
    lost = project.output_dir / "nl/nl-first/index.html.br"
    data = lost.read_bytes()
    lost.unlink()
    assert build(project, today=DAY, jobs=1).changed == 0
    assert lost.read_bytes() == data
    (project.source_dir / "images/dot.svg").unlink()
    assert build(project, today=DAY, jobs=1).published.removed == ("images/dot.svg",)
    assert not list((project.output_dir).glob("images/*"))


def test_they_are_not_counted_as_files_of_the_site(tmp_path: Path) -> None:
    """A person reads how many pages there are."""
    made = published(tmp_path)
    again = build(made, today=DAY, jobs=1)
    names = [
        path
        for path in made.output_dir.rglob("*")
        if path.is_file() and not is_variant(path.name) and path.name != ".published.json"
    ]
    assert again.unchanged == len(names)
