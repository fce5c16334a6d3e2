"""The search: an index for each language, and a page that asks it, under the strict policy."""

from __future__ import annotations

import importlib.util
import json
import shutil
import subprocess
from pathlib import Path
from urllib.parse import quote

import pytest

from pipeline.build import build
from pipeline.errors import SiteError
from pipeline.extract import extract
from pipeline.project import Project, open_project
from pipeline.site import redirects, search
from pipeline.site.serve import serving
from tests.site.published import published, rename
from tests.sites import DAY, SETTINGS, replace, site
from tests.tools import missing

SEARCHED = SETTINGS.replace("menu", "search = true\nmenu")


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """A published site with a search."""
    if importlib.util.find_spec("pagefind_bin") is None:
        missing("Pagefind", "pagefind-bin")
    return published(tmp_path, settings=SEARCHED)


def found(project: Project, path: str, words: str) -> str:
    """What a browser shows on a page that searches."""
    browser = shutil.which("chromium")
    if browser is None:
        missing("Chromium", "chromium")
    profile = project.root / "profile"
    command = [browser, "--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={profile}"]
    command += ["--virtual-time-budget=20000", "--dump-dom"]
    with serving(project, project.output_dir, port=0) as address:
        url = f"{address}{path}/?q={quote(words)}"
        done = subprocess.run([*command, url], capture_output=True, timeout=120, check=True)
    return done.stdout.decode()


def test_there_is_an_index_for_each_language(project: Project) -> None:
    """Of articles and pages; and a page that asks it, which nobody finds by a search engine."""
    entry = json.loads((project.output_dir / "pagefind/pagefind-entry.json").read_text())
    assert {lang: one["page_count"] for lang, one in entry["languages"].items()} == {
        "en": 4,
        "nl": 4,
    }
    html = (project.output_dir / "nl/zoeken/index.html").read_text(encoding="utf-8")
    assert '<meta name="robots" content="noindex">' in html
    assert '<html lang="nl"' in html
    assert "Zoeken werkt alleen met JavaScript" in html
    assert '<a href="/nl/zoeken/">Zoeken</a>' in (project.output_dir / "nl/index.html").read_text()


def test_a_reader_finds_pages_of_the_own_language(project: Project) -> None:
    """In a browser, under the content security policy that is shipped."""
    html = found(project, "nl/zoeken", "sentence")
    results = html.partition('<ol id="results"')[2].partition("</ol>")[0]
    assert 'href="/nl/nl-first/"' in results
    assert 'href="/nl/nl-second/"' in results
    assert "/en/" not in results
    assert "Gevonden pagina’s: 2" in html
    assert "Er is geen pagina gevonden" in found(project, "nl/zoeken", "xyzzy").partition("<noscript")[2].partition("data-failed")[2]  # fmt: skip # noqa: E501


def test_the_index_follows_the_pages(project: Project) -> None:
    """It is made anew when one changed, and not otherwise."""
    entry = project.output_dir / "pagefind/pagefind-entry.json"
    before = entry.read_bytes(), entry.stat().st_mtime_ns
    assert build(project, today=DAY, jobs=1).changed == 0
    assert (entry.read_bytes(), entry.stat().st_mtime_ns) == before
    replace(project.source_dir / "articles/first.md", "An item", "A peculiarity")
    extract(project, today=DAY)
    assert build(project, today=DAY, jobs=1).ok
    assert entry.read_bytes() != before[0]
    assert build(project, today=DAY, jobs=1, force=True).changed == 0


def test_an_address_that_the_search_takes_is_no_redirect(tmp_path: Path) -> None:
    """Also when it was an article's before."""
    project = published(tmp_path)
    rename(project, "articles/first", "zoeken")
    build(project, today=DAY, jobs=1)
    rename(project, "articles/first", "anders")
    replace(project.root / "pipeline.toml", "menu", "search = true\nmenu")
    assert build(open_project(project.root), today=DAY, jobs=1).ok
    html = (project.output_dir / "nl/zoeken/index.html").read_text(encoding="utf-8")
    assert '<form class="search"' in html
    assert "/nl/zoeken/" not in redirects.read(project.output_dir)


def test_without_the_setting_there_is_none(tmp_path: Path) -> None:
    """And no script on any page."""
    project = published(tmp_path)
    assert not (project.output_dir / "pagefind").exists()
    assert not (project.output_dir / "nl/zoeken").exists()
    assert "pagefind" not in (project.output_dir / "nl/nl-first/index.html").read_text()


def test_turning_it_off_removes_it(project: Project) -> None:
    """The index, too."""
    replace(project.root / "pipeline.toml", "search = true", "search = false")
    assert build(open_project(project.root), today=DAY, jobs=1).ok
    assert not (project.output_dir / "pagefind").exists()


def test_a_missing_pagefind_is_an_error_that_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before anything is published."""
    monkeypatch.setattr(search, "find_spec", lambda name: None)
    project = site(tmp_path, settings=SEARCHED)
    with pytest.raises(SiteError, match="extra “search”"):
        build(project, today=DAY, jobs=1)
    assert not (project.output_dir / "en").exists()
