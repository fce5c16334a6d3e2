"""A mail server, and a desk that sends to it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline import index
from review.desk import Desk
from tests.review.desks import desk_in
from tests.review.letters.posting import (
    addressed,
    settings,
)
from tests.review.post import PostOffice, post_office


@pytest.fixture
def office() -> Iterator[PostOffice]:
    """A server that takes everything."""
    with post_office() as one:
        yield one


@pytest.fixture
def desk(tmp_path: Path, office: PostOffice) -> Iterator[Desk]:
    """A desk that writes letters to people who want them at once."""
    made = desk_in(tmp_path, settings=settings(office.port))
    index.sync(made.project, made.database, "nl")
    addressed(made)
    yield made
    made.database.dispose()
