"""TMX in and out, also from those who mean harm."""

from __future__ import annotations

import io
import tracemalloc
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.errors import MemoryStoreError
from pipeline.memory import (
    ALIGNED,
    Memory,
    Unit,
    export_tmx,
    import_tmx,
    memory_of,
    read_tmx,
    write_tmx,
)
from tests.databases import KINDS, address
from tests.sites import SETTINGS, site

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


ENTITY = '<!DOCTYPE tmx [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;&a;">]><tmx>&b;</tmx>'
OUTSIDE = '<!DOCTYPE tmx [<!ENTITY a SYSTEM "file:///etc/passwd">]><tmx>&a;</tmx>'
DEFAULT = f'<!DOCTYPE tmx [<!ATTLIST tu a CDATA "{"a" * 9999}">]><tmx/>'
UNKNOWN = '<!DOCTYPE tmx SYSTEM "tmx14.dtd"><tmx>' + PAIR.replace("One", "&nbsp;")
SEGMENT = '<tu><tuv xml:lang="en"><seg>'


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (ENTITY, "declares entities"),
        (OUTSIDE, "declares entities"),
        (DEFAULT, "declares entities or a grammar"),
        (UNKNOWN, "uses entities of its own"),
        ("<html><body/></html>", "is no TMX"),
        (HEAD + PAIR, "no well-formed XML: no element found"),
        (HEAD + PAIR[:-20], "no well-formed XML"),
        ("", "no well-formed XML"),
        ("PK\x03\x04", "no well-formed XML"),
        (HEAD + "<a>" * 100, "more than 64 elements"),
        (HEAD + SEGMENT + "a" * 3_000_000, "a segment of more than"),
        (HEAD + SEGMENT + "a" * 1_100_000 + "</seg></tuv><tuv><seg>b", "a segment of more than"),
        (HEAD + SEGMENT + "<ph>" + "a" * 3_000_000, "a segment of more than"),
        (HEAD + f'<tu a="{"a" * 3_000_000}">', "a tag of more than"),
        (HEAD + f"<!-- {'a' * 3_000_000} -->", "a tag of more than"),
    ],
    ids=lambda said: said[:30],
)
def test_a_file_that_is_broken_or_means_harm_is_an_error(
    text: str, message: str, tmp_path: Path
) -> None:
    """Named, with what to do."""
    with pytest.raises(MemoryStoreError, match=message) as caught:
        read(tmp_path, text)
    assert caught.value.hint


@pytest.mark.parametrize(
    ("encoding", "said", "message"),
    [
        ("UTF-8", "latin-1", r"not well-formed \(invalid token\)"),
        ("no-such", "utf-8", "an encoding that cannot be read"),
        ("gb2312", "utf-8", "an encoding that cannot be read"),
        ("UTF-16", "utf-8", "encoding specified in XML declaration is incorrect"),
    ],
)
def test_another_encoding_than_it_says_is_an_error(
    encoding: str, said: str, message: str, tmp_path: Path
) -> None:
    """And so is one that nobody knows."""
    path = tmp_path / "x.tmx"
    text = HEAD.replace("?>", f' encoding="{encoding}"?>', 1) + PAIR.replace("One", "Één") + TAIL
    path.write_bytes(text.encode(said))
    with pytest.raises(MemoryStoreError, match=message) as caught:
        list(read_tmx(path, source_locale="en", locale="nl"))
    assert "UTF-8" in caught.value.hint or "encoding" in caught.value.hint


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "iso-8859-1", "windows-1252"])
def test_the_encodings_of_other_programs_are_read(encoding: str, tmp_path: Path) -> None:
    """As the first line names them."""
    path = tmp_path / "x.tmx"
    text = HEAD.replace("?>", f' encoding="{encoding}"?>', 1) + PAIR.replace("One", "Één") + TAIL
    path.write_bytes(text.encode(encoding))
    (unit,) = read_tmx(path, source_locale="en", locale="nl")
    assert unit.source == "Één <br1/>two"


def test_a_file_that_a_program_of_others_wrote_may_name_its_grammar(tmp_path: Path) -> None:
    """Which is not fetched."""
    doctype = '<!DOCTYPE tmx SYSTEM "tmx14.dtd">'
    text = HEAD.replace("\n", f"\n{doctype}\n", 1) + PAIR + TAIL
    assert len(read(tmp_path, text)) == 1


def test_a_huge_file_takes_little_memory(tmp_path: Path) -> None:
    """The same for 2,000 units as for 20,000, and for ever more languages in one of them."""
    path = tmp_path / "x.tmx"
    many = "".join(f'<tuv xml:lang="x{n}"><seg>{"a" * 200}</seg></tuv>' for n in range(10_000))
    peaks = []
    for text, found in ((PAIR * 2_000, 2_000), (PAIR * 20_000, 20_000), (f"<tu>{many}</tu>", 0)):
        path.write_text(HEAD + text + TAIL, encoding="utf-8")
        tracemalloc.start()
        assert sum(1 for _ in read_tmx(path, source_locale="en", locale="nl")) == found
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert max(peaks[1:]) < peaks[0] * 1.5


@pytest.fixture(params=KINDS)
def memory(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Memory]:
    """An empty memory of each kind."""
    settings_text = f'{SETTINGS}\n[state]\nurl = "{address(request.param)}"\n'
    found = memory_of(site(tmp_path, settings=settings_text), "nl")
    yield found
    found.engine.dispose()


def test_what_is_exported_can_be_imported(memory: Memory, tmp_path: Path) -> None:
    """All of it, and a second time without doubling it."""
    path = tmp_path / "x.tmx"
    memory.add([Unit(f"One <em1>{n}</em1> & <2>", f"Een <em1>{n}</em1> & <2>") for n in range(9)])
    assert export_tmx(memory, path) == 9
    assert import_tmx(memory, path) == import_tmx(memory, path) == 9
    assert memory.count() == {"catalogue": 9, "tmx": 9}
    assert [p.name for p in tmp_path.glob(".~*")] == []


def test_of_a_broken_file_nothing_is_imported(memory: Memory, tmp_path: Path) -> None:
    """Also when the fault is at its end."""
    path = tmp_path / "x.tmx"
    path.write_text(HEAD + PAIR, encoding="utf-8")
    with pytest.raises(MemoryStoreError, match="no element found"):
        import_tmx(memory, path)
    assert memory.count() == {}


def test_a_file_that_cannot_be_written_is_an_error(memory: Memory, tmp_path: Path) -> None:
    """Named, with what to do."""
    memory.add([Unit("One", "Een")])
    for path in (tmp_path / "none" / "x.tmx", tmp_path):
        with pytest.raises(MemoryStoreError, match="cannot be written"):
            export_tmx(memory, path)


def test_importing_and_exporting_take_little_memory(
    memory: Memory, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As a stream: what is held does not grow with the file."""
    monkeypatch.setattr("pipeline.memory.store._LARGEST", 1_000_000)
    path = tmp_path / "x.tmx"
    peaks = []
    for length in (150, 300):
        text = PAIR.replace("One", "One " + "a" * 20_000)
        path.write_text(
            HEAD + "".join(text.replace("One", f"{length} {n}") for n in range(length)) + TAIL,
            encoding="utf-8",
        )
        tracemalloc.start()
        assert import_tmx(memory, path) == length
        export_tmx(memory, tmp_path / "y.tmx")
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < peaks[0] * 1.5
