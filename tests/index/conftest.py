"""What tests of the index share: a site, on SQLite and on PostgreSQL."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.extract import extract
from pipeline.project import Project
from tests.databases import KINDS, address
from tests.sites import DAY, SETTINGS, site


@pytest.fixture(params=KINDS)
def project(request: pytest.FixtureRequest, tmp_path: Path) -> Project:
    """A site that was extracted, with its state in each kind of database."""
    state = f'[state]\nurl = "{address(request.param)}"\n'
    made = site(tmp_path, settings=SETTINGS + state)
    extract(made, today=DAY)
    return made
