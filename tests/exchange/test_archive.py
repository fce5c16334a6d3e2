"""Archives are read up to fixed limits, and their names are never paths."""

from __future__ import annotations

import contextlib
import io
import zipfile

import pytest

from pipeline.errors import ExchangeError
from pipeline.exchange.archive import is_archive, pack, unpack


def zipped(**files: bytes) -> bytes:
    """A zip by other means, with names in which “_” stands for “/”."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return out.getvalue()


def test_what_was_packed_is_unpacked() -> None:
    """And the same files are the same bytes."""
    files = {"articles/first.po": b"a" * 1000, "about.xlf": b"<x/>"}
    data = pack(files)
    assert is_archive(data)
    assert dict(unpack(data)) == files
    assert pack(files) == data


def test_names_are_no_paths() -> None:
    """Whatever they climb over, and what is no catalogue is left out."""
    data = zipped(
        **{
            "../../etc/x.po": b"1",
            "/home/y.po": b"2",
            "..\\z.po": b"3",
            "run.sh": b"4",
            "__MACOSX/._x.po": b"5",
        }
    )
    assert dict(unpack(data)) == {"etc/x.po": b"1", "home/y.po": b"2", "z.po": b"3"}


def test_a_bomb_is_refused_while_it_is_read() -> None:
    """A few kilobytes that would be gigabytes."""
    with pytest.raises(ExchangeError, match="20 MiB"):
        dict(unpack(zipped(**{"x.po": b"\0" * (21 << 20)})))
    many = zipped(**{f"{n}.po": b"\0" * (15 << 20) for n in range(14)})
    with pytest.raises(ExchangeError, match="200 MiB"):
        list(unpack(many))
    crowd = zipped(**{f"{n}.po": b"" for n in range(5001)})
    with pytest.raises(ExchangeError, match="5001 entries"):
        list(unpack(crowd))


@pytest.mark.parametrize("cut", [4, 30, 60, -10])
def test_a_broken_zip_is_told_as_one(cut: int) -> None:
    """Wherever it breaks off."""
    with pytest.raises(ExchangeError, match="cannot be read"):
        list(unpack(zipped(**{"x.po": bytes(range(256)) * 10})[:cut]))


def ways(way: int) -> bytes:
    """A zip with one catalogue, packed in some way."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", way) as archive:
        archive.writestr("x.po", bytes(range(256)))
    return out.getvalue()


@pytest.mark.parametrize("way", [zipfile.ZIP_LZMA, zipfile.ZIP_BZIP2])
def test_only_usual_ways_of_packing_are_read(way: int) -> None:
    """Others take as much memory as the archive says."""
    with pytest.raises(ExchangeError, match=r"cannot be read: x\.po is packed in an unusual way"):
        list(unpack(ways(way)))


@pytest.mark.parametrize("way", [zipfile.ZIP_DEFLATED, zipfile.ZIP_STORED])
def test_a_damaged_zip_is_told_as_one_or_read(way: int) -> None:
    """Whichever bits are damaged, and nothing else is ever raised."""
    whole = ways(way)
    for place in range(len(whole)):
        for bits in (0x5A, 0xFF, 0x80):
            data = bytearray(whole)
            data[place] ^= bits
            with contextlib.suppress(ExchangeError):
                list(unpack(bytes(data)))


def test_a_password_is_called_one() -> None:
    """Nobody has to know what a zip says of its entries."""
    data = bytearray(ways(zipfile.ZIP_DEFLATED))
    data[data.find(b"PK\x01\x02") + 8] |= 1
    with pytest.raises(ExchangeError, match=r"x\.po has a password"):
        list(unpack(bytes(data)))
