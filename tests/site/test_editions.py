"""One record of a page's languages: everything that is said of them agrees, on every page."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import unquote
from xml.etree import ElementTree

import pytest

from pipeline.build import build
from pipeline.errors import AgreementError
from pipeline.extract import extract
from pipeline.project import Project, open_project
from tests.site.published import published, rename
from tests.sites import DAY, PAGES, SETTINGS, replace, site, translate, write

URL = "https://www.example.org"
ATOM = "{http://www.w3.org/2005/Atom}"
MAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
XHTML = "{http://www.w3.org/1999/xhtml}"


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """A published site."""
    return published(tmp_path)


def html_of(project: Project, path: str) -> str:
    """A published page, by its path."""
    return (project.output_dir / path.strip("/") / "index.html").read_text(encoding="utf-8")


def hreflang(html: str) -> dict[str, str]:
    """What a page says of its languages."""
    return dict(re.findall(r'<link rel="alternate" hreflang="([^"]+)" href="([^"]+)">', html))


def json_ld(html: str) -> Mapping[str, Any]:
    """What a page says to machines."""
    (text,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', html)
    found: Mapping[str, Any] = json.loads(text)
    return found


def live_pages(project: Project) -> dict[str, str]:
    """Every page that is meant to be found, by its absolute address, readable."""
    found = {}
    for path in project.output_dir.rglob("index.html"):
        html = path.read_text(encoding="utf-8")
        if "noindex" not in html:
            folder = path.parent.relative_to(project.output_dir).as_posix()
            found[f"{URL}/" + ("" if folder == "." else f"{folder}/")] = html
    return found


def sitemaps(project: Project) -> dict[str, dict[str, str]]:
    """The addresses of all sitemaps, and the languages of each."""
    found = {}
    index = ElementTree.parse(project.output_dir / "sitemap.xml").getroot()
    for one in index.iter(f"{MAP}loc"):
        path = project.output_dir / (one.text or "").removeprefix(f"{URL}/")
        for url in ElementTree.parse(path).getroot().iter(f"{MAP}url"):
            links = url.iter(f"{XHTML}link")
            languages = {link.attrib["hreflang"]: link.attrib["href"] for link in links}
            found[url.findtext(f"{MAP}loc") or ""] = languages
    return found


def test_every_page_knows_itself_and_its_others_and_they_know_it(project: Project) -> None:
    """Absolute, with a language for all others; the canonical address is the page's own."""
    pages = live_pages(project)
    assert len(pages) > 10
    for url, html in pages.items():
        said = hreflang(html)
        assert f'<link rel="canonical" href="{url}">' in html
        assert "x-default" in said
        if url != f"{URL}/":
            lang = url.removeprefix(f"{URL}/")[:2]
            assert said[lang] == url
        for other in said.values():
            assert hreflang(pages[unquote(other)]) == said, f"{url} and {other} disagree"


def test_sitemaps_say_the_same_as_the_pages(project: Project) -> None:
    """Of every page but the one at the root, and of no other."""
    pages = live_pages(project)
    said = sitemaps(project)
    assert set(said) == set(pages) - {f"{URL}/"}
    for url, languages in said.items():
        assert languages == hreflang(pages[url])


def test_the_language_for_all_others_is_the_root_or_the_original(project: Project) -> None:
    """The home page has a page that offers all languages; others have their source."""
    assert hreflang(html_of(project, "nl"))["x-default"] == f"{URL}/"
    assert hreflang(html_of(project, "nl/nl-first"))["x-default"] == f"{URL}/en/first/"


def test_a_page_that_is_not_live_in_a_language_is_nowhere_in_it(project: Project) -> None:
    """Neither in hreflang nor in a sitemap, a feed, a list, JSON-LD or a switcher."""
    replace(project.catalogue_path("nl", "articles/second"), "@l10n approved", "approved")
    assert build(project, today=DAY, jobs=1).ok
    html = html_of(project, "en/second")
    assert set(hreflang(html)) == {"en", "x-default"}
    assert "og:locale:alternate" not in html
    assert "workTranslation" not in json_ld(html)
    for path in project.output_dir.rglob("*"):
        if path.suffix in (".html", ".xml", ".atom") and "nl-second" not in path.as_posix():
            assert "nl-second" not in path.read_text(encoding="utf-8"), path
    moved = html_of(project, "nl/nl-second")
    assert 'content="noindex"' in moved
    assert not hreflang(moved)


def test_open_graph_names_the_territories(project: Project) -> None:
    """As social networks write languages."""
    html = html_of(project, "nl/nl-first")
    for name, value in {
        "og:locale": "nl_NL",
        "og:locale:alternate": "en_US",
        "og:url": f"{URL}/nl/nl-first/",
        "og:type": "article",
        "og:title": "NL The first",
    }.items():
        assert f'<meta property="{name}" content="{value}">' in html


