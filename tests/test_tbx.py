"""TBX-Basic, in both of its forms, also from those who mean harm."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.errors import GlossaryError
from pipeline.glossary import Glossary, Term, with_terms
from pipeline.tbx import read_tbx

OLD = """<?xml version="1.0"?>
<!DOCTYPE martif SYSTEM "TBXBasiccoreStructV02.dtd">
<martif type="TBX-Basic" xml:lang="en"><text><body>
<termEntry id="1"><descrip type="definition">a person in therapy</descrip>
<langSet xml:lang="en"><tig><term>client</term>
<termNote type="partOfSpeech">noun</termNote></tig></langSet>
<langSet xml:lang="nl"><tig><term>cliënt</term></tig><tig><term>patiënt</term>
<termNote type="administrativeStatus">deprecatedTerm-admn-sts</termNote></tig></langSet>
</termEntry></body></text></martif>
"""
NEW = """<?xml version="1.0"?>
<tbx xmlns="urn:iso:std:iso:30042:ed-2" type="TBX-Basic" xml:lang="en"><text><body>
<conceptEntry id="1"><langSec xml:lang="en-GB"><termSec><term>first session</term></termSec>
</langSec>
<langSec xml:lang="nl-NL"><termSec><term>eerste gesprek</term></termSec></langSec></conceptEntry>
<conceptEntry id="2"><langSec xml:lang="en"><termSec><term>alone</term></termSec></langSec>
</conceptEntry></body></text></tbx>
"""


def read(folder: Path, text: str) -> Glossary:
    """The English–Dutch terms of a file."""
    path = folder / "x.tbx"
    path.write_text(text, encoding="utf-8")
    return read_tbx(path, source_locale="en", locale="nl")


def test_both_forms_are_read(tmp_path: Path) -> None:
    """With forbidden terms, notes and parts of speech; regions count as their language."""
    assert read(tmp_path, OLD).terms == (
        Term("client", ("cliënt",), ("patiënt",), "noun", "a person in therapy"),
    )
    assert read(tmp_path, NEW).terms == (Term("first session", ("eerste gesprek",)),)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('<!DOCTYPE tbx [<!ENTITY a "aaaa">]><tbx>&a;</tbx>', "declares entities"),
        ("<html/>", "is no TBX"),
        (NEW[:200], "no well-formed XML"),
    ],
)
def test_what_is_no_glossary_is_an_error(text: str, message: str, tmp_path: Path) -> None:
    """Named, with what to do."""
    with pytest.raises(GlossaryError, match=message) as caught:
        read(tmp_path, text)
    assert caught.value.hint


def test_what_is_imported_never_replaces_what_is_there(tmp_path: Path) -> None:
    """A person wrote it."""
    own = Glossary((Term("client", ("klant",), (), "noun"),))
    assert with_terms(own, read(tmp_path, OLD)) == own
    assert len(with_terms(own, read(tmp_path, NEW)).terms) == 2
