"""A real browser at a real desk: Chromium, driven by Playwright, against a server on loopback."""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from playwright.sync_api import Browser, Page, expect, sync_playwright

from review.app import create_app
from review.desk import Desk
from review.serve import listening
from tests.review.desks import PASSWORD
from tests.tools import missing


@contextmanager
def served(desk: Desk) -> Iterator[str]:
    """The address of a desk that a server serves for as long as the block lasts."""
    with listening(0) as place:
        config = uvicorn.Config(
            create_app(desk.project, desk=desk), log_level="error", timeout_graceful_shutdown=1
        )
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [place]})
        thread.start()
        try:
            yield f"http://127.0.0.1:{place.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join()


@contextmanager
def chromium() -> Iterator[Browser]:
    """Chromium: the one named in ``CHROMIUM``, or on the path."""
    path = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chrome")
    if path is None:
        missing("Chromium", "chromium, or set CHROMIUM")
    with sync_playwright() as playwright:
        options = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]
        browser = playwright.chromium.launch(executable_path=path, args=options)
        try:
            yield browser
        finally:
            browser.close()


def log_in(page: Page, address: str, name: str) -> None:
    """Come in, by keyboard."""
    page.goto(f"{address}/login")
    expect(page.locator("#name")).to_be_focused()
    page.keyboard.type(name)
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(f"{address}/")
