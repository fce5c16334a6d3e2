"""A builder's boxes and styles become blocks, and blocks Markdown where that loses nothing."""

from __future__ import annotations

import html as entities
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from pipeline.articles.markdown import read_markdown
from pipeline.importing.nodes import nodes_of, parse_page, write_html
from pipeline.importing.tidy import tidy
from pipeline.importing.wording import html_of, markdown_of


def blocks(html: str, *, lines: bool = False) -> str:
    """The blocks of some HTML, without the line feeds between them."""
    tidied = tidy(nodes_of(parse_page(html).find("body")), lines=lines)
    return "".join(line.strip() for line in write_html(tidied.blocks).splitlines())


def markdown(html: str) -> str | None:
    """The same as Markdown."""
    return markdown_of(tidy(nodes_of(parse_page(html).find("body"))).blocks)


@pytest.mark.parametrize(
    ("html", "wanted"),
    [
        ("<ul><li>a</li></ul><p>&nbsp;</p><ul><li>b</li></ul>", "<ul><li>a</li><li>b</li></ul>"),
        ("<ol><li>a</li></ol><ol><li>b</li></ol>", "<ol><li>a</li><li>b</li></ol>"),
        (
            "<ol><li>a</li><li>b</li></ol><ol><li>c</li><li>d</li></ol>",
            "<ol><li>a</li><li>b</li></ol><ol><li>c</li><li>d</li></ol>",
        ),
        ("<p>• a</p><p>• b</p>", "<ul><li>a</li><li>b</li></ul>"),
        ("<p><b>• a</b></p><p>• b</p>", "<ul><li><strong>a</strong></li><li>b</li></ul>"),
        ("<p>1. a</p><p>2. b</p>", "<ol><li>a</li><li>b</li></ol>"),
        ("<ol><li>a</li></ol><p>2) b</p>", "<ol><li>a</li><li>b</li></ol>"),
        ("<p>1. a</p><p>3. b</p>", "<p>1. a</p><p>3. b</p>"),
        ("<p>2024. A year</p><p>– a dash</p>", "<p>2024. A year</p><p>– a dash</p>"),
        ("<p>• alone</p><p>b</p>", "<p>• alone</p><p>b</p>"),
        ("<p>To do:<br>- a<br>- b<br>Done.</p>",
         "<p>To do:</p><ul><li>a</li><li>b</li></ul><p>Done.</p>"),
        ("<ul><li>a</li><ul><li>b</li></ul></ul>", "<ul><li>a<ul><li>b</li></ul></li></ul>"),
    ],
)  # fmt: skip
def test_lists_are_put_together_where_they_were_one(html: str, wanted: str) -> None:
    """And left alone where they were not."""
    assert blocks(html) == wanted


@pytest.mark.parametrize(
    ("html", "wanted"),
    [
        ("<div><div>a</div>b<span>c</span></div>", "<p>a</p><p>bc</p>"),
        ("<p>a<br><br>b</p>", "<p>a</p><p>b</p>"),
        ("<p><b>a</b><b>b </b>c</p>", "<p><strong>ab</strong> c</p>"),
        ("<p>a\u200b&nbsp; b\u00a0c</p>", "<p>a b\u00a0c</p>"),
        ('<b style="font-weight:normal">a</b>', "<p>a</p>"),
        ('<p><span style="font-weight: 700">a</span></p>', "<p><strong>a</strong></p>"),
        ("<h2><b>a</b></h2><h2> </h2>", "<h2>a</h2>"),
        ('<p><a href="JAVA\tSCRIPT:x()">a</a><a href="#no">b</a></p>',
         '<p>a<a href="#no">b</a></p>'),
        ('<p onclick="x()" style="color:red" class="y">a</p>', "<p>a</p>"),
        ("<p>a<script>x()</script><style>y</style></p><template>z</template>", "<p>a</p>"),
        ('<p>a</p><div style="display: none">b</div><div hidden>c</div>', "<p>a</p>"),
        ('<img src="x.png" width="1" height="1"><img src="y.png" alt="a  b">',
         '<p><img src="y.png" alt="a b"></p>'),
        ('<img src="data:image/gif;base64,R0lG" data-src="y.png">',
         '<p><img src="y.png" alt=""></p>'),
        ('<img srcset="s.png 300w, l.png 900w" alt="a">', '<p><img src="l.png" alt="a"></p>'),
        ('<noscript><img src="y.png"></noscript><img data-src="y.png">',
         '<p><img src="y.png" alt=""></p>'),
        ('<figure><img src="y.png"></figure>', '<p><img src="y.png" alt=""></p>'),
        ('<table role="presentation"><tr><td><p>a</p></td></tr></table>', "<p>a</p>"),
        ('<iframe src="//v.example/1" title="A talk"></iframe>',
         '<p><a href="https://v.example/1">A talk</a></p>'),
        ('<picture><source srcset="w.webp"><img src="y.png" alt="a">b</picture>c',
         '<p><img src="y.png" alt="a">bc</p>'),
        ('a<iframe src="https://v.example/2" width="1" height="1"></iframe>', "<p>a</p>"),
        ("<hr><p>a</p><hr><hr><p>b</p><hr>", "<p>a</p><hr><p>b</p>"),
        ("<details><summary>a</summary><p>b</p></details>",
         "<details><summary>a</summary><p>b</p></details>"),
        ('<ul><li><h4><button aria-expanded="false">a</button></h4><p>b</p></li></ul>',
         "<h4>a</h4><p>b</p>"),
        ('<a aria-expanded="false">a</a><div style="color:red;display: none;"><p>b</p></div>',
         "<p>a</p><p>b</p>"),
        ("<button>a</button><div hidden>b</div>c", "<p>c</p>"),
        ('<div class="wp-caption"><img src="y.png" alt="a"><p class="wp-caption-text">b</p></div>',
         '<figure><img src="y.png" alt="a"><figcaption>b</figcaption></figure>'),
        ('<p class="wp-caption-text">b</p><img src="y.png" alt="a">',
         '<p>b</p><p><img src="y.png" alt="a"></p>'),
        ('<img src="y.png" alt="IMG_2.JPG">', '<p><img src="y.png" alt=""></p>'),
        ('<iframe src="//www.youtube.com/embed/a-1?x" title="YouTube video player"></iframe>',
         '<p><a href="https://www.youtube.com/watch?v=a-1">youtube.com</a></p>'),
        ('<video src="https://v.example/x/walk.mp4"></video>',
         '<p><a href="https://v.example/x/walk.mp4">walk.mp4</a></p>'),
        ("<dl><div><dt>a</dt><dd>b</dd></div></dl>", "<dl><dt>a</dt><dd>b</dd></dl>"),
    ],
)  # fmt: skip
def test_what_articles_have_is_kept_and_the_rest_is_not(html: str, wanted: str) -> None:
    """Styles that mean something are said in HTML."""
    assert blocks(html) == wanted


