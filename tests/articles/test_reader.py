"""Articles as authors write them, and what is wrong with them."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from pipeline import articles
from pipeline.articles import Article
from pipeline.errors import ArticleError, EncodingError, FrontMatterError, MarkupError
from pipeline.markup import Shown
from tests.sites import PAGES, SETTINGS, site, write

FRONT = "---\ntitle: A title\n---\n\n"


def load(folder: Path, data: str | bytes, name: str = "articles/x.md") -> Article:
    """The article that a file with this content is."""
    project = site(folder, {})
    path = folder / "source" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    (source,) = articles.find(project).sources
    return articles.load(project, source)


def texts(article: Article) -> list[str]:
    """The texts of its body."""
    return [segment.text for segment in article.skeleton.segments]


def test_markdown_has_its_metadata_in_front(tmp_path: Path) -> None:
    """Every name there is."""
    article = load(
        tmp_path,
        "---\ntitle: A title\nslug: a-slug\ndescription: What it is\n  about.\ndate: 2026-01-02\n"
        "updated: 2026-02-03T10:00:00\nauthor: Us\ntags: [One, Two, One]\nimage: ../x.svg\n"
        "image_alt: An x\nimage_caption: The x\norder: 3\nlayout: page\ndraft: true\n---\n"
        "\nText.\n",
    )
    assert article.metadata == articles.Metadata(
        "A title", "a-slug", "What it is about.", date(2026, 1, 2), date(2026, 2, 3), "Us",
        ("One", "Two"), "../x.svg", "An x", "The x", 3, "page", True,
    )  # fmt: skip
    assert list(article.fields) == ["title", "slug", "description", "image_alt", "image_caption"]
    assert article.fields["slug"].context == "slug"
    assert article.fields["description"].line == 4
    assert article.layout == "page"


def test_a_whole_page_has_its_metadata_in_its_head(tmp_path: Path) -> None:
    """Its body is what stands in ``main``, without the heading that is its title."""
    article = load(tmp_path, PAGES["about.html"], "about.html")
    assert (article.metadata.title, article.metadata.slug) == ("About us", "about")
    assert (article.layout, texts(article)) == ("page", ["We write."])


def test_a_fragment_is_named_by_its_heading_or_has_front_matter(tmp_path: Path) -> None:
    """A name for it is found, or given."""
    (tmp_path / "one").mkdir()
    article = load(tmp_path / "one", "<h1>Its <em>name</em></h1>\n<p>Text.\n", "x.html")
    assert (article.metadata.title, texts(article)) == ("Its name", ["Text."])
    (tmp_path / "two").mkdir()
    article = load(tmp_path / "two", FRONT + "<h1>Another</h1>\n<p>Text.\n", "x.html")
    assert (article.metadata.title, texts(article)) == ("A title", ["Another", "Text."])
    assert [s.line for s in article.skeleton.segments] == [5, 6]


def test_a_markdown_heading_that_is_the_title_stands_once(tmp_path: Path) -> None:
    """The template sets it."""
    assert texts(load(tmp_path, "# A title\n\nText.\n")) == ["Text."]


def test_markdown_has_tables_footnotes_attributes_and_anchors(tmp_path: Path) -> None:
    """All of them in the segments that they make."""
    article = load(
        tmp_path,
        FRONT + "## A [part]{lang=nl}\n\n| a | b |\n|---|---|\n| one | two |\n\nText[^1].\n\n"
        "[^1]: A note.\n",
    )
    assert texts(article) == [
        "A <span1>part</span1>",
        *("a", "b", "one", "two"),
        "Text<sup1><a2>[1]</a2></sup1>.",
        "A note.",
    ]
    html = article.skeleton.render([Shown(text) for text in texts(article)], lang="en")
    assert '<h2 id="a-part">A <span lang="nl">part</span></h2>' in html
    assert '<a href="#fnref1" class="footnote-backref" translate="no">' in html


def test_segments_know_their_lines_in_the_markdown(tmp_path: Path) -> None:
    """For the errors that name them."""
    article = load(tmp_path, FRONT + "One.\n\n- two\n- three\n\n> four\n")
    assert [s.line for s in article.skeleton.segments] == [5, 7, 8, 10]


def test_a_layout_comes_from_the_article_the_folder_or_the_kind(tmp_path: Path) -> None:
    """In this order."""
    settings = SETTINGS + '[folders."legacy"]\nlayout = "none"\n'
    project = site(
        tmp_path,
        {
            "index.md": FRONT + "x y\n",
            "a.md": FRONT + "x y\n",
            "legacy/b.md": FRONT + "x y\n",
            "legacy/c.md": "---\ntitle: c\nlayout: page\n---\nx y\n",
        },
        settings=settings,
    )
    found = {s.id: articles.load(project, s).layout for s in articles.find(project).sources}
    assert found == {"index": "home", "a": "article", "legacy/b": "none", "legacy/c": "page"}


def test_an_article_is_parsed_once_for_each_version_of_its_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is remembered is what was parsed."""
    project = site(tmp_path)
    sources = articles.find(project).sources
    parsed = [articles.load(project, source) for source in sources]
    with monkeypatch.context() as patched:
        patched.setattr("pipeline.articles.reader._read", None)
        assert [articles.load(project, source) for source in sources] == parsed
    write(sources[0].path, sources[0].path.read_text().replace("We write.", "We read."))
    assert texts(articles.load(project, sources[0])) == ["We read."]


