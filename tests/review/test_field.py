"""The field for translations in a real browser: a token is a chip, and for keys one character."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from pipeline.catalogues import digest_of
from review.desk import Desk
from tests.review.chromium import log_in, served
from tests.review.desks import TWO, desk_in

TEXT = "One sentence, and <a1>a link</a1>."
EDITOR = f"message/{digest_of((None, TEXT))}?in=articles/first"
SETTINGS = TWO.replace("[locales.de]", "[locales.ar]")
OPENING = "<a1>"


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A desk with nothing translated, in a language from left to right and one from right."""
    made = desk_in(tmp_path_factory.mktemp("desk"), settings=SETTINGS)
    yield made
    made.database.dispose()


@pytest.fixture(scope="module")
def address(desk: Desk) -> Iterator[str]:
    """Where it is served."""
    with served(desk) as where:
        yield where


@pytest.fixture(scope="module")
def context(browser: Browser, address: str) -> Iterator[BrowserContext]:
    """A window in which a manager is logged in, who may look into the clipboard."""
    own = browser.new_context()
    own.grant_permissions(["clipboard-read", "clipboard-write"], origin=address)
    log_in(own.new_page(), address, "Bea")
    yield own
    own.close()


@pytest.fixture
def page(context: BrowserContext, address: str) -> Iterator[Page]:
    """The editor, empty, with the caret in the field."""
    own = context.new_page()
    yield opened(own, address, "nl")
    own.close()


def opened(page: Page, address: str, locale: str) -> Page:
    """The editor of a language with nothing typed in it."""
    page.goto(f"{address}/{locale}/{EDITOR}")
    page.wait_for_selector(".mirror", state="attached")
    page.locator("#target-0").fill("")
    expect(page.locator("#target-0")).to_be_focused()
    return page


def fill(page: Page, text: str, caret: int) -> Locator:
    """Put a text into the field as pasting does, and the caret somewhere in it."""
    field = page.locator("#target-0")
    field.evaluate(
        "(area, text) => (area.select(), document.execCommand('insertText', 0, text))", text
    )
    field.evaluate("(area, at) => area.setSelectionRange(at, at)", caret)
    settled(page)
    return field


def settled(page: Page) -> None:
    """Wait until the browser has told of a new selection."""
    page.evaluate("() => new Promise((go) => requestAnimationFrame(() => setTimeout(go, 20)))")


def press(page: Page, *keys: str) -> None:
    """Press keys one by one, as slowly as a quick person does."""
    for key in keys:
        page.keyboard.press(key)
        settled(page)


def selection(field: Locator) -> tuple[int, int]:
    """What is selected."""
    start, end = field.evaluate("(area) => [area.selectionStart, area.selectionEnd]")
    return start, end


def test_tokens_are_painted_as_chips_where_they_stand(page: Page) -> None:
    """Each lies over its own characters, also in a text of many lines and after scrolling."""
    fill(page, "Een heel lange zin die om moet lopen. " * 9 + "<a1>een link</a1>.", 0)
    chips = page.locator(".mirror .token")
    assert chips.all_inner_texts() == ["<a1>", "</a1>"]
    assert page.locator(".mirror .token b").all_inner_texts() == ["a1", "/a1"]
    same = page.evaluate(
        """() => {
          const area = document.querySelector("#target-0");
          const mirror = document.querySelector(".mirror");
          const wanted = ["fontSize", "fontFamily", "lineHeight", "paddingLeft", "letterSpacing"];
          const [a, b] = [getComputedStyle(area), getComputedStyle(mirror)];
          return wanted.every((name) => a[name] === b[name])
            && area.scrollHeight <= area.clientHeight
            && area.clientWidth === mirror.clientWidth
            && area.offsetHeight === mirror.offsetHeight;
        }"""
    )
    assert same is True


