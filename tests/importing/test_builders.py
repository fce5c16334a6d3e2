"""Saved pages of each builder become articles that the pipeline builds, and nothing else does."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.importing import Kind, documents, plan
from tests.importing.builds import FIXTURES, built, empty, in_order, page, said

SAVED = FIXTURES / "saved"
AROUND = (
    "cookie", "top of page", "bottom of page", "Skip to", "Home", "min read", "Wix", "WordPress",
    "Squarespace", "Ghost", "Share this", "Lovely post", "Sign up", "Stay in touch", "Read next",
    "Member discussion", "closed in the first week", "alert(", "wixBiSession",
)  # fmt: skip

PAGES = {
    "wix": (
        "when-sleep-stays-away",
        (
            "When sleep stays away", "Lying awake is", "tiring", ", and it is also lonely.",
            "help a little:", "getting up at the same hour", "daylight before noon",
            "a bed that is for sleeping,", "If the night is long",
            "Get up after about twenty minutes.", "Do something quiet, with little light.",
            "Go back when you are sleepy.", "Nobody sleeps well every night.",
            "One bad night does no lasting harm.", "more than three months?", "talk to us",
            "or to your doctor.",
        ),
        {"lamp": "A lamp with a soft light beside a bed"},
    ),
    "wordpress": (
        "a-walk-as-a-beginning",
        (
            "A walk as a beginning", "Sitting across from each other", "The bench", "halfway",
            "where most people want to stop.", "What to expect", "We walk for forty minutes.",
            "You choose the pace.", "Stopping is fine.", "“I could say it",
            "It is no training", "If it rains we sit inside.", "Walk Minutes", "Short 20",
            "Long 40", "The way along the canal", "what helps at night", "back up",
            "Ask for a walk",
        ),
        {"bench": "An empty bench below a lime tree"},
    ),
    "squarespace": (
        "about",
        (
            "About us", "We are three therapists in one old house.", "How we work",
            "We listen first. We", "never", "promise how it will end", "You write or call.",
            "We meet for a first conversation.", "You decide.", "“There is time.”",
            "— A sentence on our door",
        ),
        {"window": "A window with plants"},
    ),
    "ghost": (
        "telling-your-manager",
        (
            "Telling your manager", "You need not say what is wrong", "A pause is work, too.",
            "Your doctor does not talk to your employer.", "May they ask for a diagnosis?",
            "No. The company doctor may", "Your rights when you are ill",
            "Subject: a conversation", "I would like to talk about my hours.", "CO 2",
            "and noise matter less than a door that closes.",
        ),
        {"path": "A path between two fields", "cup": "A cup on a desk"},
    ),
}  # fmt: skip


@pytest.mark.parametrize("builder", PAGES)
def test_a_saved_page_is_built_with_its_text_in_order_and_once(
    builder: str, tmp_path: Path
) -> None:
    """With its pictures and their texts, and with nothing of menus and cookie bars."""
    slug, texts, pictures = PAGES[builder]
    project = empty(tmp_path)
    built(project, SAVED / f"{builder}.html")
    main = page(project, slug)
    in_order(said(main), texts)
    for around in AROUND:
        assert around not in said(main), around
    found = {image.get("src").split("/")[-1].partition(".")[0]: image for image in main.iter("img")}
    assert {name: image.get("alt") for name, image in found.items()} == pictures
    assert len(list(main.iter("img"))) == len(pictures)
    for name in pictures:
        assert (project.source_dir / f"images/{name}.svg").is_file()
    assert not list(main.iter("script"))


def test_a_folder_of_pages_is_taken_whole_and_its_links_lead_to_files(tmp_path: Path) -> None:
    """To the articles that were imported with them; other links stay as they were."""
    project = empty(tmp_path)
    built(project, SAVED)
    wix = (project.source_dir / "articles/when-sleep-stays-away.md").read_text(encoding="utf-8")
    assert "[talk to us](../about.html)" in wix
    walk = (project.source_dir / "articles/a-walk-as-a-beginning.html").read_text(encoding="utf-8")
    assert '<a href="when-sleep-stays-away.md">what helps at night</a>' in walk
    assert '<a href="#what-to-expect">back up</a>' in walk
    assert '<a href="https://www.lindenhof.example/contact/">' in walk
    links = {
        a.text_content(): a.get("href") for a in page(project, "a-walk-as-a-beginning").iter("a")
    }
    assert links["what helps at night"] == "/en/when-sleep-stays-away/"


def test_a_list_that_wix_broke_apart_is_one_list_again(tmp_path: Path) -> None:
    """Items that were lists of their own, numbered paragraphs, and bullets between breaks."""
    project = empty(tmp_path)
    built(project, SAVED / "wix.html")
    main = page(project, "when-sleep-stays-away")
    lists = [(one.tag, len(one)) for one in main.cssselect(".text > ul, .text > ol")]
    assert lists == [("ul", 3), ("ol", 3), ("ul", 2)]


def test_what_a_page_states_of_itself_is_kept(tmp_path: Path) -> None:
    """Title without the site's name, day, author, tags, slug, picture; nothing is guessed."""
    errors: list[object] = []
    found = {d.path.stem: d for d in documents(sorted(SAVED.glob("*.html")), errors)}  # type: ignore[arg-type]
    assert errors == []
    wix, walk, about, ghost = (found[n] for n in ("wix", "wordpress", "squarespace", "ghost"))
    assert (wix.title, str(wix.date), wix.slug) == (
        "When sleep stays away",
        "2024-03-11",
        "when-sleep-stays-away",
    )
    assert (walk.author, walk.tags) == ("Lindenhof team", ("Walking", "First steps"))
    assert (str(walk.date), str(walk.updated)) == ("2024-05-02", "2024-06-10")
    assert dict(walk.translations) == {
        "nl": "https://www.lindenhof.example/nl/een-wandeling-als-begin/"
    }
    assert (about.title, about.kind, about.date) == ("About us", Kind.PAGE, None)
    assert ghost.tags == ("Work", "Burn-out")
    assert (ghost.updated, ghost.image_alt) == (None, "A path between two fields")


