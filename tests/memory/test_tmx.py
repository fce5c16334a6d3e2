"""TMX in and out, also from those who mean harm."""

from __future__ import annotations

import io
import tracemalloc
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.errors import MemoryStoreError
from pipeline.memory import ALIGNED, Unit, read_tmx, write_tmx

HEAD = '<?xml version="1.0"?>\n<tmx version="1.4"><header srclang="en"/><body>\n'
TAIL = "</body></tmx>\n"
PAIR = (
    '<tu><tuv xml:lang="en-GB"><seg>One <ph>&lt;br1/&gt;</ph>two<bpt i="1">&lt;b&gt;</bpt></seg>'
    '</tuv><tuv xml:lang="NL"><seg>Een <ph>&lt;br1/&gt;</ph>twee</seg></tuv>'
    '<tuv xml:lang="de"><seg>Eins</seg></tuv></tu>\n'
)


def read(folder: Path, text: str) -> list[Unit]:
    """The English–Dutch units of a file."""
    path = folder / "x.tmx"
    path.write_text(text, encoding="utf-8")
    return list(read_tmx(path, source_locale="en", locale="nl"))


def test_the_units_of_a_language_pair_are_read(tmp_path: Path) -> None:
    """With our tokens, without the codes of others; regions count as their language."""
    assert read(tmp_path, HEAD + PAIR + TAIL) == [
        Unit("One <br1/>two", "Een <br1/>twee", "", "tmx:x.tmx", "tmx")
    ]
    other = PAIR.replace('"NL"', '"fr"')
    assert read(tmp_path, HEAD + other + TAIL) == []


TEXTS = st.text(alphabet=st.characters(codec="utf-8", categories=("L", "N", "P", "S", "Zs")), min_size=1).filter(str.strip)  # fmt: skip # noqa: E501


@given(st.lists(st.tuples(TEXTS, TEXTS), max_size=5))
@settings(max_examples=50, deadline=None)
def test_what_is_written_is_read_back(
    tmp_path_factory: pytest.TempPathFactory, pairs: list[tuple[str, str]]
) -> None:
    """Whatever the texts."""
    path = tmp_path_factory.mktemp("tmx") / "x.tmx"
    out = io.BytesIO()
    count = write_tmx((Unit(a, b) for a, b in pairs), out, source_locale="en", locale="pt_BR")
    path.write_bytes(out.getvalue())
    back = list(read_tmx(path, source_locale="en", locale="pt_BR"))
    assert count == len(pairs)
    assert [(u.source, u.target) for u in back] == [(a.strip(), b.strip()) for a, b in pairs]


def test_what_nobody_approved_says_so_wherever_it_goes(tmp_path: Path) -> None:
    """A unit that was aligned by machine stays one through an export and an import."""
    out = io.BytesIO()
    units = [Unit("One", "Een", origin=ALIGNED), Unit("Two", "Twee")]
    write_tmx(units, out, source_locale="en", locale="nl")
    text = out.getvalue().decode()
    assert [unit.origin for unit in read(tmp_path, text)] == [ALIGNED, "tmx"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('<!DOCTYPE tmx [<!ENTITY a "aaaa">]>' + "<tmx>&a;</tmx>", "declares entities"),
        ('<!DOCTYPE tmx [<!ENTITY a SYSTEM "file:///etc/passwd">]><tmx/>', "declares entities"),
        ("<html><body/></html>", "is no TMX"),
        (HEAD + PAIR, "no well-formed XML"),
        ("", "no well-formed XML"),
    ],
)
def test_a_file_that_is_broken_or_means_harm_is_an_error(
    text: str, message: str, tmp_path: Path
) -> None:
    """Named, with what to do."""
    with pytest.raises(MemoryStoreError, match=message) as caught:
        read(tmp_path, text)
    assert caught.value.hint


def test_a_file_that_a_program_of_others_wrote_may_name_its_grammar(tmp_path: Path) -> None:
    """Which is not fetched."""
    doctype = '<!DOCTYPE tmx SYSTEM "tmx14.dtd">'
    text = HEAD.replace("\n", f"\n{doctype}\n", 1) + PAIR + TAIL
    assert len(read(tmp_path, text)) == 1


def test_a_huge_file_takes_little_memory(tmp_path: Path) -> None:
    """The same for 2,000 units as for 20,000; a segment without end is refused."""
    path = tmp_path / "x.tmx"
    peaks = []
    for count in (2_000, 20_000):
        path.write_text(HEAD + PAIR * count + TAIL, encoding="utf-8")
        tracemalloc.start()
        assert sum(1 for _ in read_tmx(path, source_locale="en", locale="nl")) == count
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < peaks[0] * 1.5
    endless = HEAD + '<tu><tuv xml:lang="en"><seg>' + "a" * 3_000_000
    with pytest.raises(MemoryStoreError, match="a segment of more than"):
        read(tmp_path, endless)