def test_arrows_step_over_a_token_as_over_a_letter(page: Page) -> None:
    """In both directions, and with Shift."""
    field = fill(page, "a<a1>b</a1>c", 0)
    places = []
    for _ in range(5):
        press(page, "ArrowRight")
        places.append(selection(field)[0])
    assert places == [1, 5, 6, 11, 12]
    for _ in range(5):
        press(page, "ArrowLeft")
        places.append(selection(field)[0])
    assert places[5:] == [11, 6, 5, 1, 0]
    press(page, "Shift+ArrowRight", "Shift+ArrowRight")
    assert selection(field) == (0, 5)
    expect(page.locator(".token.is-chosen")).to_have_count(1)
    press(page, "Shift+ArrowLeft")
    assert selection(field) == (0, 1)
    expect(page.locator(".token.is-chosen")).to_have_count(0)


@pytest.mark.parametrize(
    ("caret", "key", "left"),
    [
        (5, "Backspace", "ab</a1>c"),
        (1, "Delete", "ab</a1>c"),
        (11, "Control+Backspace", "a<a1>bc"),
        (6, "Control+Delete", "a<a1>bc"),
        (6, "Backspace", "a<a1></a1>c"),
        (12, "Shift+Home", "a<a1>b</a1>c"),
    ],
)
def test_a_token_is_deleted_whole_and_comes_back_whole(
    page: Page, caret: int, key: str, left: str
) -> None:
    """One key takes it away, one undo brings it back, one redo takes it away again."""
    text = "a<a1>b</a1>c"
    field = fill(page, text, caret)
    press(page, key)
    expect(field).to_have_value(left)
    if left != text:
        press(page, "Control+Z")
        expect(field).to_have_value(text)
        press(page, "Control+Shift+Z")
        expect(field).to_have_value(left)


@pytest.mark.parametrize("key", ["Control+Backspace", "Control+Delete"])
def test_deleting_a_word_never_leaves_half_a_token(page: Page, key: str) -> None:
    """Wherever the caret is, what is left are letters and whole tokens."""
    text = "Een <a1>link</a1>. Nog een <br2/>-punt"
    for caret in range(len(text)):
        field = fill(page, text, caret)
        press(page, key)
        left = field.input_value()
        for token in ("<a1>", "</a1>", "<br2/>"):
            left = left.replace(token, "")
        assert not set("<>/1") & set(left), (caret, field.input_value())
        assert field.input_value() != text or (caret == 0) == (key == "Control+Backspace")


def test_typing_goes_beside_a_token(page: Page) -> None:
    """Also where a script or a click put the caret inside of one."""
    field = fill(page, "a<a1>b</a1>c", 3)
    assert selection(field)[0] in (1, 5)
    field.evaluate("(area) => area.setSelectionRange(3, 3)")
    page.keyboard.type("x")  # at once, before the browser told of it
    assert field.input_value() in ("ax<a1>b</a1>c", "a<a1>xb</a1>c")


