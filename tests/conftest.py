"""For all tests: how many run at once."""

from __future__ import annotations

import os

import pytest


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """One more than there are cores: many tests wait for servers and browsers."""
    return (os.cpu_count() or 1) + 1
