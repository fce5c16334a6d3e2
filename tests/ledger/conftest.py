"""What tests of the ledger share: a site that is large enough for workers."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.extract import extract
from pipeline.ledger.place import Place
from pipeline.project import Project
from tests.ledger.carrier import place_of, queued
from tests.ledger.test_builds import MANY
from tests.sites import DAY, translate


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """A translated site of more articles than are built on the side."""
    made = queued(tmp_path, MANY)
    extract(made, today=DAY, jobs=1)
    translate(made)
    return made


@pytest.fixture
def place(project: Project) -> Place:
    """A worker's process."""
    return place_of(project)
