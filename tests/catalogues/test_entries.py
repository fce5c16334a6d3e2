"""Reading .po files: what they say, and what is wrong with them."""

from __future__ import annotations

from pathlib import Path

import polib
import pytest

from pipeline import catalogues
from pipeline.errors import CatalogueError
from tests.tools import gettext

HEADER = 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=UTF-8\\n"\n"X-Mine: kept\\n"\n\n'

EVERYTHING = (
    HEADER
    + """\
#  two spaces
# a comment
#. a note
#: source/a.md:1 source/b.md:2
#, fuzzy, python-format
#| msgctxt "before"
#| msgid "old "
#| "text"
msgctxt "here"
msgid "new "
"text"
msgstr ""
"nieuwe "
"tekst\\n"
"“met” \\"aanhaling\\" en \\\\ streep"

msgid "one"
msgid_plural "many"
msgstr[0] "een"
msgstr[1] "veel"

# why it went
#, fuzzy
#~| msgid "older"
#~ msgid "gone"
#~ msgstr "weg"

#~ msgctxt "there"
#~ msgid "gone, too"
#~ msgstr "ook weg"
#~ msgid "right after"
#~ msgstr "meteen erna"
"""
)


def read(text: str) -> catalogues.Catalogue:
    """The catalogue that a text is."""
    return catalogues.parse(text.encode(), Path("x.po"))


def test_everything_a_message_says_is_read() -> None:
    """Every kind of line, in the order of the file."""
    first, plural = read(EVERYTHING).messages
    assert first == catalogues.Message(
        "new text",
        "here",
        None,
        ('nieuwe tekst\n“met” "aanhaling" en \\ streep',),
        (" two spaces", "a comment"),
        ("a note",),
        ("source/a.md:1", "source/b.md:2"),
        ("fuzzy", "python-format"),
        "old text",
        "before",
    )
    assert first.line == 15
    assert (plural.plural, plural.strings) == ("many", ("een", "veel"))


def test_obsolete_messages_are_read_also_without_blank_lines_between() -> None:
    """Their comments, flags and previous texts, too."""
    gone, other, last = read(EVERYTHING).obsolete
    assert gone.comments == ("why it went",)
    assert (gone.id, gone.text, gone.previous_id, gone.fuzzy) == ("gone", "weg", "older", True)
    assert (other.context, other.id, last.id) == ("there", "gone, too", "right after")
    assert last.line == 36


def test_what_is_read_is_written_as_the_same_bytes() -> None:
    """Whatever its blanks and line ends."""
    for text in (
        EVERYTHING,
        EVERYTHING.replace("\n", "\r\n"),
        EVERYTHING.rstrip("\n"),
        "# licence\n\n" + EVERYTHING.replace("\n\n", "\n\n\n") + "\n# the end\n",
        EVERYTHING.replace('msgid "one"', '  msgid\t"one"  '),
    ):
        assert read(text).dump() == text.encode()


def test_polib_reads_the_same() -> None:
    """A judge that shares no line with us."""
    ours, theirs = read(EVERYTHING), polib.pofile(EVERYTHING)
    assert [(m.context, m.id) for m in ours.messages] == [
        (entry.msgctxt, entry.msgid) for entry in theirs if not entry.obsolete
    ]
    assert ours.messages[0].text == theirs[0].msgstr
    assert ours.header == theirs.metadata


def test_an_encoding_that_the_header_names_is_used() -> None:
    """And kept when the file is written."""
    data = EVERYTHING.replace("UTF-8", "ISO-8859-15").replace("“met”", "één").encode("iso-8859-15")
    catalogue = catalogues.parse(data)
    assert "één" in catalogue.messages[0].text
    assert catalogue.dump() == data
    with pytest.raises(CatalogueError, match="“—” cannot be written in ISO-8859-15"):
        catalogue.with_message(catalogues.edit(catalogue.messages[0], ["—"])).dump()


BROKEN = {
    "a merge conflict is left": (HEADER + '<<<<<<< HEAD\nmsgid "a"\nmsgstr "b"\n', 6),
    "this message stands twice: first in line 6": (
        HEADER + 'msgid "a"\nmsgstr ""\n\nmsgid "a"\nmsgstr "b"\n',
        9,
    ),
    "the header stands twice": (HEADER + HEADER, 6),
    "after msgid, a msgstr is missing": (HEADER + 'msgid "a"\n', 6),
    "the quotation marks do not fit": (HEADER + 'msgid "a"\nmsgstr "b\n', 7),
    "this is no line of a .po file": (HEADER + 'msgid "a"\nmsgstr "b"\nhello\n', 8),
    "msgstr stands where": (HEADER + 'msgstr "b"\n', 6),
    r"\\q means nothing in a .po file": (HEADER + 'msgid "a"\nmsgstr "\\q"\n', 7),
    "begins with a byte order mark": ("\ufeff" + HEADER, 1),
}


@pytest.mark.parametrize("message", BROKEN)
def test_a_broken_file_is_an_error_with_its_line(message: str) -> None:
    """And with what to do."""
    text, line = BROKEN[message]
    with pytest.raises(CatalogueError, match=message) as caught:
        read(text)
    assert (caught.value.path, caught.value.line) == (Path("x.po"), line)
    assert caught.value.hint


@pytest.mark.parametrize("message", BROKEN)
def test_gettext_refuses_what_we_refuse(message: str, tmp_path: Path) -> None:
    """We are not stricter than ``msgfmt -c``."""
    path = tmp_path / "x.po"
    path.write_text(BROKEN[message][0], encoding="utf-8")
    with pytest.raises(AssertionError):
        gettext("msgfmt", "-c", "-o", "/dev/null", path)


def test_a_file_that_was_cut_off_anywhere_is_never_read_as_less() -> None:
    """It is an error, or what is cut off is between two messages."""
    text = EVERYTHING.partition("# why")[0]
    whole = read(text).messages
    for end in range(len(HEADER), len(text)):
        try:
            found = read(text[:end]).messages
        except CatalogueError as error:
            assert error.line
        else:
            assert found in (whole[: len(found)], (*whole[: len(found) - 1], *found[-1:]))


def test_empty_and_undecodable_files_are_errors() -> None:
    """An empty catalogue is a lost one."""
    with pytest.raises(CatalogueError, match="empty"):
        catalogues.parse(b" \n")
    with pytest.raises(CatalogueError, match="not text in UTF-8") as caught:
        catalogues.parse(HEADER.encode() + b'msgid "a"\nmsgstr "\xe9"\n')
    assert caught.value.line == 7
    with pytest.raises(CatalogueError, match="no known encoding"):
        catalogues.parse(HEADER.replace("UTF-8", "X-NONE").encode())
    with pytest.raises(CatalogueError, match="cannot be read"):
        catalogues.read(Path("/nowhere/x.po"))