def test_a_memory_that_is_broken_is_made_again(tmp_path: Path) -> None:
    """It may be deleted at any time, also by half."""
    project = site(tmp_path)
    source = articles.find(project).sources[0]
    parsed = articles.load(project, source)
    for path in project.cache_dir.rglob("*.json"):
        path.write_bytes(path.read_bytes()[:100])
    assert articles.load(project, source) == parsed


def test_an_encoding_that_a_page_declares_is_used(tmp_path: Path) -> None:
    """And the page says UTF-8 from then on."""
    html = (
        '<!doctype html><html><head><meta charset="iso-8859-1"><title>é</title></head><body><p>é…'
    )
    article = load(tmp_path, html.encode("cp1252"), "x.html")
    assert (article.metadata.title, texts(article)) == ("é", ["é…"])


BAD = {
    "the article is empty": (ArticleError, "x.md", b" \n", None),
    "the article has no text": (ArticleError, "x.md", FRONT.encode(), None),
    "the article has no title": (FrontMatterError, "x.md", b"Text.\n", 1),
    "byte 0xff is not text in UTF-8": (EncodingError, "x.md", b"---\ntitle: x\n---\n\xff\n", 4),
    "U+0007 cannot stand in a page": (EncodingError, "x.md", FRONT.encode() + b"a\n\x07\n", 6),
    "x-none is no known encoding": (EncodingError, "x.html", b'<meta charset="x-none"><p>a', None),
    "does not end": (FrontMatterError, "x.md", b"---\ntitle: x\n\nText\n", 1),
    "is no YAML": (FrontMatterError, "x.md", b"---\ntitle: x\nslug: a: b\n---\nText\n", 3),
    "has no names": (FrontMatterError, "x.md", b"---\n- a\n---\nText\n", 2),
    "“tilte” means nothing here": (FrontMatterError, "x.md", b"---\ntilte: x\n---\nText\n", 2),
    "“title” stands twice": (FrontMatterError, "x.md", b"---\ntitle: x\ntitle: y\n---\nT\n", 3),
    "“date” cannot be read": (
        FrontMatterError,
        "x.md",
        b"---\ntitle: x\ndate: 2026-13-45\n---\n",
        3,
    ),
    "“date” is no date such as": (FrontMatterError, "x.md", b"---\ndate: soon\n---\nT\n", 2),
    "“tags” is no list": (FrontMatterError, "x.md", b"---\ntags: 3\n---\nT\n", 2),
    "“order” is no whole number": (FrontMatterError, "x.md", b"---\norder: a\n---\nT\n", 2),
    "“layout” is no name": (FrontMatterError, "x.md", b"---\nlayout: ../x\n---\nT\n", 2),
    "<em> is not closed": (
        MarkupError,
        "x.md",
        FRONT.encode() + b"One.\n\n<div>a <em>b</div>\n",
        7,
    ),
    "</b> closes nothing": (MarkupError, "x.html", b"<title>x</title>\n<p>a</b>", 2),
}


@pytest.mark.parametrize("message", BAD)
def test_a_bad_article_is_an_error_with_its_file_and_line(message: str, tmp_path: Path) -> None:
    """And with what to do about it."""
    kind, name, data, line = BAD[message]
    with pytest.raises(kind) as caught:
        load(tmp_path, data, name)
    assert message in str(caught.value)
    assert (caught.value.path, caught.value.line) == (Path("source", name), line)
    assert caught.value.hint


def test_a_misspelt_name_is_answered_with_the_nearest() -> None:
    """As in the settings."""
    from pipeline.articles.metadata import Value, metadata_of  # noqa: PLC0415

    with pytest.raises(FrontMatterError, match="'description'"):
        metadata_of({"descripton": Value("x", 2)}, Path("x.md"))
