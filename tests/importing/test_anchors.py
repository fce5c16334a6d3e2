"""Links that lead to a place in a page lead to the same place in the article."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import unquote

from pipeline.importing import Arrival, documents, plan
from tests.importing.builds import built, empty, page

HEAD = '<title>{}</title><link rel="canonical" href="https://old.example/{}">'
RIGHTS = f"""\
{HEAD.format("Rights", "rights")}
<main id="content"><h1 id="rights-top">Rights</h1>
<p>You have more rights than you think, and nobody needs to know why you use them.</p>
<h2 id="comp-k7a1">If you are ill</h2><p>You need not say what is wrong with you.</p>
<div id="costs"><a name="money"></a><h2>What it costs</h2></div><p>Nothing, in most cases.</p>
<h2>If you are ill</h2><p>And what your family may ask.</p>
<p>Go <a href="#comp-k7a1">back to illness</a>, <a href="https://old.example/rights#money">to
costs</a>, <a href="#top">up</a> or <a href="#never">away</a>.</p></main>
"""
NOTES = f"""\
{HEAD.format("Notes", "notes")}
<main><h1>Notes</h1><p>A claim that somebody may doubt.<sup><a id="ref1" href="#note1">1</a></sup>
Another one.<sup><a id="ref2" href="#note2">2</a></sup></p>
<h5 id="café">Small print</h5><ol><li id="note1">A source. <a href="#ref1">↩</a></li>
<li id="note2">Its sequel. <a href="#ref2">↩</a></li></ol></main>
"""
LINKS = f"""\
{HEAD.format("Links", "links")}
<main><h1>Links</h1><p>All that we have written of this, and where in it the answers stand:</p>
<ul><li><a href="https://old.example/rights/#comp-k7a1">illness</a></li>
<li><a href="rights.html#costs">costs</a></li>
<li><a href="rights.html#rights-top">title</a></li>
<li><a href="/rights#gone">gone</a></li>
<li><a href="/rights#top">top</a></li>
<li><a href="/notes#note2:~:text=sequel">a note</a></li>
<li><a href="/notes#caf%C3%A9">small print</a></li>
<li><a href="https://other.example/x#y">elsewhere</a></li></ul></main>
"""


def planned(folder: Path) -> tuple[list[Path], dict[str, Arrival]]:
    """The saved pages, and what is planned of them by name."""
    paths = []
    for name, text in (("rights", RIGHTS), ("notes", NOTES), ("links", LINKS)):
        paths.append(folder / f"{name}.html")
        paths[-1].write_text(text, encoding="utf-8")
    errors: list[object] = []
    found = documents(paths, errors)  # type: ignore[arg-type]
    made = plan(empty(folder / "plan"), found, folders=[folder])
    assert (errors, made.errors) == ([], ())
    return paths, {one.title: one for one in made.arrivals}


def test_places_are_kept_where_they_are_and_mapped_where_their_names_change(
    tmp_path: Path,
) -> None:
    """Markdown names headings by their texts; other blocks keep the names that links lead to."""
    _, made = planned(tmp_path)
    links = made["Links"].text
    assert made["Rights"].name == "rights.md"
    assert "[illness](rights.md#if-you-are-ill)" in links
    assert "[costs](rights.md#what-it-costs)" in links
    assert "[a note](notes.html#note2)" in links
    assert "[small print](notes.html#caf%C3%A9)" in links
    assert "[elsewhere](https://other.example/x#y)" in links
    rights = made["Rights"].text
    assert "[back to illness](#if-you-are-ill), [to costs](#what-it-costs)" in rights


def test_two_names_of_one_place_lead_to_it(tmp_path: Path) -> None:
    """A block has one name; footnotes in one paragraph lead back to it."""
    _, made = planned(tmp_path)
    text = made["Notes"].text
    assert '<p id="ref1">A claim' in text
    assert text.count('href="#ref1"') == 2
    assert '<li id="note2">Its sequel.' in text
    assert 'id="content"' not in made["Rights"].text


def test_a_place_that_is_not_there_is_told(tmp_path: Path) -> None:
    """The link leads to the article; within one article its text stays."""
    _, made = planned(tmp_path)
    links = made["Links"]
    for link in ("[title](rights.md)", "[gone](rights.md)", "[top](rights.md)"):
        assert link in links.text
    (note,) = links.notes
    assert "no longer to a place in it" in note
    assert note.endswith(": /rights#gone")
    assert ", up or away." in made["Rights"].text.replace("\n", " ")
    assert made["Rights"].notes == ("of links that lead nowhere only the text was taken: #never",)


def test_every_such_link_leads_to_something_on_the_built_site(tmp_path: Path) -> None:
    """In the published pages, each fragment is the name of an element."""
    paths, _ = planned(tmp_path)
    project = empty(tmp_path / "site")
    built(project, *paths)
    pages = {slug: page(project, slug) for slug in ("rights", "notes", "links")}
    count = 0
    for slug, main in pages.items():
        for link in main.iter("a"):
            path, _, fragment = link.get("href").partition("#")
            if not fragment or "other.example" in path:
                continue
            there = pages[path.strip("/").rpartition("/")[2] if path else slug]
            assert there.xpath("//*[@id=$id]", id=unquote(fragment)), link.get("href")
            count += 1
    assert count >= 8
