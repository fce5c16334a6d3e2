"""A translator's day in a real browser: by keyboard only, without JavaScript, and two at once."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect
from sqlalchemy import select, update

from pipeline.catalogues import Message, State, digest_of, state_of
from pipeline.extract import extract
from pipeline.memory import Memory, Unit
from review.desk import Desk
from review.message import Place
from review.tables import claim
from tests.review.chromium import log_in
from tests.review.desks import desk_in
from tests.sites import DAY, catalogue, replace, translate

TEXT = "One sentence, and <a1>a link</a1>."
EDITOR = f"/nl/message/{digest_of((None, TEXT))}?in=articles/first&article=articles/first"


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """A desk with people, and nothing translated."""
    made = desk_in(tmp_path)
    yield made
    made.database.dispose()


def watched(page: Page) -> list[str]:
    """What the browser complains of: the policy, scripts, what cannot be loaded."""
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    return said


def message(desk: Desk, text: str = TEXT) -> Message:
    """A message as its file has it."""
    return next(m for m in catalogue(desk.project, "articles/first") if m.id == text)


def test_a_whole_day_by_keyboard(desk: Desk, address: str, context: BrowserContext) -> None:
    """Log in, begin, insert tokens and proposals, see the page follow, approve."""
    Memory(desk.database, "en", "nl").add(
        [Unit("One sentence, and <a1>the link</a1>.", "Eén zin, en <a1>de link</a1>.")]
    )
    page = context.new_page()
    said = watched(page)
    log_in(page, address, "Ruth")
    page.goto(address + EDITOR)
    field = page.locator("#target-0")
    expect(field).to_be_focused()
    page.keyboard.press("Alt+1")  # the memory's proposal
    expect(field).to_have_value("Eén zin, en <a1>de link</a1>.")
    passage = page.frame_locator("#proof").locator(".desk-here")
    expect(passage).to_contain_text("Eén zin, en de link.")
    assert passage.locator("a").count() == 1  # the real page, with its real link
    page.keyboard.press("Control+A")
    page.keyboard.type("Eén ")
    page.keyboard.press("Alt+Shift+1")  # the link, around where one types
    page.keyboard.type("link")
    expect(field).to_have_value("Eén <a1>link</a1>")
    expect(page.locator("#checks")).to_contain_text("as far as a machine can tell")
    page.keyboard.press("Control+A")
    page.keyboard.type("Kaal")
    expect(page.locator("#checks")).to_contain_text("the page cannot show this")
    page.keyboard.press("Alt+C")
    expect(field).to_have_value(TEXT)
    page.keyboard.press("Control+A")
    page.keyboard.type("Eén zin, en ")
    page.keyboard.press("Alt+Shift+1")
    page.keyboard.type("een link")
    chips = page.locator(".mirror .token b")
    expect(chips).to_have_text(["a1", "/a1"])
    page.keyboard.press("Delete")  # the chip after the caret, as one character
    expect(chips).to_have_text(["a1"])
    expect(page.locator("#checks")).to_contain_text("a1 is not closed")
    page.keyboard.press("Control+Z")
    expect(chips).to_have_text(["a1", "/a1"])
    page.keyboard.press("End")
    page.keyboard.type(".")
    page.keyboard.press("Control+Enter")  # approve and next
    page.wait_for_url(lambda url: digest_of((None, TEXT)) not in url)
    assert (message(desk).text, state_of(message(desk))) == (
        "Eén zin, en <a1>een link</a1>.",
        State.APPROVED,
    )
    assert said == []


def test_going_about_by_keyboard(desk: Desk, address: str, context: BrowserContext) -> None:
    """Skip, go back, look at the keys, search, reject."""
    translate(desk.project, approved=False)
    page = context.new_page()
    said = watched(page)
    log_in(page, address, "Ruth")
    page.goto(address + EDITOR)
    expect(page.locator("#target-0")).to_be_focused()
    here = page.url
    page.keyboard.press("Alt+N")
    page.wait_for_url(lambda url: url != here)
    page.keyboard.press("Alt+P")
    page.wait_for_url(lambda url: digest_of((None, TEXT)) in url)
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    expect(page.locator("#keys")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#keys")).to_be_hidden()
    page.keyboard.press("Alt+F")
    page.keyboard.type("One sentence")
    page.keyboard.press("Enter")
    page.wait_for_url("**/nl/queue?state=all&text=One+sentence")
    expect(page.locator("ol.messages .source .chip")).to_have_text(["a1", "/a1"])
    page.goto(address + EDITOR.partition("&")[0])
    page.keyboard.press("Alt+R")
    page.keyboard.type("Toch niet.")
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: digest_of((None, TEXT)) not in url)
    assert state_of(message(desk)) is State.REJECTED
    assert said == []


def test_a_passage_of_the_page_opens_its_text(address: str, context: BrowserContext) -> None:
    """A click leads to the text, and links on the page lead nowhere."""
    page = context.new_page()
    said = watched(page)
    log_in(page, address, "Tess")
    page.goto(address + EDITOR)
    page.frame_locator("#proof").locator("h2 [data-message]").click()
    page.wait_for_url(f"**/nl/message/{digest_of((None, 'A heading'))}?*")
    page.frame_locator("#proof").locator("nav a").first.click()
    assert digest_of((None, "A heading")) in page.url
    assert said == []


def test_a_closed_laptop_loses_nothing(desk: Desk, address: str, context: BrowserContext) -> None:
    """What was typed a moment before comes back, in this browser and another one."""
    page = context.new_page()
    log_in(page, address, "Tess")
    page.goto(address + EDITOR)
    expect(page.locator("#target-0")).to_be_focused()
    page.keyboard.type("Halverwege")
    page.close()
    again = context.new_page()
    again.goto(address + EDITOR)
    expect(again.locator("#target-0")).to_have_value("Halverwege")
    expect(again.locator("main")).to_contain_text("did not save it")


def test_a_stale_text_is_still_right_until_one_changes_it(
    desk: Desk, address: str, context: BrowserContext
) -> None:
    """The difference of the source is shown with chips, and one key says that it holds."""
    translate(desk.project)
    source = desk.project.source_dir / "articles/first.md"
    replace(source, "One sentence, and [", "One short sentence, and [")
    extract(desk.project, today=DAY, jobs=1)
    text = TEXT.replace("One sentence", "One short sentence")
    page = context.new_page()
    log_in(page, address, "Ruth")
    page.goto(f"{address}/nl/next?state=stale")
    expect(page.locator(".source-box ins")).to_have_text("short ")
    expect(page.locator(".source-box .chip")).to_have_text(["a1", "/a1"] * 2)
    decision = page.locator("#editor .first")
    expect(decision).to_have_text("Still right")
    expect(page.locator("#target-0")).to_be_focused()
    page.keyboard.type("x")
    expect(decision).to_have_text("Approve")
    page.keyboard.press("Backspace")
    expect(decision).to_have_text("Still right")
    page.keyboard.press("Control+Enter")
    page.wait_for_url("**/nl/queue?*")
    assert (message(desk, text).text, state_of(message(desk, text))) == (
        f"NL {TEXT}",
        State.APPROVED,
    )


def test_typing_keeps_a_claim(desk: Desk, address: str, context: BrowserContext) -> None:
    """It would have run out; what is typed renews it."""
    place = Place("nl", "articles/first", digest_of((None, TEXT)))
    page = context.new_page()
    log_in(page, address, "Tess")
    page.goto(address + EDITOR)
    ends = select(claim.c.until).where(claim.c.digest == place.digest)
    with desk.database.begin() as connection:
        connection.execute(update(claim).values(until=time.time() + 1))
    expect(page.locator("#target-0")).to_be_focused()
    with page.expect_response("**/keep?*"):
        page.keyboard.type("Nog bezig")
    with desk.database.connect() as connection:
        assert connection.execute(ends).scalar_one() > time.time() + 200


def test_two_on_one_text_lose_nothing(desk: Desk, address: str, browser: Browser) -> None:
    """Each sees the other; the later one sees both texts, and makes one of them."""
    one, other = browser.new_context(), browser.new_context()
    tess, ruth = one.new_page(), other.new_page()
    log_in(tess, address, "Tess")
    log_in(ruth, address, "Ruth")
    tess.goto(address + EDITOR)
    ruth.goto(address + EDITOR)
    expect(ruth.locator("main")).to_contain_text("Tess has this open")
    for each in (tess, ruth):
        expect(each.locator("#target-0")).to_be_focused()
    tess.keyboard.type("Van Tess <a1>link</a1>")
    ruth.keyboard.type("Van Ruth <a1>link</a1>")
    ruth.keyboard.press("Control+Enter")
    ruth.wait_for_url("**/nl/message/*")
    tess.keyboard.press("Control+Enter")
    expect(tess.locator("[role=alert]")).to_contain_text("Nothing of yours is lost")
    expect(tess.locator("#target-0")).to_have_value("Van Tess <a1>link</a1>")
    assert message(desk).text == "Van Ruth <a1>link</a1>"
    expect(tess.locator("[role=alert] del")).to_have_text("Tess ")
    expect(tess.locator("[role=alert] .chip")).to_have_text(["a1", "/a1"] * 2)
    tess.keyboard.press("Control+A")
    tess.keyboard.type("Van ons ")
    tess.keyboard.press("Alt+Shift+1")
    tess.keyboard.type("beiden")
    tess.keyboard.press("Control+Enter")
    tess.wait_for_url(lambda url: digest_of((None, TEXT)) not in url)
    assert message(desk).text == "Van ons <a1>beiden</a1>"
    one.close()
    other.close()


def test_every_decision_works_without_javascript(
    desk: Desk, address: str, browser: Browser
) -> None:
    """Log in, filter, insert, save, reject, approve, comment: forms and links are all it takes."""
    Memory(desk.database, "en", "nl").add(
        [Unit("One sentence, and <a1>the link</a1>.", "Eén zin, en <a1>de link</a1>.")]
    )
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    log_in(page, address, "Ruth")
    page.click("text=Nederlands >> nth=0")
    page.fill("#text", "One sentence")
    page.click("button:has-text('Show')")
    page.click("ol.messages a")
    field = page.locator("#target-0")
    page.click("button[name=source]")
    expect(field).to_have_value(TEXT)
    page.click("button[name=put]")
    expect(field).to_have_value("Eén zin, en <a1>de link</a1>.")
    field.fill("Eén link:")
    page.click("button[name=token]")
    expect(field).to_have_value("Eén link: <a1></a1>")
    field.fill("Eén <a1>link</a1>")
    page.click("button:has-text('Save only')")
    assert (message(desk).text, state_of(message(desk))) == ("Eén <a1>link</a1>", State.TRANSLATED)
    page.goto(address + EDITOR)
    page.frame_locator("iframe:not(.scripted)").locator("h2 a").click()
    page.wait_for_url(f"**/nl/message/{digest_of((None, 'A heading'))}?*")
    page.goto(address + EDITOR)
    page.click("summary:has-text('Reject')")
    page.fill("#reason", "Nee.")
    page.click("button[value=reject]")
    assert state_of(message(desk)) is State.REJECTED
    page.goto(address + EDITOR)
    page.click("summary:has-text('Comments')")
    page.fill("#comment", "Zo beter?")
    page.click("button:has-text('Say it')")
    expect(page.locator(".said")).to_have_text("Zo beter?")
    page.click("button[value=approve]")
    assert state_of(message(desk)) is State.APPROVED
    context.close()
