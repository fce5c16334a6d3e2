"""Proofs whose passages are links, for browsers without scripts."""

from __future__ import annotations

from review.proof import linked

ONE, TWO = "a" * 24, "b" * 24


def led(html: str) -> str:
    """A piece of a page, its links led to ``/DIGIT``."""
    return linked(html, lambda digest: f"/{digest[0]}")


def test_words_of_a_passage_are_a_link_and_others_are_none() -> None:
    """What stands outside of a passage is text."""
    html = f'<p>Before <span data-message="{ONE}">Some words</span> after</p>'
    assert led(html) == (
        f'<p>Before <span data-message="{ONE}">'
        '<a class="desk-go" href="/a" target="_top">Some words</a></span> after</p>'
    )


def test_a_link_in_a_passage_leads_to_the_same_place() -> None:
    """No link stands in a link, and nothing leads to where the page's own link did."""
    html = f'<span data-message="{ONE}">See <a href="https://x.example" target=_top>it</a>.</span>'
    assert led(html) == (
        f'<span data-message="{ONE}"><a class="desk-go" href="/a" target="_top">See </a>'
        '<a href="/a" target="_top">it</a><a class="desk-go" href="/a" target="_top">.</a></span>'
    )


def test_a_link_around_a_passage_leads_to_it() -> None:
    """In a menu, say; one around no passage leads nowhere, and an article ends no link."""
    html = (
        f'<a rel="home" href="/x"><b></b><span data-message="{TWO}">Home</span></a></article>'
        '<a href="/y">Own words</a>'
    )
    assert led(html) == (
        f'<a href="/b" target="_top" rel="home"><b></b><span data-message="{TWO}">Home</span></a>'
        "</article><a>Own words</a>"
    )


def test_spans_of_the_page_end_no_passage() -> None:
    """Nor do scripts, comments and titles become anything."""
    html = (
        f'<title>A &lt;</title><!-- <a> --><span data-message="{ONE}"><span class="x">In</span>'
        " it</span> out"
    )
    go = '<a class="desk-go" href="/a" target="_top">'
    assert led(html) == (
        f'<title>A &lt;</title><!-- <a> --><span data-message="{ONE}"><span class="x">{go}In</a>'
        f"</span>{go} it</a></span> out"
    )