def test_json_ld_of_a_translation_names_its_source_and_who_approved_it(project: Project) -> None:
    """And the way to it."""
    thing = json_ld(html_of(project, "nl/nl-first"))
    assert thing["@type"] == "BlogPosting"
    assert (thing["inLanguage"], thing["url"]) == ("nl", f"{URL}/nl/nl-first/")
    assert thing["headline"] == "NL The first"
    assert thing["datePublished"] == "2026-01-02"
    assert thing["dateModified"] == DAY.isoformat()
    assert thing["translationOfWork"]["url"] == f"{URL}/en/first/"
    assert thing["translationOfWork"]["inLanguage"] == "en"
    assert thing["translator"] == {"@type": "Person", "name": "anna"}
    crumbs = thing["mainEntityOfPage"]["breadcrumb"]["itemListElement"]
    assert [one["position"] for one in crumbs] == [1, 2, 3]
    assert [one["item"].removeprefix(URL) for one in crumbs] == [
        "/nl/", "/nl/artikelen/", "/nl/nl-first/",
    ]  # fmt: skip


def test_json_ld_of_a_source_names_its_translations(project: Project) -> None:
    """And no translator."""
    thing = json_ld(html_of(project, "en/first"))
    assert [one["url"] for one in thing["workTranslation"]] == [f"{URL}/nl/nl-first/"]
    assert "translator" not in thing
    assert "translationOfWork" not in thing
    page = json_ld(html_of(project, "nl/nl-about"))
    assert page["@type"] == "WebPage"
    assert page["translationOfWork"]["url"] == f"{URL}/en/about/"


def test_nobody_is_named_where_the_site_does_not_want_it(tmp_path: Path) -> None:
    """``credit = false``."""
    project = published(tmp_path, settings=SETTINGS.replace("menu", "credit = false\nmenu"))
    assert "anna" not in html_of(project, "nl/nl-first")


def test_a_title_cannot_end_the_script_it_stands_in(tmp_path: Path) -> None:
    """Nor begin a comment."""
    pages = {**PAGES, "articles/third.md": "---\ntitle: A </script><!-- b & c\n---\n\nText.\n"}
    project = site(tmp_path, pages)
    assert build(project, today=DAY, jobs=1).ok
    html = html_of(project, "en/third")
    assert json_ld(html)["headline"] == "A </script><!-- b & c"
    assert html.count("</script>") == 1


def test_a_feed_for_each_language_has_all_that_a_reader_needs(project: Project) -> None:
    """RFC 4287: id, title, updated, author, self; each entry in its language."""
    feed = ElementTree.parse(project.output_dir / "nl/feed.atom").getroot()
    assert feed.attrib["{http://www.w3.org/XML/1998/namespace}lang"] == "nl"
    links = {link.attrib["rel"]: link.attrib["href"] for link in feed.findall(f"{ATOM}link")}
    assert links == {"self": f"{URL}/nl/feed.atom", "alternate": f"{URL}/nl/"}
    assert (feed.findtext(f"{ATOM}author/{ATOM}name") or "").strip()
    assert feed.findtext(f"{ATOM}updated") == "2026-11-24T00:00:00Z"
    titles = [entry.findtext(f"{ATOM}title") for entry in feed.iter(f"{ATOM}entry")]
    assert titles == ["NL The second", "NL The first"]
    for entry in feed.iter(f"{ATOM}entry"):
        assert (entry.findtext(f"{ATOM}id") or "").startswith("urn:uuid:")
        assert entry.findtext(f"{ATOM}published")
        assert entry.findtext(f"{ATOM}updated")
    html = html_of(project, "nl/nl-first")
    assert 'type="application/atom+xml" title="NL A site" href="/nl/feed.atom"' in html


def test_the_ids_of_a_feed_stay_when_a_page_moves(project: Project) -> None:
    """And when its title or date changes; the two languages have ids of their own."""

    def ids(lang: str) -> list[str]:
        feed = ElementTree.parse(project.output_dir / lang / "feed.atom").getroot()
        return sorted(one.text or "" for one in feed.iter(f"{ATOM}id"))

    before = ids("nl")
    assert not set(before) & set(ids("en"))
    rename(project, "articles/first", "anders")
    replace(project.source_dir / "articles/first.md", "2026-01-02", "2026-01-03")
    assert build(project, today=DAY, jobs=1).ok
    assert ids("nl") == before


def test_a_preview_is_for_nobody_to_find(tmp_path: Path) -> None:
    """No sitemap, no feed, and search engines are told to stay away."""
    project = site(tmp_path)
    extract(project, today=DAY)
    translate(project, approved=False)
    output = build(project, today=DAY, jobs=1, preview=True).output
    names = {path.name for path in output.rglob("*")}
    assert not names & {"sitemap.xml", "feed.atom", "_redirects", "index.html.gz"}
    assert "Disallow: /\n" in (output / "robots.txt").read_text()
    for path in output.rglob("*.html"):
        html = path.read_text(encoding="utf-8")
        assert '<meta name="robots" content="noindex">' in html
        assert "canonical" not in html
        assert not hreflang(html)


