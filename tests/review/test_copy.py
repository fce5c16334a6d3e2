"""What is typed is never lost: sessions that end, networks that go, somebody who was faster."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from pipeline.catalogues import State, digest_of, state_of
from pipeline.catalogues.message import Message
from review import work
from review.desk import Desk
from review.message import Place
from tests.review.chromium import log_in, served
from tests.review.desks import PASSWORD, TWO, desk_in, person
from tests.review.desks import browser as client
from tests.sites import catalogue, translate

TEXT = "An item"
PLACE = Place("nl", "articles/first", digest_of((None, TEXT)))
EDITOR = f"/nl/message/{PLACE.digest}?in=articles%2Ffirst"
COPIES = "() => Object.keys(localStorage).filter((name) => name.startsWith('desk:'))"
LONG = 30
"""Tenths of a second in which a copy has to go."""


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """A desk with people, and everything translated."""
    made = desk_in(tmp_path)
    translate(made.project, approved=False)
    yield made
    made.database.dispose()


def opened(context: BrowserContext, address: str, name: str = "Tess") -> Page:
    """Somebody at the text."""
    page = context.new_page()
    log_in(page, address, name)
    page.goto(address + EDITOR)
    expect(page.locator("#target-0")).to_be_focused()
    return page


def message(desk: Desk) -> Message:
    """The text as its file has it."""
    return next(m for m in catalogue(desk.project, PLACE.domain) if m.id == TEXT)


def assert_no_copies(page: Page) -> None:
    """The browser has given all it had to the desk, after a moment at most."""
    for _ in range(LONG):
        if not page.evaluate(COPIES):
            return
        page.wait_for_timeout(100)
    raise AssertionError(page.evaluate(COPIES))


def test_a_session_that_ends_while_one_types_loses_nothing(
    address: str, context: BrowserContext
) -> None:
    """One is told at once, can save and be refused, and finds the text again after the log-in."""
    page = opened(context, address)
    context.clear_cookies()
    page.keyboard.press("Control+A")
    page.keyboard.type("Getypt na afloop")
    expect(page.locator("[data-unkept=out]")).to_be_visible()
    expect(page.locator("[data-unkept=away]")).to_be_hidden()
    expect(page.locator("header")).to_have_count(1)  # no page in the page
    page.keyboard.press("Control+Enter")
    expect(page.locator("h1")).to_have_text("Log in first")
    expect(page.locator("textarea")).to_have_value("Getypt na afloop")
    page.click("main a:has-text('Log in')")
    page.fill("#name", "Tess")
    page.fill("#password", PASSWORD)
    page.keyboard.press("Enter")
    expect(page.locator("#target-0")).to_have_value("Getypt na afloop")
    assert_no_copies(page)  # the desk has it now


def test_what_was_typed_offline_meets_what_somebody_saved_meanwhile(
    desk: Desk, address: str, browser: Browser, context: BrowserContext
) -> None:
    """Both texts are shown; taking theirs is for good, and so is what one makes of both."""
    page = opened(context, address)
    context.set_offline(True)
    page.keyboard.press("Control+A")
    page.keyboard.type("Van de trein")
    expect(page.locator("[data-unkept=away]")).to_be_visible()
    other = browser.new_context()
    ruth = opened(other, address, "Ruth")
    ruth.keyboard.press("Control+A")
    ruth.keyboard.type("Van Ruth")
    ruth.keyboard.press("Alt+S")
    ruth.wait_for_url(lambda url: PLACE.digest not in url)
    context.set_offline(False)
    page.goto(address + EDITOR)
    expect(page.locator("[role=alert]")).to_contain_text("Nothing of yours is lost")
    expect(page.locator("[role=alert]")).to_contain_text("Van Ruth")
    expect(page.locator("#target-0")).to_have_value("Van de trein")
    page.reload()  # looking does not settle it
    expect(page.locator("[role=alert]")).to_contain_text("Nothing of yours is lost")
    page.click("button:has-text('Take theirs')")
    expect(page.locator("#target-0")).to_have_value("Van Ruth")
    page.goto(address + EDITOR)
    expect(page.locator("#target-0")).to_have_value("Van Ruth")
    assert message(desk).text == "Van Ruth"
    other.close()


def test_what_was_typed_offline_comes_back(address: str, context: BrowserContext) -> None:
    """Also where the desk has an older text of the same hour."""
    page = opened(context, address)
    page.keyboard.press("Control+A")
    with page.expect_response("**/keep?*"):
        page.keyboard.type("Half")
    context.set_offline(True)
    page.keyboard.type(" af")
    expect(page.locator("[data-unkept=away]")).to_be_visible()
    page.close(run_before_unload=False)
    context.set_offline(False)
    again = context.new_page()
    again.goto(address + EDITOR)
    expect(again.locator("#target-0")).to_have_value("Half af")


def test_what_one_forgets_stays_forgotten(address: str, context: BrowserContext) -> None:
    """Leaving the page does not bring it back."""
    page = opened(context, address)
    with page.expect_response("**/keep?*"):
        page.keyboard.type("Toch niet")
    page.goto(address + EDITOR)
    page.keyboard.type(" zo")
    page.click("button:has-text('Forget it')")
    for _ in range(2):
        expect(page.locator("#target-0")).to_have_value(f"NL {TEXT}")
        page.wait_for_load_state("networkidle")
        page.goto(address + EDITOR)


def test_a_decision_that_was_made_leaves_no_copy(
    desk: Desk, address: str, context: BrowserContext
) -> None:
    """However fast one is; and what others make of the text later is no conflict."""
    page = opened(context, address)
    page.keyboard.press("Control+A")
    page.keyboard.type("Snel")
    page.keyboard.press("Control+Enter")
    page.wait_for_url(lambda url: PLACE.digest not in url)
    assert_no_copies(page)
    assert message(desk).text == "Snel"


def test_two_people_at_one_computer_see_their_own(address: str, context: BrowserContext) -> None:
    """The copy is of a person, and of a text in an article."""
    page = opened(context, address)
    context.set_offline(True)
    page.keyboard.type("Van Tess: ")
    expect(page.locator("[data-unkept=away]")).to_be_visible()
    page.evaluate("() => (touched = false)")  # nothing goes out when the page is left
    context.set_offline(False)
    context.clear_cookies()
    log_in(page, address, "Ruth")
    page.goto(address + EDITOR)
    expect(page.locator("#target-0")).to_have_value(f"NL {TEXT}")


def test_a_reason_is_sent_by_key(desk: Desk, address: str, context: BrowserContext) -> None:
    """Ctrl+Enter in a form does what its button does."""
    page = opened(context, address, "Ruth")
    page.keyboard.press("Alt+R")
    page.keyboard.type("Zo niet")
    page.keyboard.press("Control+Enter")
    page.wait_for_url(lambda url: PLACE.digest not in url)
    assert state_of(message(desk)) is State.REJECTED


def test_a_refused_request_shows_what_was_typed(desk: Desk) -> None:
    """Without scripts, the page that says why has all of it; parts of pages get a part."""
    form = {"strings": ["Getypt"], "version": "x", "action": "save"}
    with client(desk) as nobody:
        headers = {"Referer": f"http://127.0.0.1:8001{EDITOR}"}
        answer = nobody.post(EDITOR, data=form, headers=headers)
        assert (answer.status_code, "Getypt</textarea>" in answer.text) == (401, True)
        assert f"/login?next=%2Fnl%2Fmessage%2F{PLACE.digest}%3Fin%3D" in answer.text
        elsewhere = {"Referer": "http://evil.example/nl/queue"}
        assert '"/login?next=%2F"' in nobody.post(EDITOR, data=form, headers=elsewhere).text
        part = nobody.post(
            EDITOR.replace("?", "/checks?"), data=form, headers={"HX-Request": "true"}
        )
        assert (part.status_code, "<header" in part.text, "Log in" in part.text) == (
            401,
            False,
            True,
        )
    with client(desk, "Tess") as tess:
        path = desk.project.catalogue_path("nl", PLACE.domain)
        path.write_text(path.read_text() + '\nmsgid "broken\n')
        answer = tess.post(EDITOR, data=form)
        assert (answer.status_code, "Getypt</textarea>" in answer.text) == (500, True)


def test_what_was_saved_already_need_not_be_kept(desk: Desk) -> None:
    """A browser brings back an old copy: what is in the history is not lost."""
    keep, me = EDITOR.replace("?", "/keep?"), person(desk, "Tess")
    with client(desk, "Tess") as tess:
        save = {"strings": ["Eerst"], "version": version_of(tess.get(EDITOR).text)}
        assert tess.post(EDITOR, data={**save, "action": "save"}).status_code == 303
        now = version_of(tess.get(EDITOR).text)
        then = {"strings": ["Later"], "version": now, "action": "save"}
        assert tess.post(EDITOR, data=then).status_code == 303
        assert tess.post(keep, data=save).status_code == 205
        assert work.kept_of(desk, PLACE, me) is None
        long = "lang " * 10_000
        assert tess.post(keep, data={"strings": [long], "version": now}).status_code == 204
    kept = work.kept_of(desk, PLACE, me)
    assert kept is not None and kept.strings == (long,)


def version_of(page: str) -> str:
    """The version that a form is about."""
    return page.partition('name="version" value="')[2].partition('"')[0]


def test_with_four_eyes_the_key_saves_what_one_changed(browser: Browser, tmp_path: Path) -> None:
    """It approves what somebody else wrote, until one changes that."""
    strict = TWO.replace("[locales.nl]\n", "[locales.nl]\nfour_eyes = true\n")
    desk = desk_in(tmp_path, settings=strict)
    translate(desk.project, approved=False)
    own = browser.new_context()
    with served(desk) as address:
        page = opened(own, address, "Ruth")
        decision = page.locator("#editor .first")
        expect(decision).to_have_text("Approve")
        page.keyboard.press("Control+A")
        page.keyboard.type("Van Ruth")
        expect(decision).to_have_text("Save")
        page.keyboard.press("Control+Enter")
        page.wait_for_url(lambda url: PLACE.digest not in url)
        assert (message(desk).text, state_of(message(desk))) == ("Van Ruth", State.TRANSLATED)
        own.close()
    desk.database.dispose()
