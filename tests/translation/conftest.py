"""What tests of translation share: a stand-in."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.translation.stand_in import StandIn, stand_in


@pytest.fixture
def server() -> Iterator[StandIn]:
    """A stand-in."""
    with stand_in() as found:
        yield found
