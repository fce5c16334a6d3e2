"""A manager's day in a real browser: by keyboard only, without JavaScript, and watching workers."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from pipeline.catalogues import digest_of
from pipeline.extract import extract
from pipeline.project import Project
from review.desk import Desk
from tests.review.chromium import log_in, served
from tests.review.desks import TWO, desk_in, staffed
from tests.review.test_day import watched
from tests.sites import DAY, translate, untranslate
from tests.workers.house import House, house

FIRST = "nl/nl-first/index.html"
ITEM = digest_of((None, "An item"))
LONG = 30_000.0
"""Milliseconds that a build may take on a busy machine."""


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """A desk with people; Dutch is approved, and nothing is built."""
    made = desk_in(tmp_path)
    translate(made.project)
    yield made
    made.database.dispose()


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """A window of its own."""
    own = browser.new_context()
    own.set_default_timeout(LONG)
    yield own
    own.close()


def focus(page: Page, name: str, role: str = "button") -> None:
    """Go on by Tab until something of this name has the focus, as somebody without a mouse does."""
    asked = (
        "() => { const e = document.activeElement; return [e.tagName, e.ariaLabel || e.innerText] }"
    )
    tag = {"button": "BUTTON", "link": "A", "select": "SELECT"}[role]
    for _ in range(150):
        page.keyboard.press("Tab")
        found, text = page.evaluate(asked)
        if found == tag and name in (text or ""):
            return
    raise AssertionError(f"no {role} “{name}” can be reached by keyboard")


def press(page: Page, name: str, role: str = "button") -> None:
    """Go to something by keyboard and use it."""
    focus(page, name, role)
    page.keyboard.press("Enter")


def test_a_managers_day_by_keyboard(desk: Desk, context: BrowserContext) -> None:
    """Look ahead, build, watch, approve a text, build one article, and compare both pages."""
    with served(desk) as address:
        page = context.new_page()
        said = watched(page)
        log_in(page, address, "Bea")
        press(page, "Board", "link")
        page.wait_for_url("**/board")
        expect(page.locator("main")).to_contain_text("goes live with the next build")
        press(page, "Look ahead at articles/first")
        page.wait_for_url("**/runs/1")
        expect(page.locator("#run")).to_contain_text("Would be added", timeout=LONG)
        assert not desk.project.output_dir.exists()
        page.goto(f"{address}/board")
        press(page, "Build and publish")
        page.wait_for_url("**/runs/2")
        expect(page.locator("#run")).to_contain_text("Added", timeout=LONG)  # as it is told
        expect(page.locator("#run")).to_contain_text("/nl/nl-first/")

        page.goto(f"{address}/nl/message/{ITEM}?in=articles/first")
        field = page.locator("#target-0")
        expect(field).to_be_focused()
        page.keyboard.press("Control+A")
        page.keyboard.type("Een ding")
        page.keyboard.press("Control+Enter")
        page.wait_for_url(lambda url: ITEM not in url)
        page.goto(f"{address}/board")
        expect(page.locator("main")).to_contain_text("Since: 1 approved")
        press(page, "Build articles/first")
        page.wait_for_url("**/runs/3")
        expect(page.locator("#run")).to_contain_text("approved by Bea: An item", timeout=LONG)
        press(page, "/nl/nl-first/", "link")
        page.wait_for_url(lambda url: "/runs/3/page?" in url)
        expect(page.locator(".lines del >> text=NL An item")).to_be_visible()
        expect(page.locator(".lines ins >> text=Een ding")).to_be_visible()
        before, after = page.frame_locator("iframe >> nth=0"), page.frame_locator("iframe >> nth=1")
        expect(before.locator("li >> text=NL An item")).to_be_visible()
        expect(after.locator("li >> text=Een ding")).to_be_visible()
        assert said == []

        page.goto(f"{address}/runs")
        press(page, "Estimate…")
        expect(page.locator("[aria-label=Estimate]")).to_contain_text("What drafting would take")
        press(page, "Draft it")
        page.wait_for_url("**/runs/4")
        expect(page.locator("#run")).to_contain_text("wait for a person", timeout=LONG)


def test_a_managers_day_without_javascript(desk: Desk, browser: Browser) -> None:
    """The same by forms and links; a page of a run looks again by itself."""
    context = browser.new_context(java_script_enabled=False)
    context.set_default_timeout(LONG)
    page = context.new_page()
    with served(desk) as address:
        log_in(page, address, "Bea")
        page.click("nav >> text=Board")
        page.click("button:has-text('Build and publish')")
        expect(page.locator("#run")).to_contain_text("Added", timeout=LONG)
        untranslate(desk.project, "articles/first", "An item")
        page.click("main >> text=Board")
        page.click("[aria-label='Look ahead at articles/first']")
        expect(page.locator("#run")).to_contain_text("Would change", timeout=LONG)
        page.click("#run >> text=/nl/nl-first/")
        expect(page.locator(".lines")).to_contain_text("NL An item")
        page.go_back()
        page.click("button:has-text('Build and publish')")
        expect(page.locator("#run")).to_contain_text("Changed", timeout=LONG)
        page.click("button:has-text('Once more')")
        expect(page.locator("#run")).to_contain_text("0 new, 0 changed", timeout=LONG)
        page.click("text=All runs")
        page.select_option("select[name=article] >> nth=0", ["about", "index"])
        page.check("input[value=memory]")
        page.click("button:has-text('Estimate')")
        expect(page.locator("[aria-label=Estimate]")).to_contain_text("Of about, index")
        page.click("button:has-text('Draft it')")
        expect(page.locator("#run")).to_contain_text("drafts", timeout=LONG)
    context.close()


@pytest.fixture
def built(tmp_path: Path) -> Iterator[House]:
    """A site with Redis, and nobody who works there yet."""
    with house(tmp_path, settings=TWO) as one:
        yield one


def staffed_at(project: Project) -> Desk:
    """A desk of a site whose catalogues are translated."""
    extract(project, today=DAY, jobs=1)
    translate(project)
    return staffed(project)


def test_workers_are_watched_live_and_a_dead_broker_is_said(
    built: House, context: BrowserContext
) -> None:
    """In an open page: while Redis is down the work is kept; it is done when that is back."""
    desk = staffed_at(built.project)
    with served(desk) as address:
        page = context.new_page()
        log_in(page, address, "Bea")
        page.goto(f"{address}/runs")
        built.redis.kill()
        page.click("button:has-text('Build and publish')", timeout=2000)
        expect(page.locator("#run")).to_contain_text("Redis does not answer", timeout=2000)
        expect(page.locator("#run")).to_contain_text("It is kept")
        assert not desk.project.output_dir.exists()
        built.redis.start()
        built.worker()
        built.beat()
        expect(page.locator("#run")).to_contain_text("Added", timeout=4 * LONG)
        assert (desk.project.output_dir / FIRST).is_file(), built.log
        page.goto(f"{address}/runs")
        page.click("button:has-text('Build and publish')")
        expect(page.locator("#run")).to_contain_text("0 new, 0 changed", timeout=LONG)
    desk.database.dispose()
