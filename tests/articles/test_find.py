"""What is below the sources: articles, other files, and what cannot be either."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from pipeline import articles
from pipeline.errors import ProjectError
from tests.sites import site, write


def test_articles_are_known_by_their_paths(tmp_path: Path) -> None:
    """Everything else is published as it is; hidden and half-written files are not."""
    project = site(tmp_path)
    for name in (".hidden.md", ".git/x.md", "articles/first.md~", ".~0123456789abcdef.tmp"):
        write(project.source_dir / name, "x")
    found = articles.find(project)
    ids = [source.id for source in found.sources]
    assert ids == ["about", "articles/first", "articles/second", "index"]
    assert [name for name, _ in found.assets] == ["images/dot.svg"]
    assert found.errors == ()


def test_two_files_with_one_name_are_an_error_that_names_both(tmp_path: Path) -> None:
    """The other articles are found."""
    project = site(tmp_path)
    write(project.source_dir / "about.md", "# About\n\nx")
    found = articles.find(project)
    (error,) = found.errors
    assert (error.path, len(found.sources)) == (Path("source/about.md"), 4)
    assert "about.html" in error.message


def test_no_article_takes_the_name_of_the_sites_own_words(tmp_path: Path) -> None:
    """Their catalogue would be the same file."""
    project = site(tmp_path)
    write(project.source_dir / "site.md", "# Site\n\nx")
    assert [error.path for error in articles.find(project).errors] == [Path("source/site.md")]


def test_a_site_without_sources_is_an_error(tmp_path: Path) -> None:
    """That says which folder is meant."""
    project = site(tmp_path)
    shutil.rmtree(project.source_dir)
    with pytest.raises(ProjectError, match="no folder of sources"):
        articles.find(project)