def test_a_click_takes_a_token_whole(page: Page) -> None:
    """A double click selects it; typing then replaces it, and undo brings it back."""
    field = fill(page, "Een <a1>link</a1>", 0)
    page.locator(".token").first.scroll_into_view_if_needed()
    box = page.locator(".token").first.bounding_box()
    assert box
    page.mouse.dblclick(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    settled(page)
    assert selection(field) == (4, 8)
    page.mouse.click(box["x"] + box["width"] / 2 + 3, box["y"] + box["height"] / 2)
    settled(page)
    assert selection(field) in ((4, 4), (8, 8))


def test_keys_and_clicks_insert_around_what_is_chosen_and_move_what_is_there(page: Page) -> None:
    """A token is never there twice; undo takes back one step."""
    field = fill(page, "Een link hier", 4)
    press(page, "Control+Shift+ArrowRight")
    press(page, "Alt+Shift+1")
    expect(field).to_have_value("Een <a1>link</a1> hier")
    expect(page.locator("#inserts button")).to_have_class("insert is-placed")
    field.evaluate("(area) => area.setSelectionRange(area.value.length - 4, area.value.length)")
    page.click("#inserts button")
    expect(field).to_have_value("Een link <a1>hier</a1>")
    press(page, "Control+Z")
    expect(field).to_have_value("Een <a1>link</a1> hier")
    press(page, "Control+Z")
    expect(field).to_have_value("Een link hier")
    expect(page.locator("#inserts button")).to_have_class("insert")


def test_tokens_are_copied_and_pasted_as_tokens(page: Page) -> None:
    """From the field, and out of the source, where they look like chips."""
    field = fill(page, "Een <a1>link</a1>", 0)
    press(page, "Control+A", "Control+X")
    expect(field).to_have_value("")
    press(page, "Control+V")
    expect(field).to_have_value("Een <a1>link</a1>")
    expect(page.locator(".mirror .token")).to_have_count(2)
    page.evaluate("getSelection().selectAllChildren(document.querySelector('#source'))")
    page.locator("body").press("Control+C")
    assert page.evaluate("navigator.clipboard.readText()") == TEXT


def test_one_hears_what_one_passes(page: Page) -> None:
    """The name of a token, what it is, and what was done."""
    fill(page, "a<a1>b</a1>c", 1)
    heard = page.locator("#heard")
    press(page, "ArrowRight")
    expect(heard).to_have_text("a1, link to second.md, begins")
    press(page, "ArrowRight", "ArrowRight")
    expect(heard).to_have_text("a1, link to second.md, ends")
    press(page, "Backspace")
    expect(heard).to_have_text("Removed: a1, link to second.md, ends")
    assert page.locator("#target-0").get_attribute("aria-describedby") == "inserts"
    expect(page.locator(".mirror")).to_have_attribute("aria-hidden", "true")


def test_what_is_no_token_of_the_source_looks_so(page: Page) -> None:
    """A stranger, and one that is there twice."""
    fill(page, "<a1>x</a1> <a9>y</a9> <a1>", 0)
    strays = page.locator(".token.is-stray").all_inner_texts()
    assert strays == ["<a9>", "</a9>", "<a1>"]
    expect(page.locator("#checks")).to_contain_text("a9 is not in the source")


def test_an_input_method_composes_beside_tokens(page: Page) -> None:
    """What is composed is left alone until it is done."""
    field = fill(page, "a<a1>b</a1>c", 5)
    session = page.context.new_cdp_session(page)
    for text in ("に", "にほ", "にほん"):
        composed = {"text": text, "selectionStart": len(text), "selectionEnd": len(text)}
        session.send("Input.imeSetComposition", composed)
        expect(field).to_have_value(f"a<a1>{text}b</a1>c")
        expect(page.locator(".mirror .token")).to_have_count(2)
    session.send("Input.insertText", {"text": "日本"})
    expect(field).to_have_value("a<a1>日本b</a1>c")


def test_tokens_hold_together_from_right_to_left(
    context: BrowserContext, desk: Desk, address: str
) -> None:
    """Among Arabic and Latin words each chip is one piece; what is saved has nothing of that."""
    page = opened(context.new_page(), address, "ar")
    field = page.locator("#target-0")
    page.keyboard.type("جملة ")
    press(page, "Alt+Shift+1")
    page.keyboard.type("link")
    settled(page)
    pieces = page.eval_on_selector_all(
        ".mirror .token", "(all) => all.map((one) => one.getClientRects().length)"
    )
    assert pieces == [1, 1]
    press(page, "ArrowLeft")  # onwards, in this direction: over the closing token
    start, _ = selection(field)
    assert start == len(field.input_value())
    page.keyboard.type(".")
    press(page, "Control+A", "Control+C")
    assert page.evaluate("navigator.clipboard.readText()") == "جملة <a1>link</a1>."
    press(page, "Control+V")
    expect(page.locator(".mirror .token")).to_have_count(2)
    expect(page.locator("#checks")).not_to_contain_text("cannot show")
    page.keyboard.press("Alt+S")
    page.wait_for_url(lambda url: digest_of((None, TEXT)) not in url)
    page.close()
    path: Path = desk.project.catalogue_path("ar", "articles/first")
    assert 'msgstr "جملة <a1>link</a1>."' in path.read_text(encoding="utf-8")
