"""For all tests: how many run at once."""

from __future__ import annotations

import os

import pytest


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """One more than there are cores: many tests wait for servers and browsers."""
    return (os.cpu_count() or 1) + 1


LONG = ("tests/workers/", "tests/deployment/", "tests/review/api/test_description.py")
"""Where tests take long: begun last, they would be waited for by processes with nothing to do."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes long."""
    items.sort(key=lambda item: not item.nodeid.startswith(LONG))
