"""Where everything is, and what leads where."""

from __future__ import annotations

import pytest

from pipeline.markup import Link, Target
from pipeline.site.addresses import Addresses
from pipeline.site.strings import Strings
from pipeline.site.version import Version
from pipeline.slug import is_slug, slugify


def version(article: str, locale: str, slug: str = "", *, live: bool = True) -> Version:
    """A version of an article."""
    layout = "home" if article == "index" else "article"
    fields = {"title": article, "slug": slug or article.rpartition("/")[2]}
    return Version(article, locale, layout, live, fields)


FILES = {
    "index.md": "index",
    "a.md": "a",
    "deep/b.html": "deep/b",
    "draft.md": "draft",
    "images/x y.svg": "images/x y.svg",
}


def addresses(*more: Version) -> Addresses:
    """Those of a small site: “b” is live in English only, “draft” nowhere."""
    versions = (
        version("index", "en"),
        version("index", "nl"),
        version("a", "en"),
        version("a", "nl", "een"),
        version("deep/b", "en"),
        version("deep/b", "nl", live=False),
        version("draft", "en", live=False),
        *more,
    )
    return Addresses(versions, FILES, {"en": Strings(), "nl": Strings()}, source_locale="en")


def test_a_page_is_at_its_slug_below_its_language() -> None:
    """Whatever folder its file is in."""
    found = addresses()
    assert found.path("a", "nl") == "/nl/een/"
    assert found.path("deep/b", "en") == "/en/b/"
    assert found.path("index", "nl") == "/nl/"
    assert found.path("deep/b", "nl") is None


@pytest.mark.parametrize(
    ("value", "directory", "target"),
    [
        ("a.md", "", Target("/nl/een/")),
        ("a", "", Target("/nl/een/")),
        ("/a.md", "deep", Target("/nl/een/")),
        ("../a.md#part", "deep", Target("/nl/een/#part")),
        ("./", "", Target("/nl/")),
        ("deep/b.html?x=1", "", Target("/en/b/?x=1", "en")),
        ("draft.md", "", Target(None)),
        ("images/x%20y.svg", "", Target("/images/x%20y.svg")),
        ("nothing.md", "", None),
        ("../../etc/passwd", "deep", None),
        ("?page=2", "", Target("?page=2")),
    ],
)
def test_a_link_stays_in_its_language_where_it_can(
    value: str, directory: str, target: Target | None
) -> None:
    """And else says which language it leads to, or leads nowhere."""
    link = Link("a", "href", value, False)
    assert addresses().resolve(link, directory=directory, locale="nl") == target


@pytest.mark.parametrize("slug", ["../x", "a/b", "", "A", "a b", "a--b", "-a", "a.", "x" * 101])
def test_an_address_that_cannot_be_used_is_a_clash(slug: str) -> None:
    """And its page has none."""
    bad = version("bad", "nl", slug or " ")
    found = addresses(bad)
    assert [clash.version for clash in found.clashes] == [bad]
    assert found.path("bad", "nl") is None


@pytest.mark.parametrize("slug", ["een", "articles", "tags"])
def test_of_two_pages_with_one_address_the_second_has_none(slug: str) -> None:
    """Also when the first is a list."""
    found = addresses(version("second", "nl", slug))
    (clash,) = found.clashes
    assert clash.version.article == "second"
    assert "already" in clash.error.message


def test_a_language_without_a_home_page_is_not_live() -> None:
    """Nothing leads into a house without a door."""
    found = Addresses(
        [version("index", "en"), version("index", "nl", live=False), version("a", "nl")],
        FILES,
        {"en": Strings(), "nl": Strings()},
        source_locale="en",
    )
    assert found.locales == ("en",)
    assert found.path("a", "nl") is None


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("Een tweede taal", "een-tweede-taal"),
        ("’s Nachts wakker", "s-nachts-wakker"),
        ("Crème brûlée", "creme-brulee"),
        ("العربية", "العربية"),
        ("  --  ", ""),
    ],
)
def test_a_name_becomes_a_slug(name: str, slug: str) -> None:
    """In lower case, without accents on Latin letters, in its own script."""
    assert slugify(name) == slug
    assert is_slug(slug) or not slug
