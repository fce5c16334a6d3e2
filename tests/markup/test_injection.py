"""Whatever stands in a msgstr, a page has no element, attribute or address of its own."""

from __future__ import annotations

from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.catalogues import Message
from pipeline.markup import Shown, parse
from pipeline.settings import Publish
from pipeline.site.choice import Policy, choose
from tests.markup.dom import elements
from tests.sites import DAY

INLINE = st.sampled_from(
    [
        "text",
        "<em>a</em>",
        '<a href="x.md">link</a>',
        '<a href="https://x.example/?a=1&amp;b=2" title="more">there</a>',
        "<br>",
        '<img src="i.svg" alt="picture">',
        "<code>a &lt; b</code>",
        "&lt;a1&gt;",
        '<span lang="fr" class="x">mot <b>gras</b></span>',
        '<abbr title="in full">i.f.</abbr>',
        '<button type="submit" aria-label="send it">Send</button>',
    ]
)
RUNS = st.lists(INLINE, min_size=1, max_size=5).map(" ".join)
BLOCKS = st.sampled_from(
    ["<p>{}</p>", "<li>{}</li>", "<h2 id='h'>{}</h2>", "<blockquote>{}</blockquote>",
     "<details><summary>{}</summary></details>", "<figure><figcaption>{}</figcaption></figure>",
     "<label>{}</label>", "<div title='a title'>{}</div>"]
)  # fmt: skip
SOURCES = st.lists(st.builds(str.format, BLOCKS, RUNS), min_size=1, max_size=4).map("".join)

NASTY = st.sampled_from(
    ["<", ">", '"', "'", "&", "&lt;", "&quot;", "&#60;", "<script>alert(1)</script>", "</p>", "-->",
     "<!--", "<img src=x onerror=x>", "javascript:x", " onload=x ", "<svg/onload=x>", "]]>", "\0",
     "</title>", "<a1>", "</a1>", "<a1/>", "<em1>", "</em1>", "<br1/>", "<b2>", "</b2>", "&lt;a1>",
     "<a2 href=x>", "<style>", "\n", "=", "/", "`", "\u2028", "<plaintext>"]
)  # fmt: skip


@st.composite
def cases(draw: st.DrawFn) -> tuple[str, list[str]]:
    """A source, and for each of its segments a translation that means harm or is just odd."""
    source = draw(SOURCES)
    texts = []
    for segment in parse(source).segments:
        pieces: list[str] = draw(st.lists(st.one_of(NASTY, st.text(max_size=5)), max_size=6))
        place = draw(st.integers(0, len(pieces)))
        if draw(st.booleans()):
            pieces.insert(place, segment.text)
        texts.append("".join(pieces))
    return source, texts


@given(cases())
@settings(max_examples=400, deadline=None)
def test_no_translation_adds_an_element_an_attribute_or_an_address(
    case: tuple[str, list[str]],
) -> None:
    """As the pipeline shows it: what does not fit gives way to the source, marked as such."""
    source, texts = case
    skeleton = parse(source)
    policy = Policy(Publish.TRANSLATED, 30, 80, "en", DAY)
    shown: list[Shown] = []
    for segment, text in zip(skeleton.segments, texts, strict=True):
        message = Message(segment.text, segment.context, strings=(text,))
        shown.append(choose(segment, message, policy).shown(policy))
    found = Counter(_without_texts(skeleton.render(shown, lang="nl")))
    found.pop(("span", (("dir", "ltr"), ("lang", "en"))), None)
    assert found == Counter(_without_texts(source))


@given(st.text(), st.text())
@settings(max_examples=200, deadline=None)
def test_no_text_leaves_its_attribute_or_its_title(text: str, other: str) -> None:
    """Where no markup may stand at all."""
    skeleton = parse('<img src="a.svg" alt="one"><textarea>two</textarea>')
    made = skeleton.render([Shown(text), Shown(other)], lang="nl")
    assert [name for _, name, _ in elements(made)] == ["DOCUMENT_FRAGMENT", "img", "textarea"]


TEXTS = frozenset(("title", "alt", "aria-label", "placeholder"))
"""Attributes that are translated: what they say may differ."""


def _without_texts(html: str) -> list[tuple[str, tuple[tuple[str, str], ...]]]:
    return [
        (name, tuple((key, "" if key in TEXTS else value) for key, value in attributes))
        for _, name, attributes in elements(html)
    ]
