"""Paths as they stand in addresses."""

from __future__ import annotations

from urllib.parse import quote as reference

import pytest

from pipeline.site.quoting import quote


@pytest.mark.parametrize(
    "path",
    ["/nl/over-ons/", "/a_b.c~d/", "/nl/één week/", "/he/שלום/", "/100%/", "/a?b#c", "/a\n", ""],
)
def test_it_is_what_the_standard_library_says(path: str) -> None:
    """Also where nothing is escaped."""
    assert quote(path) == reference(path)