def test_a_line_feed_counts_where_wordpress_wrote_without_paragraphs() -> None:
    """And only there."""
    assert blocks("a\nb\n\nc", lines=True) == "<p>a<br>b</p><p>c</p>"
    assert blocks("a\nb\n\nc") == "<p>a b c</p>"


def test_markdown_is_written_where_it_says_everything() -> None:
    """With signs marked only where they would mean something."""
    html = (
        "<h2>A [word]</h2><p>In 2024 it was 5 * 3 #1.</p><ul><li>a<ul><li>b</li></ul></li></ul>"
        "<ol start=3><li>c</li></ol><blockquote><p>d</p></blockquote><pre>e\n f</pre>"
        "<table><tr><th>g</th></tr><tr><td>h | i</td></tr></table>"
    )
    wanted = (
        "## A [word]\n\nIn 2024 it was 5 \\* 3 #1.\n\n- a\n  - b\n\n3. c\n\n> d\n\n"
        "```\ne\n f\n```\n\n| g |\n| --- |\n| h \\| i |\n"
    )
    assert markdown(html) == wanted
    assert markdown("<p>a</p><hr><p>b</p>") == "a\n\n---\n\nb\n"


@pytest.mark.parametrize(
    "html",
    [
        "<table><tr><th>a</th><th>b</th></tr><tr><td colspan=2>c</td></tr></table>",
        "<table><tr><td>no</td><td>head</td></tr></table>",
        '<figure><img src="a.png" alt=""><figcaption>b</figcaption></figure>',
        "<p>H<sub>2</sub>O</p>",
        "<ol type=a><li>a</li></ol>",
        '<p lang="nl"><span lang="nl">hallo</span></p>',
        "<ol><li>a</li><li>b</li></ol><ol><li>c</li><li>d</li></ol>",
    ],
)
def test_html_is_written_where_markdown_would_lose_something(html: str) -> None:
    """Spans of cells, captions, subscripts, languages, kinds of numbers."""
    assert markdown(html) is None


WORDS = st.text(alphabet="ab *_`[](){}<>&#!|~\\+-=.:1\"'^$\u00a0", min_size=1, max_size=12)


@example(["<!--"])
@given(st.lists(WORDS.filter(lambda text: bool(text.strip())), min_size=1, max_size=4))
@settings(max_examples=150, deadline=None)
def test_whatever_the_words_no_markdown_says_something_else(words: list[str]) -> None:
    """What is written is read back as what it was made of, or HTML is written instead."""

    source = "".join(f"<p>{entities.escape(word)}</p>" for word in words)
    tidied = tidy(nodes_of(parse_page(source).find("body"))).blocks
    text = markdown_of(tidied)
    if text is not None:
        read = read_markdown(text.encode(), Path("x.md")).html
        again = tidy(nodes_of(parse_page(read).find("body"))).blocks
        assert html_of(again) == html_of(tidied)


@given(st.recursive(WORDS, lambda inner: st.tuples(st.sampled_from("p div ul li b a h2 td table blockquote".split()), st.lists(inner, max_size=3)).map(lambda pair: f"<{pair[0]}>{''.join(pair[1])}</{pair[0]}>"), max_leaves=12))  # fmt: skip # noqa: E501
@settings(max_examples=150, deadline=None)
def test_what_is_tidy_stays_as_it_is(html: str) -> None:
    """Tidying twice is tidying once."""
    once = html_of(tidy(nodes_of(parse_page(html).find("body"))).blocks)
    assert html_of(tidy(nodes_of(parse_page(once).find("body"))).blocks) == once
