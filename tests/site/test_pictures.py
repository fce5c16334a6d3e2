"""Sizes of pictures, which keep pages from jumping while they load."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.site.pictures import localised, size_of, with_sizes
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


WEBP_LOSSY = b"RIFF\0\0\0\0WEBPVP8 " + bytes(10) + (640).to_bytes(2, "little") + (360).to_bytes(2, "little")  # fmt: skip # noqa: E501
WEBP_LOSSLESS = b"RIFF\0\0\0\0WEBPVP8L" + bytes(5) + (639 | 359 << 14).to_bytes(4, "little")
WEBP_EXTENDED = b"RIFF\0\0\0\0WEBPVP8X" + bytes(8) + (639).to_bytes(3, "little") + (359).to_bytes(3, "little")  # fmt: skip # noqa: E501
AVIF = b"\0\0\0\x1cftypavif" + bytes(20) + b"\0\0\0\x14ispe" + bytes(4) + b"\0\0\2\x80\0\0\1\x68"


@pytest.mark.parametrize("data", [WEBP_LOSSY, WEBP_LOSSLESS, WEBP_EXTENDED, AVIF])
def test_newer_formats_have_sizes_too(data: bytes, tmp_path: Path) -> None:
    """The three kinds of WebP, and AVIF."""
    path = tmp_path / "picture"
    path.write_bytes(data)
    assert size_of(path) == (640, 360)


@pytest.mark.parametrize(
    ("html", "shown"),
    [
        ('<img src="/a.png" alt="x">', '<img width="3" height="2" src="/a.png" alt="x">'),
        ('<img src="/a.png" width="1">', '<img src="/a.png" width="1">'),
        ('<img alt="a > b" src="/a.png">', '<img width="3" height="2" alt="a > b" src="/a.png">'),
        ('<img src="https://x.example/a.png">', '<img src="https://x.example/a.png">'),
    ],
)
def test_a_picture_in_a_text_says_how_large_it_is(html: str, shown: str) -> None:
    """Unless its author did; what is elsewhere is not known."""
    assert with_sizes(html, {"/a.png": (3, 2)}) == shown


@pytest.mark.parametrize(
    ("locale", "shown"),
    [("nl", "a/b.nl.svg"), ("nl_BE", "a/b.nl.svg"), ("pt_BR", "a/b.pt-BR.svg"), ("en", "a/b.svg")],
)
def test_a_localised_picture_takes_the_place_of_the_other(locale: str, shown: str) -> None:
    """The nearest one."""
    known = {"a/b.svg", "a/b.nl.svg", "a/b.pt.svg", "a/b.pt-BR.svg"}
    assert localised("a/b.svg", locale, known) == shown
