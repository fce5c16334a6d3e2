"""Every page of the desk passes axe, in light and dark, and fits phones and large letters."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

import pytest
from playwright.sync_api import Browser

from pipeline.catalogues import digest_of
from review import people, subscriptions, work
from review.desk import Desk
from review.message import Place
from review.runs import Kind
from tests.review.chromium import log_in, served
from tests.review.desks import TWO, desk_in, person
from tests.sites import catalogue, translate, untranslate
from tests.tools import missing

HERE = Path(__file__).parents[1]
AXE = Path(os.environ.get("AXE") or HERE / "judges/node_modules/axe-core/axe.min.js")
TEXT = "One sentence, and <a1>a link</a1>."
EDITOR = f"/nl/message/{digest_of((None, TEXT))}?in=articles/first"
PAGE = "nl/nl-first/index.html"
PAGES = (
    "/",
    EDITOR,
    "/nl/queue?state=all",
    "/nl/next?state=approved",
    "/nl/files",
    "/de/next",
    "/board",
    "/board?only=live&sort=news",
    "/runs",
    "/runs/2",
    f"/runs/2/page?file={PAGE}",
    "/runs/3",
    f"/runs/3/page?file={PAGE}",
    "/activity",
    "/people",
    "/trail",
    "/account",
    "/unsubscribe/{word}",
    "/tokens",
    "/api/v1/docs",
)
LETTERS = """
[review]
url = "http://127.0.0.1:8001"

[review.mail]
host = "localhost"
sender = "desk@example.org"

[review.oidc]
issuer = "https://id.example.org"
client_id = "desk"
"""
"""What shows all that there is on the pages of one's account and of coming in."""

RUN = "axe.run(document, {resultTypes: ['violations'], iframes: false})"


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A desk with work in it."""
    made = desk_in(tmp_path_factory.mktemp("desk"), settings=f"{TWO}{LETTERS}")
    translate(made.project)
    bea, message = person(made, "Bea"), catalogue(made.project, "articles/first").messages[0]
    roles, address = bea.roles or {}, "bea@example.org"
    people.change(made.database, bea.id, roles, active=True, by=bea, address=address)
    here = Place("nl", "articles/first", digest_of(message.key))
    work.say(made, here, person(made, "Ruth"), "@Tess, is this right?")
    for text, kind in (("", Kind.BUILD), ("An item", Kind.BUILD), ("Another item", Kind.FORECAST)):
        if text:
            untranslate(made.project, "articles/first", text)
        number = made.runs.start(kind, bea)
        while (run := made.runs.get(number)) and run.is_open:
            time.sleep(0.1)
    yield made
    made.database.dispose()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_page_has_a_violation(
    desk: Desk, browser: Browser, scheme: Literal["light", "dark"]
) -> None:
    """The log-in, too."""
    if not AXE.is_file():
        missing("axe", "npm's axe-core, or name its axe.min.js in AXE")
    script = AXE.read_text(encoding="utf-8")
    context = browser.new_context(color_scheme=scheme, bypass_csp=True)  # to bring axe in
    page = context.new_page()
    found: list[Any] = []

    def judge(path: str) -> None:
        page.evaluate(script)
        violations = page.evaluate(RUN)["violations"]
        found.extend(
            (path, one["id"], [node["target"] for node in one["nodes"]]) for one in violations
        )

    with served(desk) as address:
        page.goto(f"{address}/login")
        judge("/login")
        log_in(page, address, "Bea")
        word = subscriptions.word_for(desk.database, person(desk, "Bea").id)
        for path in PAGES:
            page.goto(address + path.format(word=word))
            judge(path)
    context.close()
    assert found == []


@pytest.mark.parametrize(
    ("width", "why"), [(320, "a small phone"), (640, "letters twice as large")]
)
def test_no_page_scrolls_sideways(desk: Desk, browser: Browser, width: int, why: str) -> None:
    """WCAG 2.2, 1.4.10; twice the letters on 1280 points are half as many points."""
    context = browser.new_context(viewport={"width": width, "height": 600})
    page = context.new_page()
    wide = {}
    with served(desk) as address:
        log_in(page, address, "Bea")
        for path in PAGES:
            page.goto(address + path)
            needs = page.evaluate("document.documentElement.scrollWidth")
            if needs > width:
                wide[path] = needs
    context.close()
    assert wide == {}, why


def test_forced_colours_keep_chips_and_states(desk: Desk, browser: Browser) -> None:
    """With a palette of the reader's own, a chip still has its edge and its name is seen once."""
    context = browser.new_context(forced_colors="active")
    page = context.new_page()
    with served(desk) as address:
        log_in(page, address, "Bea")
        page.goto(address + EDITOR)
        page.wait_for_selector(".mirror .token")
        style = page.evaluate(
            """() => {
              const ink = (one, pseudo) => getComputedStyle(document.querySelector(one), pseudo);
              const edge = ink(".mirror .token", "::before");
              return {
                edge: edge.borderTopColor !== edge.backgroundColor,
                name: ink(".mirror .token b").color !== edge.backgroundColor,
                words: ink(".mirror").color,
              };
            }"""
        )
    context.close()
    assert style == {"edge": True, "name": True, "words": "rgba(0, 0, 0, 0)"}
