"""What all tests of the desk share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from argon2 import PasswordHasher
from playwright.sync_api import Browser

from review import secrets
from tests.review.chromium import chromium


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