def test_links_that_lead_nowhere_are_told_and_their_text_stays(tmp_path: Path) -> None:
    """A page that does not say where it was published cannot say where its links lead."""
    saved = tmp_path / "x.html"
    saved.write_text(
        "<title>T</title><main><p>One <a href='/gone'>two</a> <a href='y.html#z'>three</a>"
        " <a href='tel:+31201234567'>four</a>.</p></main>",
        encoding="utf-8",
    )
    made = plan(empty(tmp_path / "site"), documents([saved], []), folders=[tmp_path])
    (arrival,) = made.arrivals
    assert "One two three [four](tel:+31201234567)." in arrival.text
    assert arrival.notes == ("of links that lead nowhere only the text was taken: /gone, y.html#z",)


def test_boxes_in_a_text_are_no_side_bars(tmp_path: Path) -> None:
    """A site has one or two of these; a book has many."""
    box = '<div class="sidebar"><p>A word on number {}.</p></div><p>The text goes on {}.</p>'
    for count, stays in ((2, False), (5, True)):
        saved = tmp_path / f"x{count}.html"
        text = "".join(box.format(n, n) for n in range(count))
        saved.write_text(f"<title>T{count}</title><body>{text}</body>", encoding="utf-8")
        (document,) = documents([saved], [])
        assert ("A word on number 1." in document.html) is stays
        assert "The text goes on 1." in document.html


def test_an_article_about_consent_keeps_its_headings(tmp_path: Path) -> None:
    """Names such as “cookie” and “consent” in a page are not all of bars."""
    text = (
        '<html><head><title>Informed consent</title></head><body class="cookies-on"><main>'
        '<h1>Informed consent</h1><h2 id="consent-and-cookies">What consent is</h2>'
        "<p>You may say no at any time, and you need not say why.</p>"
        '<div class="site cookie-ready"><article><p>We ask again before each step.</p></article>'
        "</div></main></body></html>"
    )
    saved = tmp_path / "consent.html"
    saved.write_text(text, encoding="utf-8")
    project = empty(tmp_path / "site")
    built(project, saved)
    main = page(project, "informed-consent")
    wanted = ("What consent is", "You may say no at any time", "We ask again before each step.")
    in_order(said(main), wanted)
