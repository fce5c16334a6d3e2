"""Sizes of pictures, which keep pages from jumping while they load."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.site.pictures import size_of
from tests.sites import write


@pytest.mark.parametrize(
    ("attributes", "size"),
    [
        ('width="720" height="360" stroke-width="4"', (720, 360)),
        ('viewBox="0 0 32 16" stroke-width="4"', (32, 16)),
        ('fill="none"', (None, None)),
    ],
)
def test_the_size_of_a_drawing_is_its_own(
    attributes: str, size: tuple[int | None, int | None], tmp_path: Path
) -> None:
    """And not the width of its strokes."""
    write(tmp_path / "a.svg", f'<svg xmlns="http://www.w3.org/2000/svg" {attributes}/>')
    assert size_of(tmp_path / "a.svg") == size
