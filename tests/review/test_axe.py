"""Every page of the desk passes axe, in light and dark."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

import pytest
from playwright.sync_api import Browser

from review.desk import Desk
from review.runs import Kind
from tests.review.chromium import chromium, log_in, served
from tests.review.desks import desk_in, person
from tests.sites import translate, untranslate
from tests.tools import missing

HERE = Path(__file__).parents[1]
AXE = Path(os.environ.get("AXE") or HERE / "judges/node_modules/axe-core/axe.min.js")
PAGE = "nl/nl-first/index.html"
PAGES = (
    "/",
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
)
RUN = "axe.run(document, {resultTypes: ['violations'], iframes: false})"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One for all tests here."""
    with chromium() as one:
        yield one


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A desk with work in it."""
    made = desk_in(tmp_path_factory.mktemp("desk"))
    translate(made.project)
    bea = person(made, "Bea")
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
        for path in PAGES:
            page.goto(address + path)
            judge(path)
    context.close()
    assert found == []
