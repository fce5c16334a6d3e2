"""Filling a skeleton: texts, attributes, addresses and languages."""

from __future__ import annotations

from pipeline.markup import Link, Shown, Target, parse


def rendered(html: str, *texts: str, **options: object) -> str:
    """A piece of HTML with these texts instead of its own."""
    skeleton = parse(html)
    assert len(texts) == len(skeleton.segments)
    shown = [Shown(text) for text in texts]
    return skeleton.render(shown, **{"lang": "nl", **options})  # type: ignore[arg-type]


def test_a_swapped_link_keeps_its_href() -> None:
    """And its other attributes."""
    html = '<p><a href="a.md" class="x">one</a> or <a href="b.md">two</a></p>'
    assert rendered(html, "<a2>twee</a2> of <a1>een</a1>") == (
        '<p><a href="b.md">twee</a> of <a href="a.md" class="x">een</a></p>'
    )


def test_what_is_typed_is_text() -> None:
    """Never markup, wherever it stands."""
    html = '<p>one</p><img src="a.svg" alt="two"><title>three</title>'
    assert rendered(html, "<script>x</script>", '"><b onload=x>', "</title><b>") == (
        "<p>&lt;script&gt;x&lt;/script&gt;</p>"
        '<img src="a.svg" alt="&quot;&gt;&lt;b onload=x&gt;"><title>&lt;/title&gt;&lt;b&gt;</title>'
    )


def test_a_character_that_no_page_may_hold_is_shown_as_missing() -> None:
    """As a browser would."""
    assert rendered("<p>one</p>", "a\0b\x1bc\ufffe") == "<p>a\ufffdb\ufffdc\ufffd</p>"


def test_protected_text_comes_from_the_source() -> None:
    """Whatever became of it in the translation."""
    html = "<p>Call <code>run()</code> now</p>"
    assert rendered(html, "Roep <code1>ren()</code1> aan") == "<p>Roep <code>run()</code> aan</p>"


def test_text_in_another_language_says_so() -> None:
    """Where an element may stand; not in attributes, titles or choices."""
    skeleton = parse('<p>one</p><img alt="two" src="a.svg"><title>three</title>')
    shown = [Shown(s.text, "ar", "rtl") for s in skeleton.segments]
    assert skeleton.render(shown, lang="nl") == (
        '<p><span lang="ar" dir="rtl">one</span></p><img alt="two" src="a.svg"><title>three</title>'
    )


def test_a_page_says_its_language_and_direction() -> None:
    """Instead of the source's."""
    html = '<html lang="en" class="x"><body><p>one</p></body></html>'
    assert '<html lang="nl"  class="x"><body><p>een</p></body>' in rendered(html, "een")
    made = rendered(html, "x", lang="ar", direction="rtl")
    assert '<html lang="ar" dir="rtl"  class="x">' in made


def test_addresses_lead_where_they_are_resolved_to() -> None:
    """With the language of a target that has another one; without one, the link leads nowhere."""
    targets = {
        "a.md": Target("/nl/a/"),
        "b.md": Target("/en/b/", "en"),
        "c.md": Target(None),
    }
    html = (
        '<p><a href="a.md">x</a> <a href="b.md">y</a> <a href="c.md">z</a> <a href="#d">w</a></p>'
    )
    skeleton = parse(html)
    assert {link.value for link in skeleton.links} == set(targets)
    assert skeleton.render(
        [Shown(skeleton.segments[0].text)], lang="nl", resolve=lambda link: targets[link.value]
    ) == (
        '<p><a href="/nl/a/">x</a> <a href="/en/b/" hreflang="en">y</a> <a >z</a>'
        ' <a href="#d">w</a></p>'
    )


def test_every_address_of_a_srcset_is_resolved() -> None:
    """One by one, with their descriptors; an address may hold commas."""
    skeleton = parse('<img alt="" srcset="a.png 1x, b,c.png 2x,d.png" src="a.png">')
    assert sorted({link.value for link in skeleton.links}) == ["a.png", "b,c.png", "d.png"]

    def resolve(link: Link) -> Target:
        return Target(f"/{link.value}")

    assert skeleton.render([], lang="nl", resolve=resolve) == (
        '<img alt="" srcset="/a.png 1x, /b,c.png 2x, /d.png" src="/a.png">'
    )


def test_addresses_elsewhere_are_left_alone() -> None:
    """Other hosts, other schemes, places on the page."""
    html = '<a href="https://x.example/a">a</a><a href="mailto:x">b</a><a href="#c">c</a>'
    assert not list(parse(html).links)


def test_a_page_in_another_encoding_says_utf_8() -> None:
    """As it is published."""
    html = (
        '<meta charset="iso-8859-1"><meta http-equiv="Content-Type" content="text/html; charset=x">'
    )
    assert rendered(html) == (
        '<meta charset="utf-8"><meta http-equiv="Content-Type" content="text/html; charset=utf-8">'
    )
