"""The judges themselves: each objects to what was seeded for it, and says so in its own words."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.sites import PAGES, SETTINGS, site, write
from tests.tools import missing

from . import __main__ as command
from .built import Built, built
from .registry import JUDGES, Absent, Note

DEFECTS = {
    "published": ("language", "seems to be in English"),
    "vnu": ("An “img” element must have an “alt” attribute", "en/first/index.html"),
    "html-validate": ("no-implicit-input-type",),
    "stylelint": ('"margin-left"', "csstools/use-logical"),
    "axe": ("image-alt",),
    "lighthouse": ("/en/first/: ", "image-alt"),
    "linkinator": ("/en/gone/ (404)", "#nothing"),
    "sitemap": ("fixed", "nothing at https://www.example.org/gone/"),
    "atom": ("updated", "stands twice", "its own address"),
    "schema.org": ("datePublishd",),
}
BODY = (
    "<p>Dit is een <p>alinea.<div><p>This sentence is in English, and nobody has translated it."
    '<form action="/"><label>Naam <input name="naam"></label><button>Ja</button></form>'
    '<img src="/images/dot.svg"><a href="/en/gone/">Weg</a><a href="/en/first/#nothing">Niets</a>'
)
DATA = (
    '<script type="application/ld+json">{"@context": "https://schema.org", "@type": "BlogPosting",'
    ' "headline": "Een", "datePublishd": "2026-01-01"}</script>'
)
SITEMAP = """<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"
 xmlns:xhtml="http://www.w3.org/1999/xhtml"><url><loc>https://www.example.org/gone/</loc>
<xhtml:link rel="alternat" hreflang="nl" href="https://www.example.org/nl/"/></url></urlset>"""
FEED = """<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en"><id>urn:a:b</id>
<title>A site</title><updated>yesterday</updated><author><name>We</name></author>
<link rel="self" href="https://www.example.org/other.atom"/>
<entry><id>urn:a:b</id><title>One</title><updated>2026-01-01T00:00:00Z</updated>
<published>2026-01-01T00:00:00Z</published>
<link rel="alternate" href="https://www.example.org/en/first/"/></entry></feed>"""


@pytest.fixture(scope="module")
def spoilt(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Built]:
    """A small built site into which every judge's defect was put."""
    folder = tmp_path_factory.mktemp("spoilt")
    files = {name: PAGES[name] for name in ("index.md", "images/dot.svg")}
    files["articles/first.md"] = PAGES["articles/first.md"].replace("(second.md)", "(../index.md)")
    site(folder, files, settings=SETTINGS.replace(', "about"', ""))
    with built([folder]) as (made,):
        page = made.output / "en/first/index.html"
        text = page.read_text(encoding="utf-8")
        text = text.replace("</main>", f'<section lang="nl">{BODY}</section></main>', 1)
        page.write_text(text.replace("</head>", f"{DATA}</head>", 1), encoding="utf-8")
        (sheet,) = (made.output / "assets").glob("*.css")
        sheet.write_text(f"{sheet.read_text()}\n.a {{\n  margin-left: 1px;\n}}\n")
        for file in (*made.output.rglob("*.xml"), *made.output.rglob("*.atom")):
            file.unlink()
        write(made.output / "sitemap.xml", SITEMAP)
        write(made.output / "feed.atom", FEED)
        for file in (*made.output.rglob("*.br"), *made.output.rglob("*.gz")):
            file.unlink()  # they say what it was before
        yield made


@pytest.mark.parametrize("name", DEFECTS)
def test_a_judge_objects_to_what_is_wrong(name: str, spoilt: Built) -> None:
    """In its own words, with the page."""
    try:
        said = [str(one) for one in JUDGES[name](spoilt) if not isinstance(one, Note)]
    except Absent as absent:
        missing(str(absent), "what it says")
    for words in DEFECTS[name]:
        assert any(words in one for one in said), said
    assert not any(str(spoilt.output) in one for one in said)


def test_a_judge_that_is_not_here_is_said_and_fails_in_ci(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """And never passes in silence."""
    site(tmp_path)
    monkeypatch.setattr("shutil.which", lambda *_, **__: None)
    monkeypatch.delenv("CI", raising=False)
    assert command.main([str(tmp_path), "--only", "vnu"]) == 0
    printed = capsys.readouterr().out
    assert "vnu: not judged: java is missing: install Java" in printed or "npm ci" in printed
    monkeypatch.setenv("CI", "1")
    assert command.main([str(tmp_path), "--only", "vnu"]) == 1


def test_one_line_for_each_judge_and_its_objections_below(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The exit status says whether there are any."""
    site(tmp_path)
    assert command.main([str(tmp_path), "--only", "published", "--only", "atom"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.partition(":")[0] for line in lines] == ["✓ published", "✓ atom"]


def test_every_judge_is_documented() -> None:
    """By the name that its line begins with."""
    text = (Path(__file__).parents[2] / "docs/checks.md").read_text(encoding="utf-8")
    for name in JUDGES:
        assert f"| `{name}` |" in text


def test_no_registry_is_named_in_the_lock_file() -> None:
    """Packages come from wherever a machine gets its packages."""
    lock = Path(__file__).parent / "package-lock.json"
    assert '"resolved"' not in lock.read_text(encoding="utf-8")
    assert '"integrity"' in lock.read_text(encoding="utf-8")
