"""Skeletons are remembered as JSON, and are the same when they come back."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pipeline import articles
from pipeline.markup import parse
from pipeline.markup.storage import from_json, to_json
from pipeline.project import open_project

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("source", articles.find(open_project(ROOT)).sources, ids=lambda s: s.id)
def test_a_skeleton_comes_back_as_it_was(source: articles.Source) -> None:
    """Segments, slots, tokens, links and all."""
    skeleton = articles.load(open_project(ROOT), source).skeleton
    assert from_json(json.loads(json.dumps(to_json(skeleton)))) == skeleton


def test_a_page_comes_back_with_its_language() -> None:
    """And with the addresses of its head."""
    skeleton = parse('<html lang="en"><head><link rel="x" href="a.css"></head><p>a</p></html>')
    assert from_json(json.loads(json.dumps(to_json(skeleton)))) == skeleton
