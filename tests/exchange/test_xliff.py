"""XLIFF 2.1: every text comes back as it was, and other tools read what is written."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from translate.storage import xliff2

from pipeline import catalogues
from pipeline.catalogues import Message, State, state_of
from pipeline.errors import ExchangeError
from pipeline.exchange.xliff import read_xliff, write_xliff
from tests.sites import DAY

LINKED = "One <em1>sentence</em1>, and <a2>a <b3>link</b3></a2><br4/>"
MESSAGES = (
    Message(LINKED, strings=("<a2>Een <b3>link</b3></a2><br4/> en een <em1>zin</em1>",)),
    Message("Call <code1>run()</code1>", notes=("A command",), strings=("",)),
    Message("Text with &lt;a1> and 5 < 6 & more", strings=("Tekst met &lt;a1> en 5 < 6 & meer",)),
    Message("Broken <em1>markup</em1>", strings=("<em1>Kapotte <em1>opmaak",)),
    Message("Home", context="", comments=("Ask Anna", "@l10n ignore copy"), strings=("Home",)),
    Message("Home", context="menu", strings=("Begin",)),
    Message("A bell \x07, a line\n and\ta tab\r", strings=("Een bel \x07, een regel\n en\teen\r",)),
    Message("%(num)s day", plural="%(num)s days", strings=("%(num)s dag", "%(num)s dagen")),
)


def written(*messages: Message) -> bytes:
    """A document of these messages."""
    return write_xliff(messages, source_locale="en", locale="pt_BR", domain="a/b", version="v1")


def read(data: bytes) -> tuple[Message, ...]:
    """The messages of a document."""
    (document,) = read_xliff(data)
    return document.messages


def test_every_text_comes_back_as_it_was() -> None:
    """Markup, escapes, control characters, plural forms, contexts."""
    found = read(written(*MESSAGES))
    assert [(m.id, m.context, m.strings) for m in found] == [
        (m.id, m.context, m.strings) for m in MESSAGES
    ]
    assert found[4].comments == ("Ask Anna",)


def test_a_document_says_what_it_is_a_copy_of() -> None:
    """With languages as XML tags them."""
    data = written(*MESSAGES)
    (document,) = read_xliff(data)
    assert (document.source_locale, document.locale) == ("en", "pt_BR")
    assert (document.domain, document.version) == ("a/b", "v1")
    assert b'trgLang="pt-BR"' in data


@pytest.mark.parametrize("state", [State.TRANSLATED, State.APPROVED, State.DRAFT])
def test_a_state_comes_back_as_it_was(state: State) -> None:
    """What waits is initial, whoever it waits for."""
    message = Message("A", strings=("B",))
    made = {
        State.TRANSLATED: message,
        State.APPROVED: catalogues.approve(message, by="anna", on=DAY),
        State.DRAFT: catalogues.draft(message, ["B"], engine="x", on=DAY),
    }
    (found,) = read(written(made[state]))
    assert state_of(found) is state


def test_another_tool_reads_the_texts() -> None:
    """translate-toolkit, whose own reading of XLIFF 2 knows nothing of ours."""
    store = xliff2.Xliff2File()
    store.parse(written(*MESSAGES))
    found = {(unit.source, unit.target) for unit in store.units}
    assert ("Home", "Begin") in found
    assert any("sentence" in (source or "") for source, _ in found)
    assert len(store.units) == len(MESSAGES) + 1


def test_several_segments_of_a_unit_are_one_text() -> None:
    """A tool may have divided it at its sentences."""
    data = written(Message("One. Two.", strings=("Een. Twee.",))).decode()
    start, end = data.index("<segment"), data.index("</unit>")
    parts = "".join(
        f'<segment state="translated"><source>{a}</source><target>{b}</target></segment>'
        f"<ignorable><source>{c}</source><target>{c}</target></ignorable>"
        for a, b, c in (("One.", "Een.", " "), ("Two.", "Twee.", ""))
    )
    (found,) = read((data[:start] + parts + data[end:]).encode())
    assert (found.id, found.text, found.fuzzy) == ("One. Two.", "Een. Twee.", False)


def test_a_code_that_is_none_of_ours_is_refused() -> None:
    """With its line."""
    data = written(Message("A", strings=("B",))).replace(b"<target>B", b'<target><ph id="7"/>B')
    with pytest.raises(ExchangeError, match="none of ours") as caught:
        read(data)
    assert caught.value.line


TEXTS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=40)


@settings(deadline=None, max_examples=200)
@given(TEXTS, TEXTS)
def test_any_text_survives(source: str, target: str) -> None:
    """Whatever it holds."""
    message = Message(f"{source}<a1>{target}</a1>", strings=(f"<a1>{target}</a1>{source}",))
    (found,) = read(written(message))
    assert (found.id, found.strings) == (message.id, message.strings)
    assert replace(found, comments=()) == replace(message, comments=())