def test_an_authors_own_robots_file_takes_the_place_of_ours(tmp_path: Path) -> None:
    """Whatever it says."""
    project = site(tmp_path, {**PAGES, "robots.txt": "User-agent: x\nDisallow: /y\n"})
    assert build(project, today=DAY, jobs=1).ok
    assert (project.output_dir / "robots.txt").read_text() == "User-agent: x\nDisallow: /y\n"


CANONICAL = '<link rel="canonical" href="{{ page.canonical }}">'
DEFECTS = {
    "a canonical address in another language": (
        CANONICAL,
        '<link rel="canonical" href="https://www.example.org/en/">',
        "says its canonical address is https://www.example.org/en/",
    ),
    "no canonical address": (CANONICAL, "", "says its canonical address is nothing"),
    "a language left out": (
        "{% for lang, url in page.hreflang %}",
        "{% for lang, url in page.hreflang[1:] %}",
        "does not say that it is at https://www.example.org/en/",
    ),
    "a language too many": (
        CANONICAL,
        CANONICAL + '<link rel="alternate" hreflang="de" href="https://www.example.org/de/">',
        "says hreflang=de for https://www.example.org/de/",
    ),
    "relative addresses": (
        'hreflang="{{ lang }}" href="{{ url }}"',
        'hreflang="{{ lang }}" href="{{ page.path }}"',
        "does not say that it is at",
    ),
    "another locale": (
        'content="{{ page.og_locale }}"',
        'content="{{ page.lang }}"',
        "says og:locale is en, and it is en_US",
    ),
    "hidden": (CANONICAL, CANONICAL + '<meta name="robots" content="noindex">', "is hidden"),
}


@pytest.mark.parametrize("what", DEFECTS)
def test_a_theme_that_says_otherwise_is_an_error_and_what_is_live_stays(
    what: str, project: Project
) -> None:
    """The error names the page, and the template to mend."""
    built_in = Path(__file__).parents[2] / "pipeline/site/theme/templates/_record.html"
    old, new, words = DEFECTS[what]
    write(project.root / "pipeline.toml", SETTINGS.replace("menu", 'theme = "theme"\nmenu'))
    write(project.root / "theme/templates/_record.html", built_in.read_text())
    replace(project.root / "theme/templates/_record.html", old, new)
    before = html_of(project, "en/first")
    report = build(open_project(project.root), today=DAY, jobs=1)
    errors = [str(error) for error in report.errors if isinstance(error, AgreementError)]
    assert errors and len(errors) == len(report.errors)
    assert sum("article.html: /en/first/ " in error for error in errors) == 1
    assert any(words in error for error in errors), errors
    assert html_of(project, "en/first") == before


WHOLE = (
    '<!doctype html>\n<html lang="en">\n<head>\n<title>Whole</title>\n'
    '<link rel="canonical" href="https://old.example/">\n'
    '<link rel="alternate" hreflang="fr" href="https://old.example/fr">\n'
    '<meta property="og:url" content="https://old.example/">\n'
    '<meta name="layout" content="none">\n</head>\n<body>\n<h1>Whole</h1>\n'
    '<p>It\'s "here".</p>\n</body>\n</html>\n'
)


def test_a_whole_page_gets_the_record_and_loses_what_it_said_itself(tmp_path: Path) -> None:
    """And is otherwise the page it was, to the last straight quotation mark."""
    project = site(tmp_path, {**PAGES, "whole.html": WHOLE})
    extract(project, today=DAY)
    translate(project)
    assert build(project, today=DAY, jobs=1).ok
    for path, others in (("en/whole", 3), ("nl/nl-whole", 3)):
        html = html_of(project, path)
        assert f'<link rel="canonical" href="{URL}/{path}/">' in html
        assert len(hreflang(html)) == others
        assert "old.example" not in html
    assert '<p>It\'s "here".</p>' in html_of(project, "en/whole")
    assert f"{URL}/nl/nl-whole/" in sitemaps(project)


def test_a_whole_page_that_hides_itself_is_an_error(tmp_path: Path) -> None:
    """It would be in sitemaps and lists of languages, and nowhere."""
    hidden = WHOLE.replace("<title>", '<meta name="robots" content="noindex">\n<title>')
    project = site(tmp_path, {**PAGES, "whole.html": hidden})
    with pytest.raises(AgreementError, match="is hidden from search engines") as caught:
        build(project, today=DAY, jobs=1)
    assert (caught.value.path or Path()).name == "whole.html"
