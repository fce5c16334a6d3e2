"""What all tests of the desk share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from argon2 import PasswordHasher
from playwright.sync_api import Browser, BrowserContext

from review import secrets
from review.desk import Desk
from tests.review.chromium import chromium, served


@pytest.fixture(autouse=True, scope="session")
def quick_passwords() -> Iterator[None]:
    """The same argon2, with less work: tests log many people in."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(secrets, "_hasher", PasswordHasher(time_cost=1, memory_cost=64))
        yield


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One Chromium for all tests of a module."""
    with chromium() as one:
        yield one


@pytest.fixture
def address(desk: Desk) -> Iterator[str]:
    """Where the desk of a module is served."""
    with served(desk) as where:
        yield where


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """A window of its own."""
    own = browser.new_context()
    yield own
    own.close()
